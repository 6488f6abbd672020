import StatisticsCore

/// How much values resemble those some steps before them.
///
/// ```swift
/// let correlation = try Autocorrelation(passengers, lags: 12)
/// correlation.values[0]      // 0.948 with the month before
/// correlation.values[11]     // 0.760 with the year before
/// print(correlation)         // a table with bands
/// ```
///
/// Sums are over the pairs there are, and always divided by the variance of all values, so that no
/// value lies beyond 1. The partial autocorrelation is what a lag adds to the shorter ones.
///
/// Sources: G. E. P. Box and G. M. Jenkins, *Time Series Analysis*, 1970; J. Durbin, Revue de
/// l'Institut International de Statistique 28 (1960), 233–244, for the partial autocorrelation;
/// M. S. Bartlett, Supplement to the Journal of the Royal Statistical Society 8 (1946), 27–41.
public struct Autocorrelation: Sendable, Hashable, Codable {
  /// The autocorrelation at the lags from 1 on.
  public let values: [Double]
  /// The partial autocorrelation at the same lags.
  public let partialValues: [Double]
  /// The number of values of the series.
  public let count: Int

  /// Compares a series with itself.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - lags: The greatest lag, at least 1 and below the number of values.
  /// - Throws: ``LearningError`` when the series is too short for the lags, or constant.
  /// - Complexity: O(*n* *k*), where *n* is the number of values and *k* of lags.
  public init(_ series: TimeSeries, lags: Int) throws(LearningError) {
    try self.init(series.values, lags: lags)
  }

  init(_ values: [Double], lags: Int) throws(LearningError) {
    guard lags >= 1, lags < values.count else {
      throw LearningError(
        .parameterOutOfRange,
        "A lag of \(lags) has no pairs in a series of \(values.count) values. Ask for lags from 1 to "
          + "one less than there are values.")
    }
    let largest = values.reduce(0) { max($0, abs($1)) }
    let scale = ExponentialSmoothing.scale(of: values)
    let scaled = values.map { $0 / scale }
    let mean = ExactSum(scaled).rounded(dividedBy: values.count)
    let gaps = scaled.map { $0 - mean }
    let variance = gaps.reduce(0) { $0 + $1 * $1 }
    let rounding = 1e-14 * largest / scale
    guard variance > Double(values.count) * rounding * rounding else {
      throw LearningError(
        .parameterOutOfRange,
        "The series is constant, so that its values cannot be compared with each other. Leave the "
          + "question out: a constant is forecast by itself.")
    }
    let correlations = (1...lags).map { lag in
      (lag..<gaps.count).reduce(0) { $0 + gaps[$1] * gaps[$1 - lag] } / variance
    }
    self.values = correlations
    partialValues = Self.partial(correlations)
    count = values.count
  }

  /// The limits ±z/√n beyond which the values of pure noise seldom lie, at any lag.
  ///
  /// - Parameter level: The share of the values of noise inside, above 0 and below 1.
  public func noiseBand(level: Double = 0.95) -> Double {
    Self.reach(level) / Double(count).squareRoot()
  }

  /// For each lag the limits if the series depends on shorter lags only, by Bartlett's formula.
  ///
  /// - Parameter level: The share inside, above 0 and below 1.
  public func bartlettBands(level: Double = 0.95) -> [Double] {
    var variance = 1.0
    return values.map { value in
      defer { variance += 2 * value * value }
      return Self.reach(level) * (variance / Double(count)).squareRoot()
    }
  }

  private static func reach(_ level: Double) -> Double {
    precondition(level > 0 && level < 1, "The level of a band lies above 0 and below 1.")
    return -NormalDistribution.quantile((1 - level) / 2)
  }

