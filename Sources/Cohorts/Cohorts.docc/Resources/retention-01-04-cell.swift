import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let weekly = RetentionQuery(period: .week(), periods: 3).evaluate(log)
if let cell = weekly["2024-W01"]?.cells[1] {
  print(cell.units, "of", cell.size)
  print(cell.interval(level: 0.95)!)
  print(cell.isPartial)
}
