public import GA4Model
import StatisticsCore

/// The answer of a ``RetentionQuery``.
///
/// ```swift
/// let matrix = query.evaluate(log)
/// matrix.rows[0].size                       // users of the first cohort
/// matrix.rows[0].cells[1]?.units            // how many of them returned a period later
/// matrix.rows[0].cells[1]?.interval(level: 0.95)
/// matrix.averages[1]?.rate                  // over the cohorts whose period 1 is over
/// print(matrix)                             // a triangle
/// ```
public struct RetentionMatrix: Sendable, Hashable, Codable {
  /// One cohort in one column.
  public struct Cell: Sendable, Hashable, Codable {
    /// How many users of the cohort count.
    public var units: Int
    /// The size of the cohort.
    public var size: Int
    /// The sum or mean that ``RetentionQuery/measure`` asks for; `nil` for users, and for the mean of
    /// no number.
    public var value: Double?
    /// Whether the data end before all the cell's periods do, so that users may be missing.
    public var isPartial: Bool

    /// ``units`` as a share of ``size``, `nil` for an empty cohort.
    public var rate: Double? { size == 0 ? nil : Double(units) / Double(size) }

    /// Wilson's score interval of ``rate``, `nil` for an empty cohort.
    ///
    /// It is that of the share in a population of which the cohort is a sample.
    ///
    /// - Parameter level: How sure to be, between 0 and 1.
    public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
      BinomialInterval.wilson(units, of: size, level: level)
    }
  }

  /// One cohort.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of its period, such as "2020-12-19" or "2020-W51".
    public var label: String
    /// When its period begins.
    public var start: EventTime
    /// How many users it has.
    public var size: Int
    /// The cells by column, `nil` where the period begins behind the end of the data; as many as
    /// ``RetentionMatrix/columns``.
    public var cells: [Cell?]
  }

  /// A column over all cohorts for which it is known in full.
  public struct Average: Sendable, Hashable, Codable {
    /// How many cohorts these are, empty ones among them.
    public var cohorts: Int
    /// How many users they have.
    public var size: Int
    /// How many of these count.
    public var units: Int
    /// The mean over all these users of a sum, or the mean over all their return events of a mean.
    public var value: Double?

    /// ``units`` as a share of ``size``, which is the mean of the cohorts' shares weighted by their
    /// sizes; `nil` for empty cohorts.
    public var rate: Double? { size == 0 ? nil : Double(units) / Double(size) }

    /// Wilson's score interval of ``rate``, `nil` for empty cohorts.
    ///
    /// - Parameter level: How sure to be, between 0 and 1.
    public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
      BinomialInterval.wilson(units, of: size, level: level)
    }
  }

  /// How a group of a breakdown is called.
  public enum GroupLabel: Sendable, Hashable, Codable {
    /// By a value of the dimension, `nil` where it is missing.
    case value(String?)
    /// All values that are not listed.
    case other
  }

  /// The matrix of one value of a breakdown.
  public struct Group: Sendable, Hashable, Codable {
    /// The value.
    public var label: GroupLabel
    /// The cohorts.
    public var rows: [Row]
    /// By column the average over the cohorts that are complete, `nil` where none is.
    public var averages: [Average?]
  }

  /// The question.
  public var query: RetentionQuery
  /// The names of the columns: the number of the period, or the range of a bracket such as "1–3".
  public var columns: [String]
  /// The cohorts from the first to the last with users, those between without users too.
  ///
  /// Where these are more than 4,096 periods apart, as by a mistaken date, only cohorts with users
  /// are listed.
  public var rows: [Row]
  /// By column the average over the cohorts that are complete, `nil` where none is.
  public var averages: [Average?]
  /// The values of a breakdown, those with the most users first, the unlisted last.
  public var groups: [Group]
  /// How many distinct users the cohorts have.
  public var units: Int
  /// The end of the data, `nil` without events.
  public var dataEnd: EventTime?
  /// What does not count.
  public var leftOut: RetentionLeftOut

  /// Makes the matrix of no events.
  init(query: RetentionQuery, units: Int, leftOut: RetentionLeftOut) {
    self.query = query
    columns = ["0"]
    rows = []
    averages = [nil]
    groups = []
    self.units = units
    dataEnd = nil
    self.leftOut = leftOut
  }

  init(
    query: RetentionQuery, total: RetentionTally, groups: [(GroupLabel, RetentionTally)],
    units: Int, leftOut: RetentionLeftOut, zone: ReportingTimeZone, dataEnd: EventTime
  ) {
    var layout = RetentionLayout(query, cohorts: Set(total.rows.keys), zone, dataEnd)
    self.query = query
    columns = layout.columns
    (rows, averages) = layout.matrix(total)
    self.groups = groups.map { label, tally in
      let (rows, averages) = layout.matrix(tally)
      return Group(label: label, rows: rows, averages: averages)
    }
    self.units = units
    self.dataEnd = dataEnd
    self.leftOut = leftOut
  }

  /// The cohort called `label`, `nil` if there is none.
  public subscript(label: String) -> Row? { rows.first { $0.label == label } }
}

