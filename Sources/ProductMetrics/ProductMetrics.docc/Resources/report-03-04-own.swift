import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

var grouping = ChannelGrouping.ga4
grouping.name = "Coupons apart"
grouping.rules.insert(ChannelRule("Coupons", .source(.contains("coupon"))), at: 0)

let channels = MetricsQuery(by: [.channel(grouping)], counting: [.addToCart, .purchase])
print(channels.evaluate(log))
