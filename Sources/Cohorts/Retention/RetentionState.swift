public import GA4Model
import StatisticsCore

/// The running summary of a ``RetentionQuery``: a few counts for each group, cohort and column.
public struct RetentionState: MergeableState {
  public let query: RetentionQuery
  private var tallies: [Bytewise?: RetentionTally] = [:]
  private var leftOut = RetentionLeftOut()
  /// How many distinct users are in the matrix.
  private var units = 0
  /// The end of the data seen, `nil` without events.
  private var dataEnd: Int64?
  /// The zone of the logs, `nil` without events.
  private var zone: ReportingTimeZone?

  init(_ query: RetentionQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together, for cohorts and
  ///   returns by any event in calendar periods of days or more; otherwise O(*n*), where *n* is the
  ///   number of events. Recurring births take O(*p*) more for each cohort of a user, *p* being the
  ///   number of periods in which it returned.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    let end = query.dataEnd?.microseconds ?? slice.lastMoment(byTime: query.period.isByTime)
    var walk = RetentionWalk(query, slice)
    walk.run()
    dataEnd = max(dataEnd ?? end, end)
    takeZone(slice.log.options.timeZone)
    units += walk.units
    leftOut.merge(walk.leftOut)
    leftOut.eventsWithoutUser += slice.rows.upperBound - slice.userRows.upperBound
    for (label, tally) in walk.sums() { tallies[label, default: RetentionTally()].merge(tally) }
  }

  public mutating func merge(_ other: RetentionState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (label, tally) in other.tallies {
      tallies[label, default: RetentionTally()].merge(tally)
    }
    units += other.units
    leftOut.merge(other.leftOut)
    if let end = other.dataEnd { dataEnd = max(dataEnd ?? end, end) }
    if let zone = other.zone { takeZone(zone) }
  }

  /// Logs of one report have one zone; of several, the same one stands in whatever order they come.
  private mutating func takeZone(_ other: ReportingTimeZone) {
    if zone.map({ Bytewise(other.identifier) < Bytewise($0.identifier) }) ?? true { zone = other }
  }

  public func report() -> RetentionMatrix {
    guard let zone, let dataEnd else {
      return RetentionMatrix(query: query, units: 0, leftOut: leftOut)
    }
    var total = RetentionTally()
    for tally in tallies.values { total.merge(tally) }
    var groups: [(RetentionMatrix.GroupLabel, RetentionTally)] = []
    if let breakdown = query.breakdown {
      // By users; of equal ones by the label, missing first.
      let sorted = tallies.sorted { left, right in
        left.value.units != right.value.units
          ? left.value.units > right.value.units : Bytewise?.precedes(left.key, right.key)
      }
      groups = sorted.prefix(breakdown.limit).map { (.value($0.key?.text), $0.value) }
      var other = RetentionTally()
      for entry in sorted.dropFirst(breakdown.limit) { other.merge(entry.value) }
      if sorted.count > breakdown.limit { groups.append((.other, other)) }
    }
    return RetentionMatrix(
      query: query, total: total, groups: groups, units: units, leftOut: leftOut, zone: zone,
      dataEnd: EventTime(microseconds: dataEnd))
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "RetentionState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.array(tallies.sorted { Bytewise?.precedes($0.key, $1.key) }) { writer, entry in
        writer.optional(entry.key) { $0.string($1.text) }
        entry.value.write(to: &writer)
      }
      writer.count(units)
      leftOut.write(to: &writer)
      writer.optional(dataEnd) { $0.int64($1) }
      writer.optional(zone) { $0.string($1.identifier) }
    }
  }

  public init(decoding bytes: [UInt8], query: RetentionQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = RetentionState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let label = try reader.optional { reader throws(BinaryDecodingError) in
          Bytewise(try reader.string())
        }
        return (label, try RetentionTally(from: &reader, columns: query.columnCount))
      }
      for (label, tally) in entries { state.tallies[label] = tally }
      state.units = try reader.tally()
      state.leftOut = try RetentionLeftOut(from: &reader)
      state.dataEnd = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.int64()
      }
      state.zone = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.timeZone()
      }
      return state
    }
  }
}

