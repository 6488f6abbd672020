// The key figures of a shop.

import GA4Model
import GA4Samples
import ProductMetrics

// A made-up shop. For your own export: try EventReader().read(path: "events.ndjson").log
let log = try SampleShop.small.log()
print(log)

print(MetricsQuery(by: [.channel], counting: [.addToCart]).evaluate(log))
print(TopItemsQuery(limit: 3).evaluate(log))
