import StatisticsCore

/// Forecasts again and again from places in the past, and compares with what came.
///
/// ```swift
/// let past = RollingOrigin(initial: 60, horizon: 12, step: 6)
/// let accuracy = try past.evaluate(ThetaForecaster(), on: passengers)
/// accuracy.meanAbsoluteScaledError       // below 1: better than the last season, in the past
/// let comparison = try past.compare(
///   [ThetaForecaster(), AutomaticSmoothing(), NaiveForecaster(.lastSeason)], on: passengers)
/// print(comparison)
/// ```
///
/// Each fold fits the method to the values before its origin only, so that nothing of the future is
/// known, and forecasts the values after it.
///
/// Source: L. J. Tashman, *Out-of-sample tests of forecasting accuracy*, International Journal of
/// Forecasting 16 (2000), 437–450.
public struct RollingOrigin: Sendable, Hashable, Codable {
  /// The parts of a series that belong to one origin.
  public struct Fold: Sendable, Hashable, Codable {
    /// The positions that the method sees.
    public let training: Range<Int>
    /// The positions that it forecasts.
    public let test: Range<Int>
  }

  /// How many values the first fold learns from, at least 1.
  public var initial: Int
  /// How many values are forecast, at least 1.
  public var horizon: Int
  /// By how many values the origin moves, at least 1.
  public var step: Int
  /// How many values each fold learns from at most; `nil` for all before the origin.
  public var window: Int?
  /// The levels of the intervals whose coverage is counted.
  public var levels: [Double]

  /// Says where forecasts are made from.
  public init(
    initial: Int, horizon: Int, step: Int = 1, window: Int? = nil, levels: [Double] = [0.8, 0.95]
  ) {
    self.initial = initial
    self.horizon = horizon
    self.step = step
    self.window = window
    self.levels = Forecast.checked(levels)
    check()
  }

  private func check() {
    precondition(
      initial >= 1 && horizon >= 1 && step >= 1 && window ?? 1 >= 1,
      "Forecasts from the past need at least one value to learn from, one to forecast, and a step.")
  }

  /// The folds of a series of some length; those whose test part would end behind it are left out.
  public func folds(count: Int) -> [Fold] {
    check()
    guard count >= horizon, initial <= count - horizon else { return [] }
    return stride(from: initial, through: count - horizon, by: step).map { origin in
      Fold(
        training: max(0, origin - (window ?? origin))..<origin, test: origin..<(origin + horizon))
    }
  }

  /// Evaluates a method.
  ///
  /// - Throws: ``LearningError`` when there is no fold, or the method cannot be fitted in one of them.
  public func evaluate(
    _ learner: some ForecastLearner, on series: TimeSeries
  ) throws(LearningError) -> ForecastAccuracy {
    var parts: [ForecastAccuracy.Part] = []
    for fold in try checkedFolds(series) { parts.append(try part(learner, series, fold)) }
    return ForecastAccuracy(parts, levels: levels)
  }

  /// Compares methods in the calling thread.
  ///
  /// A method that cannot be fitted in a fold is listed with the reason, and not compared.
  ///
  /// - Throws: ``LearningError`` when there is no fold, or no method could be fitted.
  public func compare(
    _ learners: [any ForecastLearner], on series: TimeSeries
  ) throws(LearningError) -> ForecastComparison {
    let folds = try checkedFolds(series)
    return try comparison(
      learners, folds, learners.map { learner in folds.map { result(learner, series, $0) } })
  }

  /// Compares methods with several workers, which share folds: the same figures as with one.
  ///
  /// - Throws: ``LearningError`` as the other `compare`.
  public func compare(
    _ learners: [any ForecastLearner], on series: TimeSeries, workers: Int
  ) async throws(LearningError) -> ForecastComparison {
    let folds = try checkedFolds(series)
    let tasks = learners.indices.flatMap { learner in folds.map { (learner, $0) } }
    let results = await concurrentMap(tasks, workers: workers) { task in
      result(learners[task.0], series, task.1)
    }
    return try comparison(
      learners, folds,
      learners.indices.map { Array(results[($0 * folds.count)..<(($0 + 1) * folds.count)]) })
  }

