// Users by day, week and month.

import GA4Model
import GA4Samples
import ProductMetrics

let log = try SampleShop.small.log()

let daily = DailyActiveUsersQuery().evaluate(log)
print(daily.rows[0].day, daily.rows[0].users, daily.mean!)

let buyers = DailyActiveUsersQuery { $0.name == .purchase }.evaluate(log)
print(buyers[CalendarDay("2024-01-02")!]!)

print(ActiveUsersQuery(monthDays: 28).evaluate(log))
