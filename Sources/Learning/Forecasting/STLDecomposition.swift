import StatisticsCore

/// A series as trend, season and remainder by local regression, with a season that may change.
///
/// ```swift
/// let parts = try STLDecomposition(passengers)
/// parts.seasonal[6], parts.trend[6]      // 21.85 and 126.95
/// parts.seasonalStrength                 // 0.99: near 1 a season is worth modelling
/// ```
///
/// The season is smoothed over the years for each of its values, the trend over all. With `isRobust`
/// outliers count less, and stay in the remainder. For a season that grows with the level take the
/// logarithm of the series first.
///
/// Source: R. B. Cleveland, W. S. Cleveland, J. E. McRae and I. Terpenning, *STL: A Seasonal-Trend
/// Decomposition Procedure Based on Loess*, Journal of Official Statistics 6 (1990), 3–73; strengths
/// as X. Wang, K. Smith and R. Hyndman, Data Mining and Knowledge Discovery 13 (2006), 335–364.
public struct STLDecomposition: Sendable, Hashable, Codable {
  /// How smooth the parts are.
  public struct Options: Sendable, Hashable, Codable {
    /// How many seasons the season is smoothed over: odd, from 3; great numbers hold it still.
    public var seasonalSpan: Int
    /// How many values the trend is smoothed over: odd, above the length of a season; `nil` is
    /// 1.5 seasons / (1 − 1.5 / ``seasonalSpan``).
    public var trendSpan: Int?
    /// Whether the season is locally a line, or else a constant.
    public var isSeasonLinear: Bool
    /// Whether outliers count less.
    public var isRobust: Bool
    /// How often season and trend are found anew in each round; `nil` is 5, and 2 in a robust one.
    public var innerSteps: Int?
    /// How often the weights of outliers are found anew; `nil` is 0, and 15 where robust.
    public var outerSteps: Int?

    /// Says how smooth the parts are.
    public init(
      seasonalSpan: Int = 7, trendSpan: Int? = nil, isSeasonLinear: Bool = true,
      isRobust: Bool = false, innerSteps: Int? = nil, outerSteps: Int? = nil
    ) {
      self.seasonalSpan = seasonalSpan
      self.trendSpan = trendSpan
      self.isSeasonLinear = isSeasonLinear
      self.isRobust = isRobust
      self.innerSteps = innerSteps
      self.outerSteps = outerSteps
    }
  }

  /// The series.
  public let series: TimeSeries
  /// How smooth the parts are.
  public let options: Options
  /// For each value the trend.
  public let trend: [Double]
  /// For each value what the season adds.
  public let seasonal: [Double]
  /// For each value how much it counts: 1, or less for outliers.
  public let weights: [Double]

  /// For each value what is neither trend nor season.
  public var remainder: [Double] {
    series.values.indices.map { series.values[$0] - trend[$0] - seasonal[$0] }
  }

  /// The series without the season.
  public var adjusted: [Double] { zip(series.values, seasonal).map { $0 - $1 } }

  /// How much of what is not season the trend explains, from 0 to 1.
  public var trendStrength: Double { Self.strength(trend, remainder) }

  /// How much of what is not trend the season explains, from 0 to 1.
  public var seasonalStrength: Double { Self.strength(seasonal, remainder) }

  /// Takes a series apart.
  ///
  /// - Throws: ``LearningError`` when the series has no season or is shorter than two, or an option is
  ///   out of its range.
  /// - Complexity: O(*n* *w* *r*), where *n* is the number of values, *w* the widest span and *r* the
  ///   number of rounds.
  public init(_ series: TimeSeries, options: Options = Options()) throws(LearningError) {
    try ClassicalDecomposition.check(series)
    let period = series.season
    var trendSpan = 0
    if let given = options.trendSpan {
      trendSpan = given
    } else if options.seasonalSpan >= 3 {
      let span = 1.5 * Double(period) / (1 - 1.5 / Double(options.seasonalSpan))
      trendSpan = Int(span.rounded(.up)) | 1
    }
    let inner = options.innerSteps ?? (options.isRobust ? 2 : 5)
    let outer = options.outerSteps ?? (options.isRobust ? 15 : 0)
    guard options.seasonalSpan >= 3, options.seasonalSpan % 2 == 1, trendSpan > period,
      trendSpan % 2 == 1, inner >= 1, outer >= 0
    else {
      throw LearningError(
        .parameterOutOfRange,
        "The spans of STL are odd, the seasonal one at least 3 and that of the trend above the season "
          + "of \(period), with at least one inner step. Change the options.")
    }
    let values = series.values
    var trend = Array(repeating: 0.0, count: values.count)
    var seasonal = trend
    var weights = Array(repeating: 1.0, count: values.count)
    let lowPassSpan = (period + 1) | 1
    for round in 0...outer {
      for _ in 0..<inner {
        let rest = zip(values, trend).map { $0 - $1 }
        let extended = Self.cycles(rest, period, options, weights)
        let smooth = Loess(span: lowPassSpan, isLinear: true)
          .smoothed(Self.lowPass(extended, period), weights: nil)
        for index in values.indices { seasonal[index] = extended[period + index] - smooth[index] }
        trend = Loess(span: trendSpan, isLinear: true)
          .smoothed(zip(values, seasonal).map { $0 - $1 }, weights: weights)
      }
      if round < outer {
        weights = Self.robustWeights(
          values.indices.map { abs(values[$0] - trend[$0] - seasonal[$0]) })
      }
    }
    self.series = series
    self.options = options
    self.trend = trend
    self.seasonal = seasonal
    self.weights = weights
  }

