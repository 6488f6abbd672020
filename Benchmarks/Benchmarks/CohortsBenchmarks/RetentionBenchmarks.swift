import BenchmarkSample
import Cohorts
import GA4Model

func retentionBenchmarks() {
  let views = EventPredicate { $0.name == .viewItem }
  measure("daily retention", RetentionQuery())
  measure("retention, recurring", RetentionQuery(birthRule: .recurring))
  measure("retention, on or after, by week", RetentionQuery(counting: .onOrAfter, period: .week()))
  measure("retention by hour", RetentionQuery(period: .hour, periods: 48))
  measure("retention, 24 hours from the start", RetentionQuery(period: .dayFromStart))
  measure("retention of viewers", RetentionQuery(birth: views, returning: views))
  measure("retention by country", RetentionQuery(breakdown: RetentionBreakdown(by: .country)))
  measure("lifecycle by week", LifecycleQuery(by: .week()))
  measure("active users by cohort", CohortActiveUsersQuery(by: .week()))
  measure("revenue by cohort", CohortRevenueQuery(by: .week()))
}