extension RetentionQuery {
  /// How many columns a cohort can have.
  var columnCount: Int {
    if case .brackets(let ranges) = counting { return ranges.count + 1 }
    return lastPeriod + 1
  }
}

extension RetentionPeriod {
  /// Whether the period of an event depends on its time and not only on its day.
  var isByTime: Bool {
    switch self {
    case .calendar(let period): period == .hour
    case .fromStart: true
    }
  }
}

/// What a retention matrix leaves out.
public struct RetentionLeftOut: Sendable, Hashable, Codable {
  /// Events that belong to no user.
  public var eventsWithoutUser = 0
  /// Events of users behind ``RetentionQuery/dataEnd``.
  public var eventsAfterDataEnd = 0
  /// Users without birth event.
  public var unitsWithoutBirth = 0
  /// Users whose birth events all lie outside of ``RetentionQuery/cohorts``.
  public var unitsOutsideCohorts = 0
  /// Return events without the number that is summed, which count as returns.
  public var returnsWithoutNumber = 0

  init() {}

  mutating func merge(_ other: RetentionLeftOut) {
    eventsWithoutUser += other.eventsWithoutUser
    eventsAfterDataEnd += other.eventsAfterDataEnd
    unitsWithoutBirth += other.unitsWithoutBirth
    unitsOutsideCohorts += other.unitsOutsideCohorts
    returnsWithoutNumber += other.returnsWithoutNumber
  }

  func write(to writer: inout BinaryWriter) {
    for count in [
      eventsWithoutUser, eventsAfterDataEnd, unitsWithoutBirth, unitsOutsideCohorts,
      returnsWithoutNumber,
    ] { writer.count(count) }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    eventsWithoutUser = try reader.tally()
    eventsAfterDataEnd = try reader.tally()
    unitsWithoutBirth = try reader.tally()
    unitsOutsideCohorts = try reader.tally()
    returnsWithoutNumber = try reader.tally()
  }

  /// What was left out as a line of text, `nil` for nothing.
  var words: String? {
    let parts = [
      (eventsWithoutUser, "events without user"),
      (eventsAfterDataEnd, "events behind the data end"),
      (unitsWithoutBirth, "users without birth event"),
      (unitsOutsideCohorts, "users of other cohorts"),
      (returnsWithoutNumber, "return events without number in the sum"),
    ].filter { $0.0 > 0 }
    if parts.isEmpty { return nil }
    return "not counted: "
      + parts.map { "\(NumberFormat.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}

extension EventLog.UserSlice {
  /// The first moment behind the latest day of an event, in the reporting zone; `byTime` also behind
  /// the day of the latest time, where dates of an export contradict times.
  func lastMoment(byTime: Bool) -> Int64 {
    let storage = log.storage
    let runs = storage.dayRuns
    let zone = storage.options.timeZone
    var day = CalendarDay(daysSinceEpoch: runs.days(of: runs.runs(filling: rows))!.upperBound)
    if byTime {
      var last = Int64.min
      storage.time.withValues { times in
        // The last event of a user is its latest.
        for user in users where !storage.rows(ofUser: user).isEmpty {
          last = max(last, times[storage.rows(ofUser: user).upperBound - 1])
        }
        for row in userRows.upperBound..<rows.upperBound { last = max(last, times[row]) }
      }
      day = max(day, zone.day(of: EventTime(microseconds: last)))
    }
    return zone.end(of: day).microseconds
  }
}

extension BinaryReader {
  /// Reads the identifier of a zone that this machine knows.
  mutating func timeZone() throws(BinaryDecodingError) -> ReportingTimeZone {
    let start = offset
    let identifier = try string("time zone")
    guard let zone = try? ReportingTimeZone(identifier: identifier), zone.identifier == identifier
    else { throw .valueOutOfRange(name: "time zone", offset: start) }
    return zone
  }
}
