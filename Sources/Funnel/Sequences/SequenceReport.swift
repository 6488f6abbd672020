import GA4Model

/// The answer of a ``SequenceQuery``.
///
/// ```swift
/// let report = query.evaluate(log)
/// report.matchingUnits                      // 61
/// report.rate                               // 0.1062…
/// report.distribution[1].units              // 50, with one match each
/// report.timeOfFirstMatch?.median
/// print(report)                             // a table
/// ```
public struct SequenceReport: Sendable, Hashable, Codable {
  /// How many units have so many matches.
  public struct Row: Sendable, Hashable, Codable {
    /// The number of matches.
    public var matches: Int
    /// How many units have as many.
    public var units: Int
  }

  /// The question.
  public var query: SequenceQuery
  /// How many units were looked at.
  public var units: Int
  /// How many of these have an event that meets any of the pattern's conditions; all of them where no
  /// element has a condition and all events are looked at.
  public var unitsWithEvents: Int
  /// How many have a match.
  public var matchingUnits: Int
  /// How many matches they have, none of which begins before the one before ends.
  public var matches: Int
  /// The units by their number of matches: first those without any, then rising, without numbers that
  /// no unit has.
  public var distribution: [Row]
  /// How long the first match of each unit took from its first event to its last; `nil` without
  /// matches.
  public var timeOfFirstMatch: TimeToConvert?
  /// How many events belong to no unit.
  public var eventsWithoutUnit: Int

  init(_ query: SequenceQuery, _ tally: SequenceTally) {
    self.query = query
    units = tally.units
    unitsWithEvents = tally.unitsWithEvents
    matchingUnits = tally.matchingUnits
    let rows = tally.unitsByMatches.sorted { $0.key < $1.key }
      .map { Row(matches: $0.key, units: $0.value) }
    matches = rows.reduce(0) { $0 + $1.matches * $1.units }
    distribution = [Row(matches: 0, units: units - matchingUnits)] + rows
    timeOfFirstMatch = TimeToConvert(tally.durations.sorted())
    eventsWithoutUnit = tally.eventsWithoutUnit
  }

  /// ``matchingUnits`` as a share of ``units``, `nil` for 0 of 0.
  public var rate: Double? { units == 0 ? nil : Double(matchingUnits) / Double(units) }

  /// ``matchingUnits`` as a share of ``unitsWithEvents``, `nil` for 0 of 0.
  public var rateOfUnitsWithEvents: Double? {
    unitsWithEvents == 0 ? nil : Double(matchingUnits) / Double(unitsWithEvents)
  }
}

extension SequenceReport: CustomStringConvertible {
  /// The units as a table, then the matches, with the question at the end.
  public var description: String {
    var table = TextTable([query.unit.rawValue, "count", "share"], numbers: [1, 2])
    func add(_ label: String, _ count: Int) {
      let share = units == 0 ? nil : Double(count) / Double(units)
      table.append([label, NumberFormat.grouped(count), NumberFormat.percent(share, 2)])
    }
    add("looked at", units)
    add("with any of the events", unitsWithEvents)
    add("matching", matchingUnits)
    // A few rows tell the shape; the rest is in the value.
    let (listed, rest) = (distribution.dropFirst().prefix(5), distribution.dropFirst(6))
    for row in listed {
      add(
        "  \(row.matches == 1 ? "once" : "\(NumberFormat.grouped(row.matches)) times")", row.units)
    }
    if let next = rest.first {
      add(
        "  \(NumberFormat.grouped(next.matches)) times or more",
        rest.reduce(0) { $0 + $1.units })
    }
    var text = "\(table)\n\(NumberFormat.grouped(matches)) matches in all"
    if let time = timeOfFirstMatch {
      text += ", half of the first ones within \(NumberFormat.duration(time.median))"
    }
    return text + "\n\(query)"
  }
}
