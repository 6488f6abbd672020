// A model in a file, its card, models of any kind, and one of another tool.

import Learning

let table = try FeatureTable([
  FeatureColumn("sessions", (0..<60).map { Double($0 * 37 % 23) }),
  FeatureColumn("channel", (0..<60).map { ["Direct", "Email", "Organic"][$0 % 3] }),
])
let bought = ClassTarget((0..<60).map { $0 * 37 % 23 + ($0 % 3 == 1 ? 6 : 0) > 15 })
var model = try Preparation([.oneHot()]).fit(table) {
  try RandomForestClassifier(trees: 20, seed: 1).fit($0, target: bought)
}
model.notes = ModelNotes(title: "Who buys", metrics: ["area": 0.98])
try model.save(to: "/tmp/propensity.model")

let same = try PreparedModel<RandomForestClassifierModel>(contentsOf: "/tmp/propensity.model")
print(try same.probabilities(for: table) == model.probabilities(for: table))
print(same.schema)

switch try SavedModels.read(contentsOf: "/tmp/propensity.model") {
case let model as any ClassifierModel: print(model.notes.title, model.classes)
case let model as any RegressorModel: print(model.notes.title)
case let model: print(model.card)
}

do {
  _ = try KMeansModel(contentsOf: "/tmp/propensity.model")
} catch {
  print(error)
}

// As XGBoost writes it: one split of the sessions at 9.5.
let xgboost = """
  {"learner": {
    "feature_names": ["sessions"],
    "gradient_booster": {"name": "gbtree", "model": {"tree_info": [0], "trees": [{
      "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
      "split_conditions": [9.5, -0.5, 1.5], "default_left": [1, 0, 0], "tree_param": {}}]}},
    "learner_model_param": {"base_score": "[5E-1]", "num_feature": "1"},
    "objective": {"name": "binary:logistic"}}}
  """
let imported = try ImportedTreeModel(xgboost: Array(xgboost.utf8), classes: ["stays", "buys"])
for sessions: FeatureValue in [3, 12, .missing] {
  let probability = try imported.probability(of: "buys", for: FeatureRow([("sessions", sessions)]))
  print((probability * 1_000).rounded() / 1_000)
}
