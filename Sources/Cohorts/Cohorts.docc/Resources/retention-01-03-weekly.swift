import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let weekly = RetentionQuery(period: .week(), periods: 3).evaluate(log)
print(weekly)
