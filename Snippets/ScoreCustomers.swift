// Customers by recency, frequency and monetary value, and who moved since an earlier day.

import Cohorts
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let end = log.days!.upperBound
let report = RFMQuery(asOf: end, scoring: .quantiles(3)).evaluate(log)
print(report)

let best = report.customers.max { $0.revenue < $1.revenue }!
print(best.score, best.segment, best.recency, best.orders, best.revenue)

// A week earlier, under the same thresholds.
let fixed = RFMScoring.thresholds(report.thresholds!)
let before = RFMQuery(asOf: end.advanced(by: -7), scoring: fixed).evaluate(log)
let now = RFMQuery(asOf: end, scoring: fixed).evaluate(log)
print(RFMMigration(from: before, to: now))

// Tiers by revenue alone.
print(report.tiers(.byQuantiles))
print(report.tiers(.thresholds([50, 100], names: ["Small", "Medium", "Large"])).rows[0].customers)
