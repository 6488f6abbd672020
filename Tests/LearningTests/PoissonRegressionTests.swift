import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct PoissonRegressionTests {
  @Test(arguments: LinearReference.cases("poisson"))
  func `fits with exposure and weights are those of statsmodels`(
    _ reference: ReferenceCase
  ) throws {
    let exposure = reference.inputs["exposure"]!.numbers
    let model = try PoissonRegression().fit(
      reference.table, counts: reference.y, exposure: exposure, weights: reference.weights)
    #expect(model.converged)
    let estimates = try #require(model.estimates)
    reference.expectList(estimates.map(\.value), "params")
    reference.expectList(estimates.map(\.standardError), "se")
    reference.expectList(estimates.map(\.pValue), "p")
    reference.expect(model.deviance, "deviance")
    reference.expect(model.nullDeviance, "null_deviance")
    reference.expect(model.pearsonChiSquare, "pearson")
    reference.expect(model.likelihood.log, "log_likelihood")
    let quasi = try #require(model.quasiEstimates)
    reference.expectList(quasi.map(\.standardError), "quasi_se")
    reference.expectList(quasi.map(\.pValue), "quasi_p")
    let means = try model.means(for: reference.table, exposure: exposure)
    let weights = reference.weights!
    // With an intercept the means add up to the counts.
    let (sum, wanted) = means.indices.reduce((0.0, 0.0)) {
      ($0.0 + weights[$1] * means[$1], $0.1 + weights[$1] * reference.y[$1])
    }
    #expect(abs(sum - wanted) < 1e-9 * wanted)
    let row = FeatureRow(reference.table.columns.map { ($0.name, .number($0.number(at: 0)!)) })
    #expect(try model.rate(for: row) == model.means(for: reference.table)[0])
  }

  @Test func `one Boolean column compares two rates`() throws {
    let table = try FeatureTable([FeatureColumn("new", [true, true, false, false, false])])
    let model = try PoissonRegression().fit(table, counts: [3, 5, 1, 2, 0])
    let estimates = try #require(model.estimates)
    #expect(abs(estimates[0].ratio - 1) < 1e-12 && abs(estimates[1].ratio - 4) < 1e-11)
    // The variance of the logarithm of a ratio of rates: one by each count.
    #expect(abs(estimates[1].standardError - (1.0 / 8 + 1.0 / 3).squareRoot()) < 1e-12)
    #expect(try abs(model.rate(for: ["new": true]) - 4) < 1e-11)
    #expect(try model.rate(codes: [0]) == model.means(for: table)[4])
  }

  @Test func `counts that all are zero, in a group or everywhere, are refused`() throws {
    let table = try FeatureTable([
      FeatureColumn("visits", [1.0, 2, 3, 4, 5, 6]),
      FeatureColumn("bot", [false, true, false, true, false, false]),
    ])
    let group = #expect(throws: LearningError.self) {
      try PoissonRegression().fit(table, counts: [2, 0, 1, 0, 4, 3])
    }
    #expect(group?.code == .separated && group!.description.contains("mostly by bot"))
    let all = #expect(throws: LearningError.self) {
      try PoissonRegression().fit(table, counts: [0, 0, 0, 0, 0, 0])
    }
    #expect(
      all?.description
        == "All counts are 0, so there is no rate to learn. Give rows with counts above 0 too.")
    let negative = #expect(throws: LearningError.self) {
      try PoissonRegression().fit(table, counts: [1, 2, -1, 0, 0, 0])
    }
    #expect(
      negative?.description
        == "The count at position 2 is negative or not finite. Leave the row out, or give its count."
    )
    let exposure = #expect(throws: LearningError.self) {
      try PoissonRegression().fit(
        table, counts: [1, 2, 1, 0, 0, 0], exposure: [1, 1, 1, 1, 0, 1])
    }
    #expect(
      exposure?.description
        == "The exposure at position 4 is not above 0 and finite. Leave the row out, or give what its "
        + "count is in proportion to.")
  }

  @Test func `degenerate tables have a defined answer`() throws {
    let constant = try FeatureTable([
      FeatureColumn("one", [1.0, 1, 1]), FeatureColumn("x", [0.0, 1, 2]),
      FeatureColumn("twice", [1.0, 3, 5]),
    ])
    let model = try PoissonRegression().fit(constant, counts: [1, 2, 5])
    #expect(model.aliasedColumns == ["one", "twice"] && model.degreesOfFreedom == 1)
    let one = try PoissonRegression()
      .fit(FeatureTable([FeatureColumn("x", [9.0])]), counts: [2.5])
    #expect(abs(one.intercept - PortableMath.log(2.5)) < 1e-15 && one.dispersion == nil)
    #expect(one.quasiEstimates == nil && one.estimates!.count == 1 && abs(one.deviance) < 1e-15)
    let free = try PoissonRegression(hasIntercept: false)
      .fit(FeatureTable([FeatureColumn("x", [1.0, 2, 3])]), counts: [2, 8, 18])
    #expect(free.converged && free.intercept == 0 && free.estimates!.map(\.name) == ["x"])
  }

  @Test(arguments: Rounds.parts)
  func `the slopes at the maximum are zero`(_ part: Int) throws {
    for var generator in Rounds.generators("Poisson slopes", part: part, perPart: 20) {
      let (table, _, weights) = LogisticRegressionTests.problem(
        &generator, rows: 40, columns: generator.integer(in: 1...4))
      let counts = weights.map { _ in Double(generator.integer(below: 6)) }
      let exposure = weights.map { _ in 0.1 + 10 * generator.uniform() }
      guard
        let model = try? PoissonRegression()
          .fit(table, counts: counts, exposure: exposure, weights: weights)
      else { continue }
      let means = try model.means(for: table, exposure: exposure)
      for column in table.columns {
        var (sum, scale) = (0.0, 0.0)
        for row in weights.indices {
          sum += weights[row] * (counts[row] - means[row]) * column.codes[row]
          scale += weights[row] * (counts[row] + means[row]) * abs(column.codes[row])
        }
        #expect(abs(sum) <= 1e-9 * scale)
      }
    }
  }
}
