// The key figures by day, and by other dimensions.

import GA4Model
import GA4Samples
import ProductMetrics

let log = try SampleShop.small.log()

let total = MetricsQuery().evaluate(log).total
print(total.users, total.sessions, total.orders, total.revenue)
print(total.engagementRate!, total.sessionConversionRate!, total.averageOrderValue!)

print(MetricsQuery(by: [.week, .deviceCategory]).evaluate(log))

// A condition, and events to count by name.
let query = MetricsQuery(
  by: [.channel], where: EventPredicate { $0[field: .country] == "United States" },
  counting: [.viewItem, .addToCart])
print(query)
print(query.evaluate(log)["Organic Search"]!.counts)

// With several tasks, the same bits.
let report = await query.evaluate(log, workers: 4)
print(report == query.evaluate(log))
