public import GA4Model
import StatisticsCore

/// The running summary of a ``StickinessQuery``: a few counts for each longer period.
public struct StickinessState: MergeableState {
  public let query: StickinessQuery
  /// By longer period how many users were active in 1, 2, … shorter ones.
  private var counts: [Int: [Int]] = [:]
  private var bounds = DataBounds()
  private var eventsWithoutUser = 0

  init(_ query: StickinessQuery) { self.query = query }

  private var noCounts: [Int] { Array(repeating: 0, count: query.mostPeriods!) }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together; with a predicate
  ///   O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    bounds.add(slice, byTime: false)
    eventsWithoutUser += slice.rows.upperBound - slice.userRows.upperBound
    var longer = PeriodNumbers(query.within, in: slice.log.options.timeZone)
    var periods = ActivePeriods(query.period, query.predicate, slice)
    let none = noCounts
    periods.forEachUser { active in
      var count = 0
      var current: Int?
      for number in active {
        let first = query.period.advance(.unixEpoch, by: number)
        let next = longer.number(ofDay: first.daysSinceEpoch)
        if next == current {
          count += 1
          continue
        }
        if let current { counts[current, default: none][count - 1] += 1 }
        current = next
        count = 1
      }
      if let current { counts[current, default: none][count - 1] += 1 }
    }
  }

  public mutating func merge(_ other: StickinessState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    let none = noCounts
    for (number, users) in other.counts {
      for index in users.indices { counts[number, default: none][index] += users[index] }
    }
    bounds.merge(other.bounds)
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> Stickiness {
    let listed = ListedPeriods(counts.keys, of: query.within, bounds, untilDataEnd: false)
    return Stickiness(
      query: query,
      rows: listed.all.map { period in
        Stickiness.Row(
          label: period.label, start: period.start, users: counts[period.number] ?? noCounts,
          isPartial: period.isPartial)
      }, eventsWithoutUser: eventsWithoutUser)
  }

  private static let format = BinaryFormat(kind: "StickinessState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.array(counts.sorted { $0.key < $1.key }) { writer, entry in
        writer.int64(Int64(entry.key))
        for count in entry.value { writer.count(count) }
      }
      bounds.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: StickinessQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = StickinessState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let number = try reader.periodNumber()
        var users = state.noCounts
        for index in users.indices { users[index] = try reader.tally() }
        return (number, users)
      }
      for (number, users) in entries { state.counts[number] = users }
      state.bounds = try DataBounds(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}
