import StatisticsCore

/// What a model expects of the values to come, with intervals.
///
/// ```swift
/// let model = try ExponentialSmoothing.holtWinters(season: .additive).fit(sales)
/// let forecast = model.forecast(3, levels: [0.8, 0.95])
/// forecast.mean                          // three numbers
/// forecast.interval(at: 0.95)?.upper[0]  // only one value in forty should lie above
/// print(forecast)                        // a table
/// ```
///
/// An interval speaks of one value, not of all at once. It holds if the model does: it knows the noise
/// of the past, not a change of the rules.
public struct Forecast: Sendable, Hashable, Codable {
  /// Limits between which a value should lie with a given probability.
  public struct Interval: Sendable, Hashable, Codable {
    /// The probability, above 0 and below 1.
    public let level: Double
    /// The lower limits, one for each value.
    public let lower: [Double]
    /// The upper limits.
    public let upper: [Double]
  }

  /// The method in words.
  public let method: String
  /// The labels of the values to come.
  public let labels: [String]
  /// The values that are expected.
  public let mean: [Double]
  /// The intervals, by level from low to high.
  public let intervals: [Interval]

  /// The interval of a level, `nil` where it was not asked for.
  public func interval(at level: Double) -> Interval? { intervals.first { $0.level == level } }

  /// The same with no number below `least`: demand and revenue are not negative.
  public func clamped(atLeast least: Double) -> Forecast {
    Forecast(
      method: method, labels: labels, mean: mean.map { max($0, least) },
      intervals: intervals.map { interval in
        Interval(
          level: interval.level, lower: interval.lower.map { max($0, least) },
          upper: interval.upper.map { max($0, least) })
      })
  }
}

extension Forecast: CustomStringConvertible {
  /// The forecast as a text table.
  public var description: String {
    var columns = [["time"] + labels, ["expected"] + FigureText.column(mean)]
    for interval in intervals {
      let percent = FigureText.percent(interval.level)
      columns.append(["\(percent) from"] + FigureText.column(interval.lower, like: mean))
      columns.append(["to"] + FigureText.column(interval.upper, like: mean))
    }
    return method + "\n" + FigureText.table(columns)
  }
}

extension Forecast {
  /// Puts normal intervals around expected values.
  init(
    _ method: String, _ series: TimeSeries, mean: [Double], deviations: [Double], levels: [Double]
  ) {
    self.init(
      method: method, labels: Self.labels(series, mean.count), mean: mean,
      intervals: Self.checked(levels).map { level in
        let reach = -NormalDistribution.quantile((1 - level) / 2)
        return Interval(
          level: level, lower: zip(mean, deviations).map { $0 - reach * $1 },
          upper: zip(mean, deviations).map { $0 + reach * $1 })
      })
  }

  /// Takes intervals from simulated values, for each step ahead a list.
  init(
    _ method: String, _ series: TimeSeries, mean: [Double], simulated: [[Double]],
    levels: [Double]
  ) {
    let sorted = simulated.map { $0.sorted() }
    func limits(_ probability: Double) -> [Double] {
      sorted.map { Quantiles.quantile(probability, ofSorted: $0)! }
    }
    self.init(
      method: method, labels: Self.labels(series, mean.count), mean: mean,
      intervals: Self.checked(levels).map { level in
        Interval(
          level: level, lower: limits((1 - level) / 2), upper: limits(1 - (1 - level) / 2))
      })
  }

  static func labels(_ series: TimeSeries, _ horizon: Int) -> [String] {
    (0..<horizon).map { series.labels[series.count + $0] }
  }

  static func checked(_ levels: [Double]) -> [Double] {
    precondition(
      levels.allSatisfy { $0 > 0 && $0 < 1 },
      "The level of an interval is a probability above 0 and below 1.")
    return Array(Set(levels)).sorted()
  }

  static func check(_ horizon: Int) {
    precondition(horizon >= 1, "A forecast reaches at least one value ahead.")
  }
}

/// A method of forecasting: a value of parameters, whose `fit` returns a model.
public protocol ForecastLearner: Sendable, CustomStringConvertible {
  /// What `fit` returns.
  associatedtype Model: ForecastModel
  /// Fits the method to a series.
  ///
  /// - Throws: ``LearningError`` when the series is too short, or the method has no meaning for it.
  func fit(_ series: TimeSeries) throws(LearningError) -> Model
}

/// A method that has been fitted to a series, and tells what comes next.
public protocol ForecastModel: Sendable {
  /// The series that it was fitted to.
  var series: TimeSeries { get }
  /// For each value what the values before it made expect; `nil` where they were too few.
  var fitted: [Double?] { get }
  /// Tells the values to come.
  ///
  /// - Parameters:
  ///   - horizon: How many values, at least 1.
  ///   - levels: The probabilities of the intervals, above 0 and below 1.
  func forecast(_ horizon: Int, levels: [Double]) -> Forecast
}

extension ForecastModel {
  /// Tells the values to come with intervals of 80 % and 95 %.
  public func forecast(_ horizon: Int) -> Forecast { forecast(horizon, levels: [0.8, 0.95]) }

  /// For each value how far it was from what was expected; `nil` where nothing was.
  public var residuals: [Double?] {
    zip(series.values, fitted).map { value, fitted in fitted.map { value - $0 } }
  }
}

/// Numbers in text tables.
enum FigureText {
  /// Numbers with as many decimals as make the largest of them have about five digits.
  static func column(_ values: [Double], like others: [Double]? = nil) -> [String] {
    var largest = (others ?? values).reduce(0) { max($0, abs($1)) }
    var decimals = 4
    while largest >= 10, decimals > 0 {
      largest /= 10
      decimals -= 1
    }
    return values.map { fixed($0, decimals) }
  }

  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var unit = 1.0
    for _ in 0..<decimals { unit *= 10 }
    let scaled = (abs(value) * unit).rounded()
    guard scaled < 0x1p53 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  static func short(_ value: Double?) -> String { value.map { column([$0])[0] } ?? "" }

  static func percent(_ share: Double) -> String {
    let text = fixed(share * 100, 1)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
  }

  /// Columns side by side, the first to the left and the others to the right.
  static func table(_ columns: [[String]]) -> String {
    let widths = columns.map { $0.reduce(0) { max($0, $1.count) } }
    return columns[0].indices.map { row in
      let cells = columns.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - columns[column][row].count)
        return column == 0 ? columns[column][row] + space : space + columns[column][row]
      }
      let line = cells.joined(separator: "  ")
      let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
      return String(line[..<end])
    }.joined(separator: "\n")
  }
}
