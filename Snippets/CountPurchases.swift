// One shop whose confirmation page is sometimes loaded twice, under three rules.

import GA4Model
import GA4Samples
import ProductMetrics

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-14")!
let shop = SampleShop(
  seed: 1, users: 2_000, days: days, dirt: [.doubleFired: 0.1, .unsetTransaction: 0.05])
let log = try shop.log()
for rule in PurchaseRule.allCases {
  let total = MetricsQuery(purchases: rule).evaluate(log).total
  print("\(total.orders) orders, \(total.revenue) (\(rule))")
}