/// Which cohorts and columns a matrix has, and which of its cells can be known.
private struct RetentionLayout {
  /// A cohort with the last columns that begin, and that end, before the data do.
  private struct Cohort {
    var number: Int
    var label: String
    var start: EventTime
    var lastKnown: Int
    var lastComplete: Int
    /// Whether all its births are known.
    var isComplete: Bool
  }

  /// Longer stretches are not filled up: a stray date centuries away is a mistake in the data.
  private static let longestFilled = 4_096

  private let query: RetentionQuery
  private let cohorts: [Cohort]
  let columns: [String]

  init(
    _ query: RetentionQuery, cohorts numbers: Set<Int>, _ zone: ReportingTimeZone,
    _ dataEnd: EventTime
  ) {
    self.query = query
    var periods = PeriodNumbers(query.period.ofCohorts, in: zone)
    var listed = numbers.sorted()
    if let first = listed.first, let last = listed.last, last - first < Self.longestFilled {
      listed = Array(first...last)
    }
    let lastMoment = EventTime(microseconds: max(.min + 1, dataEnd.microseconds) - 1)
    let lastNumber = periods.number(at: lastMoment)
    let isLastComplete = query.period.ofCohorts.next(after: lastMoment, in: zone) <= dataEnd

    var cohorts: [Cohort] = []
    for (index, number) in listed.enumerated() {
      let follows = index > 0 && listed[index - 1] == number - 1
      let start =
        follows
        ? query.period.ofCohorts.next(after: cohorts[index - 1].start, in: zone)
        : periods.start(of: number)
      let end = query.period.ofCohorts.next(after: start, in: zone)
      var cohort = Cohort(
        number: number, label: periods.label(number, startingAt: start), start: start,
        lastKnown: lastNumber - number,
        lastComplete: lastNumber - number - (isLastComplete ? 0 : 1), isComplete: end <= dataEnd)
      if case .fromStart(let hours, _, _) = query.period {
        // The first user may begin with the cohort's period, the last one at its end.
        let window = Int64(hours) * 3_600_000_000
        cohort.lastKnown = start < dataEnd ? Int(start.distance(to: lastMoment) / window) : -1
        cohort.lastComplete =
          end <= dataEnd ? Int(end.distance(to: dataEnd) / window) - 1 : -1
      }
      cohorts.append(cohort)
    }
    self.cohorts = cohorts

    if case .brackets(let ranges) = query.counting {
      columns =
        ["0"]
        + ranges.map {
          $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }
    } else {
      let known = cohorts.map(\.lastKnown).max() ?? 0
      let last = query.periods ?? max(0, min(known, RetentionQuery.mostPeriods))
      columns = (0...last).map(String.init)
    }
  }

