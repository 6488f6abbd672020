// Patterns of events: how many users match, how often, and where.

import Funnel
import GA4Model
import GA4Samples

let log = try SampleShop.small.log()

// A cart within ten minutes of a view.
let pattern = SequencePattern([
  .event(.viewItem), .gap(.atMost, .seconds(600)), .event(.addToCart),
])
let query = SequenceQuery(pattern)
print(query.evaluate(log))

let match = query.firstMatches(in: log)[0]
for event in match.events { print(event.time, log[event.position].name) }

// The same as text, and another pattern from text: three views side by side, in one session.
print(pattern.clickHouseText!)
let views = try SequencePattern(clickHouse: "(?1)(?1)(?1)", conditions: pattern.conditions)
let report = SequenceQuery(views, unit: .sessions).evaluate(log)
print(report.matchingUnits, report.matches, report.rateOfUnitsWithEvents!)

do {
  _ = try SequencePattern(clickHouse: "(?1)(?t=600)(?2)", conditions: pattern.conditions)
} catch {
  print(error)
}
