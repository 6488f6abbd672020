import Foundation
import Funnel
import GA4Model
import StatisticsCore
import TestSupport
import Testing

/// The actions about a step the obvious way: from the path of each unit and all its events.
private struct ActionsOracle {
  var query: FunnelActionsQuery
  var log: EventLog

  func isOfUnit(_ event: Int, _ unit: Int) -> Bool {
    switch query.funnel.unit {
    case .users: log.user(ofEvent: event) == unit
    case .sessions: log.session(ofEvent: event) == unit
    }
  }

  /// By action, how many went on and how many stopped.
  var rows: Set<FunnelActions.Row> {
    var rows: [FunnelActions.Action: FunnelActions.Row] = [:]
    for path in query.funnel.paths(in: log) {
      guard let point = path.points[query.step] else { continue }
      // By time, and of one time by the place in the log.
      let events = log.indices.filter { isOfUnit($0, path.unit) }
        .sorted { (log[$0].time, $0) < (log[$1].time, $1) }
        .filter { $0 == point.event || !query.ignored.matches(log[$0]) }
      let place = events.firstIndex(of: point.event)!
      let next = query.direction == .next ? place + 1 : place - 1
      let action: FunnelActions.Action =
        events.indices.contains(next) ? .value(value(log[events[next]])) : .nothing
      var row = rows[action] ?? FunnelActions.Row(action: action, wentOn: 0, stopped: 0)
      if path.points.dropFirst(query.step + 1).contains(where: { $0 != nil }) {
        row.wentOn += 1
      } else {
        row.stopped += 1
      }
      rows[action] = row
    }
    return Set(rows.values)
  }

  private func value(_ event: Event) -> String? {
    query.dimension == .name ? event.name.rawValue : event[field: .country]?.text
  }
}

@Suite struct FunnelActionsTests {
  private static func query(_ generator: inout SeededGenerator) -> FunnelActionsQuery {
    var funnel = RandomFunnel.anyQuery(&generator)
    funnel.breakdown = nil
    var query = FunnelActionsQuery(
      funnel, generator.choose(from: FunnelActionsQuery.Direction.allCases),
      step: generator.integer(below: funnel.steps.count),
      by: generator.choose(from: [.name, .country]), limit: 100)
    if generator.bernoulli(0.4) {
      let name = generator.choose(from: RandomFunnel.names)
      query.ignored = EventPredicate { $0.name == name }
    }
    return query
  }

