import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct MultinomialLogisticRegressionTests {
  @Test(arguments: Reference.cases("logistic_multinomial"))
  func `coefficients of iris are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let (table, target) = Reference.iris
    let model = try MultinomialLogisticRegression(penalty: .l2(c: reference.inputs["C"]!.number!))
      .fit(table, target: target)
    for (own, wanted) in zip(model.coefficients, reference.expected["coef"]!.matrix) {
      for (value, wanted) in zip(own, wanted) {
        #expect(abs(value - wanted) <= reference.tolerance * abs(wanted))
      }
    }
    reference.expect(model.intercepts, "intercept")
    let probabilities = try model.probabilities(for: table)
    reference.expect(probabilities[50], "prob_row50")
    reference.expect(
      try ProbabilityMetrics.logLoss(target, probabilities: probabilities), "train_log_loss")
    reference.expect(
      try ConfusionMatrix(actual: target, predicted: probabilities.target).accuracy, "accuracy")
  }

  @Test(arguments: LinearReference.cases("mnlogit"))
  func `errors and tests are those of statsmodels`(_ reference: ReferenceCase) throws {
    let target = ClassTarget(reference.y.map { Int($0) })
    let model = try MultinomialLogisticRegression(penalty: .none)
      .fit(reference.table, target: target)
    let byClass = try #require(try model.estimates(comparedWith: "0"))
    let estimates = byClass["1"]! + byClass["2"]!
    reference.expectList(estimates.map(\.value), "params")
    reference.expectList(estimates.map(\.standardError), "se")
    reference.expectList(estimates.map(\.pValue), "p")
    reference.expect(model.likelihood?.log, "log_likelihood")
    reference.expect(model.likelihood?.null, "null")
    // Against another class: as if it were the first.
    let codes = target.codes.map { ["b", "c", "a"][$0] }
    let turned = try MultinomialLogisticRegression(penalty: .none)
      .fit(reference.table, target: ClassTarget(codes))
    let wanted = try #require(try turned.estimates(comparedWith: "a"))
    let found = try #require(try model.estimates(comparedWith: "2"))
    for (own, theirs) in [("0", "b"), ("1", "c")] {
      for (a, b) in zip(found[own]!, wanted[theirs]!) {
        #expect(a.name == b.name && abs(a.value - b.value) <= 1e-6 * b.standardError)
        #expect(abs(a.standardError - b.standardError) <= 1e-6 * b.standardError)
      }
    }
  }

  @Test(arguments: LinearReference.cases("softmax_l2") + LinearReference.cases("softmax_elastic"))
  func `penalties are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let c = reference.inputs["c"]!.number!
    let penalty =
      reference.inputs["l1"].map { LogisticPenalty.elasticNet(c: c, l1Share: $0.number!) }
      ?? .l2(c: c)
    let model = try MultinomialLogisticRegression(penalty: penalty).fit(
      reference.table, target: ClassTarget(reference.y.map { Int($0) }),
      weights: reference.weights)
    #expect(model.converged)
    reference.expectList(Array(model.coefficients.joined()), "coef")
    reference.expectList(model.intercepts, "intercept")
  }

  @Test(arguments: Rounds.parts)
  func `two classes without a penalty are the binary regression`(_ part: Int) throws {
    for var generator in Rounds.generators("two classes", part: part, perPart: 20) {
      let (table, target, weights) = LogisticRegressionTests.problem(
        &generator, rows: 80, columns: 3, noise: 5)
      guard
        let binary = try? LogisticRegression(penalty: .none)
          .fit(table, target: target, weights: weights)
      else { continue }
      let model = try MultinomialLogisticRegression(penalty: .none)
        .fit(table, target: target, weights: weights)
      let estimates = try #require(try model.estimates(comparedWith: "false")?["true"])
      for (a, b) in zip(estimates, binary.estimates!) {
        #expect(abs(a.value - b.value) <= 1e-6 * b.standardError)
        #expect(abs(a.standardError - b.standardError) <= 1e-6 * b.standardError)
      }
      #expect(abs(model.likelihood!.log - binary.likelihood!.log) < 1e-9)
      // An L2 penalty on both halves of a difference is half of that on the whole.
      let half = try MultinomialLogisticRegression(penalty: .l2(c: 1))
        .fit(table, target: target, weights: weights)
      let whole = try LogisticRegression(penalty: .l2(c: 2))
        .fit(table, target: target, weights: weights)
      for column in 0..<3 {
        let difference = half.coefficients[1][column] - half.coefficients[0][column]
        #expect(
          abs(difference - whole.coefficients[column])
            <= 1e-6 * max(abs(whole.coefficients[column]), 1e-3))
      }
    }
  }

  @Test func `classes that do not occur have the probability zero`() throws {
    let target = ClassTarget(
      classes: ["a", "b", "c", "d"],
      codes: Reference.iris.target.codes.map {
        $0 == 0 ? 0 : $0 + 1
      })
    let model = try MultinomialLogisticRegression().fit(Reference.iris.table, target: target)
    let plain = try MultinomialLogisticRegression()
      .fit(Reference.iris.table, target: Reference.iris.target)
    let probabilities = try model.probabilities(for: Reference.iris.table)
    #expect(probabilities.ofClass(1).allSatisfy { $0 == 0 })
    #expect(
      try probabilities.ofClass(3) == plain.probabilities(for: Reference.iris.table).ofClass(2))
    #expect(model.intercepts[1] == -.infinity)
    let row = (0..<4).map { Reference.iris.table.columns[$0].number(at: 70)! }
    #expect(try model.probabilities(codes: row) == probabilities[70])
    let read = try MultinomialLogisticRegressionModel(decoding: model.encoded())
    #expect(try read.probabilities(for: Reference.iris.table) == probabilities)
  }

  @Test func `species that can be told apart are refused without a penalty`() throws {
    let error = #expect(throws: LearningError.self) {
      try MultinomialLogisticRegression(penalty: .none)
        .fit(Reference.iris.table, target: Reference.iris.target)
    }
    #expect(error?.code == .separated)
    let single = #expect(throws: LearningError.self) {
      try MultinomialLogisticRegression().fit(
        Reference.iris.table, target: ClassTarget([String](repeating: "a", count: 150)))
    }
    #expect(single?.code == .separated)
  }

  @Test func `columns that others add up to are set aside`() throws {
    var generator = SeededGenerator(seed: 4)
    let x = (0..<120).map { _ in generator.normal() }
    let table = try FeatureTable([
      FeatureColumn("x", x), FeatureColumn("minus", x.map { 3 - $0 }),
      FeatureColumn("one", x.map { _ in 1.0 }),
    ])
    let target = ClassTarget(
      x.map { "\(Int(($0 + 2 * generator.normal()).rounded(.down)).signum())" })
    let model = try MultinomialLogisticRegression(penalty: .none).fit(table, target: target)
    #expect(model.aliasedColumns == ["minus", "one"] && model.converged)
    #expect(
      try model.estimates(comparedWith: "0")!["1"]!.map(\.name) == ["(intercept)", "x"])
    let sum = model.coefficients.reduce(0) { $0 + $1[0] }
    #expect(abs(sum) < 1e-9 && abs(model.intercepts.reduce(0, +)) < 1e-9)
    #expect(throws: LearningError.self) { try model.estimates(comparedWith: "7") }
  }
}
