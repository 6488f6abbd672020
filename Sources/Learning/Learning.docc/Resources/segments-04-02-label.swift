import Learning

let model = try KMeansModel(contentsOf: "segments.model")
let rules = SegmentNames.recencyFrequencyMonetary(
  recency: "recency", frequency: "orders", monetary: "revenue_root")
let customer: FeatureRow = [
  "recency": 4, "orders": 3, "revenue_root": .number(210.5.squareRoot()),
]
print(rules.names(of: model)[try model.label(for: customer)])
