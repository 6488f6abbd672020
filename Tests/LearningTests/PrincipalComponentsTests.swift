import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct PrincipalComponentsTests {
  @Test(arguments: Reference.cases("pca"))
  func `components of iris are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let model = try PrincipalComponents(.count(Int(reference.inputs["k"]!.number!)))
      .fit(Reference.iris.table)
    reference.expect(model.explainedVariances, "explained_variance")
    reference.expect(model.explainedVarianceRatios, "ratio")
    for (own, wanted) in zip(model.components, reference.expected["abs_components"]!.matrix) {
      for (value, wanted) in zip(own, wanted) {
        #expect(abs(abs(value) - wanted) <= reference.tolerance * wanted)
      }
    }
  }

  @Test(arguments: LinearReference.cases("pca"))
  func `signs and scores are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let wanted = reference.expected["components"]!.matrix
    let model = try PrincipalComponents(.count(wanted.count)).fit(reference.table)
    reference.expectList(Array(model.components.joined()), "components")
    reference.expectList(model.explainedVariances, "variance")
    reference.expectList(model.explainedVarianceRatios, "ratio")
    let scores = try model.transform(reference.table)
    reference.expectList(
      (0..<scores.rowCount).flatMap { row in scores.columns.map { $0.number(at: row)! } }, "scores")
    let row = FeatureRow(reference.table.columns.map { ($0.name, .number($0.number(at: 1)!)) })
    #expect(try model.scores(for: row) == scores.columns.map { $0.number(at: 1)! })
  }

  @Test(arguments: Rounds.parts)
  func `components are at right angles and rebuild the table`(_ part: Int) throws {
    for var generator in Rounds.generators("components", part: part) {
      let (table, _, _) = LogisticRegressionTests.problem(
        &generator, rows: generator.integer(in: 1...30), columns: generator.integer(in: 1...8))
      let scaling: PrincipalComponents.Scaling =
        generator.bernoulli(0.5) ? .none : .standardDeviation
      let model = try PrincipalComponents(scaling: scaling).fit(table)
      #expect(model.components.count == min(table.rowCount, table.columns.count))
      for (i, a) in model.components.enumerated() {
        for (j, b) in model.components.enumerated() {
          let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
          #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
        }
        let furthest = a.reduce(0) { max($0, abs($1)) }
        #expect(a.first { abs($0) > furthest * (1 - 1e-11) }! > 0)
      }
      #expect(
        zip(model.explainedVariances, model.explainedVariances.dropFirst())
          .allSatisfy { $0 >= $1 })
      let back = try model.inverseTransform(model.transform(table))
      for (own, column) in zip(back.columns, table.columns) {
        let size = column.codes.reduce(0) { max($0, abs($1)) }
        let largest = scaling == .none ? table.columns.joinedMaximum : size
        #expect(zip(own.codes, column.codes).allSatisfy { abs($0 - $1) <= 1e-11 * largest })
      }
      // The variance of each component is that of its scores.
      let scores = try model.transform(table)
      for (column, variance) in zip(scores.columns, model.explainedVariances)
      where table.rowCount > 1 {
        let squares = column.codes.reduce(0) { $0 + $1 * $1 } / Double(table.rowCount - 1)
        #expect(abs(squares - variance) <= 1e-10 * model.totalVariance)
      }
      if scaling == .standardDeviation, table.rowCount > 1 {
        #expect(abs(model.totalVariance - Double(table.columns.count)) < 1e-10)
      }
    }
  }

  @Test func `as few components as explain a share are kept`() throws {
    let table = Reference.iris.table
    #expect(try PrincipalComponents(.varianceShare(0.9)).fit(table).components.count == 1)
    #expect(try PrincipalComponents(.varianceShare(0.95)).fit(table).components.count == 2)
    #expect(try PrincipalComponents(.varianceShare(1)).fit(table).components.count == 4)
  }

  @Test func `degenerate tables have a defined answer`() throws {
    let constant = try FeatureTable([
      FeatureColumn("a", [3.0, 3, 3]), FeatureColumn("b", [true, true, true]),
    ])
    let model = try PrincipalComponents(scaling: .standardDeviation).fit(constant)
    #expect(model.explainedVarianceRatios == [0, 0] && model.components == [[1, 0], [0, 1]])
    #expect(try model.transform(constant).columns[0].codes == [0, 0, 0])
    let row = try PrincipalComponents().fit(constant.selecting(rows: [0]))
    #expect(row.components.count == 1 && row.explainedVariances == [0])
    #expect(try PrincipalComponents(.varianceShare(0.5)).fit(constant).components.count == 1)
  }

  @Test func `what has no directions is refused in a sentence`() throws {
    let table = try FeatureTable([FeatureColumn("a", [3.0, 4, 5])])
    let count = #expect(throws: LearningError.self) {
      try PrincipalComponents(.count(2)).fit(table)
    }
    #expect(
      count?.description
        == "2 components are asked for, and there can be from 1 to 1, the smaller of rows and columns. "
        + "Change the count.")
    let share = #expect(throws: LearningError.self) {
      try PrincipalComponents(.varianceShare(0)).fit(table)
    }
    #expect(
      share?.description
        == "The share of the variance is 0.0, and must lie above 0 and at most at 1. Change it.")
    let large = #expect(throws: LearningError.self) {
      try PrincipalComponents().fit(FeatureTable([FeatureColumn("a", [1e200, -1e200])]))
    }
    #expect(large?.code == .notFinite)
    let missing = #expect(throws: LearningError.self) {
      try PrincipalComponents().fit(table).inverseTransform(table)
    }
    #expect(
      missing?.description
        == "The table has no column component1. Give a table as transform returns it.")
  }
}

extension [FeatureColumn] {
  fileprivate var joinedMaximum: Double {
    reduce(0) { $1.codes.reduce($0) { Swift.max($0, abs($1)) } }
  }
}
