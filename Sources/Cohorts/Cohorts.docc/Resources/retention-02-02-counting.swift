import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

var query = RetentionQuery(
  birth: EventPredicate { $0.name == .firstVisit },
  returning: EventPredicate { $0.name == .addToCart }, period: .week(), periods: 3)

for counting in [RetentionCounting.on, .onOrBefore, .onOrAfter, .everyPeriodSoFar] {
  query.counting = counting
  print(counting, query.evaluate(log).averages.map { $0?.units })
}
