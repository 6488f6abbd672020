// A funnel by the values of a dimension, with each rule of attribution.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
var query = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.purchase)],
  window: .fromFirstStep(.seconds(7 * 86_400)))

let rules: [FunnelBreakdown.Attribution] = [.firstTouch, .lastTouch, .step(1), .allEvents]
for rule in rules {
  query.breakdown = FunnelBreakdown(by: .channel, attribution: rule, limit: 2)
  let report = query.evaluate(log)
  print(rule, report.steps.map(\.count))
  for group in report.groups { print(" ", group.steps.map(\.count), group.label) }
}
