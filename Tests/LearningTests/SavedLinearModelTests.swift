import StatisticsCore
import TestSupport
import Testing

@testable import Learning

/// The laws of models, for every linear one.
@Suite struct SavedLinearModelTests {
  struct Data: Sendable {
    let table: FeatureTable
    let target: ClassTarget
    let three: ClassTarget
    let numbers: [Double]
    let counts: [Double]
    let weights: [Double]

    init(rows: Int) {
      var generator = SeededGenerator(seed: 6)
      let columns = (0..<5).map { column in
        FeatureColumn(
          "x\(column)", (0..<rows).map { _ in generator.normal() * Double(column + 1) + 2 })
      }
      let flags = FeatureColumn("flag", (0..<rows).map { _ in generator.bernoulli(0.3) })
      table = try! FeatureTable(columns + [flags])
      let sums = (0..<rows).map { row in
        columns[0].codes[row] - 0.3 * columns[1].codes[row] + flags.codes[row]
          + 2 * generator.normal()
      }
      target = ClassTarget(sums.map { $0 > 1 })
      three = ClassTarget(sums.map { $0 < 0 ? "low" : $0 < 3 ? "middle" : "high" })
      numbers = sums
      counts = sums.map { max(0, ($0 + 2).rounded()) }
      weights = (0..<rows).map { _ in Double(generator.integer(below: 4)) / 2 }
    }
  }

  /// Every learner, as a function of the number of workers; 0 is in the calling thread.
  static let fits: [@Sendable (Data, Int) async throws -> any SavedModel] = [
    { data, workers in
      let learner = LogisticRegression(penalty: .none)
      return workers == 0
        ? try learner.fit(data.table, target: data.target, weights: data.weights)
        : try await learner.fit(
          data.table, target: data.target, weights: data.weights, workers: workers)
    },
    { data, workers in
      let learner = LogisticRegression(penalty: .elasticNet(c: 0.01, l1Share: 0.7))
      return workers == 0
        ? try learner.fit(data.table, target: data.target)
        : try await learner.fit(data.table, target: data.target, workers: workers)
    },
    { data, workers in
      let learner = MultinomialLogisticRegression(penalty: .none)
      return workers == 0
        ? try learner.fit(data.table, target: data.three, weights: data.weights)
        : try await learner.fit(
          data.table, target: data.three, weights: data.weights, workers: workers)
    },
    { data, workers in
      let learner = LinearRegression()
      return workers == 0
        ? try learner.fit(data.table, target: data.numbers, weights: data.weights)
        : try await learner.fit(
          data.table, target: data.numbers, weights: data.weights, workers: workers)
    },
    { data, workers in
      let learner = RidgeRegression(alpha: 3)
      return workers == 0
        ? try learner.fit(data.table, target: data.numbers)
        : try await learner.fit(data.table, target: data.numbers, workers: workers)
    },
    { data, workers in
      let learner = LassoRegression(alpha: 0.1)
      return workers == 0
        ? try learner.fit(data.table, target: data.numbers)
        : try await learner.fit(data.table, target: data.numbers, workers: workers)
    },
    { data, workers in
      let learner = PoissonRegression()
      return workers == 0
        ? try learner.fit(data.table, counts: data.counts, weights: data.weights)
        : try await learner.fit(
          data.table, counts: data.counts, weights: data.weights, workers: workers)
    },
    { data, workers in
      let learner = PrincipalComponents(.count(3), scaling: .standardDeviation)
      return workers == 0
        ? try learner.fit(data.table) : try await learner.fit(data.table, workers: workers)
    },
  ]

