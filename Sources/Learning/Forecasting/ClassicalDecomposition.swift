import StatisticsCore

/// A series as trend, season and remainder, by moving averages.
///
/// ```swift
/// let parts = try ClassicalDecomposition(passengers, season: .multiplicative)
/// parts.figure[6]        // 1.2266: July has 23 % more than the trend
/// parts.trend[6]         // 126.79
/// ```
///
/// The trend is the mean of one season around each value, with half weights at its ends where a season
/// is even; it is `nil` for half a season at both ends. The season is the mean of what remains, the
/// same in every season; the additive one adds up to 0, and the factors have a mean of 1.
///
/// ``STLDecomposition`` lets the season change, and has a trend to the ends.
///
/// Source: M. G. Kendall and A. Stuart, *The Advanced Theory of Statistics*, volume 3, 1983, as R's
/// `decompose`.
public struct ClassicalDecomposition: Sendable, Hashable, Codable {
  /// What the season does to the trend.
  public enum Season: Sendable, Hashable, Codable {
    /// It is added.
    case additive
    /// It is a factor.
    case multiplicative
  }

  /// The series.
  public let series: TimeSeries
  /// What the season does to the trend.
  public let kind: Season
  /// The season, from the first value on.
  public let figure: [Double]
  /// For each value the trend; `nil` near the ends.
  public let trend: [Double?]
  /// For each value what is neither trend nor season: what to add to them, or to multiply them by.
  public let remainder: [Double?]

  /// For each value what the season does.
  public var seasonal: [Double] { series.values.indices.map { figure[$0 % series.season] } }

  /// The series without the season.
  public var adjusted: [Double] {
    zip(series.values, seasonal).map { kind == .additive ? $0 - $1 : $0 / $1 }
  }

  /// Takes a series apart.
  ///
  /// - Throws: ``LearningError`` when the series has no season, is shorter than two, or has values that
  ///   are not above 0 where the season is a factor.
  /// - Complexity: O(*n*), where *n* is the number of values.
  public init(_ series: TimeSeries, season kind: Season) throws(LearningError) {
    try Self.check(series)
    if kind == .multiplicative, let position = series.values.firstIndex(where: { $0 <= 0 }) {
      throw LearningError(
        .parameterOutOfRange,
        "The value at position \(position) of the series is not above 0, so that a season cannot be a "
          + "factor. Use an additive season.")
    }
    self.series = series
    self.kind = kind
    let isFactor = kind == .multiplicative
    let trend = Self.trend(series.values, period: series.season)
    let figure = Self.figure(series.values, period: series.season, isFactor: isFactor)
    self.trend = trend
    self.figure = figure
    remainder = trend.indices.map { index in
      trend[index].map { trend in
        let value = series.values[index]
        let part = figure[index % series.season]
        return isFactor ? value / (trend * part) : value - trend - part
      }
    }
  }

  static func check(_ series: TimeSeries) throws(LearningError) {
    guard series.season >= 2, series.count >= 2 * series.season else {
      throw LearningError(
        .parameterOutOfRange,
        "The series has \(series.count) values and a season of \(series.season), and a decomposition "
          + "needs a season of at least 2 and two of them. Give more values, or the right season.")
    }
  }

  static func trend(_ values: [Double], period: Int) -> [Double?] {
    let half = period / 2
    return values.indices.map { index in
      guard index >= half, index + half < values.count else { return nil }
      var sum = 0.0
      if period % 2 == 1 {
        for place in (index - half)...(index + half) { sum += values[place] }
      } else {
        sum = 0.5 * values[index - half] + 0.5 * values[index + half]
        for place in (index - half + 1)..<(index + half) { sum += values[place] }
      }
      return sum / Double(period)
    }
  }

  static func figure(_ values: [Double], period: Int, isFactor: Bool) -> [Double] {
    let trend = trend(values, period: period)
    var sums = Array(repeating: 0.0, count: period)
    var counts = Array(repeating: 0.0, count: period)
    for index in values.indices {
      guard let level = trend[index] else { continue }
      sums[index % period] += isFactor ? values[index] / level : values[index] - level
      counts[index % period] += 1
    }
    let means = zip(sums, counts).map { $0 / max($1, 1) }
    let mean = means.reduce(0, +) / Double(period)
    return means.map { isFactor ? $0 / mean : $0 - mean }
  }
}