  private typealias FoldResult = Result<ForecastAccuracy.Part, LearningError>

  private func checkedFolds(_ series: TimeSeries) throws(LearningError) -> [Fold] {
    let folds = folds(count: series.count)
    guard !folds.isEmpty else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(series.count) values, and the first origin at \(initial) with a horizon of "
          + "\(horizon) needs \(initial + horizon). Give more values, or begin earlier.")
    }
    return folds
  }

  private func comparison(
    _ learners: [any ForecastLearner], _ folds: [Fold], _ results: [[FoldResult]]
  ) throws(LearningError) -> ForecastComparison {
    var entries: [ForecastComparison.Entry] = []
    var failure: LearningError?
    for (learner, results) in zip(learners, results) {
      var parts: [ForecastAccuracy.Part] = []
      var reason: LearningError?
      for result in results {
        switch result {
        case .success(let part): parts.append(part)
        case .failure(let error): reason = reason ?? error
        }
      }
      failure = failure ?? reason
      entries.append(
        ForecastComparison.Entry(
          method: "\(learner)",
          accuracy: reason == nil ? ForecastAccuracy(parts, levels: levels) : nil,
          failure: reason?.description))
    }
    guard entries.contains(where: { $0.accuracy != nil }) else {
      throw failure
        ?? LearningError(
          .parameterOutOfRange, "There are no methods to compare. Give at least one.")
    }
    return ForecastComparison(folds: folds.count, horizon: horizon, entries: entries)
  }

  private func result(
    _ learner: any ForecastLearner, _ series: TimeSeries, _ fold: Fold
  ) -> FoldResult {
    do throws(LearningError) {
      return .success(try part(learner, series, fold))
    } catch {
      return .failure(error)
    }
  }

  private func part(
    _ learner: some ForecastLearner, _ series: TimeSeries, _ fold: Fold
  ) throws(LearningError) -> ForecastAccuracy.Part {
    let training = series[fold.training]
    let forecast = try learner.fit(training).forecast(horizon, levels: levels)
    return ForecastAccuracy.Part(
      actual: Array(series.values[fold.test]), forecast: forecast,
      scale: ForecastAccuracy.scale(training))
  }
}

/// How far forecasts were from what came.
///
/// ```swift
/// let forecast = model.forecast(12)
/// let accuracy = try ForecastAccuracy(of: forecast, actual: year, after: passengers)
/// accuracy.meanAbsoluteError, accuracy.coverage[0].share
/// ```
///
/// Sources: R. J. Hyndman and A. B. Koehler, *Another look at measures of forecast accuracy*,
/// International Journal of Forecasting 22 (2006), 679–688; T. Gneiting and A. E. Raftery, Journal of
/// the American Statistical Association 102 (2007), 359–378, for the score of intervals.
public struct ForecastAccuracy: Sendable, Hashable, Codable {
  /// How often values lay inside of intervals.
  public struct Coverage: Sendable, Hashable, Codable {
    /// The level of the intervals.
    public let level: Double
    /// The share of values inside; it should be near the level.
    public let share: Double
    /// The mean width of the intervals.
    public let meanWidth: Double
    /// The mean width, plus 2 / (1 − level) times the distance of values outside: low is good.
    public let meanScore: Double
  }

  /// The number of values that were forecast.
  public let count: Int
  /// The mean of forecast less actual value: above 0 forecasts are too high.
  public let meanError: Double
  /// The mean of the absolute errors.
  public let meanAbsoluteError: Double
  /// The square root of the mean of the squared errors.
  public let rootMeanSquaredError: Double
  /// The mean of the absolute errors over the absolute values; `nil` where one is 0.
  public let meanAbsolutePercentageError: Double?
  /// The mean of 2 |error| / (|value| + |forecast|), from 0 to 2; 0 where both are 0.
  public let symmetricMeanAbsolutePercentageError: Double
  /// The mean of the absolute errors over those that the value one season before makes in the past;
  /// `nil` where the past repeats itself exactly or is not longer than a season.
  public let meanAbsoluteScaledError: Double?
  /// The mean of the absolute errors by steps ahead.
  public let meanAbsoluteErrorBySteps: [Double]
  /// How often values lay inside of intervals, by level.
  public let coverage: [Coverage]

