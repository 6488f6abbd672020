import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct GradientBoostingTests {
  // One round with rate 1 and a full tree of squared error is the exact tree grown to the same rules.
  @Test(arguments: Rounds.parts)
  func `one round of squared error is an exact tree`(_ part: Int) async throws {
    for var generator in Rounds.generators("boosted tree", part: part, perPart: 20) {
      let random = RandomTable(
        &generator, rows: generator.integer(in: 3...60), categories: false)
      let minimum = generator.integer(in: 1...4)
      let exact = try DecisionTree(
        growth: TreeGrowth(minimumSplit: max(2, 2 * minimum), minimumLeaf: minimum)
      ).fit(random.table, target: random.numbers).values(for: random.table)
      let model = try await GradientBoosting(
        rounds: 1, learningRate: 1, leaves: 1_000, minimumLeaf: minimum
      ).fit(random.table, target: random.numbers)
      let found = try await model.values(for: random.table)
      #expect(zip(exact, found).allSatisfy { abs($0 - $1) < 1e-9 }, "\(random.table)")
    }
  }

  @Test func `the first step is Newton's`() async throws {
    // Two leaves: log-odds of the mean, and then the sum of residuals over that of p (1 − p).
    let table = try FeatureTable([FeatureColumn("x", [0, 0, 0, 1, 1, 1, 1, 1])])
    let labels = [true, false, false, true, true, true, true, false]
    let model = try await GradientBoosting(rounds: 1, learningRate: 0.5, leaves: 2, minimumLeaf: 1)
      .fit(table, target: ClassTarget(labels))
    let p = 5.0 / 8
    func expected(_ yes: Double, _ all: Double) -> Double {
      let score =
        PortableMath.log(p / (1 - p)) + 0.5 * (yes - all * p) / (all * p * (1 - p))
      return 1 / (1 + PortableMath.exp(-score))
    }
    let found = try await model.probabilities(for: table).ofClass(1)
    #expect(abs(found[0] - expected(1, 3)) < 1e-12)
    #expect(abs(found[7] - expected(4, 5)) < 1e-12)
  }

  @Test(arguments: ["iris", "breast_cancer", "wine"])
  func `classes are told apart`(_ name: String) async throws {
    if name != "iris", !LearningData.isAvailable { return }
    let (table, target) = try LearningData.classes(name)
    var right = 0
    for split in Folds.stratified(target, folds: 5, seed: 1) {
      let model = try await GradientBoosting(minimumLeaf: 5).fit(
        table.selecting(rows: split.train), target: target.selecting(rows: split.train))
      let found = try await model.probabilities(for: table.selecting(rows: split.test)).target
      right += zip(found.codes, split.test).count { $0 == target.codes[$1] }
    }
    #expect(Double(right) / Double(target.count) > 0.93)
  }

  @Test(.enabled(if: LearningData.isAvailable))
  func `online shoppers are told apart as well as by a forest`() async throws {
    let (table, target) = try LearningData.shoppers()
    var areas = Moments()
    for split in Folds.stratified(target, folds: 5, seed: 1) {
      let model = try await GradientBoosting(
        rounds: 400, learningRate: 0.05, leaves: 15, stopping: .init(after: 30), seed: 1
      ).fit(
        table.selecting(rows: split.train), target: target.selecting(rows: split.train),
        workers: 2)
      #expect(model.rounds < 400)
      let scores = try await model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
      areas.add(try ROCCurve(split.test.map { target.codes[$0] == 1 }, scores: scores).area!)
    }
    #expect(areas.mean! >= 0.925, "\(areas.mean!)")
  }

  @Test(arguments: [0, 2, 3], [1, 2, 7])
  func `the bytes do not depend on workers`(_ classCount: Int, _ workers: Int) async throws {
    var generator = SeededGenerator(seed: 12)
    let random = RandomTable(&generator, rows: 300, classCount: max(1, classCount))
    let learner = GradientBoosting(
      rounds: 8, minimumLeaf: 3, stopping: .init(after: 3, validationShare: 0.2), seed: 4)
    func fit(_ workers: Int) async throws -> GradientBoostingModel {
      classCount == 0
        ? try await learner.fit(
          random.table, target: random.numbers, weights: random.weights, workers: workers)
        : try await learner.fit(
          random.table, target: random.classes, weights: random.weights, workers: workers)
    }
    let one = try await fit(1)
    #expect(try await fit(workers).encoded() == one.encoded())
    let same = try GradientBoostingModel(decoding: one.encoded())
    #expect(same.encoded() == one.encoded() && same.card == one.card)
    for row in 0..<20 {
      let values = FeatureRow(
        random.table.columns.map { column in
          (
            name: column.name,
            value: column.category(at: row).map(FeatureValue.category)
              ?? column.number(at: row).map(FeatureValue.number) ?? .missing
          )
        })
      if classCount == 0 {
        #expect(try same.value(for: values) == (await one.values(for: random.table)[row]))
      } else {
        let all = try await one.probabilities(for: random.table, workers: workers)
        #expect(try same.probabilities(for: values) == all[row])
      }
    }
  }

  // Small tables are full of columns that are equally good but for rounding.
  @Test(arguments: Rounds.parts)
  func `equally good columns are chosen alike by any number of workers`(_ part: Int) async throws {
    for var generator in Rounds.generators("boosting ties", part: part, perPart: 10) {
      let rows = generator.integer(in: 5...60)
      let random = RandomTable(&generator, rows: rows, classCount: 3)
      let twins = try FeatureTable(
        random.table.columns.enumerated().flatMap { number, column in
          [
            column,
            FeatureColumn(
              "reversed\(number)", (0..<rows).map { row in column.number(at: row).map { -$0 } }),
          ]
        })
      let learner = GradientBoosting(rounds: 3, leaves: 5, minimumLeaf: 1)
      let one = try await learner.fit(twins, target: random.classes, weights: random.weights)
      for workers in [2, 3, 7] {
        let other = try await learner.fit(
          twins, target: random.classes, weights: random.weights, workers: workers)
        #expect(other.encoded() == one.encoded())
      }
    }
  }

  // Pinned: other processors and other runs come to the same bytes.
  @Test func `SameBytes: boosting has the same bytes on every machine`() async throws {
    let (table, target) = Reference.iris
    let learner = GradientBoosting(
      rounds: 10, minimumLeaf: 3, stopping: .init(after: 4, validationShare: 0.2), seed: 8)
    var sums: Set<UInt64> = []
    var numberSums: Set<UInt64> = []
    for workers in [1, 2, 7, 1] {
      let model = try await learner.fit(table, target: target, workers: workers)
      sums.insert(Checksum.of(model.encoded()))
      let numbers = try await learner.fit(
        table.removing(["petal_width"]),
        target: (0..<150).map { table["petal_width"]!.number(at: $0)! },
        workers: workers)
      numberSums.insert(Checksum.of(numbers.encoded()))
    }
    #expect(sums == [2_549_474_634_808_818_772])
    #expect(numberSums == [2_313_341_618_753_168_518])
  }

  @Test func `stopping keeps the best round`() async throws {
    var generator = SeededGenerator(seed: 6)
    let x = (0..<400).map { _ in generator.normal() }
    let y = x.map { $0 + 2 * generator.normal() }
    let model = try await GradientBoosting(
      rounds: 200, learningRate: 0.3, minimumLeaf: 5, stopping: .init(after: 10), seed: 1
    ).fit(FeatureTable([FeatureColumn("x", x)]), target: y)
    let losses = model.validationLosses
    #expect(losses.count == model.rounds + 10)
    #expect(losses[model.rounds - 1] == losses.min())
  }

  @Test func `one class, one row, constant columns and large numbers are fine`() async throws {
    let one = try FeatureTable([FeatureColumn("x", [1.0])])
    let learner = GradientBoosting(rounds: 3, minimumLeaf: 1)
    let sure = try await learner.fit(one, target: ClassTarget([true]))
    #expect(try sure.probabilities(for: ["x": 1])[1] > 0.999)
    let only = try await learner.fit(one, target: ClassTarget(["a"]))
    #expect(try only.probabilities(for: ["x": 1]) == [1])
    let number = try await learner.fit(one, target: [7])
    #expect(try number.value(for: ["x": 2]) == 7)
    let constant = try FeatureTable([FeatureColumn("x", [2.0, 2, 2])])
    #expect(try await learner.fit(constant, target: [1, 2, 6]).values(for: constant) == [3, 3, 3])
    let error = await #expect(throws: LearningError.self) {
      try await GradientBoosting(rounds: 0).fit(one, target: [7])
    }
    #expect(error?.code == .parameterOutOfRange)
  }

  @Test func `damaged bytes are refused`() async throws {
    let (table, target) = Reference.iris
    let bytes = try await GradientBoosting(rounds: 2).fit(table, target: target).encoded()
    for length in [0, 10, bytes.count / 2, bytes.count - 1] {
      #expect(throws: LearningError.self) {
        try GradientBoostingModel(decoding: Array(bytes[..<length]))
      }
    }
    for place in stride(from: 0, to: bytes.count, by: 41) {
      var damaged = bytes
      damaged[place] ^= 16
      #expect(throws: LearningError.self) { try GradientBoostingModel(decoding: damaged) }
    }
  }
}
