public import GA4Model
import StatisticsCore

/// The running summary of a ``DailyActiveUsersQuery``: one count for each day.
public struct DailyActiveUsersState: MergeableState {
  public let query: DailyActiveUsersQuery
  private var users = DayCounts()
  private var span = DaySpan()
  private var eventsWithoutUser = 0

  init(_ query: DailyActiveUsersQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    guard !slice.rows.isEmpty else { return }
    let withoutUser = slice.userRows.upperBound..<slice.rows.upperBound
    var tally = DayTally(around: storage.day[slice.rows.lowerBound])
    if let predicate = query.predicate {
      storage.day.withValues { span.add($0, rows: slice.rows) }
      let kept = slice.log.rows(where: predicate)
      UserDays.count(of: slice, where: { kept.contains($0) }, into: &tally)
      for row in withoutUser where kept.contains(row) { eventsWithoutUser += 1 }
    } else {
      UserDays.count(of: slice, where: { _ in true }, into: &tally)
      eventsWithoutUser += withoutUser.count
      // All days of users are counted, so the column need not be read again.
      tally.forEach { day, _ in span.add(day...day) }
      storage.day.withValues { span.add($0, rows: withoutUser) }
    }
    users.add(tally)
  }

  public mutating func merge(_ other: DailyActiveUsersState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    users.merge(other.users)
    span.merge(other.span)
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> DailyActiveUsers {
    DailyActiveUsers(
      query: query,
      rows: span.filled(users.counts.keys).map {
        DailyActiveUsers.Row(day: CalendarDay(daysSinceEpoch: $0), users: users[$0])
      },
      eventsWithoutUser: eventsWithoutUser)
  }

  private static let format = BinaryFormat(kind: "DailyActiveUsersState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      users.write(to: &writer)
      span.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(
    decoding bytes: [UInt8], query: DailyActiveUsersQuery
  ) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = DailyActiveUsersState(query)
      state.users = try DayCounts(from: &reader)
      state.span = try DaySpan(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}
