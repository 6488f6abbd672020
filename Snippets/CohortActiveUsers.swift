// How often the users of each cohort are active, and how that changes with their age.

import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()
let report = CohortActiveUsersQuery(by: .week()).evaluate(log)
print(report)
print(report.table(.dailyOverWeekly))
