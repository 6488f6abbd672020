// What happens after something is put into the cart, and which pages led to a purchase.

import Funnel
import GA4Model
import GA4Samples
import Plots

let log = try SampleShop.small.log()

let noise = EventPredicate { $0.name.isOne(of: ["user_engagement", "scroll", "session_start"]) }
let after = PathQuery(
  following: { $0.name == .addToCart }, depth: 2, where: !noise, unit: .sessions, limit: 2)
let report = after.evaluate(log)
print(report)

for link in report.links.prefix(3) {
  print(link.sourceStep, link.source, "→", link.targetStep, link.target, link.count)
}

let before = PathQuery(
  preceding: { $0.name == .purchase }, depth: 3, by: .parameter(.pageTitle),
  where: EventPredicate { $0.name == .pageView }, unit: .sessions, anchors: .first,
  collapsesRepeats: true, limit: 2)
print(before.evaluate(log))

let figure = report.plot(title: "After adding to the cart")
print(figure.summary)
let page = "<!DOCTYPE html><title>Paths</title>" + figure.html
