import StatisticsCore

/// How good probabilities of yes and no are, as numbers and not only in their order.
///
/// ```swift
/// let metrics = try ProbabilityMetrics(bought, probabilities: scores)
/// metrics.logLoss                    // 0.53
/// metrics.brierScore                 // 0.19
/// ```
public struct ProbabilityMetrics: Sendable, Hashable, Codable {
  /// The mean of −ln of the probability of what happened, `nil` without weight.
  ///
  /// Probabilities of 0 and 1 are moved inwards by 2⁻⁵², so that a certain mistake costs 36 and not
  /// infinitely much.
  public let logLoss: Double?
  /// The mean of the squared difference to 0 and 1, `nil` without weight.
  public let brierScore: Double?

  /// Compares outcomes with probabilities.
  ///
  /// - Throws: ``LearningError`` when lengths differ, or a probability or weight is out of its range.
  public init(
    _ labels: [Bool], probabilities: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    try Scores.check(labels.count, probabilities.count, weights)
    try Scores.checkProbabilities(probabilities)
    logLoss = Scores.mean(
      zip(labels, probabilities).map { Self.loss($0 ? $1 : 1 - $1) }, weights)
    brierScore = Scores.mean(
      zip(labels, probabilities).map {
        let gap = $1 - ($0 ? 1 : 0)
        return gap * gap
      }, weights)
  }

  /// The mean of −ln of the probability of the class that happened, for any number of classes.
  ///
  /// - Throws: ``LearningError`` when lengths or classes differ, or a probability or weight is out of
  ///   its range.
  public static func logLoss(
    _ target: ClassTarget, probabilities: ClassProbabilities, weights: [Double]? = nil
  ) throws(LearningError) -> Double? {
    try Scores.check(target.count, probabilities.rowCount, weights)
    try Scores.checkProbabilities(probabilities.values)
    guard target.classes == probabilities.classes else {
      throw LearningError(
        .unknownClass,
        "The probabilities are not of the classes of the target, in the same order. Make both with "
          + "the same list of classes.")
    }
    let width = target.classes.count
    return Scores.mean(
      target.codes.enumerated().map { loss(probabilities.values[$0 * width + $1]) }, weights)
  }

  private static func loss(_ probability: Double) -> Double {
    -PortableMath.log(min(max(probability, .ulpOfOne), 1 - .ulpOfOne))
  }
}

/// How far predicted numbers are from the actual ones.
///
/// ```swift
/// let metrics = try RegressionMetrics(actual: revenue, predicted: model.values(for: test))
/// metrics.rootMeanSquaredError       // 12.7
/// ```
public struct RegressionMetrics: Sendable, Hashable, Codable {
  /// The mean of the squared errors, `nil` without weight; all figures are.
  public let meanSquaredError: Double?
  /// The mean of the absolute errors.
  public let meanAbsoluteError: Double?
  /// The median of the absolute errors, whatever the weights.
  public let medianAbsoluteError: Double?
  /// The largest absolute error, whatever the weights.
  public let maximumError: Double?
  /// The mean of the absolute errors over the absolute actual numbers, `nil` where one is 0.
  public let meanAbsolutePercentageError: Double?
  /// The share of the variance that is explained; `nil` where the actual numbers do not vary.
  public let rSquared: Double?
  /// The same without the mean error, which a constant would repair.
  public let explainedVariance: Double?

  /// The square root of the mean squared error, in the unit of the target.
  public var rootMeanSquaredError: Double? { meanSquaredError?.squareRoot() }

  /// Compares numbers.
  ///
  /// - Throws: ``LearningError`` when lengths differ, a number is not finite, or a weight is negative.
  public init(
    actual: [Double], predicted: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    try Scores.check(actual.count, predicted.count, weights)
    try Scores.checkFinite(actual, "target")
    try Scores.checkFinite(predicted, "prediction")
    let errors = zip(actual, predicted).map { $0 - $1 }
    let sizes = errors.map { abs($0) }.sorted()
    let squared = Scores.mean(errors.map { $0 * $0 }, weights)
    meanSquaredError = squared
    meanAbsoluteError = Scores.mean(errors.map { abs($0) }, weights)
    medianAbsoluteError = Quantiles.median(ofSorted: sizes)
    maximumError = sizes.last
    meanAbsolutePercentageError =
      actual.contains(0)
      ? nil : Scores.mean(zip(errors, actual).map { abs($0 / $1) }, weights)
    if let squared, let center = Scores.mean(actual, weights),
      let spread = Scores.mean(actual.map { ($0 - center) * ($0 - center) }, weights), spread > 0,
      let bias = Scores.mean(errors, weights),
      let rest = Scores.mean(errors.map { ($0 - bias) * ($0 - bias) }, weights)
    {
      rSquared = 1 - squared / spread
      explainedVariance = 1 - rest / spread
    } else {
      rSquared = nil
      explainedVariance = nil
    }
  }

  /// The mean loss of predicted quantiles: errors count `probability` where the actual number is
  /// above, and 1 − `probability` where it is below.
  ///
  /// - Throws: ``LearningError`` when lengths differ or a number is not finite.
  public static func pinballLoss(
    actual: [Double], predicted: [Double], probability: Double, weights: [Double]? = nil
  ) throws(LearningError) -> Double? {
    precondition(probability >= 0 && probability <= 1, "A probability must lie from 0 to 1.")
    try Scores.check(actual.count, predicted.count, weights)
    try Scores.checkFinite(actual, "target")
    try Scores.checkFinite(predicted, "prediction")
    return Scores.mean(
      zip(actual, predicted).map {
        let error = $0 - $1
        return error >= 0 ? probability * error : (probability - 1) * error
      }, weights)
  }
}
