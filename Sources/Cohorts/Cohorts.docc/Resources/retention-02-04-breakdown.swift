import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let byDevice = RetentionQuery(
  period: .week(), periods: 3, breakdown: RetentionBreakdown(by: .deviceCategory, limit: 2))
for group in byDevice.evaluate(log).groups {
  print(group.label, group.averages.map { $0?.rate })
}
