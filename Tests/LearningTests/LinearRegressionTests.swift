import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct LinearRegressionTests {
  @Test(.enabled(if: LearningData.isAvailable), arguments: Reference.cases("linear"))
  func `coefficients of diabetes are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let (table, target) = try LearningData.numbers("diabetes")
    let model = try LinearRegression().fit(table, target: target)
    reference.expect(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept")
    reference.expect(model.rSquared, "r2")
  }

  @Test(arguments: LinearReference.cases("wls"))
  func `errors, tests and intervals are those of statsmodels`(_ reference: ReferenceCase) throws {
    let hasIntercept = reference.hasIntercept
    let model = try LinearRegression(hasIntercept: hasIntercept)
      .fit(reference.table, target: reference.y, weights: reference.weights)
    let estimates = try #require(model.estimates)
    reference.expectList(estimates.map(\.value), "params")
    reference.expectList(estimates.map(\.standardError), "se")
    reference.expectList(estimates.map(\.statistic), "t")
    reference.expectList(estimates.map(\.pValue), "p")
    reference.expectList(
      estimates.flatMap {
        [$0.interval(level: 0.9).lowerBound, $0.interval(level: 0.9).upperBound]
      },
      "ci")
    reference.expect(model.rSquared, "r2")
    reference.expect(model.adjustedRSquared, "adjusted", atLeast: 0.1)
    reference.expect(model.fStatistic, "f")
    reference.expect(model.fPValue, "f_p")
    reference.expect(model.residualStandardError, "sigma")
    reference.expect(model.logLikelihood, "log_likelihood")
    reference.expect(model.aic, "aic")
    reference.expect(model.bic, "bic")
    let row = FeatureRow(
      reference.table.columns.map { ($0.name, .number($0.number(at: 0)!)) })
    let interval = try #require(try model.interval(for: row, of: .mean, level: 0.9))
    reference.expectList([interval.lowerBound, interval.upperBound], "mean_ci")
    let wide = try #require(try model.interval(for: row, of: .observation, level: 0.9))
    let half = (interval.upperBound - interval.lowerBound) / 2
    let quantile = StudentDistribution(degreesOfFreedom: Double(model.degreesOfFreedom))
      .upperQuantile(0.05)
    let wanted =
      (half * half + (quantile * model.residualStandardError!)
        * (quantile * model.residualStandardError!))
      .squareRoot()
    #expect(abs((wide.upperBound - wide.lowerBound) / 2 - wanted) <= 1e-9 * wanted)
  }

  @Test(arguments: LinearReference.cases("longley"))
  func `Longley's data give the certified figures`(_ reference: ReferenceCase) throws {
    let model = try LinearRegression().fit(reference.table, target: reference.y)
    reference.expect(model.estimates!.map(\.value), "params")
    reference.expect(model.estimates!.map(\.standardError), "se")
    reference.expect(model.residualStandardError, "sigma")
    reference.expect(model.rSquared, "r2")
    reference.expect(model.fStatistic, "f")
    #expect(model.aliasedColumns.isEmpty)
  }

  // The normal equations: what the model misses is at right angles to every column.
  @Test(arguments: Rounds.parts)
  func `what is missed is at right angles to the columns`(_ part: Int) throws {
    for var generator in Rounds.generators("normal equations", part: part) {
      let (table, _, weights) = LogisticRegressionTests.problem(
        &generator, rows: generator.integer(in: 1...40), columns: generator.integer(in: 1...6))
      guard weights.contains(where: { $0 > 0 }) else { continue }
      let target = weights.map { _ in generator.normal() * 10 + 3 }
      let hasIntercept = generator.bernoulli(0.5)
      let model = try LinearRegression(hasIntercept: hasIntercept)
        .fit(table, target: target, weights: weights)
      let values = try model.values(for: table)
      let errors = zip(target, values).map { $0 - $1 }
      var squares = 0.0
      for row in weights.indices { squares += weights[row] * errors[row] * errors[row] }
      #expect(abs(squares - model.residualSumOfSquares) <= 1e-9 * (1 + model.totalSumOfSquares))
      if hasIntercept {
        let sum = zip(weights, errors).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(sum) < 1e-7 * (1 + squares))
      }
      for column in table.columns {
        var (sum, scale) = (0.0, 0.0)
        for row in weights.indices {
          sum += weights[row] * errors[row] * column.codes[row]
          scale += weights[row] * 30 * abs(column.codes[row])
        }
        #expect(abs(sum) <= 1e-8 * scale)
      }
      let counting = weights.count { $0 > 0 }
      let most = min(counting, table.columns.count + (hasIntercept ? 1 : 0))
      #expect(model.rows == counting && model.degreesOfFreedom == counting - most)
      #expect((model.estimates == nil) == (model.degreesOfFreedom == 0))
    }
  }

  @Test(arguments: Rounds.parts)
  func `columns that others add up to change nothing`(_ part: Int) throws {
    for var generator in Rounds.generators("collinear", part: part, perPart: 20) {
      let (table, _, _) = LogisticRegressionTests.problem(&generator, rows: 30, columns: 3)
      let target = (0..<30).map { _ in generator.normal() }
      let factors = (0..<3).map { _ in Double(generator.integer(in: -3...3)) }
      let sum = (0..<30).map { row in
        (0..<3).reduce(5.0) { $0 + factors[$1] * table.columns[$1].codes[row] }
      }
      let wide = try table.adding(FeatureColumn("sum", sum))
        .adding(FeatureColumn("one", sum.map { _ in 7.7 }))
      let (plain, model) = (
        try LinearRegression().fit(table, target: target),
        try LinearRegression().fit(wide, target: target)
      )
      #expect(model.aliasedColumns == ["sum", "one"])
      #expect(model.degreesOfFreedom == 26)
      for (a, b) in zip(model.estimates!, plain.estimates!) {
        #expect(a.name == b.name && abs(a.value - b.value) <= 1e-7 * b.standardError)
        #expect(abs(a.standardError - b.standardError) <= 1e-7 * b.standardError)
      }
    }
  }

  @Test func `degenerate tables have a defined answer`() throws {
    let one = try LinearRegression()
      .fit(FeatureTable([FeatureColumn("x", [5.0])]), target: [3])
    #expect(one.intercept == 3 && one.coefficients == [0] && one.aliasedColumns == ["x"])
    #expect(one.estimates == nil && one.rSquared == nil && one.fStatistic == nil)
    #expect(one.residualStandardError == nil && one.logLikelihood == nil)
    #expect(try one.interval(for: ["x": 1], of: .mean) == nil)

    let flat = try LinearRegression()
      .fit(FeatureTable([FeatureColumn("x", [1.0, 2, 3, 5])]), target: [4, 4, 4, 4])
    #expect(flat.intercept == 4 && flat.coefficients == [0])
    #expect(flat.rSquared == nil && flat.fPValue == nil && flat.estimates![1].pValue == 1)

    let exact = try LinearRegression()
      .fit(FeatureTable([FeatureColumn("x", [0.0, 1, 2, 3])]), target: [1, 3, 5, 7])
    #expect(abs(exact.coefficients[0] - 2) < 1e-14 && abs(exact.intercept - 1) < 1e-14)
    #expect(exact.rSquared! > 1 - 1e-15 && exact.fPValue! < 1e-20)

    let zeros = try LinearRegression(hasIntercept: false)
      .fit(FeatureTable([FeatureColumn("x", [0.0, 0])]), target: [1, 2])
    #expect(zeros.coefficients == [0] && zeros.aliasedColumns == ["x"])
  }

  @Test func `numbers of any size keep their digits`() throws {
    let x = (0..<50).map { Double($0 * 7 % 50) }
    let y = x.indices.map { 2 * x[$0] + Double($0 % 5) }
    let plain = try LinearRegression().fit(FeatureTable([FeatureColumn("x", x)]), target: y)
    for (unit, shift) in [(1e-150, 0.0), (1e150, 0), (1, 1e9), (0x1p-400, 0)] {
      let table = try FeatureTable([FeatureColumn("x", x.map { $0 * unit + shift })])
      let model = try LinearRegression().fit(table, target: y)
      #expect(
        abs(model.coefficients[0] * unit - plain.coefficients[0])
          <= 1e-12 * plain.coefficients[0])
      #expect(abs(model.rSquared! - plain.rSquared!) < 1e-12)
    }
  }

  @Test func `what cannot be learnt is refused in a sentence`() throws {
    let table = try FeatureTable([FeatureColumn("x", [1, 2, 3])])
    let lengths = #expect(throws: LearningError.self) {
      try LinearRegression().fit(table, target: [1, 2])
    }
    #expect(
      lengths?.description
        == "The target has 2 values, and the table has 3 rows. Give one value for each row.")
    let missing = #expect(throws: LearningError.self) {
      try LinearRegression().fit(table, target: [1, .nan, 2])
    }
    #expect(missing?.code == .notFinite)
    let empty = #expect(throws: LearningError.self) {
      try LinearRegression().fit(FeatureTable([FeatureColumn("x", [Double]())]), target: [])
    }
    #expect(empty?.code == .noRows)
    let model = try LinearRegression().fit(table, target: [1, 2, 4])
    let row = #expect(throws: LearningError.self) { try model.value(for: ["x": nil]) }
    #expect(
      row?.description
        == "The value of x is missing or infinite, and a linear model takes numbers. Leave the row out, "
        + "or put a number there (impute).")
    #expect(throws: LearningError.self) { try model.values(for: FeatureTable([])) }
  }
}