  static func predictions(_ model: any SavedModel, _ table: FeatureTable) throws -> [Double] {
    switch model {
    case let model as LogisticRegressionModel:
      return try model.probabilities(for: table).values + (model.estimates ?? []).map(\.pValue)
    case let model as MultinomialLogisticRegressionModel:
      let estimates = try model.estimates(comparedWith: model.classes[0])
      return try model.probabilities(for: table).values
        + (estimates ?? [:]).sorted { $0.key < $1.key }.flatMap { $0.value.map(\.pValue) }
    case let model as LinearRegressionModel:
      return try model.values(for: table) + (model.estimates ?? []).map(\.pValue)
    case let model as PenalizedRegressionModel: return try model.values(for: table)
    case let model as PoissonRegressionModel:
      return try model.means(for: table) + (model.quasiEstimates ?? []).map(\.pValue)
    case let model as PrincipalComponentsModel:
      return try model.transform(table).columns.flatMap(\.codes)
    default:
      Issue.record("There is a model without a case here.")
      return []
    }
  }

  @Test(arguments: fits.indices)
  func `the bytes do not depend on workers`(_ index: Int) async throws {
    // Enough for several parts, and for a search that begins from a sample.
    let data = Data(rows: 33_000)
    let bytes = try await Self.fits[index](data, 0).encoded()
    for workers in [1, 2, 7] {
      #expect(try await Self.fits[index](data, workers).encoded() == bytes)
    }
  }

  @Test func `SameBytes: linear models have the same bytes on every machine`() async throws {
    let data = Data(rows: 500)
    var checksums: [UInt64] = []
    for fit in Self.fits { checksums.append(Checksum.of(try await fit(data, 0).encoded())) }
    #expect(
      checksums == [
        1_464_864_549_878_624_591, 2_177_003_782_650_853_813, 12_341_749_263_092_079_843,
        14_399_861_773_513_722_382, 9_850_347_584_828_168_525, 17_877_287_803_241_516_938,
        3_209_393_771_149_367_234, 324_790_081_940_826_589,
      ])
  }

  @Test(arguments: fits.indices)
  func `a model that was saved is the same`(_ index: Int) async throws {
    let data = Data(rows: 300)
    var model = try await Self.fits[index](data, 0)
    model.notes = ModelNotes(title: "T", metrics: ["auc": 0.9], remarks: ["r"])
    func check<Model: SavedModel>(_ model: Model) throws {
      let bytes = model.encoded()
      let same = try Model(decoding: bytes)
      #expect(same.encoded() == bytes && same.card == model.card && same.notes == model.notes)
      #expect(try Self.predictions(same, data.table) == Self.predictions(model, data.table))
      #expect("\(same)" == "\(model)")
    }
    try check(model)
  }

  @Test(arguments: fits.indices)
  func `bytes cut short, changed, newer or of another kind are refused`(
    _ index: Int
  ) async throws {
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
      var newer = bytes
      newer[8 + 1 + "\(Model.self)".utf8.count] = 9
      #expect(throws: LearningError.self) { try Model(decoding: newer) }
      #expect(throws: LearningError.self) { try KMeansModel(decoding: bytes) }
    }
    check(try await Self.fits[index](Data(rows: 300), 0))
  }

  // Whoever forges the checksum too meets the checks of the content.
  @Test(arguments: Rounds.parts)
  func `damage with a matching checksum never stops the program`(_ part: Int) async throws {
    let data = Data(rows: 60)
    let few = data.table.selecting(rows: [0, 1])
    for fit in Self.fits {
      func check<Model: SavedModel>(_ model: Model) {
        let whole = model.encoded()
        for var generator in Rounds.generators("forged \(Model.self)", part: part, perPart: 10) {
          var bytes = whole
          for _ in 0..<generator.integer(in: 1...3) {
            let place = generator.integer(in: 30...(bytes.count - 9))
            bytes[place] = UInt8(generator.integer(below: 256))
          }
          bytes.renewChecksum()
          if let read = try? Model(decoding: bytes) {
            _ = try? Self.predictions(read, few)
            _ = "\(read)"
          }
        }
      }
      check(try await fit(data, 0))
    }
  }

  @Test func `the order of the columns of a table does not matter to a model`() async throws {
    let data = Data(rows: 100)
    let turned = try FeatureTable(data.table.columns.reversed())
    for fit in Self.fits {
      let model = try await fit(data, 0)
      #expect(try Self.predictions(model, turned) == Self.predictions(model, data.table))
    }
  }
}