  // Durbin's recursion.
  private static func partial(_ correlations: [Double]) -> [Double] {
    var result: [Double] = []
    var weights: [Double] = []
    var rest = 1.0
    for (lag, correlation) in correlations.enumerated() {
      var above = correlation
      for (index, weight) in weights.enumerated() {
        above -= weight * correlations[lag - 1 - index]
      }
      // A series without any noise is explained in full by shorter lags.
      let value = rest > 1e-14 ? min(1, max(-1, above / rest)) : 0
      let old = weights
      for index in weights.indices { weights[index] -= value * old[old.count - 1 - index] }
      weights.append(value)
      rest *= 1 - value * value
      result.append(value)
    }
    return result
  }
}

extension Autocorrelation: CustomStringConvertible {
  /// The values as a text table; those beyond the band of noise of 95 % have an asterisk.
  public var description: String {
    let band = noiseBand()
    func text(_ values: [Double]) -> [String] {
      values.map { FigureText.fixed($0, 3) + (abs($0) > band ? " *" : "  ") }
    }
    return FigureText.table([
      ["lag"] + values.indices.map { "\($0 + 1)" },
      ["autocorrelation  "] + text(values), ["partial  "] + text(partialValues),
      ["Bartlett ±"] + bartlettBands().map { FigureText.fixed($0, 3) },
    ])
  }
}

/// Whether a series, or what a forecast left over, is noise: Ljung's and Box' test.
///
/// ```swift
/// let test = try LjungBoxTest(residuals: model, lags: 24)
/// test.pValue     // small: something was left that a better method would have used
/// ```
///
/// The statistic *n* (*n* + 2) Σ r²ₖ / (*n* − *k*) has about a χ² distribution where values are
/// independent, with one degree of freedom less for each parameter of an autoregressive model. For
/// methods that are no such models zero is the rule.
///
/// Source: G. M. Ljung and G. E. P. Box, Biometrika 65 (1978), 297–303.
public struct LjungBoxTest: Sendable, Hashable, Codable {
  /// The statistic.
  public let statistic: Double
  /// Its degrees of freedom.
  public let degreesOfFreedom: Int
  /// The probability of such a statistic, or a greater one, if there is only noise.
  public let pValue: Double
  /// The natural logarithm of ``pValue``.
  public let logPValue: Double

  /// Tests a series.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - lags: How many lags count, below the number of values.
  ///   - parameters: How many parameters of an autoregressive model were fitted, below `lags`.
  /// - Throws: ``LearningError`` when the series is too short, or constant.
  public init(_ series: TimeSeries, lags: Int, parameters: Int = 0) throws(LearningError) {
    try self.init(series.values, lags: lags, parameters: parameters)
  }

  /// Tests what a model left over.
  ///
  /// - Throws: ``LearningError`` as the other initialiser: a model without errors leaves a constant.
  public init(
    residuals model: some ForecastModel, lags: Int, parameters: Int = 0
  ) throws(LearningError) {
    try self.init(model.residuals.compactMap { $0 }, lags: lags, parameters: parameters)
  }

  private init(_ values: [Double], lags: Int, parameters: Int) throws(LearningError) {
    guard parameters >= 0, parameters < lags else {
      throw LearningError(
        .parameterOutOfRange,
        "With \(parameters) parameters and \(lags) lags no degree of freedom is left. Take more lags."
      )
    }
    let correlation = try Autocorrelation(values, lags: lags)
    let n = Double(values.count)
    var sum = 0.0
    for (index, value) in correlation.values.enumerated() {
      sum += value * value / (n - Double(index + 1))
    }
    statistic = n * (n + 2) * sum
    degreesOfFreedom = lags - parameters
    let tail = ChiSquareDistribution(degreesOfFreedom: Double(degreesOfFreedom)).upper(statistic)
    pValue = tail.value
    logPValue = tail.log
  }
}

extension LjungBoxTest: CustomStringConvertible {
  /// The test in a line.
  public var description: String {
    "Ljung–Box: \(FigureText.fixed(statistic, 3)) with \(degreesOfFreedom) degrees of freedom, "
      + "p \(FigureText.fixed(pValue, 4))"
  }
}
