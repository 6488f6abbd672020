import Cohorts
import GA4Model
import GA4Samples
import Learning

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-06-28")!
let log = try SampleShop(seed: 7, users: 10_000, days: days).log()
let report = RFMQuery(asOf: CalendarDay("2024-05-31")!).evaluate(log)
print(report.customers.count, report.orders, report.revenue)
