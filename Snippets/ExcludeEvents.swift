// Events that must not happen, and values that must not change.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let steps = [Step(.viewItem), Step(.addToCart), Step(.purchase)]
var query = FunnelQuery(steps, window: .fromFirstStep(.seconds(7 * 86_400)))
func show(_ name: String, _ query: FunnelQuery) {
  print(query.evaluate(log).steps.map(\.count), name)
}
show("all", query)

// Nobody who scrolls between the view and the purchase.
query.exclusions = [FunnelExclusion(EventPredicate { $0.name == .scroll }, from: 0, to: 2)]
show("the attempt ends", query)
query.exclusionPolicy = .dropUnit
show("the user is dropped", query)

// Two views of any items, and two of the same one.
var views = FunnelQuery([Step(.viewItem), Step(.viewItem)])
show("two views", views)
views.holdConstant = [.parameter(.pageTitle)]
show("two views of one page", views)
