import Cohorts
import GA4Model
import GA4Samples

let shop = SampleShop(seed: 1, users: 5_000, days: SampleShop.benchmark.days)
let log = try shop.log()

let brackets = RetentionQuery(counting: .brackets([1...1, 2...6, 7...13, 14...20]))
print(brackets.evaluate(log))
