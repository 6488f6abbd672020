// Events without consent are counted, and belong to nobody.

import GA4Model
import GA4Samples
import ProductMetrics

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-14")!
let shop = SampleShop(
  seed: 1, users: 500, days: days, schema: .current, dirt: [.consentDenied: 0.2])
let log = try shop.log()
print(log)

let report = MetricsQuery().evaluate(log)
print(report.total.events, report.eventsWithoutUser, report.eventsWithoutSession)
print(DailyActiveUsersQuery().evaluate(log).eventsWithoutUser)

// Only what visitors agreed to have measured.
let agreed = log.filter { $0[field: "privacy_info.analytics_storage"] == "Yes" }
print(agreed)
