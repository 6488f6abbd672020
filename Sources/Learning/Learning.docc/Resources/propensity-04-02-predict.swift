import Learning

let model = try PreparedModel<LogisticRegressionModel>(contentsOf: "purchases.model")
let visit: FeatureRow = [
  "channel": "Email", "device": "desktop", "hour": 20, "sessions_before": 3, "views_before": 5,
  "purchases_before": 1, "days_since_last": 2.5,
]
print(try model.probability(of: "true", for: visit))
