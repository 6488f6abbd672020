public import GA4Model
import StatisticsCore

/// The running summary of a ``CohortActiveUsersQuery``: a few counts for each cohort and day.
public struct CohortActiveUsersState: MergeableState {
  public let query: CohortActiveUsersQuery

  /// What changes on a day.
  struct Change: Sendable {
    /// Users who are active on the day.
    var daily = 0
    /// How many more users the weekly window holds than on the day before.
    var weekly = 0
    /// How many more users the monthly window holds than on the day before.
    var monthly = 0

    mutating func merge(_ other: Change) {
      daily += other.daily
      weekly += other.weekly
      monthly += other.monthly
    }
  }

  /// What is known of the users who began in one period.
  struct Cohort: Sendable {
    var size = 0
    /// By the number of the day.
    var changes: [Int: Change] = [:]
  }

  private static let weekDays = 7

  private var cohorts: [Int: Cohort] = [:]
  private var bounds = DataBounds()
  private var eventsWithoutUser = 0

  init(_ query: CohortActiveUsersQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*d*), where *d* is the number of days of all users together; with a predicate
  ///   O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    bounds.add(slice, byTime: false)
    eventsWithoutUser += slice.rows.upperBound - slice.userRows.upperBound
    var periods = PeriodNumbers(query.period, in: slice.log.options.timeZone)
    var days = ActivePeriods(.day, query.predicate, slice)
    days.forEachUser { active in
      let number = periods.number(ofDay: Int32(active[0]))
      cohorts[number, default: Cohort()].add(active, monthDays: query.monthDays)
    }
  }

  public mutating func merge(_ other: CohortActiveUsersState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (number, cohort) in other.cohorts {
      cohorts[number, default: Cohort()].size += cohort.size
      for (day, change) in cohort.changes {
        cohorts[number]!.changes[day, default: Change()].merge(change)
      }
    }
    bounds.merge(other.bounds)
    eventsWithoutUser += other.eventsWithoutUser
  }

  // MARK: Report

  /// The answer for all events seen so far.
  ///
  /// - Complexity: O(*c* *d* + *k*), where *c* is the number of cohorts, *d* that of days on which a
  ///   cohort's windows hold users, and *k* that of cells.
  public func report() -> CohortActiveUsers {
    let listed = ListedPeriods(cohorts.keys, of: query.period, bounds, untilDataEnd: false).all
    guard let zone = bounds.zone, let end = bounds.end, !listed.isEmpty else {
      return CohortActiveUsers(
        query: query, columns: 1, rows: [], averages: [nil], eventsWithoutUser: eventsWithoutUser)
    }
    let known = listed.map(\.lastKnown).max()!
    let columns = 1 + (query.periods ?? max(0, min(known, RetentionQuery.mostPeriods)))
    let lastDay = Int(
      zone.day(of: EventTime(microseconds: max(.min + 1, end) - 1)).daysSinceEpoch)
    var averages = [CohortActiveUsers.Cell?](repeating: nil, count: columns)
    let rows = listed.map { period in
      let cohort = cohorts[period.number] ?? Cohort()
      var cells = (0..<columns).map { column -> CohortActiveUsers.Cell? in
        guard column <= period.lastKnown else { return nil }
        let days = query.period.days(period.number + column)
        return CohortActiveUsers.Cell(
          days: min(days.upperBound, lastDay + 1) - days.lowerBound,
          isPartial: days.upperBound > lastDay + 1)
      }
      var periods = PeriodNumbers(query.period, in: zone)
      cohort.forEachDay(upTo: lastDay, monthDays: query.monthDays) { day, users in
        let column = periods.number(ofDay: Int32(day)) - period.number
        if column < columns { cells[column]?.add(users) }
      }
      for case let (column, cell?) in cells.enumerated() where !cell.isPartial {
        averages[column] = averages[column].map { $0.joined(with: cell) } ?? cell
      }
      return CohortActiveUsers.Row(
        label: period.label, start: period.start, size: cohort.size, cells: cells)
    }
    return CohortActiveUsers(
      query: query, columns: columns, rows: rows, averages: averages,
      eventsWithoutUser: eventsWithoutUser)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "CohortActiveUsersState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.array(cohorts.sorted { $0.key < $1.key }) { writer, entry in
        writer.int64(Int64(entry.key))
        writer.count(entry.value.size)
        writer.array(entry.value.changes.sorted { $0.key < $1.key }) { writer, day in
          writer.int64(Int64(day.key))
          writer.count(day.value.daily)
          writer.int64(Int64(day.value.weekly))
          writer.int64(Int64(day.value.monthly))
        }
      }
      bounds.write(to: &writer)
      writer.count(eventsWithoutUser)
    }
  }

  public init(decoding bytes: [UInt8], query: CohortActiveUsersQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = CohortActiveUsersState(query)
      let entries = try reader.array { reader throws(BinaryDecodingError) in
        let number = try reader.periodNumber()
        var cohort = Cohort()
        cohort.size = try reader.tally()
        let first = query.period.days(number).lowerBound
        let days = try reader.array { reader throws(BinaryDecodingError) in
          (
            try reader.dayNumber(from: first),
            Change(
              daily: try reader.tally(), weekly: try reader.change(), monthly: try reader.change())
          )
        }
        for (day, change) in days { cohort.changes[day] = change }
        return (number, cohort)
      }
      for (number, cohort) in entries { state.cohorts[number] = cohort }
      state.bounds = try DataBounds(from: &reader)
      state.eventsWithoutUser = try reader.tally()
      return state
    }
  }
}

