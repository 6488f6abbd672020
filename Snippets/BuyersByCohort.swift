// Who buys again, after how long, and what a buyer is worth so far.

import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()
print(RepeatPurchaseQuery(by: .week()).evaluate(log))
print(CohortRevenueQuery(by: .week()).evaluate(log))
print(PurchaseIntervalQuery().evaluate(log))
