// A funnel, where its users stop, and the same in sessions.

import Funnel
import GA4Model
import GA4Samples
import Plots

let log = try SampleShop.small.log()
let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]

var query = FunnelQuery(steps, window: .fromFirstStep(.seconds(7 * 86_400)))
query.explainsStops = true
let report = query.evaluate(log)
print(report)

if let time = report.timeToConvert(from: 0, to: 3) {
  print(time.count, "took", time.quantile(0.9), "seconds at most, nine of ten")
}

query.unit = .sessions
print(query.evaluate(log).steps.map(\.count))

query.unit = .users
query.breakdown = FunnelBreakdown(by: .deviceCategory)
for group in query.evaluate(log).groups { print(group.label, group.steps.map(\.count)) }

let page = "<!DOCTYPE html><title>Funnel</title>" + report.plot().html
print(page.contains("<svg"))