extension CohortActiveUsersState.Cohort {
  /// Takes up a user who is active on these days, which rise.
  fileprivate mutating func add(_ active: [Int], monthDays: Int) {
    size += 1
    for day in active { changes[day, default: .init()].daily += 1 }
    addWindows(active, CohortActiveUsersState.weekDays, \.weekly)
    addWindows(active, monthDays, \.monthly)
  }

  /// Counts the user on every day whose window of `length` days holds one of `active`.
  private mutating func addWindows(
    _ active: [Int], _ length: Int, _ count: WritableKeyPath<CohortActiveUsersState.Change, Int>
  ) {
    for (index, day) in active.enumerated() {
      // A window that begins before the one before it ends goes on with it.
      if index == 0 || day > active[index - 1] + length {
        changes[day, default: .init()][keyPath: count] += 1
      }
      let isLast = index + 1 == active.count
      if isLast || active[index + 1] > day + length {
        changes[day + length, default: .init()][keyPath: count] -= 1
      }
    }
  }

  /// Calls `body` with each day on which the monthly window holds anybody, and its users.
  fileprivate func forEachDay(
    upTo last: Int, monthDays: Int, _ body: (Int, CohortActiveUsersState.Change) -> Void
  ) {
    let days = changes.keys.sorted()
    var users = CohortActiveUsersState.Change()
    for (index, day) in days.enumerated() {
      users.merge(changes[day]!)
      users.daily = changes[day]!.daily
      let next = index + 1 < days.count ? days[index + 1] : day + 1
      // Days without anybody are not walked over, and windows end a month after the last activity.
      if users.monthly <= 0 || day > last { continue }
      for day in day..<min(next, last + 1, day + monthDays) {
        body(day, users)
        users.daily = 0
      }
    }
  }
}

extension CalendarPeriod {
  /// The numbers of the days of a period of whole days, the one with the number `number`.
  fileprivate func days(_ number: Int) -> Range<Int> {
    let first = advance(.unixEpoch, by: number)
    return Int(first.daysSinceEpoch)..<Int(next(after: first).daysSinceEpoch)
  }
}

extension BinaryReader {
  /// The number of a day from the first one of its cohort on.
  fileprivate mutating func dayNumber(from first: Int) throws(BinaryDecodingError) -> Int {
    let start = offset
    // The last window may end a year after the last day.
    guard let number = Int(exactly: try int64()), first <= number, number <= Int(Int32.max) + 366
    else { throw .valueOutOfRange(name: "day", offset: start) }
    return number
  }
}
