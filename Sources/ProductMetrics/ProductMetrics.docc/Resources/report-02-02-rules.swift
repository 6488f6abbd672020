import GA4Model
import ProductMetrics

let path = "events.ndjson"

var reader = EventReader()
reader.malformed = .skip(limit: 100)
let log = try reader.read(path: path).log

for rule in PurchaseRule.allCases {
  let total = MetricsQuery(purchases: rule).evaluate(log).total
  print(total.orders, total.revenue, rule)
}
