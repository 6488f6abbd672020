import Foundation
import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct PreparedModelTests {
  private let table = try! FeatureTable([
    FeatureColumn(
      "views", (0..<60).map { row -> Double? in row % 7 == 3 ? nil : Double(row * 37 % 23) }),
    FeatureColumn(
      "channel",
      (0..<60).map { row -> String? in ["Direct", "Email", "Organic", nil][row * 11 % 4] }),
  ])
  private let target = ClassTarget((0..<60).map { $0 * 37 % 23 + $0 * 53 % 17 > 20 })
  private let preparation: Preparation = [.imputing(.median), .standardizing(), .oneHot()]

  @Test func `a prepared model predicts as the model of the prepared table`() throws {
    let forest = RandomForestClassifier(trees: 9, seed: 1)
    let model = try preparation.fit(table) { try forest.fit($0, target: target) }
    let prepared = try preparation.fit(table).prepare(table)
    let plain = try forest.fit(prepared, target: target)
    #expect(model.model.encoded() == plain.encoded())
    let found = try model.probabilities(for: table)
    #expect(found == (try plain.probabilities(for: prepared)))
    for row in 0..<table.rowCount {
      #expect(try model.probabilities(for: table.row(row)) == found[row])
    }
    #expect(
      try model.probabilities(codes: [3, .nan])
        == model.probabilities(for: ["views": 3, "channel": nil]))
    #expect(try model.classes(for: table) == found.target)
    #expect(try model.probability(of: "true", for: table.row(0)) == found[0][1])
  }

  @Test func `it expects the columns as they come`() throws {
    let forest = RandomForestClassifier(trees: 2, seed: 1)
    let model = try preparation.fit(table) { try forest.fit($0, target: target) }
    #expect(model.schema == table.schema)
    let expected = try JSONValue(Array(model.schema.description.utf8))
    #expect(expected.elements?.map { $0["name"]?.text } == ["views", "channel"])
    #expect(expected.elements?.map { $0["kind"]?.text } == ["numeric", "categorical"])
    #expect(
      expected.elements?[1]["categories"]?.elements?.map { $0.text } == [
        "Direct", "Email", "Organic",
      ])
    let again = try JSONDecoder().decode(
      FeatureSchema.self, from: Data(model.schema.description.utf8))
    #expect(again == model.schema)

    let missing = #expect(throws: LearningError.self) {
      try model.probabilities(for: table.removing(["channel"]))
    }
    #expect(missing?.code == .missingColumn)
    #expect(
      missing?.description
        == "The table has no column channel, which the model expects. Add it; its values may be "
        + "missing. The model expects views, channel.")
    let wrong = #expect(throws: LearningError.self) {
      try model.probabilities(for: ["views": "many", "channel": "Email"])
    }
    #expect(wrong?.code == .wrongKind)
    let more = try table.adding(FeatureColumn("id", (0..<60).map(Double.init)))
    _ = try model.probabilities(for: more)
    let extra = #expect(throws: LearningError.self) { try model.schema.requireExactly(more) }
    #expect(extra?.code == .unexpectedColumn)
    #expect(
      extra?.description
        == "The table has a column id, which the model does not expect. Leave it out. The model "
        + "expects views, channel.")
    try model.schema.requireExactly(table)
  }

  @Test func `a row is read from the JSON of a request`() throws {
    let json = #"{ "views" : 12, "channel" : "Email", "weekend" : true, "age" : null, "x" : 0.5 }"#
    let row = try JSONDecoder().decode(FeatureRow.self, from: Data(json.utf8))
    #expect(row["views"] == 12 && row["channel"] == "Email" && row["weekend"] == true)
    #expect(row["age"] == .missing && row["x"] == 0.5 && row["y"] == nil)
    let again = try JSONDecoder().decode(FeatureRow.self, from: JSONEncoder().encode(row))
    for name in ["views", "channel", "weekend", "age", "x"] { #expect(again[name] == row[name]) }
    let model = try preparation.fit(table) {
      try RandomForestClassifier(trees: 2, seed: 1).fit($0, target: target)
    }
    #expect(
      try model.probabilities(for: row)
        == model.probabilities(for: ["views": 12, "channel": "Email"]))
  }

  @Test func `any learner can be prepared`() async throws {
    let numbers = (0..<60).map { Double($0 * 29 % 31) }
    let boosted = try await preparation.fit(table) {
      try await GradientBoosting(rounds: 5, minimumLeaf: 2).fit($0, target: numbers, workers: 2)
    }
    let values = try boosted.values(for: table)
    #expect(try await boosted.values(for: table, workers: 2) == values)
    #expect(try boosted.value(for: table.row(4)) == values[4])
    #expect(
      try boosted.value(codes: [1, 2]) == boosted.value(for: ["views": 1, "channel": "Organic"]))
    let clusters = try preparation.fit(table) { try KMeans(clusters: 3, seed: 1).fit($0) }
    #expect(try clusters.labels(for: table) == clusters.model.trainingLabels)
    #expect(try clusters.label(for: table.row(2)) == clusters.model.trainingLabels[2])
  }

  // The service of S1 gets a row as it comes, and not the columns that were made of it.
  @Test(.enabled(if: LearningData.isAvailable))
  func `the propensity table gives the model of its columns made by hand`() throws {
    let (raw, target) = try LearningData.propensity(oneHot: false)
    let (byHand, _) = try LearningData.propensity()
    let forest = RandomForestClassifier(trees: 20, seed: 42, classWeights: .balanced)
    let model = try Preparation([.oneHot()]).fit(raw) { try forest.fit($0, target: target) }
    #expect(model.preparation.preparedSchema.names == byHand.names)
    #expect(model.model.encoded() == (try forest.fit(byHand, target: target)).encoded())
    #expect(
      model.schema.names == ["sessions", "add_to_cart", "month", "channel_group", "day_name"])
  }

  @Test func `a prepared model that was saved is the same`() throws {
    let forest = RandomForestClassifier(trees: 3, seed: 1)
    var model = try preparation.fit(table) { try forest.fit($0, target: target) }
    model.notes.title = "Who buys"
    let same = try PreparedModel<RandomForestClassifierModel>(decoding: model.encoded())
    #expect(same.encoded() == model.encoded())
    #expect(same.card == model.card && same.notes.title == "Who buys")
    #expect(try same.probabilities(for: table) == model.probabilities(for: table))
    let card = try JSONValue(Array(model.card.description.utf8))
    #expect(card["kind"]?.text == "PreparedModel<RandomForestClassifierModel>")
    #expect(card["columns"]?.elements?.count == 2)
    #expect(card["preparation"]?.elements?.count == 3)
    let other = #expect(throws: LearningError.self) {
      try PreparedModel<RandomForestRegressorModel>(decoding: model.encoded())
    }
    #expect(other?.code == .unreadable)
  }

  @Test func `cross-validation fits the preparation to the rows to learn from`() async throws {
    let splits = Folds.stratified(target, folds: 4, seed: 1)
    let (table, target, preparation) = (table, target, preparation)
    let forest = RandomForestClassifier(trees: 5, seed: 1)
    @Sendable func area(_ model: some ClassifierModel, _ split: RowSplit) throws -> Double {
      let scores = try model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
      return try ROCCurve(target.selecting(rows: split.test).isClass(1), scores: scores).area ?? 0.5
    }
    let found = try await CrossValidation(splits, workers: 2) { split in
      let known = target.selecting(rows: split.train)
      let model = try preparation.fit(table.selecting(rows: split.train)) {
        try forest.fit($0, target: known)
      }
      // What the others hold does not reach the model.
      let outlier = try FeatureTable([
        FeatureColumn(
          "views", (0..<60).map { split.test.contains($0) ? 1e6 : table["views"]!.number(at: $0) }),
        table["channel"]!,
      ])
      let same = try preparation.fit(outlier.selecting(rows: split.train)) {
        try forest.fit($0, target: known)
      }
      #expect(same.encoded() == model.encoded())
      return try area(model, split)
    }
    let inTurn = try await CrossValidation(splits) { split in
      let known = target.selecting(rows: split.train)
      let model = try await preparation.fit(table.selecting(rows: split.train)) {
        try await forest.fit($0, target: known, workers: 2)
      }
      return try area(model, split)
    }
    #expect(inTurn == found)
  }

  // Whoever forges the checksums too meets the checks of the content.
  @Test(arguments: Rounds.parts)
  func `a damaged preparation never stops the program`(_ part: Int) throws {
    for var generator in Rounds.generators("forged preparation", part: part, perPart: 30) {
      let random = RandomTable(&generator, rows: 20)
      guard
        let fitted = try? Preparation(PreparationTests.steps(&generator)).fit(random.table)
      else { continue }
      var writer = BinaryWriter()
      fitted.encode(into: &writer)
      var bytes = writer.bytes
      for _ in 0..<generator.integer(in: 1...3) {
        bytes[generator.integer(below: bytes.count)] = UInt8(generator.integer(below: 256))
      }
      var reader = BinaryReader(bytes)
      guard let read = try? FittedPreparation(from: &reader) else { continue }
      _ = try? read.prepare(codes: read.schema.columns.map { _ in .nan })
      _ = try? read.prepare(
        codes: read.schema.columns.map { $0.kind.categoryCount == 0 ? .nan : 0 })
      _ = try? read.prepare(random.table)
    }
  }

  // The figure was written once; another machine, or a change of the arithmetic, would change it.
  @Test func `SameBytes: a prepared model has the same bytes on every machine`() throws {
    let steps = Preparation([
      .calendar([.weekday, .dayOfYear], of: ["day"], encoding: .circle),
      .imputing(.mean, indicator: true), .standardizing(), .oneHot(unknown: .separate),
    ])
    let table = try table.adding(FeatureColumn("day", (0..<60).map { 18_600 + $0 * 7 / 3 }))
    let model = try steps.fit(table) {
      try RandomForestClassifier(trees: 5, seed: 3).fit($0, target: target)
    }
    #expect(Checksum.of(model.encoded()) == 3_668_436_249_429_077_104)
  }

  @Test func `bytes cut short, changed or newer are refused`() throws {
    let model = try preparation.fit(table) {
      try RandomForestClassifier(trees: 2, seed: 1).fit($0, target: target)
    }
    let bytes = model.encoded()
    typealias Model = PreparedModel<RandomForestClassifierModel>
    for length in stride(from: 0, to: bytes.count, by: 31) {
      let error = #expect(throws: LearningError.self) {
        try Model(decoding: Array(bytes[..<length]))
      }
      #expect(error?.code == .unreadable)
    }
    for place in stride(from: 0, to: bytes.count, by: 37) {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 8)
      #expect(throws: LearningError.self) { try Model(decoding: damaged) }
    }
    var newer = bytes
    newer[8 + 1 + "PreparedModel".utf8.count] = 2
    #expect(throws: LearningError.self) { try Model(decoding: newer) }
  }

  @Test func `a linear model of prepared columns takes rows with missing values`() throws {
    let table = try FeatureTable([
      FeatureColumn("sessions", [1, 4, nil, 9, 12, 3, 8, nil]),
      FeatureColumn(
        "channel", ["Email", "Direct", "Direct", nil, "Email", "Direct", "Email", nil]),
    ])
    let target = ClassTarget([false, true, false, true, true, false, false, true])
    let model = try Preparation([.imputing(.median), .oneHot(), .standardizing()]).fit(table) {
      try LogisticRegression().fit($0, target: target)
    }
    let all = try model.probabilities(for: table)
    let rows: [(Int, FeatureRow)] = [
      (0, ["sessions": 1, "channel": "Email"]), (2, ["sessions": nil, "channel": "Direct"]),
      (3, ["sessions": 9, "channel": nil]),
    ]
    for (position, row) in rows {
      #expect(try model.probabilities(for: row) == all[position])
    }
    let bare = try LinearRegression().fit(
      FeatureTable([FeatureColumn("x", [1, 2, 4.0])]), target: [1, 2, 3])
    let error = #expect(throws: LearningError.self) { try bare.value(codes: [.nan]) }
    #expect(
      error?.description
        == "The value of x is missing or infinite, and a linear model takes numbers. Leave the row out,"
        + " or put a number there (impute).")
  }
}
