// What may stand between two steps, what order events of one time are in, and any order.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
func counts(_ query: FunnelQuery, _ log: EventLog) -> [Int] {
  query.evaluate(log).steps.map(\.count)
}

let cart = FunnelQuery([Step(.viewItem), Step(.addToCart)])
let nextToIt = FunnelQuery([Step(.viewItem), Step(.addToCart, adjacency: .directly)])
print("anything between:", counts(cart, log))
print("nothing between:", counts(nextToIt, log))

// Two articles are put into the cart one after the other.
let noon = EventTime("2024-03-01T12:00:00Z")!
func event(_ name: EventName, _ seconds: Int64) -> Event {
  Event(name, at: EventTime(microseconds: noon.microseconds + seconds * 1_000_000), by: "visitor")
}
let twice = try EventLog([
  event(.viewItem, 0), event(.addToCart, 5), event(.addToCart, 9), event(.beginCheckout, 20),
])
for adjacency in Step.Adjacency.allCases {
  let steps = [
    Step(.viewItem), Step(.addToCart, adjacency: adjacency),
    Step(.beginCheckout, adjacency: adjacency),
  ]
  print(adjacency, counts(FunnelQuery(steps), twice))
}

// Events of one time are in the order of the steps, unless each must be later.
let tied = try EventLog([event(.purchase, 0), event(.beginCheckout, 0)])
var query = FunnelQuery([Step(.beginCheckout), Step(.purchase)])
print("together:", counts(query, tied))
query.ties = .strictlyLater
print("strictly later:", counts(query, tied))

// One event never fulfils two steps: the same step twice asks for two events.
print("two views:", counts(FunnelQuery([Step(.viewItem), Step(.viewItem)]), log))

// In any order, "2 of 3" did two different steps inside a day.
let anyOrder = FunnelQuery(
  [Step(.viewItem), Step(.viewSearchResults), Step(.addToCart)],
  window: .fromFirstStep(.seconds(86_400)), order: .anyOrder)
print(anyOrder.evaluate(log))
