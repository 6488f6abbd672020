// A forest from a table: fit, judge, explain, save, read back.

import Learning

// Made-up sessions: who views much, and comes from a newsletter, buys more often.
let rows = 0..<400
let views = rows.map { Double($0 * 37 % 23) }
let channels = rows.map { ["Direct", "Email", "Organic", nil][$0 * 11 % 4] }
let bought = rows.map { row in
  let urge = views[row] + (channels[row] == "Email" ? 8 : 0) + Double(row * 53 % 17) / 2
  return urge > 20
}
let table = try FeatureTable([
  FeatureColumn("views", views), FeatureColumn("channel", channels),
])
let target = ClassTarget(bought)
let split = RowSplit.stratified(target, testShare: 0.3, seed: 42)

let learner = RandomForestClassifier(trees: 200, seed: 42, classWeights: .balanced)
let model = try await learner.fit(
  table.selecting(rows: split.train), target: target.selecting(rows: split.train), workers: 2)

let test = target.selecting(rows: split.test)
let probabilities = try model.probabilities(for: table.selecting(rows: split.test))
print(try ConfusionMatrix(actual: test, predicted: probabilities.target))
let curve = try ROCCurve(test.isClass(1), scores: probabilities.ofClass(1))
print("area", (curve.area! * 1_000).rounded() / 1_000)

let why = try model.explanation(for: ["views": 21, "channel": "Email"])
for part in why.contributions where part.value > 0 { print(part.name, "speaks for it") }

let bytes = model.encoded()
let same = try RandomForestClassifierModel(decoding: bytes)
print(try same.probabilities(for: table) == model.probabilities(for: table))
