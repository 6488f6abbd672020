// From the events of an experiment to a decision.

import Experiments
import GA4Model
import GA4Samples

let shop = SampleShop(
  seed: 1, users: 4_000, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-14")!)
// Who logs in after the exposure stays the same user.
let log = try shop.log(options: EventLogOptions(users: .stitched))

let query = ExperimentQuery(
  exposure: EventPredicate { $0.name == "experiment_impression" },
  variants: ["control", "treatment"],
  metrics: [
    .conversion("Buyers", role: .primary) { $0.name == .purchase },
    .revenue("Revenue per user").winsorized(at: 0.999),
    .count("Page views", role: .guardrail(margin: 0.02)) { $0.name == .pageView },
  ])
let report = query.evaluate(log)
print(report)
print()
print(ExperimentReadout(report))
