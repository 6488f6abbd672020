import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct `Churn` {
  private func event(_ user: String?, _ day: String, _ name: EventName = .pageView) -> Event {
    var event = Event(name, at: EventTime("\(day)T12:00:00Z")!, by: user)
    if name == .purchase { event.ecommerce = Ecommerce(purchaseRevenue: 20) }
    return event
  }

  private func log() throws -> EventLog {
    try EventLog([
      event("anna", "2024-03-01"), event("anna", "2024-03-08", .purchase),
      event("anna", "2024-03-12"), event("ben", "2024-03-02"), event("ben", "2024-03-02"),
      event("ben", "2024-03-25"), event("carl", "2024-03-09"), event("dora", "2024-03-11"),
      event(nil, "2024-03-11"),
    ])
  }

  private let cutOff = CalendarDay("2024-03-10")!

  @Test func `features stop at the cut-off and labels begin behind it`() throws {
    let report = ChurnQuery(after: cutOff, within: 7).evaluate(try log())
    #expect(report.table.users.map(\.id) == ["anna", "ben", "carl"])
    #expect(report.table.labels == [false, true, true])
    #expect(report.table["active_days"] == [2, 1, 1])
    #expect(report.table["events"] == [2, 2, 1])
    #expect(report.table["sessions"] == [2, 1, 1])
    #expect(report.table["tenure_days"] == [9, 8, 1])
    #expect(report.table["days_since_last"] == [2, 8, 1])
    #expect(report.table["purchases"] == [1, 0, 0])
    #expect(report.table["revenue"] == [20, 0, 0])
    #expect(report.table["no such feature"] == nil)
    #expect(report.churned == 2)
    #expect(report.laterUsers == 1)
    #expect(report.eventsWithoutUser == 1)
    #expect(report.dataEnd == CalendarDay("2024-03-25"))
  }

  @Test func `labels are not known before their window is over`() throws {
    let report = ChurnQuery(after: cutOff, within: 16).evaluate(try log())
    #expect(report.table.labels == nil)
    #expect(report.churned == nil)
    #expect(report.leaks.isEmpty)
    #expect("\(report)".contains("who churned cannot be known yet: the data end on 2024-03-25"))
    let end = CalendarDay("2024-03-26")!
    let known = ChurnQuery(after: cutOff, within: 16, dataEnd: end).evaluate(try log())
    #expect(known.table.labels == [false, false, true])
    let empty = ChurnQuery(after: cutOff, within: 1).evaluate(try EventLog([Event]()))
    #expect(empty.churnRate == nil)
    #expect(empty.table.users.isEmpty)
  }

  @Test func `users who were not active lately have no row`() throws {
    let report = ChurnQuery(after: cutOff, within: 7, activeWithin: 3).evaluate(try log())
    #expect(report.table.users.map(\.id) == ["anna", "carl"])
    #expect(report.inactiveUsers == 1)
  }

  @Test func `the report prints the means of both classes and warns of a leak`() throws {
    let report = ChurnQuery(.inactiveAtEnd(days: 7)).evaluate(try log())
    #expect(
      "\(report)" == """
        feature          stayed  churned    all
        ───────────────  ──────  ───────  ─────
        active_days        2.00     1.67   1.75
        events             3.00     1.67   2.00
        sessions           2.00     1.67   1.75
        tenure_days       23.00    18.00  19.25
        days_since_last    0.00    14.33  10.75
        purchases          0.00     0.33   0.25
        revenue            0.00     6.67   5.00
        churn: 7 days or more from the last event to the end of the data; orders: once per \
        transaction id, events without id always; revenue: ecommerce.purchase_revenue
        3 of 4 users churned (75.0%); 1 events without user
        warning: days_since_last ≥ 13 says the label without a mistake (AUC 1): it is the answer \
        in disguise, so leave it out.
        """)
  }

  // MARK: Leaks

  private func table(_ columns: [String: [Double]], _ labels: [Bool]?) -> ChurnFeatures {
    let names = columns.keys.sorted()
    return ChurnFeatures(
      users: columns.values.first!.indices.map { .userID("\($0)") }, names: names,
      columns: names.map { columns[$0]! }, labelName: "churned", labels: labels)
  }

  @Test func `a feature that separates the classes is named with its border`() {
    let columns = ["above": [1, 2, 8, 9], "below": [9.5, 8, 2, 1], "honest": [1.0, 9, 2, 8]]
    let leaks = table(columns, [false, false, true, true]).leaks()
    #expect(
      leaks == [
        FeatureLeak(feature: "above", auc: 1, isHigherForTrue: true, border: 8),
        FeatureLeak(feature: "below", auc: 1, isHigherForTrue: false, border: 8),
      ])
    #expect(
      leaks[1].description
        == "below < 8 says the label without a mistake (AUC 1): it is the answer in disguise, "
        + "so leave it out.")
    let honest = table(columns, [false, false, true, true])
      .removing(Set(leaks.map(\.feature)))
    #expect(honest.names == ["honest"])
    #expect(honest.leaks().isEmpty)
  }

  @Test func `one class, no labels and ties are no leaks`() {
    #expect(table(["a": [1, 2]], [true, true]).leaks().isEmpty)
    #expect(table(["a": [1, 2]], nil).leaks().isEmpty)
    #expect(table(["a": [3, 3, 3]], [true, false, true]).leaks().isEmpty)
    #expect(table(["a": [1, 2, 2, 3]], [false, true, false, true]).leaks().isEmpty)
    let nearly = table(["a": [1, 2, 2, 3]], [false, true, false, true]).leaks(auc: 0.8)
    #expect(nearly.map(\.auc) == [0.875])
    #expect(nearly[0].border == nil)
    #expect(
      nearly[0].description
        == "a alone orders the classes nearly without fault (AUC 0.8750); make sure that it does "
        + "not see the future.")
  }

  @Test(arguments: Rounds.parts)
  func `leaks are those of counting pairs`(part: Int) {
    for var generator in Rounds.generators("leaks", part: part) {
      let count = generator.integer(in: 2...9)
      let values = (0..<count).map { _ in Double(generator.integer(below: 5)) }
      let labels = (0..<count).map { _ in generator.bernoulli(0.5) }
      var wins = 0.0
      var pairs = 0.0
      for i in 0..<count where labels[i] {
        for j in 0..<count where !labels[j] {
          pairs += 1
          wins += values[i] > values[j] ? 1 : values[i] == values[j] ? 0.5 : 0
        }
      }
      let leaks = table(["a": values], labels).leaks(auc: 0.75)
      let area = pairs == 0 ? 0.5 : max(wins, pairs - wins) / pairs
      #expect(leaks.map(\.auc) == (area >= 0.75 ? [area] : []))
      if area == 1, let leak = leaks.first {
        for (value, label) in zip(values, labels) {
          #expect(label == ((value >= leak.border!) == leak.isHigherForTrue))
        }
      }
    }
  }

  // MARK: Random logs

  @Test(arguments: Rounds.parts)
  func `features and labels are those of the obvious way`(part: Int) throws {
    for generator in Rounds.generators("churn", part: part) {
      var logs = CustomerLogs(generator: generator)
      let log = try logs.log()
      let cutOff = CustomerLogs.start.advanced(by: logs.generator.integer(in: 1...8))
      let days = logs.generator.integer(in: 1...5)
      let activeWithin = logs.generator.bernoulli(0.3) ? logs.generator.integer(in: 1...5) : nil
      let rule = logs.generator.choose(from: PurchaseRule.allCases)
      let report = ChurnQuery(
        after: cutOff, within: days, activeWithin: activeWithin, purchases: rule
      ).evaluate(log)
      let orders = NaiveOrder.orders(of: log, rule, upTo: cutOff)
      func day(_ position: Int) -> CalendarDay {
        log[position].date ?? log.options.timeZone.day(of: log[position].time)
      }
      // As if the log had ended with the cut-off.
      let past = try EventLog(
        log.indices.filter { day($0) <= cutOff }.map { log[$0] }, options: log.options)
      var row = 0
      var later = 0
      var inactive = 0
      for user in log.users {
        let seen = user.events.filter { day($0) <= cutOff }
        guard let last = seen.map(day).max(), let first = seen.map(day).min() else {
          later += 1
          continue
        }
        if let activeWithin, last.distance(to: cutOff) >= activeWithin {
          inactive += 1
          continue
        }
        let own = orders.filter { $0.user == user.key }
        var revenue = ExactSum()
        for order in own { revenue.add(order.revenue ?? 0) }
        let events = past.users.first { $0.key == user.key }!.events
        let sessions = Set(events.compactMap { past.session(ofEvent: $0) }).count
        let expected: [Double] = [
          Double(Set(seen.map(day)).count), Double(seen.count),
          Double(sessions),
          Double(first.distance(to: cutOff)), Double(last.distance(to: cutOff)),
          Double(own.count), revenue.rounded,
        ]
        #expect(report.table.users[row] == user.key)
        #expect(report.table.columns.map { $0[row] } == expected)
        if let labels = report.table.labels {
          let window = cutOff.advanced(by: 1)...cutOff.advanced(by: days)
          #expect(labels[row] == !user.events.contains { window.contains(day($0)) })
        }
        row += 1
      }
      #expect(report.table.users.count == row)
      #expect(report.laterUsers == later)
      #expect(report.inactiveUsers == inactive)
      let isKnown = log.days.map { $0.upperBound >= cutOff.advanced(by: days) } ?? false
      #expect((report.table.labels != nil) == isKnown)
    }
  }

  @Test(arguments: Rounds.parts)
  func `nothing that happens after the cut-off changes a feature`(part: Int) throws {
    for generator in Rounds.generators("churn future", part: part, perPart: 20) {
      var logs = CustomerLogs(generator: generator)
      let events = logs.events()
      let cutOff = CustomerLogs.start.advanced(by: 6)
      func isPast(_ event: Event) -> Bool {
        event.date ?? ReportingTimeZone.utc.day(of: event.time) <= cutOff
      }
      let query = ChurnQuery(after: cutOff, within: 3, purchases: .byTransactionID)
      let whole = query.evaluate(try EventLog(events)).table
      let past = query.evaluate(try EventLog(events.filter(isPast))).table
      #expect(whole.users == past.users)
      #expect(whole.columns == past.columns)
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for generator in Rounds.generators("churn laws", part: 0, perPart: 30) {
      var logs = CustomerLogs(generator: generator)
      let rules: [ChurnQuery.Rule] = [
        .noEvent(after: CustomerLogs.start.advanced(by: 6), within: 3), .inactiveAtEnd(days: 4),
      ]
      let query = ChurnQuery(
        logs.generator.choose(from: rules),
        purchases: logs.generator.choose(from: PurchaseRule.allCases))
      try await checkMergeLaws(
        query, try logs.log(), other: ChurnQuery(.inactiveAtEnd(days: 5)),
        seed: logs.generator.next())
    }
  }

  // MARK: Tables

  @Test func `a table is written as CSV and read back from JSON`() throws {
    let table = ChurnQuery(after: cutOff, within: 7).evaluate(try log()).table
    #expect(
      table.csv() == """
        user_id,user_pseudo_id,active_days,events,sessions,tenure_days,days_since_last,purchases,\
        revenue,churned
        ,anna,2,2,2,9,2,1,20,0
        ,ben,1,2,1,8,8,0,0,1
        ,carl,1,1,1,1,1,0,0,1

        """)
    let data = try JSONEncoder().encode(table)
    #expect(try JSONDecoder().decode(ChurnFeatures.self, from: data) == table)
    let query = ChurnQuery(after: cutOff, within: 7)
    #expect(
      try JSONDecoder().decode(ChurnQuery.self, from: JSONEncoder().encode(query)) == query)
  }

  @Test func `what makes no sense cannot be decoded`() throws {
    let text = String(
      decoding: try JSONEncoder().encode(ChurnQuery(.inactiveAtEnd(days: 7))), as: UTF8.self)
    let bad = text.replacingOccurrences(of: #""days":7"#, with: #""days":0"#)
    #expect(bad != text)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ChurnQuery.self, from: Data(bad.utf8))
    }
    #expect("\(try #require(error))".contains("a window of at least one day"))
    let table = #"{"users":[],"names":["a","a"],"columns":[[],[]],"labelName":"x"}"#
    let other = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ChurnFeatures.self, from: Data(table.utf8))
    }
    #expect("\(try #require(other))".contains("one name of its own"))
  }
}
