import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

let channels = MetricsQuery(by: [.channel], counting: [.addToCart, .purchase])
let report = channels.evaluate(log)
print(report)
print(report["Email"]?.sessionConversionRate ?? 0)
