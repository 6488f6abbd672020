public import GA4Model
import StatisticsCore

/// The running summary of an ``ActiveUsersQuery``: a few numbers for each day.
public struct ActiveUsersState: MergeableState {
  public let query: ActiveUsersQuery
  private var daily = DayCounts()
  /// By how many the users of the window grow from the day before.
  private var weekly = DayCounts()
  private var monthly = DayCounts()
  private var span = DaySpan()
  private var eventsWithoutUser = 0

  init(_ query: ActiveUsersQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    guard !slice.rows.isEmpty else { return }
    span.add(slice)
    let withoutUser = slice.userRows.upperBound..<slice.rows.upperBound
    var windows = Windows(around: storage.day[slice.rows.lowerBound], monthDays: query.monthDays)
    let kept = query.predicate.map(slice.log.rows(where:))
    UserDays.forEachUser(of: slice, in: kept) { windows.add($0) }
    eventsWithoutUser +=
      kept.map { kept in withoutUser.count { kept.contains($0) } } ?? withoutUser.count
    daily.add(windows.daily)
    weekly.add(windows.weekly)
    monthly.add(windows.monthly)
  }

  public mutating func merge(_ other: ActiveUsersState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    daily.merge(other.daily)
    weekly.merge(other.weekly)
    monthly.merge(other.monthly)
    span.merge(other.span)
    eventsWithoutUser += other.eventsWithoutUser
  }

  public func report() -> ActiveUsers {
    let firstDay = span.range?.lowerBound ?? 0
    // Days that are not listed may still change the windows of later ones.
    let listed = span.filled(daily.counts.keys)
    let changes = Set(weekly.counts.keys).union(monthly.counts.keys).sorted()
    var next = 0
    var inWeek = 0
    var inMonth = 0
    let rows = listed.map { day in
      while next < changes.count, changes[next] <= day {
        inWeek += weekly[changes[next]]
        inMonth += monthly[changes[next]]
        next += 1
      }
      let known = Int(day) - Int(firstDay) + 1
      return ActiveUsers.Row(
        day: CalendarDay(daysSinceEpoch: day), daily: daily[day], weekly: inWeek, monthly: inMonth,
        isWeekPartial: known < ActiveUsersQuery.weekDays, isMonthPartial: known < query.monthDays)
    }
    return ActiveUsers(query: query, rows: rows, eventsWithoutUser: eventsWithoutUser)
  }

  private static let format = BinaryFormat(kind: "ActiveUsersState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      daily.write(to: &writer)
      weekly.write(to: &writer)
      monthly.write(to: &writer)
      span.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: ActiveUsersQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = ActiveUsersState(query)
      state.daily = try DayCounts(from: &reader)
      state.weekly = try DayCounts(from: &reader)
      state.monthly = try DayCounts(from: &reader)
      state.span = try DaySpan(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}

extension Int32 {
  /// The sum, at most the largest day.
  @inline(__always)
  fileprivate func addingSaturated(_ other: Int32) -> Int32 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

/// What one walk over users adds up.
private struct Windows {
  private(set) var daily: DayTally
  private(set) var weekly: DayTally
  private(set) var monthly: DayTally
  private let month: Int32

  init(around day: Int32, monthDays: Int) {
    daily = DayTally(around: day)
    weekly = daily
    monthly = daily
    month = Int32(monthDays)
  }

  /// Takes up the days of one user, rising and at least one.
  @inline(__always)
  mutating func add(_ days: [Int32]) {
    for day in days { daily.add(1, on: day) }
    Self.addWindows(of: days, length: Int32(ActiveUsersQuery.weekDays), to: &weekly)
    Self.addWindows(of: days, length: month, to: &monthly)
  }

  /// Adds one where the windows that hold one of `days` begin, and takes it back behind them;
  /// windows that touch or overlap are one.
  @inline(__always)
  private static func addWindows(of days: [Int32], length: Int32, to tally: inout DayTally) {
    var start = days[0]
    var end = start.addingSaturated(length)
    for day in days.dropFirst() {
      if day > end {
        tally.add(1, on: start)
        tally.add(-1, on: end)
        start = day
      }
      end = day.addingSaturated(length)
    }
    tally.add(1, on: start)
    tally.add(-1, on: end)
  }
}
