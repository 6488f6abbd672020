// Units whose window is still open when the data end.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
var query = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.purchase)],
  window: .fromFirstStep(.seconds(3 * 86_400)))

let report = query.evaluate(log)
print(report)
print("the data end at", report.dataEnd!)

// The shop is known to have had no other event until the 18th.
query.dataEnd = EventTime("2024-01-18T00:00:00Z")!
print(query.evaluate(log).steps.map(\.openWindows))

// Those who entered on a day, each once, and of them those who converted from then on.
query.hasTrend = true
for row in query.evaluate(log).trend.prefix(4) {
  print(row.day, row.entered, "entered,", row.converted, "converted")
}
