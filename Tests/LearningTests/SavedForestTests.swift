import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct SavedForestTests {
  private func models() throws -> [any SavedModel] {
    var generator = SeededGenerator(seed: 11)
    let random = RandomTable(&generator, rows: 80, classCount: 3)
    let binary = RandomTable(&generator, rows: 80)
    return [
      try DecisionTree().fit(random.table, target: random.classes),
      try DecisionTree().fit(random.table, target: random.numbers),
      try RandomForestClassifier(trees: 5, seed: 1).fit(random.table, target: random.classes),
      try RandomForestClassifier(trees: 5, seed: 1).fit(binary.table, target: binary.classes),
      try RandomForestRegressor(trees: 5, seed: 1, keepsTargets: true)
        .fit(random.table, target: random.numbers),
    ]
  }

  @Test func `a model that was saved is the same`() throws {
    for var model in try models() {
      model.notes = ModelNotes(
        title: "T", target: "Who buys", metrics: ["auc": 0.9, "odd": .infinity], remarks: ["r"])
      func again<Model: SavedModel>(_ model: Model) throws {
        let same = try Model(decoding: model.encoded())
        #expect(same.encoded() == model.encoded())
        #expect(same.card == model.card)
        #expect(same.notes == model.notes)
      }
      try again(model)
    }
    let (table, target) = Reference.iris
    let model = try RandomForestClassifier(trees: 5, seed: 1).fit(table, target: target)
    let same = try RandomForestClassifierModel(decoding: model.encoded())
    #expect(try same.probabilities(for: table) == model.probabilities(for: table))
    let tree = try DecisionTree().fit(table, target: target)
    let sameTree = try DecisionTreeModel(decoding: tree.encoded())
    #expect(sameTree == tree)
    let shares = try sameTree.probabilities(for: table)
    for row in 0..<table.rowCount {
      let codes = table.columns.map { $0.number(at: row)! }
      #expect(sameTree.probabilities(codes: codes) == shares[row])
    }
  }

  @Test func `bytes cut short or changed are refused`() throws {
    for model in try models() {
      func check<Model: SavedModel>(_ model: Model) {
        let bytes = model.encoded()
        for length in Array(0..<60) + [bytes.count / 2, bytes.count - 1] {
          let error = #expect(throws: LearningError.self) {
            try Model(decoding: Array(bytes[..<length]))
          }
          #expect(error?.code == .unreadable)
        }
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
          var damaged = bytes
          damaged[place] ^= 1 << UInt8(place % 8)
          #expect(throws: LearningError.self) { try Model(decoding: damaged) }
        }
      }
      check(model)
    }
  }

  // Whoever forges the checksum too meets the checks of the content.
  @Test(arguments: Rounds.parts)
  func `damage with a matching checksum never stops the program`(_ part: Int) throws {
    let models = try models()
    for var generator in Rounds.generators("forged model", part: part, perPart: 20) {
      func check<Model: SavedModel>(_ model: Model, _ use: (Model) -> Void) {
        var bytes = model.encoded()
        for _ in 0..<generator.integer(in: 1...3) {
          let place = generator.integer(in: 30...(bytes.count - 9))
          bytes[place] = UInt8(generator.integer(below: 256))
        }
        bytes.renewChecksum()
        if let read = try? Model(decoding: bytes) { use(read) }
      }
      for model in models {
        if let model = model as? DecisionTreeModel {
          check(model) { read in
            let codes = read.schema.columns.map { _ in Double.nan }
            _ = read.classes.isEmpty ? [read.value(codes: codes)] : read.probabilities(codes: codes)
            _ = read.card
          }
        } else if let model = model as? RandomForestClassifierModel {
          check(model) {
            _ = $0.probabilities(codes: $0.schema.columns.map { _ in .nan })
          }
        } else if let model = model as? RandomForestRegressorModel {
          check(model) { _ = $0.value(codes: $0.schema.columns.map { _ in .nan }) }
        }
      }
    }
  }

  @Test func `newer versions and other kinds are refused in a sentence`() throws {
    let (table, target) = Reference.iris
    let model = try RandomForestClassifier(trees: 1, seed: 1).fit(table, target: target)
    var bytes = model.encoded()
    let other = #expect(throws: LearningError.self) {
      try RandomForestRegressorModel(decoding: bytes)
    }
    #expect(
      other?.description
        == "The data hold another kind of state than RandomForestRegressorModel. Open them with "
        + "the type that saved them.")
    let versionPlace = 8 + 1 + "RandomForestClassifierModel".utf8.count
    bytes[versionPlace] = 9
    let newer = #expect(throws: LearningError.self) {
      try RandomForestClassifierModel(decoding: bytes)
    }
    #expect(newer?.code == .newerVersion)
    #expect(
      newer?.description
        == "The data have format version 9, and this version of the library reads versions up to 1. "
        + "Update the library.")
  }

  @Test func `the card is JSON with the expected columns`() throws {
    let (table, target) = Reference.iris
    var model = try RandomForestClassifier(trees: 3, seed: 1).fit(table, target: target)
    model.notes.title = "Species"
    let card = try JSONValue(Array(model.card.description.utf8))
    #expect(card["kind"]?.text == "RandomForestClassifierModel")
    #expect(card["columns"]?.elements?.map { $0["name"]?.text } == table.names)
    #expect(card["classes"]?.elements?.map { $0.text } == ["0", "1", "2"])
    #expect(card["notes"]?["title"]?.text == "Species")
    #expect(card["trainingRows"]?.whole == 150)
  }
}
