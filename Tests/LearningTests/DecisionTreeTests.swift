import Learning
import StatisticsCore
import TestSupport
import Testing

@Suite struct DecisionTreeTests {
  @Test(
    arguments: Reference.cases("cart").filter { $0.id.contains("iris") || LearningData.isAvailable }
  )
  func `trees are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let name = reference.inputs["dataset"]!.text!
    let tree = DecisionTree(
      growth: TreeGrowth(maximumDepth: Int(reference.inputs["max_depth"]!.number!)))
    var model: DecisionTreeModel
    if name == "diabetes" {
      let (table, target) = try LearningData.numbers(name)
      model = try tree.fit(table, target: target)
    } else {
      var (table, target) = try LearningData.classes(name)
      if let kept = reference.inputs["features"]?.elements?.map({ Int($0.number!) }) {
        table = try FeatureTable(kept.map { table.columns[$0] })
      }
      model = try tree.fit(table, target: target)
      let right = zip(try model.probabilities(for: table).target.codes, target.codes)
        .count { $0 == $1 }
      if reference.expected["train_accuracy"] != nil {
        reference.expect(Double(right) / Double(table.rowCount), "train_accuracy")
      }
    }
    if reference.value["note"]?.text?.hasPrefix("ties") == true {
      // Equally good splits of other columns give another order of leaves.
      for key in ["impurity", "n"] {
        let own = model.nodes.map { key == "n" ? Double($0.rows) : $0.impurity }.sorted()
        let theirs = reference.expected[key]!.numbers.sorted()
        #expect(own.count == theirs.count && zip(own, theirs).allSatisfy { abs($0 - $1) <= 1e-6 })
      }
      return
    }
    let expected = reference.expected["feature"]!.numbers.map { $0 < 0 ? nil : Int($0) }
    #expect(model.nodes.map(\.column) == expected)
    reference.expect(
      model.nodes.map { if case .atMost(let border) = $0.question { border } else { -2 } },
      "threshold")
    reference.expect(model.nodes.map(\.impurity), "impurity", atLeast: 1)
    reference.expect(model.nodes.map { Double($0.rows) }, "n")
    let values = reference.expected["value"]!
    if values.elements![0].elements == nil {
      reference.expect(model.nodes.map { $0.value[0] }, "value")
    } else {
      for (node, wanted) in zip(model.nodes, values.matrix) {
        #expect(zip(node.value, wanted).allSatisfy { abs($0 - $1) <= 1e-6 })
      }
    }
    if let left = reference.expected["left"] {
      #expect(model.nodes.map { Double($0.left ?? -1) } == left.numbers)
    }
    if let right = reference.expected["right"] {
      #expect(model.nodes.map { Double($0.right ?? -1) } == right.numbers)
    }
  }

  @Test func `a tree prints itself`() throws {
    let model = try DecisionTree(growth: TreeGrowth(maximumDepth: 1)).fit(
      FeatureTable([
        FeatureColumn("sessions", [1, 2, 8, 9]), FeatureColumn("channel", ["a", "b", "a", nil]),
      ]), target: ClassTarget([false, false, true, true]))
    #expect(
      model.description == """
        sessions ≤ 5.0 or missing: false 1.0 (2 rows)
        sessions > 5.0: true 1.0 (2 rows)
        """)
  }

  @Test func `categories and missing values are named`() throws {
    let model = try DecisionTree().fit(
      FeatureTable([FeatureColumn("channel", ["a", "b", "c", nil])]), target: [1, 5, 1, 5])
    #expect(
      model.description == """
        channel in a, c: 1.0 (2 rows)
        channel not in a, c or missing: 5.0 (2 rows)
        """)
  }

  // With continuous targets no two splits are equally good, so that the trees must be the same.
  @Test(arguments: Rounds.parts)
  func `growth over bins gives the exact tree`(_ part: Int) throws {
    for var generator in Rounds.generators("growth over bins", part: part) {
      let random = RandomTable(&generator, rows: generator.integer(in: 2...40))
      var growth = TreeGrowth()
      if generator.bernoulli(0.3) { growth.maximumDepth = generator.integer(in: 0...3) }
      if generator.bernoulli(0.3) { growth.minimumLeaf = generator.integer(in: 1...5) }
      if generator.bernoulli(0.3) { growth.minimumSplit = generator.integer(in: 2...8) }
      let numeric = random.table.columns.filter { $0.kind == .numeric }.map(\.name)
      for name in numeric where generator.bernoulli(0.25) {
        growth.monotone[name] = generator.bernoulli(0.5) ? .increasing : .decreasing
      }
      let weights = generator.bernoulli(0.5) ? random.weights : nil
      let exact = try DecisionTree(growth: growth).fit(
        random.table, target: random.numbers, weights: weights
      ).values(for: random.table)
      let fast = try RandomForestRegressor(trees: 1, seed: 1, growth: growth, sampling: .all).fit(
        random.table, target: random.numbers, weights: weights
      ).values(for: random.table)
      // Rows of weight zero may stand in a category that no other row is in.
      for row in fast.indices where weights?[row] != 0 {
        #expect(abs(exact[row] - fast[row]) < 1e-9, "row \(row) of \(random.table), \(growth)")
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `the first split over bins is as good as the exact one`(_ part: Int) throws {
    for var generator in Rounds.generators("first split", part: part) {
      let classCount = generator.integer(in: 2...4)
      let random = RandomTable(
        &generator, rows: generator.integer(in: 2...300), classCount: classCount)
      let growth = TreeGrowth(maximumDepth: 1, minimumLeaf: generator.integer(in: 1...3))
      let weights = generator.bernoulli(0.5) ? random.weights : nil
      let balance: ClassWeights = generator.bernoulli(0.5) ? .balanced : .uniform
      let exact = try DecisionTree(growth: growth, classWeights: balance).fit(
        random.table, target: random.classes, weights: weights)
      let fast = try RandomForestClassifier(
        trees: 1, seed: 1, growth: growth, sampling: .all, classWeights: balance
      ).fit(random.table, target: random.classes, weights: weights)
      // The impurity that is left, from the predictions for the rows.
      func left(_ probabilities: ClassProbabilities) -> Double {
        var own = random.classes.counts.map { _ in 1.0 }
        if balance == .balanced {
          var sums = own.map { _ in 0.0 }
          for (row, code) in random.classes.codes.enumerated() { sums[code] += weights?[row] ?? 1 }
          let present = Double(sums.count { $0 > 0 })
          own = sums.map { $0 > 0 ? sums.reduce(0, +) / (present * $0) : 1 }
        }
        var (sum, all) = (0.0, 0.0)
        for (row, code) in random.classes.codes.enumerated() {
          let weight = (weights?[row] ?? 1) * own[code]
          sum += weight * (1 - probabilities[row].reduce(0) { $0 + $1 * $1 })
          all += weight
        }
        return sum / all
      }
      let difference =
        left(try exact.probabilities(for: random.table))
        - left(try fast.probabilities(for: random.table))
      #expect(abs(difference) < 1e-9, "\(random.table)")
    }
  }

  @Test func `importances are the shares of lowered impurity`() throws {
    let table = try FeatureTable([
      FeatureColumn("x", [0, 0, 1, 1.0]), FeatureColumn("y", [0, 1, 0, 1.0]),
      FeatureColumn("z", [5, 5, 5, 5.0]),
    ])
    // The first split lowers the variance from 5 to 1, those of both sides together from 1 to 0.
    let model = try DecisionTree().fit(table, target: [0, 2, 4, 6.0])
    #expect(model.impurityImportances.map(\.value) == [0.8, 0.2, 0])
    #expect(model.card.importances["x"] == 0.8)
  }
}
