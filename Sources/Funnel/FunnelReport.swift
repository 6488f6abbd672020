public import GA4Model
import StatisticsCore

/// The answer of a ``FunnelQuery``.
///
/// ```swift
/// let report = query.evaluate(log)
/// report.steps[3].count                     // 191
/// report.steps[3].rateFromStart             // 0.0500…
/// report.timeToConvert(from: 0, to: 3)?.median
/// print(report)                             // a table
/// ```
public struct FunnelReport: Sendable, Hashable {
  /// One step of a funnel or of a group.
  public struct StepRow: Sendable, Hashable, Codable {
    /// What the step is called.
    public var label: String
    /// How many units or attempts did it.
    public var count: Int
    /// How many of these came from a step before; as many as ``count`` but for the first step and
    /// for open funnels.
    public var continued: Int
    /// ``count`` as a share of that of the first step, `nil` for 0 of 0.
    public var rateFromStart: Double?
    /// ``continued`` as a share of the count of the step before, `nil` for the first step and for
    /// 0 of 0.
    public var rateFromPrevious: Double?
    /// How many did not go on to the next step, `nil` for the last one.
    public var dropOff: Int?
    /// How many of those that stopped here may still go on, since the data end before their window.
    public var openWindows: Int
    /// The time from the step before, `nil` where no path has both.
    ///
    /// - Complexity: O(*p* log *p*), where *p* is the number of paths.
    public var timeFromPrevious: TimeToConvert? { durations.time }
    /// Why units stopped here, the most frequent reason first; empty unless
    /// ``FunnelQuery/explainsStops`` asks for it.
    public var stops: [Stop]
    fileprivate var durations: PathDurations

    private enum CodingKeys: String, CodingKey {
      case label, count, continued, rateFromStart, rateFromPrevious, dropOff, openWindows, stops
      case durations = "timeFromPrevious"
    }
  }

  /// How many units stopped for one reason.
  public struct Stop: Sendable, Hashable, Codable {
    /// The reason.
    public var reason: StopReason
    /// How many units.
    public var count: Int
  }

  /// How a group of a breakdown is called.
  public enum GroupLabel: Sendable, Hashable, Codable {
    /// By a value of the dimension, `nil` where it is missing.
    case value(String?)
    /// All values that are not listed.
    case other
  }

  /// The funnel of one value of a breakdown.
  public struct Group: Sendable, Hashable, Codable {
    /// The value.
    public var label: GroupLabel
    /// The steps.
    public var steps: [StepRow]
  }

  /// The units that entered on one day.
  public struct TrendRow: Sendable, Hashable, Codable {
    /// The day of the entry.
    public var day: CalendarDay
    /// How many units entered on it, each once.
    public var entered: Int
    /// How many of these converted from an entry on it.
    public var converted: Int
    /// ``converted`` as a share of ``entered``, `nil` for 0 of 0.
    public var rate: Double? { entered == 0 ? nil : Double(converted) / Double(entered) }
  }

  /// The question.
  public var query: FunnelQuery
  /// The steps over all groups.
  public var steps: [StepRow]
  /// The groups of a breakdown, those with the most units first, the unlisted last.
  public var groups: [Group]
  /// The days on which units entered, without gaps; empty unless ``FunnelQuery/hasTrend`` asks for
  /// it.
  public var trend: [TrendRow]
  /// The end of the data, `nil` without events.
  public var dataEnd: EventTime?
  /// How many events belong to no unit.
  public var eventsWithoutUnit: Int

  /// The times of all paths, from which ``timeToConvert(from:to:)`` answers.
  private var times: PathTimes

  init(
    query: FunnelQuery, total: FunnelTally, groups: [(GroupLabel, FunnelTally)], dataEnd: Int64?,
    eventsWithoutUnit: Int
  ) {
    self.query = query
    steps = Self.steps(total, query, dataEnd)
    self.groups = groups.map { Group(label: $0.0, steps: Self.steps($0.1, query, dataEnd)) }
    trend = Self.trend(total)
    self.dataEnd = dataEnd.map { EventTime(microseconds: $0) }
    self.eventsWithoutUnit = eventsWithoutUnit
    times = total.paths
  }

