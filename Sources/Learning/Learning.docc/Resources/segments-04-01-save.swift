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

var model = try await KMeans(clusters: 4, seed: 42).fit(table, workers: 2)

let rules = SegmentNames.recencyFrequencyMonetary(
  recency: "recency", frequency: "orders", monetary: "revenue_root")
let names = rules.names(of: model)

model.notes = ModelNotes(
  title: "Customer segments", target: "The segment of a customer",
  remarks: [
    "Segments in the order of the clusters: " + names.joined(separator: ", "),
    "revenue_root is the square root of the revenue.",
  ])
try model.save(to: "segments.model")
print(model.card)
