// Who is new, who stays, who comes back, and on how many days.

import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()
print(LifecycleQuery(by: .week()).evaluate(log))
print(StickinessQuery(by: .day, within: .week()).evaluate(log))
