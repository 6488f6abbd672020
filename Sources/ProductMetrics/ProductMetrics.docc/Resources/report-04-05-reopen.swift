import GA4Model
import ProductMetrics

let log = try EventLog(contentsOf: "january.ga4log")

print(MetricsQuery(by: [.week]).evaluate(log))
