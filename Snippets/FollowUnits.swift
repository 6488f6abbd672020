// Which users stopped in a funnel, where, and why.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let steps = [
  Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase, within: .seconds(60)),
]
let query = FunnelQuery(steps)

// Who began a checkout and bought, but took longer than a minute.
let late = query.paths(in: log) { $0.stop == .windowExpired && $0.steps.last == 2 }
for path in late.prefix(3) { print(path) }

// What the first of them did from the checkout on.
if let path = late.first, let checkout = path.points[2] {
  let events = checkout.event..<log.users[path.unit].events.upperBound
  for event in log[events].prefix(5) { print(event.time, event.name) }
}

// The paths of all units, found by several workers, add up to the report.
let all = await query.paths(in: log, workers: 4)
print(all.count, "entered,", all.count { $0.isComplete }, "converted")
for reason in StopReason.allCases {
  let count = all.count { $0.stop == reason }
  if count > 0 { print(reason, count) }
}
