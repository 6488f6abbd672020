import Experiments
import GA4Model
import GA4Samples
import Plots

let shop = SampleShop(
  seed: 1, users: 20_000, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-14")!)
let log = try shop.log(options: EventLogOptions(users: .stitched))

let query = ExperimentQuery(
  exposure: EventPredicate { $0.name == "experiment_impression" },
  variants: ["control", "treatment"],
  metrics: [
    .conversion("Buyers", role: .primary) { $0.name == .purchase },
    .revenue("Revenue per user"),
    .count("Page views", role: .guardrail(margin: 0.02)) { $0.name == .pageView },
  ])

let report = query.evaluate(log)
let readout = ExperimentReadout(report)
print(readout.plot().html)
