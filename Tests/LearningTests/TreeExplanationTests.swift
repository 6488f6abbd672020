import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct TreeExplanationTests {
  @Test(arguments: Rounds.parts)
  func `contributions and baseline add up to the prediction`(_ part: Int) throws {
    for var generator in Rounds.generators("contributions", part: part, perPart: 5) {
      let random = RandomTable(&generator, rows: 60, classCount: 2)
      let model = try RandomForestClassifier(trees: 7, seed: 1).fit(
        random.table, target: random.classes, weights: random.weights)
      for row in 0..<10 {
        let values = FeatureRow(
          random.table.columns.map { column in
            (
              name: column.name,
              value: column.category(at: row).map(FeatureValue.category)
                ?? column.number(at: row).map(FeatureValue.number) ?? .missing
            )
          })
        for name in ["c0", "c1"] {
          let why = try model.explanation(for: values, of: name)
          let sum = why.contributions.reduce(why.baseline) { $0 + $1.value }
          #expect(abs(sum - why.prediction) < 1e-9)
          #expect(why.prediction == (try model.probability(of: name, for: values)))
        }
      }
    }
  }

  // The definition: the mean over all orders of the columns of what a column adds when it becomes
  // known, where unknown splits are followed both ways in proportion to the rows.
  @Test(arguments: Rounds.parts)
  func `contributions are Shapley values`(_ part: Int) throws {
    for var generator in Rounds.generators("Shapley values", part: part, perPart: 5) {
      let random = RandomTable(
        &generator, rows: 30, missing: false, categories: false)
      let growth = TreeGrowth(maximumDepth: 4)
      let model = try RandomForestRegressor(trees: 1, seed: 1, growth: growth, sampling: .all)
        .fit(random.table, target: random.numbers)
      let count = random.table.columns.count
      for row in 0..<5 {
        let codes = random.table.columns.map { $0.number(at: row)! }
        let forest = model.forest
        let bins = forest.binning.row(codes)
        func worth(_ known: Int, _ position: Int = 0) -> Double {
          let node = forest.nodes[position]
          if node.isLeaf { return forest.leafValues[node.leafNumber] }
          let (left, right) = (position + node.leftOffset, position + Int(node.link))
          if known >> node.column & 1 == 1 {
            return worth(
              known, forest.goesLeft(node, at: position, bin: bins[node.column]) ? left : right)
          }
          let (ofLeft, ofRight) = (Double(forest.covers[left]), Double(forest.covers[right]))
          return (ofLeft * worth(known, left) + ofRight * worth(known, right))
            / (ofLeft + ofRight)
        }
        var values = [Double](repeating: 0, count: count)
        var orders = 0.0
        func visit(_ known: Int, _ path: [Int]) {
          if path.count == count {
            orders += 1
            var known = 0
            for column in path {
              let before = worth(known)
              known |= 1 << column
              values[column] += worth(known) - before
            }
            return
          }
          for column in 0..<count where known >> column & 1 == 0 {
            visit(known | 1 << column, path + [column])
          }
        }
        visit(0, [])
        let why = try model.explanation(
          for: FeatureRow(zip(random.table.names, codes).map { ($0, .number($1)) }))
        #expect(abs(why.baseline - worth(0)) < 1e-6)
        for column in 0..<count {
          #expect(abs(why.contributions[column].value - values[column] / orders) < 1e-6)
        }
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `contributions to the scores of boosting add up`(_ part: Int) async throws {
    for var generator in Rounds.generators("boosting contributions", part: part, perPart: 5) {
      let classCount = generator.integer(in: 1...3)
      let random = RandomTable(&generator, rows: 60, classCount: classCount)
      let learner = GradientBoosting(rounds: 6, leaves: 6, minimumLeaf: 3)
      let ofClasses = try await learner.fit(
        random.table, target: random.classes, weights: random.weights)
      let ofNumbers = try await learner.fit(random.table, target: random.numbers)
      for row in 0..<10 {
        let values = random.table.row(row)
        func check(_ why: PredictionExplanation) {
          let sum = why.contributions.reduce(why.baseline) { $0 + $1.value }
          #expect(abs(sum - why.prediction) < 1e-9)
        }
        let number = try ofNumbers.explanation(for: values)
        check(number)
        #expect(number.prediction == (try ofNumbers.value(for: values)))
        var scores: [Double] = []
        for name in random.classes.classes {
          let why = try ofClasses.explanation(for: values, of: name)
          check(why)
          scores.append(why.prediction)
        }
        let last = try ofClasses.explanation(for: values)
        #expect(last.prediction == scores.last)
        let found = try ofClasses.probabilities(for: values)
        if classCount == 2 {
          #expect(scores[0] == -scores[1])
          #expect(abs(1 / (1 + PortableMath.exp(-scores[1])) - found[1]) < 1e-12)
        } else {
          let terms = scores.map { PortableMath.exp($0) }
          let sum = terms.reduce(0, +)
          #expect(zip(terms, found).allSatisfy { abs($0 / sum - $1) < 1e-12 })
        }
      }
      let error = #expect(throws: LearningError.self) {
        try ofNumbers.explanation(for: random.table.row(0), of: "yes")
      }
      #expect(error?.code == .unknownClass)
    }
  }
}
