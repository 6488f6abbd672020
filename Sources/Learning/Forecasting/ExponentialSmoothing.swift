import StatisticsCore

/// Forecasts by a level, and a trend and a season if wanted, which follow the values.
///
/// ```swift
/// let model = try ExponentialSmoothing.holtWinters(season: .multiplicative).fit(passengers)
/// model.weights                          // how fast level, trend and season follow
/// print(model.forecast(12, levels: [0.8]))
/// ```
///
/// Each value moves level, trend and season by a share of the error that was made in expecting it. The
/// shares, and the state before the first value, are those of the greatest likelihood with normal
/// errors; where errors are additive that is the least sum of squares. The search is repeated from
/// several places and has nothing random in it.
///
/// - An additive error is as large at high levels as at low ones; a multiplicative one grows with them.
///   It changes the intervals most. Multiplicative errors and seasons need values above 0.
/// - A season needs two full seasons of values; every method needs more values than it has parameters.
/// - A constant series is expected to stay as it is, with intervals of no width.
/// - The initial seasons of a season of more than 24 values are not estimated but taken from a
///   classical decomposition.
///
/// A multiplicative trend is left out, for its forecasts explode.
///
/// Sources: R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, *Forecasting with Exponential
/// Smoothing*, Springer 2008; C. C. Holt, 1957, reprinted in International Journal of Forecasting 20
/// (2004), 5–10; P. R. Winters, Management Science 6 (1960), 324–342; E. S. Gardner and E. McKenzie,
/// Management Science 31 (1985), 1237–1246, for the damped trend.
public struct ExponentialSmoothing: ForecastLearner, Hashable, Codable {
  /// How errors depend on the level.
  public enum Noise: Sendable, Hashable, Codable, CaseIterable {
    /// Not at all.
    case additive
    /// They are shares of it.
    case multiplicative
  }

  /// Whether the level rises or falls by itself.
  public enum Trend: Sendable, Hashable, Codable, CaseIterable {
    /// No.
    case none
    /// By as much in each step, up to what errors change.
    case additive
    /// By less and less.
    case damped
  }

  /// What a season does to the level.
  public enum Season: Sendable, Hashable, Codable, CaseIterable {
    /// There is none.
    case none
    /// It is added.
    case additive
    /// It is a factor.
    case multiplicative
  }

  /// Where level, trend and season are before the first value.
  public enum Start: Sendable, Hashable, Codable {
    /// Where the likelihood is greatest.
    case estimated
    /// Here.
    case given(SmoothingState)
  }

  /// How errors depend on the level.
  public var noise: Noise
  /// Whether the level rises or falls by itself.
  public var trend: Trend
  /// What a season does.
  public var season: Season
  /// How fast the state follows; what is `nil` is estimated.
  public var weights: SmoothingWeights
  /// The state before the first value.
  public var start: Start
  /// Decides on the simulated values of which intervals are made where no formula is known.
  public var seed: UInt64

  /// Makes a method.
  public init(
    noise: Noise = .additive, trend: Trend = .none, season: Season = .none,
    weights: SmoothingWeights = SmoothingWeights(), start: Start = .estimated, seed: UInt64 = 0
  ) {
    self.noise = noise
    self.trend = trend
    self.season = season
    self.weights = weights
    self.start = start
    self.seed = seed
  }

  /// Simple exponential smoothing: a level and nothing else.
  public static func simple(level: Double? = nil) -> ExponentialSmoothing {
    ExponentialSmoothing(weights: SmoothingWeights(level: level))
  }

  /// Holt's method: a level and a trend, which may become weaker.
  public static func holt(damped: Bool = false) -> ExponentialSmoothing {
    ExponentialSmoothing(trend: damped ? .damped : .additive)
  }

  /// Holt's and Winters' method: a level, a trend and a season.
  public static func holtWinters(season: Season, damped: Bool = false) -> ExponentialSmoothing {
    ExponentialSmoothing(trend: damped ? .damped : .additive, season: season)
  }

