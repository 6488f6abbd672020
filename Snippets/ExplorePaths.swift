// What users do after putting something into the cart, and which pages led to a purchase.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()

let noise = EventPredicate { $0.name.isOne(of: ["user_engagement", "scroll", "session_start"]) }
var query = PathQuery(
  following: { $0.name == .addToCart }, depth: 2, where: !noise, unit: .sessions, limit: 3)
let report = query.evaluate(log)
print(report)

for link in report.links.prefix(3) {
  print(link.sourceStep, link.source, "→", link.targetStep, link.target, link.count)
}

let pages = PathQuery(
  preceding: { $0.name == .purchase }, depth: 3, by: .parameter(.pageTitle),
  where: EventPredicate { $0.name == .pageView }, unit: .sessions, anchors: .first,
  collapsesRepeats: true, limit: 2)
print(pages.evaluate(log))
