import Funnel
import GA4Model
import GA4Samples

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
let log = try SampleShop(seed: 7, users: 5_000, days: days).log()

let steps = [
  Step(.viewItem), Step(.addToCart), Step(.beginCheckout),
  Step(.purchase, within: .seconds(60)),
]
let query = FunnelQuery(
  steps, window: .fromFirstStep(.seconds(86_400)), explainsStops: true)

let late = query.paths(in: log) { $0.stop == .windowExpired && $0.steps.last == 2 }
print(late.count)
if let path = late.first, let checkout = path.points[2] {
  print(path)
  let rest = checkout.event..<log.users[path.unit].events.upperBound
  for event in log[rest].prefix(6) { print(event.time, event.name) }
}
