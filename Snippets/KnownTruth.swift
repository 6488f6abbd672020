// A shop whose answers are known.

import GA4Model
import GA4Samples
import ProductMetrics

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-30")!
let shop = SampleShop(seed: 7, users: 1_000, days: days, dirt: .realistic)
let truth = shop.truth
let total = MetricsQuery().evaluate(try shop.log()).total

print(total.users == truth.exported.users)
print(total.sessions == truth.exported.sessions)
print(total.orders == truth.exported.transactions)
print(truth.defects[.doubleFired], "purchases were logged twice")
print(truth)
