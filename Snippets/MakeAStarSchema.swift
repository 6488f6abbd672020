// Days, channels, and facts with keys that hold.

import GA4Model
import GA4Samples
import ProductMetrics

let log = try SampleShop.small.log()
let schema = StarSchemaQuery().evaluate(log)
print(schema)
print(schema.csv(.dimChannel))
print(schema.csv(.dropOffs))

// As pipelines count that know neither sessions nor repeated purchases.
let plain = StarSchemaQuery(channels: .simple, counting: .events).evaluate(log)
print(plain.query)
print(plain.total)
