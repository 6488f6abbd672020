// What goes along with conversion in a funnel: events, and where users come from.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let funnel = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.purchase)],
  window: .fromFirstStep(.seconds(86_400)))

let events = FunnelCorrelationQuery(
  funnel, ignoring: EventPredicate { $0.name == .userEngagement }, openWindows: .leftOut)
print(events.evaluate(log))

let properties = FunnelCorrelationQuery(
  funnel, of: .dimensions([.deviceCategory, .channel]), openWindows: .leftOut, limit: 4)
print(properties.evaluate(log))