  /// Compares a forecast with what came.
  ///
  /// - Parameters:
  ///   - forecast: The forecast.
  ///   - actual: What came, one value for each that was forecast.
  ///   - past: The series that the forecast was made from, whose changes scale the errors.
  /// - Throws: ``LearningError`` when lengths differ or a value is not finite.
  public init(
    of forecast: Forecast, actual: [Double], after past: TimeSeries
  ) throws(LearningError) {
    try Scores.check(actual.count, forecast.mean.count, nil)
    try Scores.checkFinite(actual, "value")
    self.init(
      [Part(actual: actual, forecast: forecast, scale: Self.scale(past))],
      levels: forecast.intervals.map(\.level))
  }

  struct Part: Sendable {
    let actual: [Double]
    let forecast: Forecast
    let scale: Double?
  }

  /// The mean absolute difference from the value one season before.
  static func scale(_ past: TimeSeries) -> Double? {
    guard past.count > past.season else { return nil }
    let sum = ExactSum(
      zip(past.values.dropFirst(past.season), past.values).map { abs($0 - $1) }
    ).rounded(dividedBy: past.count - past.season)
    return sum > 0 ? sum : nil
  }

  init(_ parts: [Part], levels: [Double]) {
    let pairs = parts.flatMap { part in zip(part.actual, part.forecast.mean) }
    func mean(_ values: [Double]) -> Double { ExactSum(values).rounded(dividedBy: values.count) }
    count = pairs.count
    meanError = mean(pairs.map { $0.1 - $0.0 })
    meanAbsoluteError = mean(pairs.map { abs($0.1 - $0.0) })
    rootMeanSquaredError = mean(pairs.map { ($0.1 - $0.0) * ($0.1 - $0.0) }).squareRoot()
    meanAbsolutePercentageError =
      pairs.contains { $0.0 == 0 } ? nil : mean(pairs.map { abs(($0.1 - $0.0) / $0.0) })
    symmetricMeanAbsolutePercentageError = mean(
      pairs.map { pair in
        let size = abs(pair.0) + abs(pair.1)
        return size > 0 ? 2 * abs(pair.1 - pair.0) / size : 0
      })
    var scaled: [Double]? = []
    for part in parts {
      guard let scale = part.scale else {
        scaled = nil
        break
      }
      scaled?.append(contentsOf: zip(part.actual, part.forecast.mean).map { abs($0 - $1) / scale })
    }
    meanAbsoluteScaledError = scaled.map(mean)
    meanAbsoluteErrorBySteps = parts[0].actual.indices.map { step in
      mean(parts.map { abs($0.forecast.mean[step] - $0.actual[step]) })
    }
    coverage = levels.map { level in
      var inside: [Double] = []
      var widths: [Double] = []
      var scores: [Double] = []
      for part in parts {
        guard let interval = part.forecast.interval(at: level) else { continue }
        for (step, value) in part.actual.enumerated() {
          let (lower, upper) = (interval.lower[step], interval.upper[step])
          inside.append(value >= lower && value <= upper ? 1 : 0)
          widths.append(upper - lower)
          scores.append(
            upper - lower + 2 / (1 - level) * (max(0, lower - value) + max(0, value - upper)))
        }
      }
      return Coverage(
        level: level, share: mean(inside), meanWidth: mean(widths), meanScore: mean(scores))
    }
  }
}

