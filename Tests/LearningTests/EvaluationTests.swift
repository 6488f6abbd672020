import StatisticsCore
import TestSupport
import Testing

@testable import Learning

@Suite struct EvaluationTests {
  private func labels(_ reference: ReferenceCase) -> [Bool] {
    reference.inputs["y"]!.numbers.map { $0 == 1 }
  }
  private func scores(_ reference: ReferenceCase) -> [Double] {
    reference.inputs["score"]!.numbers
  }

  @Test func `class metrics of two classes are those of scikit-learn`() throws {
    let reference = Reference.cases(id: "cm.binary")
    let matrix = try ConfusionMatrix(
      actual: ClassTarget(reference.inputs["y"]!.numbers.map { Int($0) }),
      predicted: ClassTarget(reference.inputs["pred"]!.numbers.map { Int($0) }))
    #expect(matrix.counts == reference.expected["confusion"]!.matrix)
    reference.expect(matrix.accuracy, "accuracy")
    reference.expect(matrix.balancedAccuracy, "balanced_accuracy")
    reference.expect(matrix.precision(ofClass: 1), "precision")
    reference.expect(matrix.recall(ofClass: 1), "recall")
    reference.expect(matrix.fScore(ofClass: 1), "f1")
    reference.expect(matrix.fScore(ofClass: 1, beta: 2), "f2")
    reference.expect(matrix.matthewsCorrelation, "mcc")
    reference.expect(matrix.kappa(), "kappa")
    #expect(
      matrix.description == """
        actual \\ predicted  0  1
        0                   4  2
        1                   2  4
        """)
  }

  @Test func `class metrics of three classes are those of scikit-learn`() throws {
    let reference = Reference.cases(id: "cm.multi")
    let target = ClassTarget(reference.inputs["y"]!.numbers.map { Int($0) })
    let matrix = try ConfusionMatrix(
      actual: target, predicted: ClassTarget(reference.inputs["pred"]!.numbers.map { Int($0) }))
    let probabilities = ClassProbabilities(
      classes: target.classes, values: reference.inputs["prob"]!.matrix.flatMap { $0 })
    #expect(matrix.counts == reference.expected["confusion"]!.matrix)
    reference.expect(matrix.accuracy, "accuracy")
    reference.expect(matrix.accuracy, "f1_micro")
    reference.expect(matrix.macroF1, "f1_macro")
    reference.expect(matrix.weightedF1, "f1_weighted")
    reference.expect(matrix.matthewsCorrelation, "mcc")
    reference.expect(matrix.kappa(), "kappa")
    reference.expect(matrix.kappa(.quadratic), "kappa_quadratic")
    reference.expect(
      try ProbabilityMetrics.logLoss(target, probabilities: probabilities), "log_loss")
    reference.expect(
      try ROCCurve.oneVersusRestArea(target, probabilities: probabilities), "auc_ovr_macro")
    reference.expect(
      try ROCCurve.oneVersusOneArea(target, probabilities: probabilities), "auc_ovo_macro")
  }

  @Test(arguments: Reference.cases("binary_metrics"))
  func `binary metrics are those of scikit-learn`(_ reference: ReferenceCase) throws {
    let weights = reference.inputs["weight"]?.numbers
    let (labels, scores) = (labels(reference), scores(reference))
    reference.expect(try ROCCurve(labels, scores: scores, weights: weights).area, "roc_auc")
    reference.expect(
      try PrecisionRecallCurve(labels, scores: scores, weights: weights).averagePrecision,
      "average_precision")
    guard reference.expected["brier"] != nil else { return }
    let metrics = try ProbabilityMetrics(labels, probabilities: scores, weights: weights)
    reference.expect(metrics.logLoss, "log_loss")
    reference.expect(metrics.brierScore, "brier")
  }

  @Test func `curves are those of scikit-learn`() throws {
    let roc = Reference.cases(id: "roc.fixed")
    let curve = try ROCCurve(labels(roc), scores: scores(roc))
    roc.expect(curve.points.map(\.falsePositiveRate), "fpr")
    roc.expect(curve.points.map(\.truePositiveRate), "tpr")
    roc.expect(curve.points.map(\.threshold), "thresholds")
    let pr = Reference.cases(id: "pr.fixed")
    let points = try PrecisionRecallCurve(labels(pr), scores: scores(pr)).points
    // scikit-learn adds a last point of precision 1 and recall 0, which no threshold gives.
    pr.expect(points.map(\.precision) + [1], "precision")
    pr.expect(points.map(\.recall) + [0], "recall")
    pr.expect(points.map(\.threshold), "thresholds")
    let calibration = Reference.cases(id: "cal.uniform5")
    let bins = try CalibrationCurve(
      labels(calibration), probabilities: scores(calibration), bins: 5
    ).bins
    calibration.expect(bins.map(\.share), "prob_true")
    calibration.expect(bins.map(\.meanProbability), "prob_pred")
  }

  @Test func `regression metrics are those of scikit-learn`() throws {
    let reference = Reference.cases(id: "reg.fixed")
    let (y, p) = (reference.inputs["y"]!.numbers, reference.inputs["pred"]!.numbers)
    let metrics = try RegressionMetrics(actual: y, predicted: p)
    reference.expect(metrics.meanSquaredError, "mse")
    reference.expect(metrics.rootMeanSquaredError, "rmse")
    reference.expect(metrics.meanAbsoluteError, "mae")
    reference.expect(metrics.medianAbsoluteError, "medae")
    reference.expect(metrics.rSquared, "r2")
    reference.expect(metrics.explainedVariance, "explained_variance")
    reference.expect(metrics.meanAbsolutePercentageError, "mape")
    reference.expect(metrics.maximumError, "max_error")
    reference.expect(
      try RegressionMetrics.pinballLoss(actual: y, predicted: p, probability: 0.9), "pinball_0_9")
  }

  @Test func `calibrations are those of scikit-learn`() throws {
    let isotonic = Reference.cases(id: "iso.fixed")
    let steps = try IsotonicCalibration(
      isotonic.inputs["y"]!.numbers, scores: isotonic.inputs["x"]!.numbers)
    isotonic.expect(isotonic.inputs["x"]!.numbers.map(steps.value), "fitted")
    isotonic.expect(steps.value(0.5), "at_0_5")
    isotonic.expect(steps.scores, "x_thresholds")
    isotonic.expect(steps.values, "y_thresholds")
    #expect(steps.value(-9) == 0 && steps.value(9) == 1)
    let platt = Reference.cases(id: "platt.fixed")
    let sigmoid = try PlattCalibration(labels(platt), scores: scores(platt))
    platt.expect(sigmoid.a, "A")
    platt.expect(sigmoid.b, "B")
    let far = try PlattCalibration(labels(platt), scores: scores(platt).map { $0 * 1e8 + 3e9 })
    #expect(abs(far.probability(0.5 * 1e8 + 3e9) - sigmoid.probability(0.5)) < 1e-6)
    let flat = try PlattCalibration([true, false, false], scores: [1, 1, 1])
    #expect(abs(flat.probability(1) - (2.0 / 3 + 0.5) / 3) < 1e-9)
  }

  // The definition: the share of pairs in the right order, and the variances of the placements.
  @Test(arguments: Rounds.parts)
  func `the area and its variance are those of all pairs`(_ part: Int) throws {
    for var generator in Rounds.generators("pairs", part: part) {
      let count = generator.integer(in: 2...40)
      let labels = (0..<count).map { _ in generator.bernoulli(0.4) }
      let scores = (0..<count).map { _ in Double(generator.integer(below: 12)) }
      let curve = try ROCCurve(labels, scores: scores)
      let yes = labels.indices.filter { labels[$0] }
      let no = labels.indices.filter { !labels[$0] }
      if yes.isEmpty || no.isEmpty {
        #expect(curve.area == nil && curve.points.isEmpty && curve.interval() == nil)
        continue
      }
      func order(_ a: Int, _ b: Int) -> Double {
        scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
      }
      let ofYes = yes.map { a in no.reduce(0) { $0 + order(a, $1) } / Double(no.count) }
      let ofNo = no.map { b in yes.reduce(0) { $0 + order($1, b) } / Double(yes.count) }
      let area = ofYes.reduce(0, +) / Double(yes.count)
      #expect(abs(curve.area! - area) < 1e-12)
      guard yes.count > 1, no.count > 1 else {
        #expect(curve.variance == nil)
        continue
      }
      let variance =
        Moments(ofYes).variance! / Double(yes.count) + Moments(ofNo).variance! / Double(no.count)
      #expect(abs(curve.variance! - variance) < 1e-12)
      if let interval = curve.interval(level: 0.9) {
        #expect(interval.contains(area) && interval.lowerBound > 0 && interval.upperBound < 1)
      }
    }
  }

  @Test func `the interval of the area covers the truth`() throws {
    // Normal scores one apart: the area is Φ(1/√2).
    var covered = 0
    for round in 0..<400 {
      var generator = SeededGenerator(seed: 77, path: "coverage", UInt64(round))
      let labels = (0..<80).map { $0 % 4 == 0 }
      let scores = labels.map { generator.normal() + ($0 ? 1 : 0) }
      let interval = try ROCCurve(labels, scores: scores).interval(level: 0.95)
      if let interval, interval.contains(0.760_249_938_906_5) { covered += 1 }
    }
    #expect((370...394).contains(covered), "\(covered)")
  }

  @Test func `the interval of the average precision is the same from the same seed`() throws {
    var generator = SeededGenerator(seed: 3)
    let labels = (0..<200).map { _ in generator.bernoulli(0.2) }
    let scores = labels.map { generator.normal() + ($0 ? 1 : 0) }
    let curve = try PrecisionRecallCurve(labels, scores: scores)
    let interval = curve.interval(samples: 300, seed: 1)!
    #expect(interval.contains(curve.averagePrecision!))
    #expect(curve.interval(samples: 300, seed: 1) == interval)
    #expect(curve.interval(level: 0.5, samples: 300, seed: 1)!.upperBound < interval.upperBound)
    #expect(try PrecisionRecallCurve([false], scores: [1]).interval(seed: 1) == nil)
  }

  @Test func `equal probabilities stay in one bin`() throws {
    let curve = try CalibrationCurve(
      [true, false, true, false, true], probabilities: [0.5, 0.5, 0.5, 0.5, 0.9], bins: 2,
      strategy: .quantile)
    #expect(curve.bins.map(\.rows) == [4, 1])
    #expect(abs(curve.expectedError! - 0.02) < 1e-12)
    #expect(abs(curve.maximumError! - 0.1) < 1e-12)
    #expect(try CalibrationCurve([], probabilities: []).expectedError == nil)
  }

  @Test func `gains add up, and ties are shared out`() throws {
    let labels = [true, true, false, true, false, false, false, false, false, true]
    let scores = [9.0, 8, 7, 6, 5, 5, 5, 5, 2, 1]
    let curve = try GainCurve(labels, scores: scores, parts: 5)
    #expect(curve.parts.map(\.positives) == [2, 1, 0, 0, 1])
    #expect(curve.parts.map(\.cumulativeGain) == [0.5, 0.75, 0.75, 0.75, 1])
    #expect(curve.parts[0].lift == 2.5 && curve.parts[4].cumulativeLift == 1)
    #expect(
      curve.description.split(separator: "\n").prefix(2) == [
        "part  rows   yes  found  lift", "   1     2  2.00   0.50  2.50",
      ])
    let flat = try GainCurve([true, false, false, true], scores: [1, 1, 1, 1], parts: 4)
    #expect(flat.parts.map(\.positives) == [0.5, 0.5, 0.5, 0.5])
    #expect(try GainCurve([false], scores: [1]).parts.isEmpty)
  }

  @Test func `leaks are found and honest columns are not`() throws {
    var generator = SeededGenerator(seed: 9)
    let labels = (0..<300).map { _ in generator.bernoulli(0.3) }
    let table = try FeatureTable([
      FeatureColumn("days_since_last", labels.map { $0 ? 8 + generator.uniform() : 2 }),
      FeatureColumn("honest", labels.map { generator.normal() + ($0 ? 1.0 : 0) }),
      FeatureColumn("cancel_reason", labels.map { $0 ? 1.0 : nil }),
      FeatureColumn("status", labels.map { $0 ? "gone" : "here" }),
      FeatureColumn("id", labels.indices.map { "user \($0)" }),
      FeatureColumn("platform", labels.map { _ in "web" }),
      FeatureColumn("half", labels.indices.map { $0 % 2 == 0 ? "even" : "odd" }),
    ])
    let warnings = try table.leaks(of: labels)
    #expect(warnings.map(\.column) == ["days_since_last", "cancel_reason", "status"])
    #expect(warnings.map(\.isByMissing) == [false, true, false])
    #expect(
      warnings[0].description
        == "The column days_since_last alone tells the classes apart (AUC 1.0): make sure that it is "
        + "known before the answer is, or leave it out.")
  }

  @Test func `cross-validation does not depend on workers`() async throws {
    let (table, target) = Reference.iris
    let splits = Folds.stratified(target, folds: 5, seed: 1)
    func run(_ workers: Int) async throws -> CrossValidation {
      try await CrossValidation(splits, workers: workers) {
        (split) throws(LearningError) -> Double in
        let model = try RandomForestClassifier(trees: 10, seed: 1).fit(
          table.selecting(rows: split.train), target: target.selecting(rows: split.train))
        return try ConfusionMatrix(
          actual: target.selecting(rows: split.test),
          predicted: model.classes(for: table.selecting(rows: split.test))
        ).accuracy!
      }
    }
    let one = try await run(1)
    #expect(one.mean > 0.9 && one.values.count == 5)
    #expect(try await run(3) == one)
  }

  @Test func `a search ranks candidates, whatever the workers`() async throws {
    func candidates(_ count: Int) -> [[Double]] {
      ParameterSearch.draw(count, seed: 3) { draw in
        [
          draw.one(of: [1, 2, 3]), Double(draw.integer(in: 1...6)), draw.uniform(in: 0..<1),
          draw.logUniform(in: 0.001..<10),
        ]
      }
    }
    #expect(Array(candidates(30).prefix(10)) == candidates(10))
    #expect(candidates(30).allSatisfy { (0.001..<10).contains($0[3]) })
    #expect((5...25).contains(candidates(30).count { $0[3] < 0.1 }))
    let splits = Folds.random(count: 10, folds: 2, seed: 1)
    for workers in [1, 3] {
      let search = await ParameterSearch(candidates(30), splits: splits, workers: workers) {
        -abs($0[1] - 4) + Double($1.test.count)
      }
      #expect(
        search.results.map(\.validation.mean) == search.results.map(\.validation.mean).sorted(by: >)
      )
      #expect(search.best[1] == 4 && search.best == candidates(30).first { $0[1] == 4 })
      #expect(search.results[0].validation.values == [5, 5])
    }
  }

  @Test func `what cannot be scored is told`() throws {
    #expect(throws: LearningError.self) { try ROCCurve([true], scores: [.nan]) }
    #expect(throws: LearningError.self) { try ROCCurve([true], scores: [1, 2]) }
    let error = #expect(throws: LearningError.self) {
      try ProbabilityMetrics([true, false], probabilities: [0.5, 1.5])
    }
    #expect(
      error?.description
        == "The probability at position 1 does not lie from 0 to 1. Give probabilities, or calibrate "
        + "the scores first.")
    let empty = try ConfusionMatrix(actual: ClassTarget([Bool]()), predicted: ClassTarget([Bool]()))
    #expect(empty.accuracy == nil && empty.kappa() == nil && empty.matthewsCorrelation == 0)
    let metrics = try RegressionMetrics(actual: [2, 2], predicted: [1, 3])
    #expect(metrics.rSquared == nil && metrics.meanSquaredError == 1)
  }
}
