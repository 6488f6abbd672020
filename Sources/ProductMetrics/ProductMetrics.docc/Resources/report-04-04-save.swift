import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

try log.save(to: "january.ga4log")
