import GA4Model
import ProductMetrics
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Active users` {
  /// 19 to 22 December 2020: a on the 19th and 22nd, b on the 20th twice, somebody on the 21st.
  private func log() throws -> EventLog {
    func event(_ day: String, _ hour: Int64, by user: String?) -> Event {
      let time = Int64(CalendarDay(day)!.daysSinceEpoch) * 86_400 + hour * 3600
      return Event("page_view", at: EventTime(seconds: time), by: user)
    }
    return try EventLog([
      event("2020-12-19", 9, by: "a"), event("2020-12-20", 9, by: "b"),
      event("2020-12-20", 23, by: "b"), event("2020-12-21", 0, by: nil),
      event("2020-12-22", 1, by: "a"),
    ])
  }

  @Test func `a user counts once a day, and a day without users is 0`() throws {
    let daily = DailyActiveUsersQuery().evaluate(try log())
    #expect(daily.rows.map(\.users) == [1, 1, 0, 1])
    #expect(daily.rows.map(\.day.description).first == "2020-12-19")
    #expect(daily[CalendarDay("2020-12-21")!] == 0)
    #expect(daily[CalendarDay("2020-12-18")!] == nil)
    #expect(daily.eventsWithoutUser == 1)
    #expect(daily.mean == 0.75)
    #expect(
      "\(daily)" == """
        day         users
        ──────────  ─────
        2020-12-19      1
        2020-12-20      1
        2020-12-21      0
        2020-12-22      1
        not counted: 1 events without user
        """)
  }

  @Test func `windows end with their day and are partial where the data begin later`() throws {
    let rows = ActiveUsersQuery(monthDays: 28).evaluate(try log()).rows
    #expect(rows.map(\.weekly) == [1, 2, 2, 2])
    #expect(rows.map(\.monthly) == [1, 2, 2, 2])
    #expect(rows.allSatisfy { $0.isWeekPartial && $0.isMonthPartial })
    #expect(rows[1].dailyOverWeekly == 0.5)
    #expect(rows[2].dailyOverMonthly == 0)
  }

  @Test func `an empty log has no days`() throws {
    let log = try EventLog([])
    #expect(DailyActiveUsersQuery().evaluate(log).rows.isEmpty)
    #expect(DailyActiveUsersQuery().evaluate(log).mean == nil)
    #expect(ActiveUsersQuery().evaluate(log).rows.isEmpty)
    #expect(GapSessionsQuery().evaluate(log).count == 0)
  }

  @Test func `daily users are the distinct pairs of day and user`() throws {
    for var shop in ShopEvents.rounds("daily users") {
      let log = try shop.log()
      let predicate =
        shop.generator.bernoulli(0.5) ? EventPredicate { $0.name == .purchase } : nil
      var users: [CalendarDay: Set<UserKey>] = [:]
      var withoutUser = 0
      for position in log.indices where predicate?.matches(log[position]) ?? true {
        if let user = log.user(of: position) {
          users[log.day(of: position), default: []].insert(user)
        } else {
          withoutUser += 1
        }
      }
      let report = DailyActiveUsersQuery(where: predicate).evaluate(log)
      #expect(report.rows.map(\.day) == log.listedDays(Set(users.keys)))
      #expect(report.rows.map(\.users) == report.rows.map { users[$0.day]?.count ?? 0 })
      #expect(report.eventsWithoutUser == withoutUser)
    }
  }

  @Test func `weekly and monthly users are distinct in the days of the window`() throws {
    for var shop in ShopEvents.rounds("active users") {
      let log = try shop.log()
      let month = shop.generator.choose(from: [7, 9, 28, 30])
      let predicate =
        shop.generator.bernoulli(0.5) ? EventPredicate { $0.name == .purchase } : nil
      var days: [UserKey: Set<CalendarDay>] = [:]
      for position in log.indices where predicate?.matches(log[position]) ?? true {
        if let user = log.user(of: position) {
          days[user, default: []].insert(log.day(of: position))
        }
      }
      func users(_ length: Int, upTo day: CalendarDay) -> Int {
        days.values.count { $0.contains { $0 <= day && $0.distance(to: day) < length } }
      }
      let listed = log.listedDays(days.values.reduce(into: []) { $0.formUnion($1) })
      let report = ActiveUsersQuery(monthDays: month, where: predicate).evaluate(log)
      #expect(report.rows.map(\.day) == listed)
      for row in report.rows where row.daily > 0 || listed.count < 200 {
        #expect(row.daily == users(1, upTo: row.day))
        #expect(row.weekly == users(7, upTo: row.day))
        #expect(row.monthly == users(month, upTo: row.day))
        #expect(row.isWeekPartial == (listed[0].distance(to: row.day) < 6))
        #expect(row.isMonthPartial == (listed[0].distance(to: row.day) < month - 1))
      }
    }
  }

  @Test func `a silence of exactly the gap does not end a session`() throws {
    func log(_ silence: Int64) throws -> EventLog {
      try EventLog([
        Event("a", at: EventTime(microseconds: 0), by: "u"),
        Event("b", at: EventTime(microseconds: silence), by: "u"),
      ])
    }
    #expect(GapSessionsQuery().evaluate(try log(1_800_000_000)).count == 1)
    #expect(GapSessionsQuery().evaluate(try log(1_800_000_001)).count == 2)
    #expect(GapSessionsQuery(gap: .seconds(Int64.max)).evaluate(try log(.max)).count == 1)
  }

  @Test func `gap sessions start after every long silence of a user`() throws {
    for var shop in ShopEvents.rounds("gap sessions") {
      let log = try shop.log()
      let gap = shop.generator.choose(from: [1, 60_000_000, 1_799_999_999, 1_800_000_000])
      var starts: [CalendarDay: Int] = [:]
      for user in log.users {
        for position in user.events {
          let isStart =
            position == user.events.lowerBound
            || log[position].time.microseconds - log[position - 1].time.microseconds > gap
          if isStart { starts[log.day(of: position), default: 0] += 1 }
        }
      }
      let report = GapSessionsQuery(gap: .microseconds(gap)).evaluate(log)
      #expect(report.count == starts.values.reduce(0, +))
      #expect(report.rows.map(\.day) == log.listedDays(Set(starts.keys)))
      #expect(report.rows.map(\.sessions) == report.rows.map { starts[$0.day] ?? 0 })
      #expect(report.eventsWithoutUser == log.eventsWithoutUser)
    }
  }

  @Test func `the states obey the laws of merging`() async throws {
    for var shop in ShopEvents.rounds("activity laws", 15) {
      let log = try shop.log()
      let seed = shop.generator.next()
      let purchases = EventPredicate { $0.name == .purchase }
      try await checkMergeLaws(
        DailyActiveUsersQuery(), log, other: DailyActiveUsersQuery(where: purchases), seed: seed)
      try await checkMergeLaws(DailyActiveUsersQuery(where: purchases), log, seed: seed)
      try await checkMergeLaws(
        ActiveUsersQuery(), log, other: ActiveUsersQuery(monthDays: 28), seed: seed)
      try await checkMergeLaws(
        GapSessionsQuery(), log, other: GapSessionsQuery(gap: .seconds(1)), seed: seed)
    }
  }
}