  @Test(arguments: Rounds.parts)
  func `actions are those of the obvious way`(part: Int) throws {
    for var generator in Rounds.generators("funnel actions", part: part) {
      let query = Self.query(&generator)
      let log = try RandomFunnel.log(&generator)
      let report = query.evaluate(log)
      #expect(Set(report.rows) == ActionsOracle(query: query, log: log).rows, "\(query)")
      #expect(Set(report.rows).count == report.rows.count)
      #expect(
        report.valueCount
          == report.rows.count {
            if case .value = $0.action { true } else { false }
          })
    }
  }

  @Test(arguments: Rounds.parts)
  func `actions add up to the units of the step`(part: Int) throws {
    for var generator in Rounds.generators("funnel actions sum", part: part) {
      var query = Self.query(&generator)
      query.limit = generator.integer(in: 1...3)
      let log = try RandomFunnel.log(&generator)
      let report = query.evaluate(log)
      let funnel = query.funnel.evaluate(log)
      #expect(report.rows.reduce(0) { $0 + $1.count } == report.count)
      #expect(report.rows.reduce(0) { $0 + $1.wentOn } == report.wentOn)
      if query.funnel.entry == .open {
        #expect(report.count <= funnel.steps[query.step].count, "\(query)")
      } else {
        #expect(report.count == funnel.steps[query.step].count, "\(query)")
        let last = query.step == query.funnel.steps.count - 1
        if !query.funnel.steps.contains(where: \.isOptional) {
          #expect(
            report.wentOn == (last ? 0 : funnel.steps[query.step + 1].count), "\(query)")
        }
      }
      #expect(report.eventsWithoutUnit == funnel.eventsWithoutUnit)
      let listed = report.rows.filter { if case .value = $0.action { true } else { false } }
      #expect(listed.count == min(report.valueCount, query.limit))
      #expect(report.rows.contains { $0.action == .other } == (report.valueCount > query.limit))
      #expect(zip(listed, listed.dropFirst()).allSatisfy { $0.count >= $1.count })
    }
  }

  @Test(arguments: Rounds.parts)
  func `the state obeys the laws of merging`(part: Int) async throws {
    for var generator in Rounds.generators("funnel actions laws", part: part, perPart: 5) {
      var query = Self.query(&generator)
      query.limit = generator.integer(in: 1...3)
      var other = query
      other.direction = query.direction == .next ? .previous : .next
      let log = try EventLog(RandomFunnel.eventsInSessions(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }

  // MARK: By hand

  private func log() throws -> EventLog {
    let start: Int64 = 1_600_000_000
    let events: [(String, EventName, Int64, String?)] = [
      ("a", "enter", 0, nil), ("a", "help", 1, "X"), ("a", "buy", 2, nil),
      ("b", "enter", 0, nil), ("b", "help", 0, nil),
      ("c", "start", 0, "Y"), ("c", "enter", 5, nil),
      ("d", "enter", 0, nil), ("d", "ping", 1, nil), ("d", "leave", 9, nil),
      ("e", "other", 0, nil),
    ]
    return try EventLog(
      events.map { user, name, time, country in
        var event = Event(name, at: EventTime(seconds: start + time), by: user)
        if let country { event[field: .country] = .string(country) }
        return event
      })
  }

  private var funnel: FunnelQuery { FunnelQuery([Step("enter"), Step("buy")]) }

  @Test func `the next action is split into those who went on and those who stopped`() throws {
    let query = FunnelActionsQuery(
      funnel, .next, step: 0, ignoring: EventPredicate { $0.name == "ping" })
    let report = query.evaluate(try log())
    #expect(
      report.rows == [
        FunnelActions.Row(action: .value("help"), wentOn: 1, stopped: 1),
        FunnelActions.Row(action: .value("leave"), wentOn: 0, stopped: 1),
        FunnelActions.Row(action: .nothing, wentOn: 0, stopped: 1),
      ])
    #expect(report.wentOn == 1)
    #expect(report.stopped == 3)
    #expect(report.share(of: report.rows[0]) == 0.5)
    #expect(
      "\(report)" == """
        event name  users   share  went on  stopped
        ──────────  ─────  ──────  ───────  ───────
        help            2  50.00%        1        1
        leave           1  25.00%        0        1
        (end)           1  25.00%        0        1
        event name after enter, ignoring name = "ping", in the funnel of users: enter → buy, without \
        window
        """)
  }

  @Test func `a missing value is no text, and unlisted values are one row`() throws {
    var query = FunnelActionsQuery(funnel, .next, step: 0, by: .country, limit: 1)
    #expect(
      query.evaluate(try log()).rows.map(\.action) == [.value(nil), .other, .nothing])
    query = FunnelActionsQuery(funnel, .previous, step: 0)
    let report = query.evaluate(try log())
    #expect(report.rows.map(\.action) == [.value("start"), .nothing])
    #expect("\(report)".contains("(start)"))
    #expect("\(report)".contains("event name before enter"))
  }

  @Test func `nobody at the step leaves no row and no share`() throws {
    let report = FunnelActionsQuery(FunnelQuery([Step("never")]), .next, step: 0)
      .evaluate(try log())
    #expect(report.rows.isEmpty)
    #expect(report.share(of: FunnelActions.Row(action: .nothing, wentOn: 0, stopped: 0)) == nil)
  }

  @Test(arguments: [
    (#""step":0"#, #""step":2"#, "Actions must be those after or before a step"),
    (#""step":0"#, #""step":-1"#, "Actions must be those after or before a step"),
    (#""limit":10"#, #""limit":0"#, "A list of actions must have room"),
    (#""steps":"#, #""steps":[],"old":"#, "A funnel needs at least one step"),
  ])
  func `a query that makes no sense is not decoded`(
    text: String, wrong: String, sentence: String
  ) throws {
    let query = FunnelActionsQuery(funnel, .next, step: 0)
    let json = String(decoding: try JSONEncoder().encode(query), as: UTF8.self)
    #expect(try JSONDecoder().decode(FunnelActionsQuery.self, from: Data(json.utf8)) == query)
    let bad = json.replacingOccurrences(of: text, with: wrong)
    #expect(bad != json)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(FunnelActionsQuery.self, from: Data(bad.utf8))
    }
    #expect("\(try #require(error))".contains(sentence))
  }

  @Test func `a funnel with a breakdown is refused`() async throws {
    let funnel = funnel
    await #expect(processExitsWith: .failure) {
      var funnel = FunnelQuery([Step("enter"), Step("buy")])
      funnel.breakdown = FunnelBreakdown(by: .country)
      _ = FunnelActionsQuery(funnel, .next, step: 0)
    }
    let json = String(
      decoding: try JSONEncoder().encode(FunnelActionsQuery(funnel, .next, step: 0)),
      as: UTF8.self)
    let breakdown = String(
      decoding: try JSONEncoder().encode(FunnelBreakdown(by: .country)), as: UTF8.self)
    let bad = json.replacingOccurrences(
      of: #""counting""#, with: #""breakdown":\#(breakdown),"counting""#)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(FunnelActionsQuery.self, from: Data(bad.utf8))
    }
    #expect("\(try #require(error))".contains("Actions are those of a funnel without breakdown"))
  }
}
