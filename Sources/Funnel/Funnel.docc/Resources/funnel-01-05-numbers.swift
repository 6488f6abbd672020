import Funnel
import GA4Model
import GA4Samples

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
let log = try SampleShop(seed: 7, users: 5_000, days: days).log()

let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
let query = FunnelQuery(steps)

let report = query.evaluate(log)
print(report)

let purchase = report.steps[3]
print(purchase.count, purchase.rateFromStart ?? 0, purchase.rateFromPrevious ?? 0)
if let time = report.timeToConvert(from: 0, to: 3) {
  print("half took \(time.median) seconds, nine of ten \(time.quantile(0.9))")
}
