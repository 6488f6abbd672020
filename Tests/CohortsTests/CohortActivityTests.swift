import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct CohortActivityTests {
  /// The starts of the periods in which each user was active.
  private func active(
    _ log: EventLog, _ period: CalendarPeriod, _ predicate: EventPredicate
  ) -> [Set<EventTime>] {
    let zone = log.options.timeZone
    return log.users.map { user in
      Set(
        user.events.map { log[$0] }.filter { predicate.matches($0) }.map { event in
          period == .hour
            ? period.start(of: event.time, in: zone)
            : zone.start(of: period.start(of: event.date ?? zone.day(of: event.time)))
        })
    }
  }

  private func periods(
    _ active: [Set<EventTime>], to end: EventTime, _ period: CalendarPeriod,
    _ zone: ReportingTimeZone
  ) -> [EventTime] {
    guard var start = active.flatMap({ $0 }).min() else { return [] }
    var starts: [EventTime] = []
    while start < end {
      starts.append(start)
      start = period.next(after: start, in: zone)
    }
    return starts
  }

  /// The end of the data by the days of the events, and for hours by their times too.
  private func end(_ log: EventLog, byTime: Bool) -> EventTime {
    let zone = log.options.timeZone
    let days = log.map { event in
      let day = event.date ?? zone.day(of: event.time)
      return byTime ? max(day, zone.day(of: event.time)) : day
    }
    return days.max().map { zone.end(of: $0) } ?? .min
  }

  @Test(arguments: Rounds.parts)
  func `every active user of a period is new, returning or resurrecting`(part: Int) throws {
    for var generator in Rounds.generators("lifecycle", part: part) {
      let period = generator.choose(from: [
        CalendarPeriod.day, .day, .week(), .month, .hour, .week(startingOn: .thursday),
      ])
      let log = try RandomCohorts.log(&generator, days: period == .hour ? 2 : nil)
      let query = LifecycleQuery(by: period, where: RandomCohorts.predicate(&generator))
      let report = query.evaluate(log)
      let users = active(log, period, query.predicate)
      let zone = log.options.timeZone
      let end = end(log, byTime: period == .hour)
      let starts = periods(users, to: end, period, zone)
      #expect(report.rows.map(\.start) == starts, "\(query)")
      for (index, row) in report.rows.enumerated() {
        let now = users.filter { $0.contains(row.start) }
        let before = index == 0 ? nil : starts[index - 1]
        func wasActiveBefore(_ user: Set<EventTime>) -> Bool {
          before.map { user.contains($0) } ?? false
        }
        #expect(row.label == period.label(for: row.start, in: zone))
        #expect(row.active == now.count)
        #expect(row.new == now.count { $0.min() == row.start })
        #expect(row.returning == now.count { wasActiveBefore($0) })
        #expect(
          row.resurrecting == now.count { !wasActiveBefore($0) && $0.min()! < row.start })
        #expect(
          row.dormant == users.count { wasActiveBefore($0) && !$0.contains(row.start) })
        #expect(row.isPartial == (period.next(after: row.start, in: zone) > end))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `stickiness counts the days of each user`(part: Int) throws {
    for var generator in Rounds.generators("stickiness", part: part) {
      let log = try RandomCohorts.log(&generator)
      let (period, within) = generator.choose(from: [
        (CalendarPeriod.day, CalendarPeriod.week()), (.day, .month),
        (.day, .week(startingOn: .friday)),
        (.month, .quarter), (.day, .quarter), (.month, .year),
      ])
      let query = StickinessQuery(
        by: period, within: within, where: RandomCohorts.predicate(&generator))
      let report = query.evaluate(log)
      let zone = log.options.timeZone
      let users = active(log, period, query.predicate)
      for row in report.rows {
        let next = within.next(after: row.start, in: zone)
        let days = users.map { user in user.count { $0 >= row.start && $0 < next } }
        for (index, count) in row.users.enumerated() {
          #expect(count == days.count { $0 == index + 1 }, "\(query)")
        }
        let total = days.reduce(0, +)
        #expect(row.mean == (row.active == 0 ? nil : Double(total) / Double(row.active)))
        #expect(row.users(inAtLeast: 2) == days.count { $0 >= 2 })
      }
      let all = users.reduce(0) { $0 + $1.count }
      let counted = report.rows.reduce(0) { sum, row in
        sum + row.users.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
      }
      #expect(counted == all)
    }
  }

  @Test(arguments: Rounds.parts)
  func `windows of a cohort hold those of it who were active`(part: Int) throws {
    for var generator in Rounds.generators("cohort active users", part: part) {
      let log = try RandomCohorts.log(&generator)
      let query = CohortActiveUsersQuery(
        by: generator.choose(from: [.month, .week(), .day, .week(startingOn: .friday), .quarter]),
        where: RandomCohorts.predicate(&generator),
        periods: generator.bernoulli(0.3) ? generator.integer(in: 1...4) : nil,
        monthDays: generator.choose(from: [30, 28, 7]))
      let report = query.evaluate(log)
      let zone = log.options.timeZone
      let users = active(log, .day, query.predicate).filter { !$0.isEmpty }
        .map { Set($0.map { zone.day(of: $0) }) }
      let end = end(log, byTime: false)
      #expect(report.rows.reduce(0) { $0 + $1.size } == users.count)
      var sums = [CohortActiveUsers.Cell?](repeating: nil, count: report.columns)
      for row in report.rows {
        let first = zone.day(of: row.start)
        let cohort = users.filter { query.period.start(of: $0.min()!) == first }
        #expect(row.size == cohort.count && row.cells.count == report.columns)
        for (column, cell) in row.cells.enumerated() {
          let start = query.period.advance(first, by: column)
          let next = query.period.next(after: start)
          guard let cell else {
            #expect(zone.start(of: start) >= end)
            continue
          }
          var wanted = CohortActiveUsers.Cell(days: 0, isPartial: zone.start(of: next) > end)
          var day = start
          while day < next && zone.start(of: day) < end {
            func users(within days: Int) -> Int {
              cohort.count { user in (0..<days).contains { user.contains(day.advanced(by: -$0)) } }
            }
            wanted.days += 1
            wanted.daily += users(within: 1)
            wanted.weekly += users(within: 7)
            wanted.monthly += users(within: query.monthDays)
            day = day.advanced(by: 1)
          }
          #expect(cell == wanted, "\(query)")
          if !cell.isPartial { sums[column] = sums[column].map { $0.joined(with: cell) } ?? cell }
        }
      }
      #expect(report.averages == sums)
    }
  }

  @Test func `the states obey the laws of merging`() async throws {
    for var generator in Rounds.generators("activity laws", part: 0, perPart: 8) {
      let log = try RandomCohorts.log(&generator, users: 12)
      let predicate = RandomCohorts.predicate(&generator)
      try await checkMergeLaws(
        LifecycleQuery(by: .week(), where: predicate), log, other: LifecycleQuery(by: .month),
        seed: generator.next())
      try await checkMergeLaws(
        StickinessQuery(where: predicate), log, other: StickinessQuery(within: .month),
        seed: generator.next())
      try await checkMergeLaws(
        CohortActiveUsersQuery(by: .week(), where: predicate), log,
        other: CohortActiveUsersQuery(by: .week(), where: predicate, monthDays: 28),
        seed: generator.next())
    }
  }

  /// The state of one user of the second day of 1970, whose cohort is then said to begin on the third.
  @Test func `a state with days before those of their cohort is refused`() throws {
    let query = CohortActiveUsersQuery(by: .day)
    var state = query.makeState()
    let log = try EventLog([Event("a", at: EventTime("1970-01-02T10:00:00Z")!, by: "1")])
    state.update(log.wholeSlice)
    var bytes = state.encoded()
    func int64(_ value: UInt8) -> [UInt8] { [value, 0, 0, 0, 0, 0, 0, 0] }
    // The number of the cohort, one user, three days with changes, and the first of them.
    let cohort = int64(1) + [1, 3] + int64(1)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: cohort) })
    bytes[place] = 2
    bytes.renewChecksum()
    #expect(throws: StateError.self) {
      try CohortActiveUsersState(decoding: bytes, query: query)
    }
  }

  @Test func `shorter periods fit into longer ones`() throws {
    #expect(
      try StoredQuery.refusal(of: StickinessQuery(), ["within"], "day")
        == "The longer periods must consist of whole shorter ones: use days in weeks, months,"
        + " quarters or years, months in quarters or years, or quarters in years")
    #expect(try StoredQuery.refusal(of: StickinessQuery(), ["period"], "week") != nil)
  }

  @Test func `cohorts of active users are whole days for 1 to 1,000 periods`() throws {
    let query = CohortActiveUsersQuery(by: .week(), periods: 4)
    #expect(
      try StoredQuery.refusal(of: query, ["period"], "hour")
        == "Active users are counted by days: use a day or a longer period")
    #expect(
      try StoredQuery.refusal(of: query, ["periods"], 0)
        == "Cohorts can be followed for 1 to 1000 periods")
    #expect(
      try StoredQuery.refusal(of: query, ["monthDays"], 6) == "A month must have 7 to 366 days")
    #expect(try StoredQuery.refusal(of: query, ["periods"], 1_000) == nil)
  }

  /// Two users of one week, one of whom comes back on the day after and in the next week.
  @Test func `ratios of a cohort are those of its sums over days`() throws {
    let report = CohortActiveUsersQuery(by: .week()).evaluate(try log)
    let cell = try #require(report["2020-W51"]?.cells[0])
    // The days from Monday, 14 December: two users come on Saturday, two on Sunday.
    #expect(cell.daily == 4 && cell.weekly == 2 + 3 && cell.days == 7 && !cell.isPartial)
    #expect(cell.dailyOverWeekly == 0.8 && cell.meanDaily == 4.0 / 7)
    let next = try #require(report["2020-W51"]?.cells[1])
    // Monday and Tuesday, when the data end.
    #expect(next.daily == 1 && next.weekly == 6 && next.monthly == 6 && next.days == 2)
    #expect(next.isPartial && next[.weeklyOverMonthly] == 1 && next.meanWeekly == 3)
    #expect(next.meanMonthly == 3)
    #expect(
      report.description == """
        cohort    users      0       1
        ────────  ─────  ─────  ──────
        2020-W51      3  80.0%  16.7%*
        average       3  80.0%
        DAU/MAU: active users by week from Monday of the first active day, WAU of 7 and MAU of 30\
         days; * cut by the end of the data
        """)
    #expect(report.csv(.dailyOverWeekly) == "cohort,size,0,1\n2020-W51,3,0.8,0.16666666666666666\n")
    #expect(report.table(.weeklyOverMonthly).contains("WAU/MAU: active users"))
  }

  @Test func `no events are no cohorts of active users`() throws {
    let report = CohortActiveUsersQuery().evaluate(try EventLog([]))
    #expect(report.rows.isEmpty && report.averages == [nil] && report.columns == 1)
    let nobody = try EventLog([Event("a", at: EventTime("2020-12-19T10:00:00Z")!)])
    #expect(CohortActiveUsersQuery().evaluate(nobody).eventsWithoutUser == 1)
  }

  @Test func `a mistaken date centuries away makes no endless table`() throws {
    let log = try EventLog(
      ["0001-01-01", "2020-12-19", "9000-01-01"].map { (day: String) in
        Event("a", at: EventTime("\(day)T10:00:00Z")!, by: day)
      })
    let report = CohortActiveUsersQuery(by: .day, periods: 2).evaluate(log)
    #expect(report.rows.map(\.size) == [1, 1, 1])
    #expect(report.rows[1].cells.map { $0?.monthly } == [1, 1, 1])
    #expect(report.rows[2].cells.map { $0?.daily } == [1, nil, nil])
  }

  private var log: EventLog {
    get throws {
      try EventLog(
        [("1", 19), ("1", 20), ("2", 19), ("2", 22), ("3", 20)].map { user, day in
          Event("a", at: EventTime("2020-12-\(day)T10:00:00Z")!, by: user)
        })
    }
  }

  @Test func `reports print as tables`() throws {
    #expect(
      LifecycleQuery().evaluate(try log).description == """
        period      active  new  returning  resurrecting  dormant
        ──────────  ──────  ───  ─────────  ────────────  ───────
        2020-12-19       2    2          0             0        0
        2020-12-20       2    1          1             0        1
        2020-12-21       0    0          0             0        2
        2020-12-22       1    0          0             1        0
        lifecycle by day
        """)
    #expect(
      StickinessQuery().evaluate(try log).description == """
        period     users  mean  1  2
        ─────────  ─────  ────  ─  ─
        2020-W51       3  1.33  2  1
        2020-W52*      1  1.00  1  0
        days of activity by week from Monday; * cut by the end of the data
        """)
  }
}
