import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

let big = EventPredicate { $0.name == .purchase && $0[.value] > 100 }
print(log.count(where: big), "events where", big)

let mobile = EventPredicate { $0[field: .deviceCategory] == "mobile" }
print(MetricsQuery(where: mobile).evaluate(log).total.users, "users on a mobile")
