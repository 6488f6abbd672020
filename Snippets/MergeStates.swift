// A report made in parts: states are kept, merged and encoded.

import GA4Model
import GA4Samples
import ProductMetrics

let shop = SampleShop.small
let query = MetricsQuery(by: [.deviceCategory])

// Two parts with disjoint users, as from two servers.
var first = query.makeState()
first.update(try EventLog(shop.events(ofUsers: 0..<250)))
var second = query.makeState()
second.update(try EventLog(shop.events(ofUsers: 250..<500)))

let bytes = second.encoded()
try first.merge(MetricsState(decoding: bytes, query: query))
print(first.report() == query.evaluate(try shop.log()))
