// What users do after a step of a funnel, whether they go on or not.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let funnel = FunnelQuery(
  [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
  window: .fromFirstStep(.seconds(7 * 86_400)))
let silent = EventPredicate { $0.name == .userEngagement }

// What they did next when something lay in the cart.
let next = FunnelActionsQuery(funnel, .next, step: 1, ignoring: silent)
print(next.evaluate(log))

// On which page they were before.
let page = EventDimension.parameter("page_title")
let previous = FunnelActionsQuery(funnel, .previous, step: 1, by: page, limit: 3)
print(previous.evaluate(log))
