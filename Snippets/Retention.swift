// Who comes back, as a triangle, with averages and intervals, and as a figure.

import Cohorts
import GA4Model
import GA4Samples
import Plots

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let weekly = RetentionQuery(period: .week(), periods: 3).evaluate(log)
print(weekly)

let first = weekly.rows[0].cells[1]!
let interval = first.interval(level: 0.95)!
let percent = [interval.lowerBound, interval.upperBound].map { ($0 * 1_000).rounded() / 10 }
print("\(first.units) of \(first.size): from \(percent[0]) to \(percent[1]) percent")

let buyers = RetentionQuery(
  birth: EventPredicate { $0.name == .firstVisit },
  returning: EventPredicate { $0.name == .purchase }, counting: .onOrBefore, period: .week(),
  periods: 3)
print(buyers.evaluate(log).averages.map { $0.map { "\($0.units) of \($0.size)" } ?? "unknown" })

let page = "<!DOCTYPE html><title>Retention</title>" + weekly.plot().html
print(page.contains("<svg"))
