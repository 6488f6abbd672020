import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct PenalizedRegressionTests {
  @Test(.enabled(if: LearningData.isAvailable), arguments: Reference.cases("ridge"))
  func `ridge coefficients of diabetes are those of scikit-learn`(
    _ reference: ReferenceCase
  ) throws {
    let (table, target) = try LearningData.numbers("diabetes")
    let model = try RidgeRegression(alpha: reference.inputs["alpha"]!.number!)
      .fit(table, target: target)
    reference.expect(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept")
  }

  @Test(.enabled(if: LearningData.isAvailable), arguments: Reference.cases("lasso"))
  func `lasso coefficients of diabetes are those of scikit-learn`(
    _ reference: ReferenceCase
  ) throws {
    let (table, target) = try LearningData.numbers("diabetes")
    let model = try LassoRegression(alpha: reference.inputs["alpha"]!.number!)
      .fit(table.standardized, target: target)
    #expect(model.converged)
    reference.expect(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept")
    #expect(model.usedColumns.count == model.coefficients.count { $0 != 0 })
  }

  @Test(arguments: LinearReference.cases("ridge"))
  func `weighted ridge is that of scikit-learn`(_ reference: ReferenceCase) throws {
    let model = try RidgeRegression(
      alpha: reference.inputs["alpha"]!.number!,
      hasIntercept: reference.hasIntercept
    ).fit(reference.table, target: reference.y, weights: reference.weights)
    reference.expectList(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept", atLeast: 1)
  }

  @Test(arguments: LinearReference.cases("elastic"))
  func `weighted lasso and elastic net are those of scikit-learn`(
    _ reference: ReferenceCase
  ) throws {
    let model = try ElasticNetRegression(
      alpha: reference.inputs["alpha"]!.number!, l1Share: reference.inputs["l1"]!.number!,
      hasIntercept: reference.hasIntercept
    ).fit(reference.table, target: reference.y, weights: reference.weights)
    #expect(model.converged)
    reference.expectList(model.coefficients, "coef")
    reference.expect(model.intercept, "intercept", atLeast: 1)
  }

  // At the minimum no slope is left beyond what the penalty allows.
  @Test(arguments: Rounds.parts)
  func `the slopes at the minimum are those of the penalty`(_ part: Int) throws {
    for var generator in Rounds.generators("elastic slopes", part: part) {
      let (raw, _, _) = LogisticRegressionTests.problem(
        &generator, rows: generator.integer(in: 2...30), columns: generator.integer(in: 1...40))
      let table = raw.standardized
      let target = (0..<table.rowCount).map { _ in generator.normal() }
      let alpha = PortableMath.exp(generator.normal() - 2)
      let share = Double(generator.integer(below: 3)) / 2
      let model = try ElasticNetRegression(alpha: alpha, l1Share: share).fit(table, target: target)
      #expect(model.converged)
      let errors = zip(target, try model.values(for: table)).map { $0 - $1 }
      for (column, value) in zip(table.columns, model.coefficients) {
        var slope = -alpha * (1 - share) * value
        for row in errors.indices {
          slope += errors[row] * column.codes[row] / Double(errors.count)
        }
        if value == 0 {
          #expect(abs(slope) <= alpha * share + 1e-5)
        } else {
          #expect(abs(slope - alpha * share * (value > 0 ? 1 : -1)) <= 1e-5)
        }
      }
      // Without absolute values it is ridge regression in other words.
      if share == 0 {
        let ridge = try RidgeRegression(alpha: alpha * Double(table.rowCount))
          .fit(table, target: target)
        #expect(
          zip(ridge.coefficients, model.coefficients).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
  }

  @Test func `without a penalty all are least squares`() throws {
    let table = Reference.iris.table.removing(["petal_width"])
    let target = (0..<150).map { Reference.iris.table["petal_width"]!.number(at: $0)! }
    let plain = try LinearRegression().fit(table, target: target)
    for model in [
      try RidgeRegression(alpha: 0).fit(table, target: target),
      try LassoRegression(alpha: 0).fit(table, target: target),
      try ElasticNetRegression(alpha: 0, l1Share: 0.3).fit(table, target: target),
    ] {
      #expect(model.converged)
      #expect(
        zip(model.coefficients, plain.coefficients).allSatisfy { abs($0 - $1) < 1e-9 })
      #expect(abs(model.rSquared! - plain.rSquared!) < 1e-12)
    }
  }

  @Test func `a path ends where it began, without columns, and takes them in one by one`() throws {
    let table = Reference.iris.table.removing(["petal_width"]).standardized
    let target = (0..<150).map { Reference.iris.table["petal_width"]!.number(at: $0)! }
    let learner = ElasticNetRegression(l1Share: 1)
    let path = try learner.path(table, target: target)
    #expect(path.entries.count == 100)
    #expect(path.entries[0].usedCount == 0 && path.entries[1].usedCount == 1)
    #expect(path.entryOrder.first == "petal_length")
    #expect(abs(path.entries[99].alpha / path.entries[0].alpha - 0.001) < 1e-12)
    for entry in [path.entries[20], path.entries[99]] {
      var single = learner
      single.alpha = entry.alpha
      let model = try single.fit(table, target: target)
      #expect(zip(model.coefficients, entry.coefficients).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(entry.converged)
    }
    #expect(
      zip(path.entries, path.entries.dropFirst()).allSatisfy { $0.rSquared! <= $1.rSquared! })
    #expect("\(path)".hasPrefix("alpha"))
    let given = try learner.path(table, target: target, alphas: [0.1, 0.01])
    #expect(given.entries.map(\.alpha) == [0.1, 0.01])
  }

  @Test func `degenerate tables have a defined answer`() throws {
    let table = try FeatureTable(names: ["a", "constant", "b"], rows: [[1, 3, 5], [2, 3, 7]])
    for model in [
      try RidgeRegression(alpha: 1).fit(table, target: [1, 4]),
      try LassoRegression(alpha: 0.1).fit(table, target: [1, 4]),
    ] {
      #expect(model.coefficient(of: "constant") == 0 && model.converged)
      #expect(
        abs(model.intercept + (1.5 * model.coefficients[0] + 6 * model.coefficients[2]) - 2.5)
          < 1e-12)
    }
    let one = try LassoRegression().fit(table.selecting(rows: [0]), target: [7])
    #expect(one.coefficients == [0, 0, 0] && one.intercept == 7 && one.rSquared == nil)
  }

  @Test func `parameters out of their range are refused in a sentence`() throws {
    let table = try FeatureTable([FeatureColumn("x", [1, 2, 3])])
    let alpha = #expect(throws: LearningError.self) {
      try RidgeRegression(alpha: -1).fit(table, target: [1, 2, 3])
    }
    #expect(
      alpha?.description
        == "The alpha of a penalty is -1.0, and must lie from 0 to 1e100. Change it.")
    let order = #expect(throws: LearningError.self) {
      try ElasticNetRegression().path(table, target: [1, 2, 3], alphas: [1, 2])
    }
    #expect(
      order?.description
        == "The alphas of a path do not descend. Give each value once, the largest first.")
    let share = #expect(throws: LearningError.self) {
      try ElasticNetRegression(l1Share: 0).path(table, target: [1, 2, 3])
    }
    #expect(
      share?.description
        == "With a share of L1 of 0 no alpha leaves all columns out. Give the alphas of the path.")
  }
}
