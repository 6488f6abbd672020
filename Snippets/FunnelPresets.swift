// The numbers of other tools: the same events, other rules.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
let day = Duration.seconds(86_400)

let queries: [(String, FunnelQuery)] = [
  ("GA4, closed", .ga4(steps)),
  ("GA4, open", .ga4(steps, isOpen: true)),
  ("ClickHouse", .clickHouse(steps, window: day)),
  ("ClickHouse, strict_order", .clickHouse(steps, window: day, options: [.strictOrder])),
  ("PostHog, sequential", .postHog(steps, window: day)),
  ("PostHog, strict order", .postHog(steps, window: day, order: .strict)),
  ("PostHog, any order", .postHog(steps, window: day, order: .unordered)),
  ("Mixpanel, uniques", .mixpanel(steps, window: day)),
  ("Mixpanel, totals", .mixpanel(steps, window: day, counting: .totals)),
  ("Amplitude, this order", FunnelQuery(steps, window: .fromFirstStep(day))),
]
for (tool, query) in queries { print(query.evaluate(log).steps.map(\.count), tool) }
