import StatisticsCore
import TestSupport
import Testing

@testable import Learning

/// The mean over seeds of the figure on 5 stratified folds.
private func crossValidated(
  seeds: ClosedRange<UInt64>, _ folds: (UInt64) -> [RowSplit],
  _ figure: (RowSplit, UInt64) throws -> Double
) rethrows -> Double {
  var sum = 0.0
  var count = 0.0
  for seed in seeds {
    for split in folds(seed) {
      sum += try figure(split, seed)
      count += 1
    }
  }
  return sum / count
}

@Suite struct RandomForestTests {
  @Test(arguments: ["iris", "breast_cancer", "wine"])
  func `forests are as good as those of scikit-learn`(_ name: String) throws {
    if name != "iris", !LearningData.isAvailable { return }
    let (table, target) = try LearningData.classes(name)
    let gate = Reference.file["forest_accuracy"]![name]!
    let accuracy = try crossValidated(
      seeds: 1...3, { Folds.stratified(target, folds: 5, seed: $0) }
    ) { split, seed in
      let model = try RandomForestClassifier(seed: seed).fit(
        table.selecting(rows: split.train), target: target.selecting(rows: split.train))
      let found = try model.classes(for: table.selecting(rows: split.test)).codes
      return Double(zip(found, split.test).count { $0 == target.codes[$1] }) / Double(found.count)
    }
    let expected = gate["accuracy"]!.number!
    let slack = 2 * gate["accuracy_rep_sd"]!.number! + 0.004
    #expect(accuracy >= expected - slack, "\(name) \(accuracy), scikit-learn \(expected)")
  }

  @Test(.enabled(if: LearningData.isAvailable))
  func `the regressor is as good as that of scikit-learn`() throws {
    let (table, target) = try LearningData.numbers("diabetes")
    let gate = Reference.file["forest_accuracy"]!["diabetes_regression"]!
    let figure = try crossValidated(
      seeds: 1...3, { Folds.random(count: target.count, folds: 5, seed: $0) }
    ) { split, seed in
      let model = try RandomForestRegressor(seed: seed).fit(
        table.selecting(rows: split.train), target: split.train.map { target[$0] })
      return try RegressionMetrics(
        actual: split.test.map { target[$0] },
        predicted: model.values(for: table.selecting(rows: split.test))
      ).rSquared!
    }
    let expected = gate["r2"]!.number!
    #expect(figure >= expected - 2 * gate["r2_rep_sd"]!.number! - 0.004, "\(figure)")
  }

  @Test(.enabled(if: LearningData.isAvailable))
  func `the propensity model reaches the published figure on the published split`() throws {
    let (table, target) = try LearningData.propensity()
    let split = Reference.file["s1_split"]!
    let train = split["train"]!.numbers.map { Int($0) }
    let test = split["test"]!.numbers.map { Int($0) }
    let model = try RandomForestClassifier(trees: 200, seed: 42, classWeights: .balanced).fit(
      table.selecting(rows: train), target: target.selecting(rows: train))
    let scores = try model.probabilities(for: table.selecting(rows: test)).ofClass(1)
    let curve = try ROCCurve(test.map { target.codes[$0] == 1 }, scores: scores)
    #expect(curve.area! >= 0.960, "\(curve.area!)")
  }

  @Test(.enabled(if: LearningData.isAvailable), arguments: [true, false])
  func `the propensity model is good on 50 splits`(_ oneHot: Bool) throws {
    let (table, target) = try LearningData.propensity(oneHot: oneHot)
    var areas = Moments()
    for seed in 1...50 {
      let split = RowSplit.stratified(target, testShare: 0.3, seed: UInt64(seed))
      let model = try RandomForestClassifier(
        trees: 200, seed: UInt64(seed), classWeights: .balanced
      ).fit(
        table.selecting(rows: split.train), target: target.selecting(rows: split.train))
      let scores = try model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
      areas.add(try ROCCurve(split.test.map { target.codes[$0] == 1 }, scores: scores).area!)
    }
    #expect(areas.mean! >= 0.942, "one-hot \(oneHot): \(areas.mean!)")
  }

  @Test(.enabled(if: LearningData.isAvailable))
  func `online shoppers are told apart`() async throws {
    let (table, target) = try LearningData.shoppers()
    var areas = Moments()
    for split in Folds.stratified(target, folds: 5, seed: 1) {
      let model = try await RandomForestClassifier(seed: 1).fit(
        table.selecting(rows: split.train), target: target.selecting(rows: split.train),
        workers: 2)
      let scores = try model.probabilities(for: table.selecting(rows: split.test)).ofClass(1)
      areas.add(try ROCCurve(split.test.map { target.codes[$0] == 1 }, scores: scores).area!)
    }
    #expect(areas.mean! >= 0.922, "\(areas.mean!)")
  }

