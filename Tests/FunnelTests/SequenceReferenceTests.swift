import Foundation
import Funnel
import GA4Model
import TestSupport
import Testing

/// A pattern with events and what ClickHouse makes of them.
private struct ReferenceCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var pattern: String
  var conditions: [SequencePattern.Condition]
  var events: [Event]
  var matches: Bool
  var count: Int
  /// The seconds of the events that conditions took in the first match, where they are known.
  var times: [Int64]?

  private static func json(_ name: String) -> JSONValue {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/\(name).json")
    return try! JSONValue(Array(Data(contentsOf: file)))
  }

  /// `Reference/sequences.json`: cases of ClickHouse's own tests, in which a condition is that an event
  /// has a name.
  static let own = json("sequences").elements!.map { value in
    let definition = value["definition"]!
    let expected = value["expected"]!
    return ReferenceCase(
      testDescription: value["id"]!.text!, pattern: definition["pattern"]!.text!,
      conditions: definition["conditions"]!.elements!.map { condition in
        SequencePattern.Condition(EventName(String(condition.text!.dropFirst("data=".count))))
      },
      events: value["events"]!.elements!.map { event in
        let fields = event.elements!
        return Event(
          EventName(fields[2].text!), at: EventTime(seconds: fields[1].whole!), by: fields[0].text!)
      },
      matches: expected["match"]!.whole == 1,
      count: Int(expected["count_non_overlapping"]!.whole!),
      times: expected["matched_timestamps"]?.elements!.map { $0.whole! })
  }

  /// `Reference/sequences-clickhouse.json`: what ClickHouse answers to random patterns.
  static let random = json("sequences-clickhouse")["cases"]!.elements!.map { value in
    ReferenceCase(
      testDescription: value["pattern"]!.text!, pattern: value["pattern"]!.text!,
      conditions: (0..<3).map { bit in
        SequencePattern.Condition("bit \(bit)") { $0[ParameterKey(rawValue: "bit\(bit)")] == 1 }
      },
      events: value["events"]!.elements!.map { fields in
        var event = Event("e", at: EventTime(seconds: fields.elements![0].whole!), by: "u")
        for bit in 0..<3 where fields.elements![1].whole! >> Int64(bit) & 1 == 1 {
          event.parameters[ParameterKey(rawValue: "bit\(bit)")] = 1
        }
        return event
      },
      matches: value["match"]!.whole == 1, count: Int(value["count"]!.whole!),
      times: value["times"]?.elements!.map { $0.whole! })
  }
}

@Suite struct SequenceReferenceTests {
  private func check(_ item: ReferenceCase) throws {
    let pattern = try SequencePattern(clickHouse: item.pattern, conditions: item.conditions)
    #expect(pattern.clickHouseText == item.pattern)
    let query = SequenceQuery(pattern)
    let log = try EventLog(item.events)
    let report = query.evaluate(log)
    #expect((report.matchingUnits == 1) == item.matches)
    #expect(report.matches == item.count)
    let match = query.firstMatches(in: log).first
    #expect((match != nil) == item.matches)
    guard let times = item.times else { return }
    // ClickHouse lists the events of conditions, not those of "any event".
    let found = (match?.events ?? []).filter { event in
      if case .event = pattern.elements[event.element] { true } else { false }
    }
    #expect(found.map(\.time) == times.map { EventTime(seconds: $0) })
  }

  @Test(arguments: ReferenceCase.own)
  private func `ClickHouse's own cases are reproduced`(_ item: ReferenceCase) throws {
    try check(item)
  }

  @Test func `random patterns match as they do in ClickHouse`() throws {
    #expect(ReferenceCase.random.count == 300)
    for item in ReferenceCase.random { try check(item) }
  }
}
