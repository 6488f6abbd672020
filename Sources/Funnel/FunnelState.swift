public import GA4Model
import StatisticsCore

/// The running summary of a ``FunnelQuery``.
///
/// It keeps a few counts for each step and group, and the times of every path of two steps or more.
public struct FunnelState: MergeableState {
  public let query: FunnelQuery
  private var tallies: [Bytewise?: FunnelTally] = [:]
  private var eventsWithoutUnit = 0
  /// The end of the data seen, `nil` without events.
  private var dataEnd: Int64?

  init(_ query: FunnelQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n* *s*), where *n* is the number of events and *s* of steps; more only for
  ///   units with many entries in one window if the query asks for more than steps in order inside
  ///   one window.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let end = query.dataEnd?.microseconds ?? slice.lastMoment
    var walk = FunnelWalk([query], slice, dataEnd: end)
    walk.run()
    add(walk.sums[0], dataEnd: end, eventsWithoutUnit: slice.eventsWithoutUnit(query.unit))
  }

  /// Adds what was found in a part whose data end at a time.
  mutating func add(
    _ sums: [(label: Bytewise?, tally: FunnelTally)], dataEnd end: Int64, eventsWithoutUnit: Int
  ) {
    dataEnd = max(dataEnd ?? end, end)
    self.eventsWithoutUnit += eventsWithoutUnit
    for (label, tally) in sums {
      tallies[label, default: FunnelTally(steps: query.steps.count)].merge(tally)
    }
  }

  public mutating func merge(_ other: FunnelState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (label, tally) in other.tallies {
      tallies[label, default: FunnelTally(steps: query.steps.count)].merge(tally)
    }
    eventsWithoutUnit += other.eventsWithoutUnit
    if let end = other.dataEnd { dataEnd = max(dataEnd ?? end, end) }
  }

  public func report() -> FunnelReport {
    var total = FunnelTally(steps: query.steps.count)
    guard let breakdown = query.breakdown else {
      return FunnelReport(
        query: query, total: tallies[nil] ?? total, groups: [], dataEnd: dataEnd,
        eventsWithoutUnit: eventsWithoutUnit)
    }
    for tally in tallies.values { total.merge(tally) }
    // By units; of equal ones by the label, missing first.
    let sorted = tallies.sorted { left, right in
      left.value.counts[0] != right.value.counts[0]
        ? left.value.counts[0] > right.value.counts[0]
        : Bytewise?.precedes(left.key, right.key)
    }
    var groups = sorted.prefix(breakdown.limit).map { entry in
      (FunnelReport.GroupLabel.value(entry.key?.text), entry.value)
    }
    var other = FunnelTally(steps: query.steps.count)
    for entry in sorted.dropFirst(breakdown.limit) { other.merge(entry.value) }
    if sorted.count > breakdown.limit { groups.append((.other, other)) }
    return FunnelReport(
      query: query, total: total, groups: groups, dataEnd: dataEnd,
      eventsWithoutUnit: eventsWithoutUnit)
  }

  /// The times of all paths by the steps that they have, for tests.
  var paths: [UInt64: [Int64]] {
    tallies.values.reduce(into: FunnelTally(steps: query.steps.count)) { $0.merge($1) }.paths
      .byShape
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "FunnelState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      let sorted = tallies.sorted { Bytewise?.precedes($0.key, $1.key) }
      writer.array(sorted) { writer, entry in
        writer.optional(entry.key) { $0.string($1.text) }
        entry.value.write(to: &writer)
      }
      writer.count(eventsWithoutUnit)
      writer.optional(dataEnd) { $0.int64($1) }
    }
  }

  public init(decoding bytes: [UInt8], query: FunnelQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = FunnelState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let label = try reader.optional { reader throws(BinaryDecodingError) in
          Bytewise(try reader.string())
        }
        return (label, try FunnelTally(from: &reader, steps: query.steps.count))
      }
      for (label, tally) in entries { state.tallies[label] = tally }
      state.eventsWithoutUnit = try reader.tally()
      state.dataEnd = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.int64()
      }
      return state
    }
  }
}

extension FunnelState {
  /// The report of `query` on sums over all units.
  static func report(
    _ query: FunnelQuery, _ sums: [(label: Bytewise?, tally: FunnelTally)], dataEnd: Int64?,
    eventsWithoutUnit: Int
  ) -> FunnelReport {
    var state = FunnelState(query)
    if let dataEnd { state.add(sums, dataEnd: dataEnd, eventsWithoutUnit: eventsWithoutUnit) }
    return state.report()
  }
}

extension EventLog.UserSlice {
  /// The first moment behind the latest day of an event, in the reporting zone.
  var lastMoment: Int64 {
    let storage = log.storage
    let runs = storage.dayRuns
    let day = runs.days(of: runs.runs(filling: rows))!.upperBound
    return storage.options.timeZone.end(of: CalendarDay(daysSinceEpoch: day)).microseconds
  }
}
