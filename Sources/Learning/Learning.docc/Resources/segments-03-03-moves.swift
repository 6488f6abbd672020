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

let model = try await KMeans(clusters: 4, seed: 42).fit(table, workers: 2)

let rules = SegmentNames.recencyFrequencyMonetary(
  recency: "recency", frequency: "orders", monetary: "revenue_root")
let names = rules.names(of: model)

let now = RFMQuery(asOf: days.upperBound).evaluate(log).customers
let labels = try model.labels(for: features(of: now))
let before = Dictionary(
  uniqueKeysWithValues: zip(report.customers.map(\.user), model.trainingLabels))
var moves = names.map { _ in names.map { _ in 0 } }
for (customer, label) in zip(now, labels) {
  if let last = before[customer.user] { moves[last][label] += 1 }
}
for (name, row) in zip(names, moves) { print(name, row) }
