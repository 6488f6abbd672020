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
  /// - Complexity: O(*d*), where *d* is the number of days of all users together; with a predicate
  ///   O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    guard !slice.rows.isEmpty else { return }
    let withoutUser = slice.userRows.upperBound..<slice.rows.upperBound
    var tally = DayTally(around: storage.day[slice.rows.lowerBound])
    let kept = query.predicate.map(slice.log.rows(where:))
    span.add(slice)
    UserDays.count(of: slice, in: kept, into: &tally)
    users.add(tally)
    eventsWithoutUser +=
      kept.map { kept in withoutUser.count { kept.contains($0) } } ?? withoutUser.count
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
