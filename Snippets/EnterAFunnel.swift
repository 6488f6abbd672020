// Where a path may begin, what is counted, and steps that repeat or may be left out.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()
let steps = [Step(.viewItem), Step(.addToCart), Step(.purchase)]
let day = FunnelWindow.fromFirstStep(.seconds(86_400))
func show(_ name: String, _ query: FunnelQuery) {
  print(query.evaluate(log).steps.map(\.count), name)
}

show("any entry", FunnelQuery(steps, window: day))
show("first entry only", FunnelQuery(steps, window: day, entry: .first))
show("attempts", FunnelQuery(steps, window: day, counting: .totals))

// An open funnel: everyone who did the step, and those of them who came from the step before.
let open = FunnelQuery(steps, window: day, entry: .open).evaluate(log)
for step in open.steps { print(step.label, step.count, step.continued) }

// What happens when a step that was done happens again.
let pages = [Step(.viewItem), Step(.pageView), Step(.addToCart)]
show("repeats allowed", FunnelQuery(pages, window: day))
show("repeats end the attempt", FunnelQuery(pages, window: day, repeats: .endAttempt))

// The first purchase of a user in the whole log, with or without a search before.
let first = [
  Step(.viewItem), Step(.viewSearchResults).optional(),
  Step(.purchase, occurrence: .firstEver),
]
show("with an optional step", FunnelQuery(first, window: day))
