// A funnel with the reasons for which users stop, and what they do instead.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let query = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
  window: .fromFirstStep(.seconds(86_400)), explainsStops: true)
print(query.evaluate(log))

let silent = EventPredicate { $0.name == .userEngagement }
print(FunnelActionsQuery(query, .next, step: 1, ignoring: silent).evaluate(log))