  private static func steps(_ tally: FunnelTally, _ query: FunnelQuery, _ dataEnd: Int64?)
    -> [StepRow]
  {
    var open = Array(repeating: 0, count: query.steps.count)
    var stops = tally.stops
    for unit in tally.waiting {
      let isOpen = unit.close >= dataEnd ?? .max
      if isOpen { open[unit.step] += 1 }
      if query.explainsStops {
        stops[unit.step][isOpen ? .windowStillOpen : unit.stop, default: 0] += 1
      }
    }
    let start = tally.counts[0]
    return query.steps.indices.map { index in
      let count = tally.counts[index]
      let before = index == 0 ? nil : tally.counts[index - 1]
      let isLast = index == query.steps.count - 1
      return StepRow(
        label: query.order == .anyOrder
          ? "\(index + 1) of \(query.steps.count)" : query.steps[index].label,
        count: count, continued: tally.continued[index],
        rateFromStart: start == 0 ? nil : Double(count) / Double(start),
        rateFromPrevious: before.flatMap {
          $0 == 0 ? nil : Double(tally.continued[index]) / Double($0)
        },
        dropOff: isLast ? nil : max(0, count - tally.continued[index + 1]),
        openWindows: open[index],
        stops: stops[index].map { Stop(reason: $0.key, count: $0.value) }.sorted {
          ($1.count, $0.reason.rawValue) < ($0.count, $1.reason.rawValue)
        },
        durations: index == 0 ? .known(nil) : .of(tally.paths, from: index - 1, to: index))
    }
  }

  private static func trend(_ tally: FunnelTally) -> [TrendRow] {
    guard let first = tally.trend.keys.min(), let last = tally.trend.keys.max() else { return [] }
    // A stray date centuries away must not make a row for every day between.
    let days = Int(last) - Int(first) < 1 << 16 ? Array(first...last) : tally.trend.keys.sorted()
    return days.map { day in
      let entries = tally.trend[day] ?? (0, 0)
      return TrendRow(
        day: CalendarDay(daysSinceEpoch: day), entered: entries.entered,
        converted: entries.converted)
    }
  }

  /// How long units took from one step to another, which need not be next to each other; `nil` where
  /// no path has both.
  ///
  /// The times are those of the path of each unit: that which is first at the furthest step, and of
  /// these the one that began last.
  ///
  /// - Parameters:
  ///   - first: The earlier step, counting from 0.
  ///   - last: The later step.
  /// - Complexity: O(*p* log *p*), where *p* is the number of paths.
  public func timeToConvert(from first: Int, to last: Int) -> TimeToConvert? {
    precondition(
      0 <= first && first < last && last < query.steps.count,
      "The time to convert runs between two steps of the funnel, the earlier one first")
    return TimeToConvert(times.durations(from: first, to: last))
  }
}

extension FunnelReport: Codable {}

extension FunnelReport: CustomStringConvertible {
  /// The steps as a table, then the groups, with the question at the end.
  public var description: String {
    let what = query.counting == .totals ? "attempts" : query.unit.rawValue
    var parts = [Self.table(steps, what)]
    for group in groups {
      let label =
        switch group.label {
        case .value(let value): value ?? "(missing)"
        case .other: "(other)"
        }
      parts.append("\(query.breakdown!.dimension): \(label)\n" + Self.table(group.steps, what))
    }
    parts.append(query.description)
    return parts.joined(separator: "\n")
  }

  private static func table(_ steps: [StepRow], _ what: String) -> String {
    let isExplained = steps.contains { !$0.stops.isEmpty }
    let isOpen = steps.contains { $0.openWindows > 0 }
    var columns = ["step", what, "from start", "from previous", "median time"]
    if isOpen { columns.append("may go on") }
    var numbers = Set(1..<columns.count)
    if isExplained {
      columns.append("stopped")
      numbers.remove(columns.count - 1)
    }
    var table = TextTable(columns, numbers: numbers)
    for step in steps {
      var row = [
        step.label, NumberFormat.grouped(step.count), NumberFormat.percent(step.rateFromStart, 2),
        NumberFormat.percent(step.rateFromPrevious, 2),
        step.timeFromPrevious.map { NumberFormat.duration($0.median) } ?? "—",
      ]
      if isOpen { row.append(NumberFormat.grouped(step.openWindows)) }
      if isExplained {
        row.append(
          step.stops.filter { $0.reason != .completed }
            .map { "\(NumberFormat.grouped($0.count)) \($0.reason)" }.joined(separator: ", "))
      }
      table.append(row)
    }
    return table.description
  }
}
