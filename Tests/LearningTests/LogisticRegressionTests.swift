import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct LogisticRegressionTests {
  @Test(.enabled(if: LearningData.isAvailable), arguments: Reference.cases("logistic"))
  func `penalised coefficients are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let (table, target) = try LearningData.classes("breast_cancer")
    let scaled = table.standardized
    let model = try LogisticRegression(penalty: .l2(c: reference.inputs["C"]!.number!))
      .fit(scaled, target: target)
    #expect(model.converged)
    reference.expect(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept")
    let probabilities = try model.probabilities(for: scaled)
    reference.expect(Array(probabilities.ofClass(1).prefix(5)), "prob_first5")
    let metrics = try ProbabilityMetrics(
      target.isClass(1), probabilities: probabilities.ofClass(1))
    reference.expect(metrics.logLoss, "train_log_loss")
    let curve = try ROCCurve(target.isClass(1), scores: probabilities.ofClass(1))
    reference.expect(curve.area, "train_auc")
    #expect(model.estimates == nil && model.likelihood == nil)
  }

  @Test(.enabled(if: LearningData.isAvailable), arguments: Reference.cases("logistic_l1"))
  func `an L1 penalty leaves the columns of scikit-learn`(_ reference: ReferenceCase) throws {
    let (table, target) = try LearningData.classes("breast_cancer")
    let model = try LogisticRegression(penalty: .l1(c: reference.inputs["C"]!.number!))
      .fit(table.standardized, target: target)
    reference.expect(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept")
    reference.expect(Double(model.coefficients.count { $0 != 0 }), "nonzero")
  }

  @Test(arguments: Reference.cases("logistic_unpenalised"))
  func `errors, tests and intervals are those of statsmodels`(_ reference: ReferenceCase) throws {
    let rows = Array(50..<150)
    let table = Reference.iris.table.selecting(rows: rows)
      .removing(["sepal_length", "sepal_width"])
    let target = ClassTarget(rows.map { Reference.iris.target.codes[$0] == 2 })
    let model = try LogisticRegression(penalty: .none).fit(table, target: target)
    let estimates = try #require(model.estimates)
    reference.expect(estimates.map(\.value), "params")
    reference.expect(estimates.map(\.standardError), "se")
    reference.expect(estimates.map(\.statistic), "z")
    reference.expect(estimates.map(\.pValue), "p_values")
    for (estimate, wanted) in zip(estimates, reference.expected["ci"]!.matrix) {
      let interval = estimate.interval()
      #expect(abs(interval.lowerBound - wanted[0]) <= 1e-7 * abs(wanted[0]))
      #expect(abs(interval.upperBound - wanted[1]) <= 1e-7 * abs(wanted[1]))
      #expect(abs(estimate.logPValue - PortableMath.log(estimate.pValue)) < 1e-12)
    }
    let likelihood = try #require(model.likelihood)
    reference.expect(likelihood.log, "log_likelihood")
    reference.expect(likelihood.mcFaddenR2, "pseudo_r2")
    reference.expect(likelihood.aic, "aic")
  }

  @Test(arguments: LinearReference.cases("logit"))
  func `weighted fits are those of statsmodels`(_ reference: ReferenceCase) throws {
    let target = ClassTarget(reference.y.map { $0 == 1 })
    let model = try LogisticRegression(penalty: .none)
      .fit(reference.table, target: target, weights: reference.weights)
    let estimates = try #require(model.estimates)
    reference.expectList(estimates.map(\.value), "params")
    reference.expectList(estimates.map(\.standardError), "se")
    reference.expectList(estimates.map(\.statistic), "z")
    reference.expectList(estimates.map(\.pValue), "p")
    reference.expect(model.likelihood?.log, "log_likelihood")
    reference.expect(model.likelihood?.null, "null")
    reference.expect(model.likelihood?.aic, "aic")
    reference.expect(model.likelihood?.bic, "bic")
  }

  @Test(arguments: LinearReference.cases("logit_l2"))
  func `weights of rows and classes are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let ofClasses = reference.inputs["class_weights"]!.numbers
    let model = try LogisticRegression(
      penalty: .l2(c: reference.inputs["c"]!.number!),
      classWeights: .given(["0": ofClasses[0], "1": ofClasses[1]])
    ).fit(
      reference.table, target: ClassTarget(reference.y.map { Int($0) }),
      weights: reference.weights)
    reference.expectList(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept", atLeast: 1)
  }

  @Test(arguments: LinearReference.cases("logit_elastic"))
  func `L1 and elastic net are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let (c, share) = (reference.inputs["c"]!.number!, reference.inputs["l1"]!.number!)
    let model = try LogisticRegression(
      penalty: share == 1 ? .l1(c: c) : .elasticNet(c: c, l1Share: share)
    ).fit(
      reference.table, target: ClassTarget(reference.y.map { $0 == 1 }),
      weights: reference.weights)
    #expect(model.converged)
    reference.expectList(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept", atLeast: 1)
  }

  /// A random table without missing values, and classes that follow it.
  static func problem(
    _ generator: inout SeededGenerator, rows: Int, columns: Int, noise: Double = 2
  ) -> (table: FeatureTable, target: ClassTarget, weights: [Double]) {
    let values = (0..<columns).map { _ -> [Double] in
      let (unit, shift) = ([0.01, 1, 100][generator.integer(below: 3)], generator.normal() * 5)
      return (0..<rows).map { _ in (generator.normal() + shift) * unit }
    }
    let factors = values.map { column in
      generator.normal() / (column.reduce(0) { max($0, abs($1)) } + 1e-9)
    }
    let labels = (0..<rows).map { row in
      var sum = noise * generator.normal()
      for (column, factor) in zip(values, factors) { sum += 3 * factor * column[row] }
      return sum > 0
    }
    return (
      try! FeatureTable(values.enumerated().map { FeatureColumn("x\($0)", $1) }),
      ClassTarget(labels),
      (0..<rows).map { _ in Double(generator.integer(below: 4)) }
    )
  }

  // The definition: at the minimum no slope is left, and where a coefficient is 0 the slope is within
  // the L1 penalty.
  @Test(arguments: Rounds.parts)
  func `the slopes at the minimum are those of the penalty`(_ part: Int) throws {
    for var generator in Rounds.generators("logistic slopes", part: part) {
      let (table, target, weights) = Self.problem(
        &generator, rows: generator.integer(in: 5...60), columns: generator.integer(in: 1...8))
      let counting = zip(weights, target.codes).filter { $0.0 > 0 }.map(\.1)
      guard Set(counting).count == 2 else { continue }
      let c = PortableMath.exp(generator.normal() * 2)
      let share = Double(generator.integer(below: 3)) / 2
      let model = try LogisticRegression(penalty: .elasticNet(c: c, l1Share: share))
        .fit(table, target: target, weights: weights)
      #expect(model.converged)
      let probabilities = try model.probabilities(for: table).ofClass(1)
      var slopes = table.columns.map { _ in 0.0 }
      var (intercept, scale) = (0.0, table.columns.map { _ in 0.0 })
      for row in 0..<table.rowCount {
        let error = weights[row] * (probabilities[row] - Double(target.codes[row]))
        intercept += error
        for (index, column) in table.columns.enumerated() {
          slopes[index] += c * error * column.codes[row]
          scale[index] += c * weights[row] * abs(column.codes[row])
        }
      }
      #expect(abs(intercept) < 1e-7 * weights.reduce(1, +))
      for (index, value) in model.coefficients.enumerated() {
        let slope = slopes[index] + (1 - share) * value
        let rounding = 1e-7 * (scale[index] + 1)
        if value == 0 {
          #expect(abs(slope) <= share + rounding)
        } else {
          #expect(abs(slope + share * (value > 0 ? 1 : -1)) <= rounding)
        }
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `a row of weight three is three rows, and one of weight zero none`(_ part: Int) throws {
    for var generator in Rounds.generators("logistic weights", part: part, perPart: 20) {
      let (table, target, weights) = Self.problem(&generator, rows: 60, columns: 2, noise: 6)
      let rows = weights.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
      let learner = LogisticRegression(penalty: .none)
      let weighted = try? learner.fit(table, target: target, weights: weights)
      let repeated = try? learner.fit(
        table.selecting(rows: rows), target: target.selecting(rows: rows))
      guard let weighted, let repeated else {
        #expect(weighted == nil && repeated == nil)
        continue
      }
      for (a, b) in zip(weighted.estimates!, repeated.estimates!) {
        #expect(abs(a.value - b.value) <= 1e-7 * b.standardError)
        #expect(abs(a.standardError - b.standardError) <= 1e-7 * b.standardError)
      }
      #expect(abs(weighted.likelihood!.bic - repeated.likelihood!.bic) < 1e-8)
    }
  }

  /// Whether a line through the plane tells the classes apart, rows on it aside, but not all rows
  /// are on it: tried with every direction between two rows, and slightly beside it.
  private func isSeparable(_ x: [Double], _ labels: [Bool]) -> Bool {
    let (no, yes) = (
      zip(x, labels).filter { !$1 }.map(\.0), zip(x, labels).filter { $1 }.map(\.0)
    )
    let isUp = no.max()! <= yes.min()!
    let isDown = yes.max()! <= no.min()!
    return (isUp || isDown) && Set(x).count > 1
  }

  @Test(arguments: Rounds.parts)
  func `classes that one column tells apart are refused, and no others`(_ part: Int) throws {
    for var generator in Rounds.generators("separation", part: part) {
      let count = generator.integer(in: 2...12)
      let x = (0..<count).map { _ in Double(generator.integer(below: 6)) }
      let labels = x.map { $0 + Double(generator.integer(below: 3)) > 3 }
      guard Set(labels).count == 2 else { continue }
      let table = try FeatureTable([FeatureColumn("x", x)])
      do {
        let model = try LogisticRegression(penalty: .none).fit(table, target: ClassTarget(labels))
        #expect(model.converged && !isSeparable(x, labels))
      } catch {
        #expect(error.code == .separated && isSeparable(x, labels))
      }
    }
  }

  @Test func `quasi-separation by a group is refused in a sentence`() throws {
    // All who came by email bought; the other column tells nothing apart.
    let table = try FeatureTable([
      FeatureColumn("visits", [1, 2, 3, 4, 5, 6, 2, 3]),
      FeatureColumn("email", [false, false, false, false, false, false, true, true]),
    ])
    let target = ClassTarget([false, true, false, true, false, true, true, true])
    let error = #expect(throws: LearningError.self) {
      try LogisticRegression(penalty: .none).fit(table, target: target)
    }
    #expect(error?.code == .separated)
    #expect(
      error?.description
        == "Some rows can be told apart without error, mostly by email, so that the coefficients would "
        + "grow without end. Ask for a penalty, or leave the column out if it knows the answer.")
    let model = try LogisticRegression(penalty: .l2(c: 1)).fit(table, target: target)
    #expect(model.converged && model.coefficient(of: "email")! > 0)
  }

  @Test func `columns that others add up to are set aside`() throws {
    var generator = SeededGenerator(seed: 4)
    let (table, target, _) = Self.problem(&generator, rows: 200, columns: 2)
    let a = (0..<200).map { table["x0"]!.number(at: $0)! }
    let b = (0..<200).map { table["x1"]!.number(at: $0)! }
    let wide = try FeatureTable([
      FeatureColumn("constant", [Double](repeating: 0.1, count: 200)), table.columns[0],
      FeatureColumn("twice", a.map { 2 * $0 + 1 }), table.columns[1],
      FeatureColumn("sum", zip(a, b).map { $0 - 3 * $1 }),
    ])
    let learner = LogisticRegression(penalty: .none)
    let (whole, plain) = (
      try learner.fit(wide, target: target), try learner.fit(table, target: target)
    )
    #expect(whole.aliasedColumns == ["constant", "twice", "sum"])
    #expect(whole.estimates!.map(\.name) == ["(intercept)", "x0", "x1"])
    #expect(whole.estimates!.map(\.value) == plain.estimates!.map(\.value))
    #expect(whole.coefficients[0] == 0 && whole.coefficients[4] == 0)
    #expect(try whole.probabilities(for: wide) == plain.probabilities(for: table))
  }

  @Test func `few rows, many columns and no intercept are fine with a penalty`() throws {
    let rows = [[1.0, 0, 2, 5], [2, 0, -1, 3]]
    let table = try FeatureTable(names: ["a", "zero", "b", "c"], rows: rows)
    let target = ClassTarget([true, false])
    for penalty in [
      LogisticPenalty.l2(c: 10), .l1(c: 10), .elasticNet(c: 1e6, l1Share: 0.5), .l2(c: 1e-9),
    ] {
      for hasIntercept in [true, false] {
        let model = try LogisticRegression(penalty: penalty, hasIntercept: hasIntercept)
          .fit(table, target: target)
        #expect(model.converged && model.coefficient(of: "zero") == 0)
        #expect(hasIntercept || model.intercept == 0)
        let probabilities = try model.probabilities(for: table).ofClass(1)
        #expect(probabilities[0] >= probabilities[1])
      }
    }
  }

  @Test func `where a penalty leaves no column the intercept is the log odds`() throws {
    var generator = SeededGenerator(seed: 3)
    let (table, target, _) = Self.problem(&generator, rows: 40, columns: 3)
    let model = try LogisticRegression(penalty: .l1(c: 1e-9)).fit(table, target: target)
    #expect(model.converged && model.coefficients == [0, 0, 0])
    let odds = Double(target.counts[1]) / Double(target.counts[0])
    #expect(abs(model.intercept - PortableMath.log(odds)) < 1e-12)
  }

  @Test func `the unit of weights and the size of numbers change nothing`() throws {
    var generator = SeededGenerator(seed: 3)
    let (table, target, weights) = Self.problem(&generator, rows: 60, columns: 3)
    let learner = LogisticRegression(penalty: .none)
    let plain = try learner.fit(table, target: target, weights: weights)
    for factor in [1e-15, 1e15] {
      let model = try learner.fit(table, target: target, weights: weights.map { $0 * factor })
      for (a, b) in zip(model.coefficients, plain.coefficients) {
        #expect(model.converged && abs(a - b) <= 1e-7 * abs(b))
      }
    }
    for factor in [1e-250, 1e-300, 1e250] {
      let tiny = try FeatureTable(
        table.columns.map { FeatureColumn($0.name, $0.codes.map { $0 * factor }) })
      for penalty in [LogisticPenalty.l2(c: 1), .l1(c: 1), .elasticNet(c: 1, l1Share: 0.5)] {
        let model = try LogisticRegression(penalty: penalty).fit(tiny, target: target)
        #expect(model.coefficients.allSatisfy(\.isFinite) && model.intercept.isFinite)
      }
      let numbers = target.codes.map(Double.init)
      for model in [
        try RidgeRegression().fit(tiny, target: numbers),
        try LassoRegression(alpha: 0.01).fit(tiny, target: numbers),
        try ElasticNetRegression(alpha: 0.01).fit(tiny, target: numbers),
      ] {
        #expect(model.converged && model.coefficients.allSatisfy(\.isFinite))
        #expect(model.intercept.isFinite)
      }
    }
  }

  @Test func `a large table that begins from a sample ends where a small one does`() throws {
    var generator = SeededGenerator(seed: 5)
    let (table, target, _) = Self.problem(&generator, rows: 66, columns: 3, noise: 6)
    // Sorted, so that the sample is not like the whole.
    let rows = (0..<66).flatMap { [Int](repeating: $0, count: 500) }
    for penalty in [LogisticPenalty.none, .l1(c: 0.01), .elasticNet(c: 0.01, l1Share: 0.5)] {
      let learner = LogisticRegression(penalty: penalty)
      let large = try learner.fit(
        table.selecting(rows: rows), target: target.selecting(rows: rows))
      let small = try learner.fit(
        table, target: target, weights: [Double](repeating: 500, count: 66))
      #expect(large.converged && small.converged)
      for (a, b) in zip(large.coefficients, small.coefficients) {
        #expect(abs(a - b) <= 1e-8 * abs(b) && (a == 0) == (b == 0))
      }
    }
  }

  @Test func `one row is predicted like the table`() throws {
    var generator = SeededGenerator(seed: 8)
    let (table, target, _) = Self.problem(&generator, rows: 50, columns: 2)
    let model = try LogisticRegression().fit(table, target: target)
    let probabilities = try model.probabilities(for: table)
    for row in 0..<50 {
      let (a, b) = (table["x0"]!.number(at: row)!, table["x1"]!.number(at: row)!)
      #expect(try model.probabilities(codes: [a, b]) == probabilities[row])
      #expect(
        try model.probabilities(for: ["x1": .number(b), "x0": .number(a)]) == probabilities[row])
      #expect(
        try model.probability(of: "true", for: ["x0": .number(a), "x1": .number(b)])
          == probabilities[row][1])
    }
    #expect(
      try model.classes(for: table).codes
        == probabilities.values.indices.filter {
          !$0.isMultiple(of: 2)
        }.map { probabilities.values[$0] > 0.5 ? 1 : 0 })
  }

  @Test func `steps that are not enough are told`() throws {
    var generator = SeededGenerator(seed: 8)
    let (table, target, _) = Self.problem(&generator, rows: 50, columns: 2)
    let model = try LogisticRegression(penalty: .none, maximumIterations: 1)
      .fit(table, target: target)
    #expect(!model.converged && model.iterations == 1 && model.estimates == nil)
  }

  @Test func `what cannot be learnt is refused in a sentence`() throws {
    let numbers = try FeatureTable([FeatureColumn("x", [1, 2, 3])])
    let labels = ClassTarget([true, false, true])
    func sentence(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      sentence {
        _ = try LogisticRegression().fit(numbers, target: ClassTarget([true, true, true]))
      }
        == "All rows that count are of the class true, so there is nothing to tell apart. Give rows "
        + "of another class too.")
    #expect(
      sentence { _ = try LogisticRegression().fit(numbers, target: ClassTarget([1, 2, 3])) }
        == "The target has 3 classes, and this logistic regression tells two apart. Use "
        + "MultinomialLogisticRegression.")
    #expect(
      sentence {
        _ = try LogisticRegression().fit(
          FeatureTable([FeatureColumn("channel", ["a", "b", "a"])]), target: labels)
      }
        == "The column channel is categorical, and a linear model takes numbers. Turn its categories "
        + "into columns of 0 and 1 (one-hot) first, or leave it out.")
    for bad in [Double.nan, .infinity] {
      #expect(
        sentence {
          _ = try LogisticRegression().fit(
            FeatureTable([FeatureColumn("x", [1, bad, 3])]), target: labels)
        }
          == "The value of x at row 1 is missing or infinite, and a linear model takes numbers. Leave "
          + "the row out, or put a number there (impute).")
    }
    #expect(
      sentence { _ = try LogisticRegression(penalty: .l2(c: 0)).fit(numbers, target: labels) }
        == "The c of a penalty is 0.0, and must lie above 0 and below 1e100. Change it, or ask for no "
        + "penalty.")
    #expect(
      sentence {
        _ = try LogisticRegression(penalty: .elasticNet(c: 1, l1Share: 2))
          .fit(numbers, target: labels)
      } == "The share of L1 in a penalty is 2.0, and must lie from 0 to 1. Change it.")
    #expect(
      sentence { _ = try LogisticRegression(tolerance: -1).fit(numbers, target: labels) }
        == "A search needs a tolerance from 0 and below 1, and at least one step. Change what is not "
        + "so.")
    #expect(
      sentence { _ = try LogisticRegression().fit(numbers, target: labels, weights: [0, 0, 0]) }
        .hasPrefix("All rows have a weight of zero"))
    #expect(
      sentence {
        _ = try LogisticRegression().fit(
          FeatureTable([FeatureColumn("x", [1e308, -1e308, 1e308])]), target: labels)
      }
        == "The numbers of x are too large to be added up. Give them in a larger unit.")
    // What has no weight may be anything.
    let odd = try FeatureTable([FeatureColumn("x", [1, .nan, 3])])
    #expect(
      sentence {
        _ = try LogisticRegression().fit(
          odd, target: ClassTarget([true, false, false]), weights: [1, 0, 1])
      } == "")
  }

  @Test func `the description is a table`() throws {
    let rows = Array(50..<150)
    let table = Reference.iris.table.selecting(rows: rows)
      .removing(["sepal_length", "sepal_width"])
    let target = ClassTarget(rows.map { Reference.iris.target.codes[$0] == 2 })
    let model = try LogisticRegression(penalty: .none).fit(table, target: target)
    #expect(
      "\(model)" == """
        logarithm of the odds of true
                      coefficient  std. error       z       p    2.5 %   97.5 %  odds ratio
        (intercept)       -45.272      13.612  -3.326  0.0009  -71.951  -18.594  2.1801e-20
        petal_length       5.7545      2.3059  2.4956  0.0126    1.235   10.274      315.62
        petal_width        10.447      3.7557  2.7816  0.0054   3.0858   17.808       34431
        log-likelihood -10.282 (-69.315 without columns), McFadden's R² 0.85167, AIC 26.564, \
        BIC 34.379
        """)
    #expect(
      [0, -1.5, 0.000012345678, -3e20, .infinity].map(LinearText.short)
        == ["0", "-1.5", "1.2346e-5", "-3e20", "inf"])
    #expect(
      "\(model.learner)" == "logistic regression: no penalty; with intercept; uniform class weights"
    )
  }
}