  /// Smooths each value of a season over the years, with one more season at both ends.
  private static func cycles(
    _ values: [Double], _ period: Int, _ options: Options, _ weights: [Double]
  ) -> [Double] {
    let loess = Loess(span: options.seasonalSpan, isLinear: options.isSeasonLinear)
    var result = Array(repeating: 0.0, count: values.count + 2 * period)
    for phase in 0..<period {
      let places = stride(from: phase, to: values.count, by: period)
      let own = places.map { values[$0] }
      let ownWeights = places.map { weights[$0] }
      let inside = loess.smoothed(own, weights: ownWeights)
      let last = own.count
      let before =
        loess.value(own, at: 0, in: 1...min(options.seasonalSpan, last), weights: ownWeights)
        ?? inside[0]
      let after =
        loess.value(
          own, at: Double(last + 1), in: max(1, last - options.seasonalSpan + 1)...last,
          weights: ownWeights) ?? inside[last - 1]
      for (index, value) in ([before] + inside + [after]).enumerated() {
        result[phase + index * period] = value
      }
    }
    return result
  }

  /// Means of a season, of a season again, and of three.
  private static func lowPass(_ values: [Double], _ period: Int) -> [Double] {
    means(means(means(values, period), period), 3)
  }

  private static func means(_ values: [Double], _ span: Int) -> [Double] {
    var sum = values.prefix(span).reduce(0, +)
    var result = [sum / Double(span)]
    for index in span..<max(values.count, span) {
      sum += values[index] - values[index - span]
      result.append(sum / Double(span))
    }
    return result
  }

  /// Tukey's bisquare weights of six median absolute remainders.
  private static func robustWeights(_ sizes: [Double]) -> [Double] {
    let limit = 6 * Quantiles.median(ofSorted: sizes.sorted())!
    return sizes.map { size in
      if size <= 0.001 * limit { return 1 }
      if size > 0.999 * limit { return 0 }
      let share = size / limit
      return (1 - share * share) * (1 - share * share)
    }
  }

  private static func strength(_ part: [Double], _ remainder: [Double]) -> Double {
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let all = variance(zip(part, remainder).map { $0 + $1 })
    return all > 0 ? max(0, 1 - variance(remainder) / all) : 0
  }
}

/// Local regression of values at 1, 2, 3 … with tricube weights.
struct Loess {
  /// How many values count in each regression.
  let span: Int
  /// Whether a line is fitted, or else a mean.
  let isLinear: Bool

  func smoothed(_ values: [Double], weights: [Double]?) -> [Double] {
    guard values.count > 1 else { return values }
    let count = values.count
    let half = (span + 1) / 2
    return (1...count).map { place in
      let first = span >= count ? 1 : min(max(1, place - half + 1), count - span + 1)
      let window = first...(span >= count ? count : first + span - 1)
      return value(values, at: Double(place), in: window, weights: weights) ?? values[place - 1]
    }
  }

  /// The regression at a place from the values of a window, both counted from 1; `nil` where no value
  /// has a weight.
  func value(
    _ values: [Double], at place: Double, in window: ClosedRange<Int>, weights: [Double]?
  ) -> Double? {
    var reach = max(place - Double(window.lowerBound), Double(window.upperBound) - place)
    if span > values.count { reach += Double((span - values.count) / 2) }
    var shares: [Double] = []
    var sum = 0.0
    for index in window {
      let distance = abs(Double(index) - place)
      var share = 0.0
      if distance <= 0.999 * reach {
        share = 1
        if distance > 0.001 * reach {
          let ratio = distance / reach
          let rest = 1 - ratio * ratio * ratio
          share = rest * rest * rest
        }
        share *= weights?[index - 1] ?? 1
      }
      shares.append(share)
      sum += share
    }
    guard sum > 0 else { return nil }
    for index in shares.indices { shares[index] /= sum }
    if reach > 0, isLinear {
      var center = 0.0
      for (share, index) in zip(shares, window) { center += share * Double(index) }
      var spread = 0.0
      for (share, index) in zip(shares, window) {
        spread += share * (Double(index) - center) * (Double(index) - center)
      }
      // Points that are all but in one place say nothing about a slope.
      if spread.squareRoot() > 0.001 * Double(values.count - 1) {
        let slope = (place - center) / spread
        for (offset, index) in window.enumerated() {
          shares[offset] *= slope * (Double(index) - center) + 1
        }
      }
    }
    return zip(shares, window).reduce(0) { $0 + $1.0 * values[$1.1 - 1] }
  }
}
