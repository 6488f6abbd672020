import Cohorts
import GA4Model
import GA4Samples
import Learning

let days = CalendarDay("2024-01-01")!...CalendarDay("2024-06-28")!
let log = try SampleShop(seed: 7, users: 10_000, days: days).log()
let report = RFMQuery(asOf: CalendarDay("2024-05-31")!).evaluate(log)

func features(of customers: RFMCustomers) throws -> FeatureTable {
  try FeatureTable([
    FeatureColumn("recency", customers.map(\.recency)),
    FeatureColumn("orders", customers.map(\.orders)),
    FeatureColumn("revenue_root", customers.map { $0.revenue.squareRoot() }),
  ])
}
let table = try features(of: report.customers)

let search = ClusterCountSearch(2...8, learner: KMeans(clusters: 2, seed: 42))
let counts = try search.evaluate(table)
for criterion in [
  ClusterCountReport.Criterion.silhouette, .daviesBouldin, .calinskiHarabasz, .elbow,
] {
  if let best = counts.best(by: criterion) { print(criterion, best) }
}
