import Foundation
import GA4Model
import Testing

@testable import Funnel

@Suite struct SequenceQueryTests {
  /// A log in which "u" does `names`, each so many seconds after the first as `seconds` says.
  private func log(_ names: [EventName], at seconds: [Int64], user: String = "u") throws -> EventLog
  {
    try EventLog(
      zip(names, seconds).map { Event($0, at: EventTime(seconds: $1), by: user) })
  }

  private func matches(_ text: String, _ log: EventLog, over: SequenceEvents = .matchingEvents)
    throws -> Int
  {
    let conditions = ["a", "b", "c"].map { SequencePattern.Condition(EventName($0)) }
    let pattern = try SequencePattern(clickHouse: text, conditions: conditions)
    return SequenceQuery(pattern, over: over).evaluate(log).matches
  }

  @Test func `events that meet no condition are as good as not there, unless all are asked for`()
    throws
  {
    let log = try log(["a", "x", "b", "c", "a", "b"], at: [0, 1, 2, 3, 4, 5])
    #expect(try matches("(?1)(?2)", log) == 2)
    #expect(try matches("(?1)(?2)", log, over: .allEvents) == 1)
    // A condition that no element names keeps its events in the sequence.
    #expect(try matches("(?2)(?1)", log) == 0)
    let two = SequencePattern([.event("b"), .event("a")])
    #expect(SequenceQuery(two).evaluate(log).matches == 1)
  }

  @Test func `events of one time stand in the order of the log`() throws {
    let log = try log(["b", "a"], at: [0, 0])
    #expect(try matches("(?2)(?1)", log) == 1)
    #expect(try matches("(?1).*(?2)", log) == 0)
    #expect(FunnelQuery([Step("a"), Step("b")]).evaluate(log).steps[1].count == 1)
  }

  @Test func `a gap measures to the event with which the pattern goes on`() throws {
    let log = try log(["a", "c", "b"], at: [0, 5, 20])
    #expect(try matches("(?1)(?t<=20)(?2)", log) == 1)
    #expect(try matches("(?1)(?t<=19)(?2)", log) == 0)
    // Here it goes on with anything, which begins with the event at 5 s.
    #expect(try matches("(?1)(?t<=5).*(?2)", log) == 1)
    #expect(try matches("(?1)(?t<=4).*(?2)", log) == 0)
    #expect(try matches("(?1)(?t>=6).*(?2)", log) == 1)
    // Behind anything, the time runs from the first event that is not skipped.
    #expect(try matches("(?1).*(?t>=15)(?2)", log) == 1)
    #expect(try matches("(?1).*(?t>=16)(?2)", log) == 0)
    #expect(try matches("(?1).*(?t<=0)(?2)", log) == 1)
  }

  @Test func `anything at the ends changes nothing`() throws {
    let log = try log(["a", "b", "a", "b"], at: [0, 1, 2, 3])
    #expect(try matches(".*(?1)(?2).*", log) == 2)
    #expect(try matches(".*.*(?1).*.*(?2).*.*", log) == 2)
    #expect(try matches("(?2).*", log) == 2)
  }

