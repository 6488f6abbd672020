// Figures for a page, with their numbers for those who do not see them.

import GA4Model
import GA4Samples
import Plots
import ProductMetrics

let log = try SampleShop.small.log()
let daily = DailyActiveUsersQuery().evaluate(log)

let users = LinePlot(
  "Daily active users", labels: daily.rows.map(\.day.description),
  values: daily.rows.map { Double($0.users) }, labelName: "day", valueName: "users")
print(users.summary)
print(users.table[1])

// For one place of a known width, and for pages of any width.
let phone = users.drawing(width: 360)
print(phone.width, phone.height, phone.svg.prefix(39))
let page = "<!DOCTYPE html><title>Users</title>" + users.html
print(page.contains("<script"))

let funnel = FunnelPlot(
  "From view to purchase",
  steps: [.viewItem, .addToCart, .purchase].map { (name: EventName) in
    FunnelPlot.Step(
      name.rawValue,
      count: MetricsQuery(where: EventPredicate { $0.name == name }).evaluate(log).total.users)
  })
print(funnel.summary)
