// Columns as they come, a preparation that is learnt from them, and a model of both.

import Learning

// Made-up days of channels: sessions, and whether anyone bought.
let rows = 0..<400
let table = try FeatureTable([
  FeatureColumn("day", rows.map { 18_600 + Double($0 / 4) }),
  FeatureColumn("sessions", rows.map { $0 % 13 == 5 ? nil : Double($0 * 37 % 53) }),
  FeatureColumn("channel", rows.map { ["Direct", "Email", "Organic", "Paid"][$0 % 4] }),
])
let target = ClassTarget(
  rows.map { row in
    Double(row * 37 % 53) + (row % 4 == 1 ? 20 : 0) + Double(row * 71 % 29) > 50
  })

let preparation = Preparation([
  .calendar([.month, .weekday], of: ["day"], encoding: .name),
  .imputing(.median, indicator: true),
  .oneHot(),
])
let forest = RandomForestClassifier(trees: 100, seed: 42)

// The preparation is learnt anew in every fold: nothing of the rows to test on leaks.
let splits = Folds.stratified(target, folds: 5, seed: 1)
let areas = try await CrossValidation(splits, workers: 2) { split in
  let known = target.selecting(rows: split.train)
  let model = try preparation.fit(table.selecting(rows: split.train)) {
    try forest.fit($0, target: known)
  }
  let scores = try model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
  return try ROCCurve(target.selecting(rows: split.test).isClass(1), scores: scores).area ?? 0.5
}
print("area", (areas.mean * 1_000).rounded() / 1_000)

let model = try preparation.fit(table) { try forest.fit($0, target: target) }
print(model.preparation.schema.names)
print(model.preparation.preparedSchema.names.prefix(7))
let row: FeatureRow = ["day": 18_611, "sessions": nil, "channel": "Newsletter"]
let prepared = try model.preparation.prepare(row)
print(prepared["sessions"] == 26, prepared["channel_Email"] == 0)
print(try model.probability(of: "true", for: row) > 0.5)

do {
  _ = try model.probability(of: "true", for: ["day": 18_611, "sessions": "many", "channel": nil])
} catch {
  print(error)
}