  @Test func `the first match has the positions and times of its events`() throws {
    let events = [
      Event("a", at: EventTime(seconds: 0), by: "v"),
      Event("a", at: EventTime(seconds: 0), by: "u"),
      Event("x", at: EventTime(seconds: 1), by: "u"),
      Event("a", at: EventTime(seconds: 2), by: "u"),
      Event("b", at: EventTime(seconds: 4), by: "u"),
      Event("b", at: EventTime(seconds: 5), by: "u"),
    ]
    let pattern = SequencePattern([.event("a"), .gap(.atMost, .seconds(2)), .event("b")])
    let found = SequenceQuery(pattern).firstMatches(in: try EventLog(events))
    // Users stand by id, so that "u" comes first.
    #expect(
      found == [
        SequenceMatch(
          unit: 0,
          events: [
            SequenceMatch.Event(element: 0, position: 2, time: EventTime(seconds: 2)),
            SequenceMatch.Event(element: 2, position: 3, time: EventTime(seconds: 4)),
          ])
      ])
  }

  @Test func `sessions are units that a login does not split`() throws {
    var events: [Event] = []
    for (index, name) in (["a", "b", "a", "b"] as [EventName]).enumerated() {
      var event = Event(
        name, at: EventTime(seconds: Int64(index)), by: "device",
        userID: index == 1 || index == 3 ? "login" : nil)
      event.parameters.append(.sessionID, .int(index < 2 ? 1 : 2))
      events.append(event)
    }
    events.append(Event("a", at: EventTime(seconds: 9)))
    let log = try EventLog(events)
    let pattern = SequencePattern([.event("a"), .event("b")])
    let sessions = SequenceQuery(pattern, unit: .sessions).evaluate(log)
    #expect(sessions.units == 2)
    #expect(sessions.matches == 2)
    #expect(sessions.eventsWithoutUnit == 1)
    let users = SequenceQuery(pattern).evaluate(log)
    #expect(users.units == 2)
    #expect(users.matches == 0)
    #expect(users.eventsWithoutUnit == 1)
  }

  @Test func `the report is a table with its question`() throws {
    var events: [Event] = []
    for (user, pairs) in [0, 1, 1, 2, 3, 4, 5, 6, 7, 9].enumerated() {
      events.append(Event("x", at: EventTime(seconds: 0), by: "u\(user)"))
      for pair in 0..<pairs {
        for (name, second) in [("a", 0), ("b", pair + 1)] {
          events.append(
            Event(
              EventName(name), at: EventTime(seconds: Int64(100 * pair + second)), by: "u\(user)"))
        }
      }
    }
    let pattern = SequencePattern(
      [.event("a"), .gap(.atMost, .seconds(90)), .event("b")],
      among: [SequencePattern.Condition("c")])
    let report = SequenceQuery(pattern).evaluate(try EventLog(events))
    #expect(report.matches == 38)
    #expect(report.rate == 0.9)
    #expect(report.rateOfUnitsWithEvents == 1)
    #expect(report.timeOfFirstMatch?.quantile(1) == 1)
    #expect(
      "\(report)" == """
        users                   count    share
        ──────────────────────  ─────  ───────
        looked at                  10  100.00%
        with any of the events      9   90.00%
        matching                    9   90.00%
          once                      2   20.00%
          2 times                   1   10.00%
          3 times                   1   10.00%
          4 times                   1   10.00%
          5 times                   1   10.00%
          6 times or more           3   30.00%
        38 matches in all, half of the first ones within 1.0 s
        sequence of users: a → (≤ 1 min 30 s) → b, among events that match or are c
        """)
  }

  @Test func `an empty log has no rates`() throws {
    let query = SequenceQuery(SequencePattern([.event("a")]))
    let report = query.evaluate(try EventLog([Event]()))
    #expect(report.rate == nil && report.rateOfUnitsWithEvents == nil)
    #expect(report.timeOfFirstMatch == nil)
    #expect(report.distribution == [SequenceReport.Row(matches: 0, units: 0)])
    #expect(
      "\(report)" == """
        users                   count  share
        ──────────────────────  ─────  ─────
        looked at                   0      —
        with any of the events      0      —
        matching                    0      —
        0 matches in all
        sequence of users: a, among events that match
        """)
  }

  @Test func `times at both ends of the calendar are far apart`() throws {
    let log = try EventLog([
      Event("a", at: .min, by: "u"), Event("a", at: .max, by: "u"),
    ])
    func report(_ gap: SequencePattern.Element) -> SequenceReport {
      SequenceQuery(SequencePattern([.event("a"), gap, .event("a")])).evaluate(log)
    }
    let longest = Duration.microseconds(Int64.max)
    #expect(report(.gap(.moreThan, longest)).matches == 1)
    #expect(report(.gap(.atMost, longest)).matches == 0)
    #expect(report(.gap(.exactly, .zero)).matches == 0)
    #expect(report(.gap(.moreThan, longest)).timeOfFirstMatch?.count == 1)
  }

  /// ClickHouse stops at a million steps, here with 51 events.
  @Test func `a pattern with very many ways to go wrong is counted`() throws {
    let count: Int64 = 20_000
    var events = (0..<count).map { Event("a", at: EventTime(seconds: $0), by: "u") }
    events.append(Event("b", at: EventTime(seconds: count + 100), by: "u"))
    let log = try EventLog(events)
    let ways = String(repeating: "(?1)(?t<=1000000)", count: 4)
    #expect(try matches(ways + "(?1)(?t<=2)(?2)", log) == 0)
    #expect(try matches(ways + "(?1)(?t<=101)(?2)", log) == 1)
  }

  @Test func `a question that no event can answer is refused`() async throws {
    await #expect(processExitsWith: .failure) { _ = SequenceQuery(SequencePattern([.anyEvent])) }
    let all = SequenceQuery(SequencePattern([.anyEvent]), over: .allEvents)
    #expect(all.evaluate(try log(["a", "b"], at: [0, 1])).matches == 2)
    let data = try JSONEncoder().encode(all)
    #expect(try JSONDecoder().decode(SequenceQuery.self, from: data) == all)
    let other = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: "allEvents", with: "matchingEvents")
    let sentence =
      "No event meets a pattern without conditions; ask for allEvents or add a condition"
    do {
      _ = try JSONDecoder().decode(SequenceQuery.self, from: Data(other.utf8))
      Issue.record("A question that no event can answer was decoded")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.debugDescription == sentence)
    }
  }

  @Test func `any events alone may match units without events of a condition`() throws {
    let pattern = SequencePattern([.anyEvent], among: [SequencePattern.Condition("a")])
    let report = SequenceQuery(pattern, over: .allEvents).evaluate(try log(["x"], at: [0]))
    #expect(report.unitsWithEvents == 1 && report.matchingUnits == 1)
    #expect("\(report.query)" == "sequence of users: any event, among all events")
  }
}