  /// Whether a column of a cohort is known, and whether in full.
  private func knowledge(_ column: Int, _ cohort: Cohort) -> (isKnown: Bool, isComplete: Bool) {
    if column == 0 {
      // The cohort has its members, whatever else is known.
      return (
        true, query.firstColumn == .cohort ? cohort.isComplete : cohort.lastComplete >= 0
      )
    }
    switch query.counting {
    case .on, .onOrBefore, .everyPeriodSoFar:
      return (column <= cohort.lastKnown, column <= cohort.lastComplete)
    case .onOrAfter:
      let last = query.periods ?? min(cohort.lastKnown, RetentionQuery.mostPeriods)
      return (column <= cohort.lastKnown, last <= cohort.lastComplete)
    case .brackets(let ranges):
      let range = ranges[column - 1]
      return (range.lowerBound <= cohort.lastKnown, range.upperBound <= cohort.lastComplete)
    }
  }

  /// The users of a cohort by column: what was placed once counts wherever it belongs.
  private func units(_ row: RetentionTally.Row) -> [Int] {
    var units = row.units + Array(repeating: 0, count: max(0, columns.count - row.units.count))
    switch query.counting {
    case .on, .brackets: break
    case .onOrAfter, .everyPeriodSoFar:
      for column in stride(from: units.count - 2, to: 0, by: -1) {
        units[column] += units[column + 1]
      }
    case .onOrBefore:
      for column in stride(from: 2, to: units.count, by: 1) { units[column] += units[column - 1] }
    }
    if query.firstColumn == .cohort { units[0] = row.size }
    return units
  }

  /// The numbers of a cohort by column in the same way.
  private func values(_ row: RetentionTally.Row) -> [RetentionTally.Values] {
    let count = max(columns.count, (row.values.keys.max() ?? 0) + 1)
    var values = (0..<count).map { row.values[$0] ?? RetentionTally.Values() }
    switch query.counting {
    case .on, .brackets, .everyPeriodSoFar: break
    case .onOrAfter:
      for column in stride(from: count - 2, to: 0, by: -1) {
        values[column].merge(values[column + 1])
      }
    case .onOrBefore:
      for column in stride(from: 2, to: count, by: 1) { values[column].merge(values[column - 1]) }
    }
    return values
  }

  mutating func matrix(
    _ tally: RetentionTally
  ) -> (rows: [RetentionMatrix.Row], averages: [RetentionMatrix.Average?]) {
    var averages = [RetentionMatrix.Average?](repeating: nil, count: columns.count)
    var sums = [RetentionTally.Values](repeating: .init(), count: columns.count)
    let rows = cohorts.map { cohort in
      let row = tally.rows[cohort.number] ?? RetentionTally.Row()
      let units = units(row)
      let values = query.measure == .users ? [] : values(row)
      let cells = columns.indices.map { column -> RetentionMatrix.Cell? in
        let (isKnown, isComplete) = knowledge(column, cohort)
        if !isKnown { return nil }
        var cell = RetentionMatrix.Cell(
          units: units[column], size: row.size, value: nil, isPartial: !isComplete)
        switch query.measure {
        case .users: break
        case .sum: cell.value = values[column].sum.rounded
        case .mean:
          let count = values[column].count
          cell.value = count == 0 ? nil : values[column].sum.rounded(dividedBy: count)
        }
        if isComplete {
          var average =
            averages[column] ?? RetentionMatrix.Average(cohorts: 0, size: 0, units: 0, value: nil)
          average.cohorts += 1
          average.size += row.size
          average.units += units[column]
          averages[column] = average
          if !values.isEmpty { sums[column].merge(values[column]) }
        }
        return cell
      }
      return RetentionMatrix.Row(
        label: cohort.label, start: cohort.start, size: row.size, cells: cells)
    }
    for column in columns.indices {
      guard let average = averages[column] else { continue }
      switch query.measure {
      case .users: break
      case .sum:
        averages[column]!.value =
          average.size == 0 ? nil : sums[column].sum.rounded(dividedBy: average.size)
      case .mean:
        let count = sums[column].count
        averages[column]!.value = count == 0 ? nil : sums[column].sum.rounded(dividedBy: count)
      }
    }
    return (rows, averages)
  }
}

extension EventTime {
  /// The microseconds to a later instant, at most the largest number.
  fileprivate func distance(to later: EventTime) -> Int64 {
    let (distance, overflow) = later.microseconds.subtractingReportingOverflow(microseconds)
    return overflow ? .max : distance
  }
}
