import Funnel
import GA4Model
import GA4Samples

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
let log = try SampleShop(seed: 7, users: 5_000, days: days).log()

let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
let query = FunnelQuery(
  steps, window: .fromFirstStep(.seconds(86_400)),
  breakdown: FunnelBreakdown(by: .deviceCategory))

let report = query.evaluate(log)
for group in report.groups {
  guard case .value(let device?) = group.label, let rate = group.steps[3].rateFromStart
  else { continue }
  print(device, group.steps[0].count, rate)
}
