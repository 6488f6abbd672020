import StatisticsCore

/// Forecasts that any better method has to beat: the mean, the last value, a line, the last season.
///
/// ```swift
/// let model = try NaiveForecaster(.lastSeason).fit(passengers)
/// model.forecast(2).mean     // [360, 342]: January and February of the last year
/// ```
///
/// Intervals take the errors as normal and independent, with the variance of those made in the past:
///
/// - the mean: σ² (1 + 1/*n*) at any distance;
/// - the last value: *h* σ², for what happens adds up;
/// - the drift: *h* σ² (1 + *h* / (*n* − 1)), for the slope is uncertain too;
/// - the last season: *k* σ², where *k* is the number of seasons begun.
///
/// Source: R. J. Hyndman and G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition,
/// 2021, sections 5.2 and 5.5.
public struct NaiveForecaster: ForecastLearner, Hashable, Codable {
  /// What is expected.
  public enum Rule: Sendable, Hashable, Codable, CaseIterable {
    /// The mean of all values.
    case mean
    /// The last value.
    case lastValue
    /// The straight line from the first value to the last.
    case drift
    /// The value one season before.
    case lastSeason
  }

  /// What is expected.
  public var rule: Rule

  /// Makes a method.
  public init(_ rule: Rule) { self.rule = rule }

  /// Fits the method.
  ///
  /// - Throws: ``LearningError`` when there are fewer than two values, or three for the drift, or not
  ///   one more than a season for the last season: the errors of the past are needed for intervals.
  public func fit(_ series: TimeSeries) throws(LearningError) -> NaiveModel {
    let needed: Int
    switch rule {
    case .mean, .lastValue: needed = 2
    case .drift: needed = 3
    case .lastSeason: needed = series.season + 1
    }
    guard series.count >= needed else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(series.count) values, and \(self) needs at least \(needed) to know how far "
          + "it errs. Give more values.")
    }
    return NaiveModel(learner: self, series: series)
  }
}

extension NaiveForecaster: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    switch rule {
    case .mean: "mean"
    case .lastValue: "last value"
    case .drift: "drift"
    case .lastSeason: "last season"
    }
  }
}

/// A simple forecast that has been fitted to a series.
public struct NaiveModel: ForecastModel {
  /// The method that it comes from.
  public let learner: NaiveForecaster
  /// The series that it was fitted to.
  public let series: TimeSeries
  /// The model card's title, metrics and remarks.
  public var notes = ModelNotes()

  init(learner: NaiveForecaster, series: TimeSeries) {
    self.learner = learner
    self.series = series
  }

  /// For each value what was expected; the mean and the slope are those of all values.
  public var fitted: [Double?] {
    let values = series.values
    switch learner.rule {
    case .mean:
      let mean = self.mean
      return values.map { _ in mean }
    case .lastValue: return [nil] + values.dropLast()
    case .drift:
      let slope = self.slope
      return [nil] + values.dropLast().map { $0 + slope }
    case .lastSeason:
      return Array(repeating: nil, count: series.season) + values.dropLast(series.season)
    }
  }

  /// The standard deviation of the errors, less the mean or the slope that was estimated.
  public var standardDeviation: Double {
    let errors = residuals.compactMap { $0 }
    let squares = errors.reduce(0) { $0 + $1 * $1 }
    let lost = learner.rule == .mean || learner.rule == .drift ? 1 : 0
    return (squares / Double(errors.count - lost)).squareRoot()
  }

  private var mean: Double { ExactSum(series.values).rounded(dividedBy: series.count) }

  private var slope: Double {
    (series.values.last! - series.values[0]) / Double(series.count - 1)
  }

  /// Tells the values to come.
  public func forecast(_ horizon: Int, levels: [Double]) -> Forecast {
    Forecast.check(horizon)
    let (values, n, sigma) = (series.values, Double(series.count), standardDeviation)
    let steps = (1...horizon).map { Double($0) }
    let means: [Double]
    let variances: [Double]
    switch learner.rule {
    case .mean:
      means = Array(repeating: mean, count: horizon)
      variances = steps.map { _ in 1 + 1 / n }
    case .lastValue:
      means = Array(repeating: values.last!, count: horizon)
      variances = steps
    case .drift:
      means = steps.map { values.last! + $0 * slope }
      variances = steps.map { $0 * (1 + $0 / (n - 1)) }
    case .lastSeason:
      means = (0..<horizon).map { values[values.count - series.season + $0 % series.season] }
      variances = (0..<horizon).map { Double($0 / series.season + 1) }
    }
    return Forecast(
      "\(learner)", series, mean: means, deviations: variances.map { sigma * $0.squareRoot() },
      levels: levels)
  }
}
