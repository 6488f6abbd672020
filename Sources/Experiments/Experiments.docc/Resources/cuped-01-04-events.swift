import Experiments
import GA4Model

let query = ExperimentQuery(
  exposure: EventPredicate { $0.name == "experiment_impression" },
  variants: ["control", "treatment"],
  metrics: [.revenue("Revenue per user", role: .primary).adjusted(byDaysBefore: 14)])
print(query)