extension ForecastAccuracy: CustomStringConvertible {
  /// The figures as a text table.
  public var description: String {
    let lines: [(String, String)] =
      [
        ("values", "\(count)"), ("mean error", FigureText.short(meanError)),
        ("MAE", FigureText.short(meanAbsoluteError)),
        ("RMSE", FigureText.short(rootMeanSquaredError)),
        ("MAPE", meanAbsolutePercentageError.map(FigureText.percent) ?? "-"),
        ("sMAPE", FigureText.percent(symmetricMeanAbsolutePercentageError)),
        ("MASE", meanAbsoluteScaledError.map { FigureText.fixed($0, 3) } ?? "-"),
      ]
      + coverage.map { ("inside \(FigureText.percent($0.level))", FigureText.percent($0.share)) }
    return FigureText.table([lines.map(\.0), lines.map(\.1)])
  }
}

/// Several methods of forecasting, compared on the same folds.
public struct ForecastComparison: Sendable, Hashable, Codable {
  /// By what methods are compared; low is good.
  public enum Measure: Sendable, Hashable, Codable, CaseIterable {
    /// The mean absolute error.
    case meanAbsoluteError
    /// The root of the mean squared error.
    case rootMeanSquaredError
    /// The symmetric mean absolute percentage error.
    case symmetricMeanAbsolutePercentageError
    /// The mean absolute scaled error.
    case meanAbsoluteScaledError
    /// The mean score of the widest intervals.
    case intervalScore
  }

  /// A method with its figures, or why it has none.
  public struct Entry: Sendable, Hashable, Codable {
    /// The method in words.
    public let method: String
    /// Its figures; `nil` where it could not be fitted.
    public let accuracy: ForecastAccuracy?
    /// Why it could not be fitted.
    public let failure: String?
  }

  /// The number of folds.
  public let folds: Int
  /// How many values each fold forecasts.
  public let horizon: Int
  /// The methods, in the order in which they were given.
  public let entries: [Entry]

  /// The position of the best method, the first of equally good ones; `nil` where none has the figure.
  public func best(by measure: Measure) -> Int? {
    var best: (index: Int, value: Double)?
    for (index, entry) in entries.enumerated() {
      guard let accuracy = entry.accuracy, let value = measure.value(accuracy) else { continue }
      if value < best?.value ?? .infinity { best = (index, value) }
    }
    return best?.index
  }
}

extension ForecastComparison.Measure {
  func value(_ accuracy: ForecastAccuracy) -> Double? {
    switch self {
    case .meanAbsoluteError: accuracy.meanAbsoluteError
    case .rootMeanSquaredError: accuracy.rootMeanSquaredError
    case .symmetricMeanAbsolutePercentageError: accuracy.symmetricMeanAbsolutePercentageError
    case .meanAbsoluteScaledError: accuracy.meanAbsoluteScaledError
    case .intervalScore: accuracy.coverage.last?.meanScore
    }
  }
}

extension ForecastComparison: CustomStringConvertible {
  /// The figures as a text table, with the reasons of methods that have none below it.
  public var description: String {
    let fitted = entries.compactMap { entry in entry.accuracy.map { (entry.method, $0) } }
    var columns = [["method"] + fitted.map(\.0)]
    columns.append(["MAE"] + FigureText.column(fitted.map(\.1.meanAbsoluteError)))
    columns.append(["RMSE"] + FigureText.column(fitted.map(\.1.rootMeanSquaredError)))
    columns.append(
      ["MAPE"] + fitted.map { $0.1.meanAbsolutePercentageError.map(FigureText.percent) ?? "-" })
    columns.append(
      ["sMAPE"]
        + fitted.map { FigureText.percent($0.1.symmetricMeanAbsolutePercentageError) })
    columns.append(
      ["MASE"] + fitted.map { $0.1.meanAbsoluteScaledError.map { FigureText.fixed($0, 3) } ?? "-" })
    for (place, level) in (fitted.first?.1.coverage ?? []).enumerated() {
      columns.append(
        ["in \(FigureText.percent(level.level))"]
          + fitted.map { FigureText.percent($0.1.coverage[place].share) })
    }
    let reasons = entries.compactMap { entry in
      entry.failure.map { "\n\(entry.method): \($0)" }
    }
    return "\(folds) folds, \(horizon) ahead\n" + FigureText.table(columns) + reasons.joined()
  }
}