  /// Fits the method.
  ///
  /// - Throws: ``LearningError`` when the series is too short, has values that are not positive where
  ///   the method needs such, or a weight or the initial state is out of its range.
  /// - Complexity: O(*n* *p*²) for each step of the search, where *n* is the number of values and *p*
  ///   of parameters.
  public func fit(_ series: TimeSeries) throws(LearningError) -> ExponentialSmoothingModel {
    try check(series)
    // A power of two keeps all digits, and brings the values near 1, where squares are safe.
    let scale = Self.scale(of: series.values)
    let values = series.values.map { $0 / scale }
    let period = season == .none ? 1 : series.season
    var state: SmoothingState
    var isFree = false
    if case .given(let given) = start {
      state = given
      state.level /= scale
      state.trend /= scale
      if season == .additive { state.seasons = state.seasons.map { $0 / scale } }
    } else {
      state = Self.guess(values, trend: trend, season: season, period: period)
      isFree = period <= 24
    }
    let recursion = SmoothingRecursion(
      hasMultiplicativeError: noise == .multiplicative, hasTrend: trend != .none,
      isDamped: trend == .damped, season: season, period: period)
    let objective = SmoothingObjective(
      recursion: recursion, values: values, given: weights, hasFreeState: isFree, start: state)
    // A state that was read off the values costs as much as one that was searched for.
    var parameterCount = objective.freeCount
    if case .estimated = start, !isFree { parameterCount += period + (trend == .none ? 0 : 1) }
    guard values.count > parameterCount || parameterCount == 0 else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(values.count) values for \(parameterCount) parameters of \(self). "
          + "Give more values, or take a simpler method such as NaiveForecaster.")
    }
    var best: (parameters: [Double], sum: Double)?
    let search = objective.search
    for (level, trend, season) in Self.starts {
      let parameters = objective.parameters(level: level, trend: trend, season: season)
      if let found = search.minimize(from: parameters, objective.point),
        found.sum < best?.sum ?? .infinity
      {
        best = found
      }
      if objective.freeCount == 0 || best?.sum == 0 { break }
    }
    guard let best,
      let path = recursion.run(
        values, objective.weights(best.parameters), from: objective.state(best.parameters))
    else {
      throw LearningError(
        .parameterOutOfRange,
        "From the initial state and with the weights of \(self) an expected value is not positive. "
          + "Let them be estimated, or use additive noise and an additive season.")
    }
    func scaled(_ state: SmoothingState) -> SmoothingState {
      SmoothingState(
        level: state.level * scale, trend: state.trend * scale,
        seasons: season == .additive ? state.seasons.map { $0 * scale } : state.seasons)
    }
    let force = objective.weights(best.parameters)
    return ExponentialSmoothingModel(
      learner: self, series: series,
      weights: SmoothingWeights(
        level: force.level, trend: trend == .none ? nil : force.trend,
        season: season == .none ? nil : force.season,
        damping: trend == .damped ? force.damping : nil),
      initial: scaled(objective.state(best.parameters)), state: scaled(path.state),
      expected: path.fitted.map { $0 * scale }, parameterCount: parameterCount)
  }

  // Weights to begin with: slow, quick, a lively season, a lively trend.
  private static let starts = [
    (0.1, 0.1, 0.1), (0.5, 0.05, 0.05), (0.25, 0.02, 0.8), (0.9, 0.3, 0.1), (0.02, 0.5, 0.3),
  ]

  private func check(_ series: TimeSeries) throws(LearningError) {
    if season != .none {
      guard series.season >= 2 else {
        throw LearningError(
          .parameterOutOfRange,
          "The series has no season, and the method has one. Say how many values make a season, or "
            + "use a method without.")
      }
      guard series.count >= 2 * series.season else {
        throw LearningError(
          .parameterOutOfRange,
          "The series has \(series.count) values, and two seasons of \(series.season) are needed to "
            + "tell a season from chance. Give more values, or use a method without a season.")
      }
    }
    if noise == .multiplicative || season == .multiplicative,
      let position = series.values.firstIndex(where: { $0 <= 0 })
    {
      throw LearningError(
        .parameterOutOfRange,
        "The value at position \(position) of the series is not above 0, and multiplicative noise "
          + "and seasons need values above 0. Use additive ones, or IntermittentDemand where many "
          + "values are 0.")
    }
    for (name, weight) in [
      ("level", weights.level), ("trend", weights.trend), ("season", weights.season),
      ("damping", weights.damping),
    ] {
      if let weight, !(weight >= 0 && weight <= 1) || name == "damping" && weight == 0 {
        throw LearningError(
          .parameterOutOfRange,
          "The weight of \(name) does not lie from 0 to 1. Change it, or leave it out to have it "
            + "estimated.")
      }
    }
    if case .given(let state) = start {
      let isWhole =
        state.seasons.count == (season == .none ? 0 : series.season)
        && ([state.level, state.trend] + state.seasons).allSatisfy { abs($0) <= 1e100 }
      guard isWhole else {
        throw LearningError(
          .parameterOutOfRange,
          "The initial state has \(state.seasons.count) seasons, or a number that is not finite. Give "
            + "one for each value of a season, and none where the method has no season.")
      }
    }
  }

  /// The power of two at or below the largest absolute value.
  static func scale(of values: [Double]) -> Double {
    let largest = values.reduce(0) { max($0, abs($1)) }
    return largest >= 1e-200 ? largest.binade : 1
  }

  /// A state to begin the search at: the seasons of a classical decomposition, and the line through
  /// the first values without them.
  private static func guess(
    _ values: [Double], trend: Trend, season: Season, period: Int
  ) -> SmoothingState {
    var seasons: [Double] = []
    var rest = values
    if season != .none {
      seasons = ClassicalDecomposition.figure(
        values, period: period, isFactor: season == .multiplicative)
      if season == .multiplicative {
        seasons = seasons.map { max($0, 1e-3) }
        let mean = seasons.reduce(0, +) / Double(period)
        seasons = seasons.map { $0 / mean }
      }
      for index in rest.indices {
        let part = seasons[index % period]
        rest[index] = season == .additive ? rest[index] - part : rest[index] / part
      }
    }
    let first = Array(rest.prefix(max(10, 2 * period)))
    guard trend != .none else {
      return SmoothingState(
        level: first.reduce(0, +) / Double(first.count), seasons: seasons)
    }
    let line = StraightLine(first)
    var level = line.intercept
    var slope = line.slope
    // Positive values may have a line that begins below 0.
    if level + slope <= 0, values.allSatisfy({ $0 > 0 }) {
      level = first[0]
      slope = 0
    }
    return SmoothingState(level: level, trend: slope, seasons: seasons)
  }
}

extension ExponentialSmoothing: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    var words: String
    switch (trend, season) {
    case (.none, .none): words = "simple exponential smoothing"
    case (.additive, .none): words = "Holt's method"
    case (.damped, .none): words = "Holt's method with damped trend"
    case (.none, _): words = "exponential smoothing"
    case (.additive, _): words = "Holt–Winters"
    case (.damped, _): words = "Holt–Winters with damped trend"
    }
    switch season {
    case .none: break
    case .additive: words += ", additive season"
    case .multiplicative: words += ", multiplicative season"
    }
    if noise == .multiplicative { words += ", multiplicative noise" }
    return words
  }
}

/// The straight line with the least squares through values at the places from 1 on.
struct StraightLine {
  let intercept: Double
  let slope: Double

  init(_ values: [Double]) {
    let n = Double(values.count)
    let middle = (n + 1) / 2
    let mean = values.reduce(0, +) / n
    var (products, squares) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      let distance = Double(index + 1) - middle
      products += distance * (value - mean)
      squares += distance * distance
    }
    slope = squares > 0 ? products / squares : 0
    intercept = mean - slope * middle
  }
}