  @Test func `the bytes do not depend on workers`() async throws {
    var generator = SeededGenerator(seed: 5)
    for classCount in 2...3 {
      let random = RandomTable(&generator, rows: 300, classCount: classCount)
      let learner = RandomForestClassifier(trees: 9, seed: 3, classWeights: .balanced)
      let model = try learner.fit(random.table, target: random.classes, weights: random.weights)
      for workers in [1, 2, 7] {
        let other = try await learner.fit(
          random.table, target: random.classes, weights: random.weights, workers: workers)
        #expect(other.encoded() == model.encoded())
        #expect(
          try await model.probabilities(for: random.table, workers: workers)
            == model.probabilities(for: random.table))
      }
      let regressor = RandomForestRegressor(trees: 5, seed: 3, keepsTargets: true)
      let fitted = try regressor.fit(random.table, target: random.numbers)
      for workers in [1, 2, 7] {
        let other = try await regressor.fit(
          random.table, target: random.numbers, workers: workers)
        #expect(other.encoded() == fitted.encoded())
      }
    }
  }

  // The figure was written once; another machine, or a change of the arithmetic, would change it.
  @Test func `SameBytes: a forest has the same bytes on every machine`() throws {
    let (table, target) = Reference.iris
    let model = try RandomForestClassifier(trees: 20, seed: 7).fit(table, target: target)
    #expect(Checksum.of(model.encoded()) == 7_710_500_887_416_777_247)
    let numbers = (0..<150).map { table.columns[0].number(at: $0)! * 3 }
    let regressor = try RandomForestRegressor(trees: 20, seed: 7).fit(
      table.removing(["sepal_length"]), target: numbers)
    #expect(Checksum.of(regressor.encoded()) == 11_924_425_927_587_732_952)
  }

  @Test(arguments: Rounds.parts)
  func `a row alone is predicted as among others`(_ part: Int) throws {
    for var generator in Rounds.generators("row alone", part: part, perPart: 5) {
      let random = RandomTable(
        &generator, rows: generator.integer(in: 1...60), classCount: 3)
      let forest =
        generator.bernoulli(0.5)
        ? RandomForestClassifier(trees: 11, seed: 1) : .extraTrees(trees: 9, seed: 1)
      let model = try forest.fit(random.table, target: random.classes)
      let all = try model.probabilities(for: random.table)
      for row in 0..<random.table.rowCount {
        let values = random.table.columns.map { column in
          (
            name: column.name,
            value: column.category(at: row).map(FeatureValue.category)
              ?? column.number(at: row).map(FeatureValue.number) ?? .missing
          )
        }
        let own = try model.probabilities(for: FeatureRow(values.reversed()))
        #expect(own == all[row])
        #expect(
          model.probabilities(codes: random.table.columns.map { $0.number(at: row) ?? .nan }) == own
        )
        #expect(abs(own.reduce(0, +) - 1) < 1e-12)
      }
    }
  }

  @Test func `out-of-bag figures come close to those of rows held back`() async throws {
    let (table, target) = Reference.iris
    let model = try RandomForestClassifier(trees: 200, seed: 1).fit(table, target: target)
    let outOfBag = try await model.outOfBag(on: table, target: target, workers: 2)
    #expect(outOfBag.rowsLeftOut == 0)
    #expect((0.92...0.98).contains(outOfBag.accuracy!))
    let error = try #require(throws: LearningError.self) {
      try model.training.check(1, rows: 150)
    }
    #expect(error.code == .otherData)
    let other = await #expect(throws: LearningError.self) {
      try await model.outOfBag(
        on: table.selecting(rows: Array((0..<150).reversed())), target: target)
    }
    #expect(other?.code == .otherData)
  }

  @Test func `a forest that has seen all rows has nothing out of bag`() async throws {
    let (table, target) = Reference.iris
    let model = try RandomForestClassifier.extraTrees(trees: 3, seed: 1).fit(table, target: target)
    let outOfBag = try await model.outOfBag(on: table, target: target)
    #expect(outOfBag.rowsLeftOut == 150)
    #expect(outOfBag.accuracy == nil)
  }

  @Test func `importances find the column that matters`() async throws {
    var generator = SeededGenerator(seed: 2)
    let rows = 500
    let useful = (0..<rows).map { _ in generator.normal() }
    let table = try FeatureTable([
      FeatureColumn("noise", (0..<rows).map { _ in generator.normal() }),
      FeatureColumn("useful", useful),
      FeatureColumn("constant", Array(repeating: 1.0, count: rows)),
    ])
    let target = ClassTarget(useful.map { $0 > 0 })
    let model = try RandomForestClassifier(trees: 50, seed: 1).fit(table, target: target)
    let impurity = model.impurityImportances
    #expect(abs(impurity.reduce(0) { $0 + $1.value } - 1) < 1e-12)
    #expect(impurity[1].value > 0.7 && impurity[2].value == 0)
    let permuted = try await model.permutationImportances(on: table, target: target)
    #expect(permuted[1].value > 0.2 && abs(permuted[0].value) < 0.05 && permuted[2].value == 0)
    #expect(
      try await model.permutationImportances(on: table, target: target, workers: 3) == permuted)
    let regressor = try RandomForestRegressor(trees: 20, seed: 1).fit(table, target: useful)
    let falls = try await regressor.permutationImportances(on: table, target: useful)
    #expect(falls[1].value > 1 && abs(falls[0].value) < 0.05)
    #expect(try await regressor.outOfBag(on: table, target: useful).rSquared! > 0.98)
  }

  @Test func `monotone columns never turn back`() throws {
    var generator = SeededGenerator(seed: 4)
    let x = (0..<400).map { _ in generator.uniform() }
    let z = (0..<400).map { _ in generator.uniform() }
    let y = x.indices.map { x[$0] + 0.5 * generator.normal() - z[$0] }
    let table = try FeatureTable([FeatureColumn("x", x), FeatureColumn("z", z)])
    let growth = TreeGrowth(monotone: ["x": .increasing, "z": .decreasing])
    let model = try RandomForestRegressor(trees: 20, seed: 1, growth: growth).fit(table, target: y)
    let classifier = try RandomForestClassifier(trees: 20, seed: 1, growth: growth)
      .fit(table, target: ClassTarget(y.map { $0 > 0 }))
    for other in [0.1, 0.5, 0.9] {
      let steps = stride(from: 0.0, through: 1, by: 0.01)
      for values in [
        steps.map { model.value(codes: [$0, other]) },
        steps.map { -model.value(codes: [other, $0]) },
        steps.map { classifier.probabilities(codes: [$0, other])[1] },
        steps.map { -classifier.probabilities(codes: [other, $0])[1] },
      ] {
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
      }
    }
  }

  @Test func `missing values are worth something where they tell`() throws {
    let values: [Double?] = (0..<200).map { $0 % 3 == 0 ? nil : Double($0 % 7) }
    let table = try FeatureTable([FeatureColumn("x", values)])
    let target = ClassTarget(values.map { $0 == nil })
    let model = try RandomForestClassifier(trees: 10, seed: 1).fit(table, target: target)
    #expect(try model.probability(of: "true", for: ["x": nil]) == 1)
    #expect(try model.probability(of: "true", for: ["x": 3]) == 0)
  }

  @Test func `quantiles are those of the rows in the leaves`() throws {
    var generator = SeededGenerator(seed: 4)
    let x = (0..<2_000).map { _ in generator.uniform() }
    let y = x.map { 10 * $0 + (1 + $0) * generator.normal() }
    let model = try RandomForestRegressor(
      trees: 50, seed: 1, growth: TreeGrowth(minimumLeaf: 20), keepsTargets: true
    ).fit(FeatureTable([FeatureColumn("x", x)]), target: y)
    let fresh = (0..<2_000).map { _ in generator.uniform() }
    let rows = try FeatureTable([FeatureColumn("x", fresh)])
    let quantiles = try model.quantiles([0, 0.1, 0.5, 0.9, 1], for: rows)
    var below = [0.0, 0, 0, 0, 0]
    for (row, x) in fresh.enumerated() {
      #expect(quantiles[row] == quantiles[row].sorted())
      let y = 10 * x + (1 + x) * generator.normal()
      for index in below.indices where y <= quantiles[row][index] { below[index] += 1 / 2_000 }
    }
    #expect((0.07...0.14).contains(below[1]), "\(below)")
    #expect((0.45...0.55).contains(below[2]), "\(below)")
    #expect((0.86...0.93).contains(below[3]), "\(below)")
    // A single tree without sampling: the quantiles of its leaf.
    let tree = try RandomForestRegressor(
      trees: 1, seed: 1, growth: TreeGrowth(maximumDepth: 0), sampling: .all, keepsTargets: true
    ).fit(FeatureTable([FeatureColumn("x", [1, 2, 3, 4])]), target: [4, 1, 3, 2])
    #expect(
      try tree.quantiles([0, 0.25, 0.26, 0.5, 1], for: FeatureTable([FeatureColumn("x", [9])]))
        == [[1, 1, 2, 2, 4]])
    let one = try FeatureTable([FeatureColumn("x", [1])])
    let without = try RandomForestRegressor(trees: 1, seed: 1).fit(one, target: [1])
    #expect(throws: LearningError.self) { try without.quantiles([0.5], for: one) }
  }

  @Test func `one class, one row and constant columns are fine`() throws {
    let one = try FeatureTable([FeatureColumn("x", [1.0])])
    let model = try RandomForestClassifier(trees: 3, seed: 1).fit(one, target: ClassTarget([true]))
    #expect(try model.probabilities(for: one).values == [0, 1])
    let named = try RandomForestClassifier(trees: 3, seed: 1).fit(one, target: ClassTarget(["a"]))
    #expect(try named.probabilities(for: one).values == [1])
    let constant = try FeatureTable([FeatureColumn("x", [1.0, 1, 1, 1])])
    let even = try RandomForestClassifier(trees: 3, seed: 1, sampling: .all)
      .fit(constant, target: ClassTarget([true, false, true, false]))
    #expect(try even.probabilities(for: one).values == [0.5, 0.5])
    let infinite = try FeatureTable([FeatureColumn("x", [-Double.infinity, 1, .infinity])])
    let ordered = try RandomForestRegressor(trees: 1, seed: 1, sampling: .all)
      .fit(infinite, target: [1, 2, 3])
    #expect(try ordered.values(for: infinite) == [1, 2, 3])
    let missing = try FeatureTable([FeatureColumn("x", [Double.nan, .nan])])
    let blind = try RandomForestRegressor(trees: 2, seed: 1, sampling: .all)
      .fit(missing, target: [1, 2])
    #expect(try blind.values(for: missing) == [1.5, 1.5])
  }

  @Test func `rows of weight zero are as if not there`() throws {
    var generator = SeededGenerator(seed: 8)
    let random = RandomTable(&generator, rows: 80, categories: false)
    let kept = (0..<80).filter { random.weights[$0] > 0 }
    let learner = RandomForestClassifier(trees: 5, seed: 2)
    let zeroOne = random.weights.map { $0 > 0 ? 1.0 : 0 }
    let weighted = try learner.fit(random.table, target: random.classes, weights: zeroOne)
    let selected = try learner.fit(
      random.table.selecting(rows: kept), target: random.classes.selecting(rows: kept),
      weights: kept.map { _ in 1 })
    // Few values: the bins are those values, whichever rows have them.
    let a = try weighted.probabilities(for: random.table.selecting(rows: kept)).values
    let b = try selected.probabilities(for: random.table.selecting(rows: kept)).values
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `mistakes are told in a sentence`() throws {
    let table = try FeatureTable([
      FeatureColumn("x", [1, 2, 3]), FeatureColumn("c", ["a", "b", nil]),
    ])
    let target = ClassTarget([true, false, true])
    let forest = RandomForestClassifier(trees: 3, seed: 1)
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      message { _ = try forest.fit(table, target: ClassTarget([true])) }
        == "The target has 1 values, and the table has 3 rows. Give one value for each row.")
    #expect(
      message { _ = try forest.fit(table, target: target, weights: [1, -1, 1]) }
        == "The weight at position 1 is negative or not finite. Give a weight from 0.")
    #expect(
      message { _ = try forest.fit(table, target: target, weights: [0, 0, 0]) }
        == "All rows have a weight of zero, so there is nothing to learn from. Give one a weight "
        + "above zero.")
    #expect(
      message { _ = try RandomForestRegressor(seed: 1).fit(table, target: [1, .nan, 2]) }
        == "The target at position 1 is not a finite number. Leave the row out, or give its value.")
    let model = try forest.fit(table, target: target)
    #expect(
      message { _ = try model.probabilities(for: table.removing(["c"])) }
        == "The table has no column c, which the model expects. Add it; its values may be missing. "
        + "The model expects x, c.")
    #expect(
      message { _ = try model.probabilities(for: ["x": "a", "c": "b"]) }
        == "The value for x is not numeric, as the model expects. Give it in the kind that the model "
        + "was fitted with.")
    #expect(
      message { _ = try model.probability(of: "maybe", for: ["x": 1, "c": "b"]) }
        == "There is no class maybe. The classes are false, true.")
    #expect(
      message {
        _ = try RandomForestClassifier(trees: 0, seed: 1).fit(table, target: target)
      } == "A forest needs from 1 to 100,000 trees, not 0. Change it.")
    #expect(
      message {
        _ = try RandomForestClassifier(
          seed: 1, growth: TreeGrowth(monotone: ["c": .increasing])
        ).fit(table, target: target)
      }
        == "The column c is to be monotone, but it is categorical and has no order. Give it as "
        + "numbers, or do not name it.")
  }
}
