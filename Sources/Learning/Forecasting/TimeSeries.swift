import StatisticsCore

/// Numbers at equal distances of time, and how many of them make a season.
///
/// ```swift
/// let visits = try TimeSeries(
///   [120, 135, 128, 150, .nan, 170], season: 3, labels: .months(year: 2025, month: 1),
///   missing: .interpolated)
/// visits.values[4]     // 160
/// visits.labels[5]     // 2025-06
/// ```
///
/// - A season is the number of values after which the pattern comes again: 12 for months, 7 for days
///   with a weekly pattern, 1 where there is none.
/// - A missing value is NaN. It is refused unless ``MissingValues`` says what stands for it; a day on
///   which nothing was sold is 0, not missing. Infinities are refused always, and so are numbers beyond 1e100, whose squares
///   could not be added.
public struct TimeSeries: Sendable, Hashable, Codable {
  /// What stands for a value that is NaN.
  public enum MissingValues: Sendable, Hashable, Codable {
    /// Nothing: a missing value is an error.
    case refused
    /// The straight line between the values before and after; at the ends the nearest value.
    case interpolated
    /// Zero: nothing was counted, for nothing happened.
    case zero
    /// The value one season before, or else one season after; where both are missing an error.
    case sameSeason
  }

  /// The values, all finite.
  public let values: [Double]
  /// How many values make a season; 1 for none.
  public let season: Int
  /// What the values are called.
  public let labels: TimeLabels
  /// The positions of values that were missing and are now filled.
  public let filled: [Int]

  /// Makes a series.
  ///
  /// - Parameters:
  ///   - values: The values, oldest first; NaN is missing.
  ///   - season: How many values make a season, from 1 to 1,000,000.
  ///   - labels: What the values are called.
  ///   - missing: What stands for missing values.
  /// - Throws: ``LearningError`` when there is no value, one is infinite or missing against the rule,
  ///   the season is out of range, or the first label is no date.
  /// - Complexity: O(*n*), where *n* is the number of values.
  public init(
    _ values: [Double], season: Int = 1, labels: TimeLabels = .positions(first: 1),
    missing: MissingValues = .refused
  ) throws(LearningError) {
    guard !values.isEmpty else {
      throw LearningError(
        .noRows, "The series has no values, so there is nothing to learn from. Give at least one.")
    }
    guard (1...1_000_000).contains(season) else {
      throw LearningError(
        .parameterOutOfRange,
        "A season of \(season) values has no meaning. Give the number of values after which the "
          + "pattern comes again, up to 1,000,000, or 1 where there is none.")
    }
    guard labels.isValid else {
      throw LearningError(
        .parameterOutOfRange,
        "The first label of the series is no date of the calendar. Give a month from 1 to 12 and a "
          + "day that this month has.")
    }
    if let position = values.firstIndex(where: { abs($0) > 1e100 }) {
      throw LearningError(
        .notFinite,
        "The value at position \(position) of the series is infinite or beyond 1e100. Find out where "
          + "it comes from, or give NaN and a rule for missing values.")
    }
    self.season = season
    self.labels = labels
    filled = values.indices.filter { values[$0].isNaN }
    self.values = try Self.fill(values, at: filled, season: season, missing)
  }

  init(trusted values: [Double], season: Int, labels: TimeLabels) {
    self.values = values
    self.season = season
    self.labels = labels
    filled = []
  }

  /// The number of values.
  public var count: Int { values.count }

  /// The part of the series at some positions, with their labels.
  ///
  /// - Parameter range: Positions from 0; not empty, and inside of the series.
  public subscript(range: Range<Int>) -> TimeSeries {
    precondition(
      !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= count,
      "A part of a series has at least one value, and lies inside of it.")
    return TimeSeries(
      trusted: Array(values[range]), season: season,
      labels: labels.advanced(by: range.lowerBound))
  }

  /// Reads a series, and checks it as the other initialisers do.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let filled = try container.decode([Int].self, forKey: .filled)
    let series = try TimeSeries(
      try container.decode([Double].self, forKey: .values),
      season: try container.decode(Int.self, forKey: .season),
      labels: try container.decode(TimeLabels.self, forKey: .labels))
    self.init(series, filled: filled.filter { series.values.indices.contains($0) })
  }

  init(_ series: TimeSeries, filled: [Int]) {
    values = series.values
    season = series.season
    labels = series.labels
    self.filled = filled
  }

  private static func fill(
    _ values: [Double], at gaps: [Int], season: Int, _ rule: MissingValues
  ) throws(LearningError) -> [Double] {
    guard let first = gaps.first else { return values }
    guard gaps.count < values.count || rule == .zero else {
      throw LearningError(
        .notFinite, "Every value of the series is missing. Give at least one number.")
    }
    var result = values
    switch rule {
    case .refused:
      throw LearningError(
        .notFinite,
        "The value at position \(first) of the series is missing. Say what stands for missing "
          + "values: .interpolated, .zero or .sameSeason.")
    case .zero:
      for gap in gaps { result[gap] = 0 }
    case .sameSeason:
      // In order, so that a longer gap repeats the season before it.
      for gap in gaps {
        if gap >= season, !result[gap - season].isNaN {
          result[gap] = result[gap - season]
        } else if gap + season < values.count, !values[gap + season].isNaN {
          result[gap] = values[gap + season]
        } else {
          throw LearningError(
            .notFinite,
            "The value at position \(gap) of the series is missing, and so are those one season "
              + "before and after it. Use .interpolated, or leave out the beginning.")
        }
      }
    case .interpolated:
      let known = values.indices.filter { !values[$0].isNaN }
      for gap in 0..<known[0] { result[gap] = values[known[0]] }
      for gap in (known.last! + 1)..<max(values.count, known.last! + 1) {
        result[gap] = values[known.last!]
      }
      for (before, after) in zip(known, known.dropFirst()) where after > before + 1 {
        for gap in (before + 1)..<after {
          let share = Double(gap - before) / Double(after - before)
          result[gap] = values[before] * (1 - share) + values[after] * share
        }
      }
    }
    return result
  }
}

extension TimeSeries {
  /// The number of rows and a checksum, for the card of a model.
  var training: TrainingData {
    var writer = BinaryWriter()
    writer.count(season)
    writer.doubles(values)
    return TrainingData(rows: count, fingerprint: Checksum.of(writer.bytes))
  }

  func encode(into writer: inout BinaryWriter) {
    writer.doubles(values)
    writer.count(season)
    writer.string(ModelText.json(labels))
    writer.array(filled) { $0.count($1) }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let offset = reader.offset
    let values = try reader.doubles()
    let season = Int(clamping: try reader.varint("length of a season"))
    let labels: TimeLabels = try ModelText.value(&reader, "labels of a series")
    let filled = try reader.array("number of missing values") {
      (reader: inout BinaryReader) throws(BinaryDecodingError) in
      Int(clamping: try reader.varint("position of a missing value"))
    }
    guard let series = try? TimeSeries(values, season: season, labels: labels),
      filled.allSatisfy({ values.indices.contains($0) })
    else {
      throw .valueOutOfRange(name: "time series", offset: offset)
    }
    self.init(series, filled: filled)
  }
}
