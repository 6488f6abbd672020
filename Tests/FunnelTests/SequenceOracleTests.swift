import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

/// Small random logs and patterns in which much happens at one time.
enum RandomSequences {
  private static let names: [EventName] = ["a", "b", "c", "x"]

  static func events(_ generator: inout SeededGenerator, users: Int = 4) -> [Event] {
    var events: [Event] = []
    for user in 0..<users {
      var clock: Int64 = 1_600_000_000
      for _ in 0..<generator.integer(in: 0...9) {
        if generator.bernoulli(0.55) { clock += Int64(generator.integer(in: 1...3)) }
        var event = Event(
          generator.choose(from: names), at: EventTime(seconds: clock), by: "u\(user)",
          userID: generator.bernoulli(0.1) ? "login \(user)" : nil)
        if generator.bernoulli(0.3) { event.parameters["flag"] = 1 }
        if generator.bernoulli(0.9) {
          event.parameters.append(.sessionID, .int(Int64(generator.integer(below: 2))))
        }
        events.append(event)
      }
    }
    if generator.bernoulli(0.3) { events.append(Event("a", at: EventTime(seconds: 1))) }
    return events
  }

  static func condition(_ generator: inout SeededGenerator) -> SequencePattern.Condition {
    switch generator.integer(in: 0...5) {
    case 0:
      let pair = [generator.choose(from: names), generator.choose(from: names)]
      return SequencePattern.Condition("either") { $0.name.isOne(of: pair) }
    case 1:
      let name = generator.choose(from: names)
      return SequencePattern.Condition("flagged") { $0.name == name && $0["flag"] == 1 }
    default: return SequencePattern.Condition(generator.choose(from: Array(names.prefix(3))))
    }
  }

  private static func element(_ generator: inout SeededGenerator) -> SequencePattern.Element {
    switch generator.integer(in: 0...9) {
    case 0: .anyEvent
    case 1, 2: .anything
    case 3, 4, 5:
      .gap(
        generator.choose(from: SequencePattern.Comparison.allCases),
        .seconds(generator.integer(in: 0...4)))
    default: .event(condition(&generator))
    }
  }

  static func query(_ generator: inout SeededGenerator) -> SequenceQuery {
    while true {
      let elements = (0..<generator.integer(in: 1...6)).map { _ in element(&generator) }
      let others = (0..<generator.integer(in: 0...2)).map { _ in condition(&generator) }
      let over = generator.choose(from: SequenceEvents.allCases)
      guard makesSense(elements), over == .allEvents || hasCondition(elements) else { continue }
      return SequenceQuery(
        SequencePattern(elements, among: others),
        unit: generator.choose(from: FunnelUnit.allCases), over: over)
    }
  }

  static func hasCondition(_ elements: [SequencePattern.Element]) -> Bool {
    elements.contains { if case .event = $0 { true } else { false } }
  }

  private static func makesSense(_ elements: [SequencePattern.Element]) -> Bool {
    var hasEvent = false
    var isGap = false
    var isOpen = false
    for element in elements {
      switch element {
      case .event, .anyEvent: (hasEvent, isGap, isOpen) = (true, false, false)
      case .anything: isGap = false
      case .gap(let comparison, let duration):
        if !hasEvent || isGap || comparison == .lessThan && duration == .zero { return false }
        (isGap, isOpen) = (true, true)
      }
    }
    return hasEvent && !isOpen
  }
}

@Suite struct SequenceOracleTests {
  @Test(arguments: Rounds.parts)
  func `matches are those of every way to read the pattern`(part: Int) throws {
    for var generator in Rounds.generators("sequences", part: part) {
      let query = RandomSequences.query(&generator)
      let log = try EventLog(RandomSequences.events(&generator))
      let units = query.units(of: log).map { SequenceOracle(query, log, $0) }
      let counts = units.map(\.count)
      let report = query.evaluate(log)
      #expect(report.units == units.count)
      #expect(report.matches == counts.reduce(0, +), "\(query)")
      #expect(report.matchingUnits == counts.count { $0 > 0 }, "\(query)")
      let rows = Set(counts + [0]).sorted().map { matches in
        SequenceReport.Row(matches: matches, units: counts.count { $0 == matches })
      }
      #expect(report.distribution == rows)
      // The rule by which matches are counted leaves none out.
      #expect(counts == units.map(\.mostMatches), "\(query)")

      let takers = query.pattern.elements.indices.filter { index in
        switch query.pattern.elements[index] {
        case .event, .anyEvent: true
        case .anything, .gap: false
        }
      }
      var firsts: [SequenceMatch] = []
      var seconds: [Duration] = []
      for (number, unit) in units.enumerated() {
        guard let match = unit.firstMatch() else { continue }
        let events = zip(takers, match).map { element, place in
          SequenceMatch.Event(
            element: element, position: unit.positions[place], time: unit.time(place))
        }
        firsts.append(SequenceMatch(unit: number, events: events))
        seconds.append(unit.time(match.last!) - unit.time(match[0]))
        // It is the first in every sense.
        for other in unit.matches(from: 0) {
          #expect(zip(match, other).allSatisfy { $0 <= $1 }, "\(query)")
        }
      }
      #expect(query.firstMatches(in: log) == firsts, "\(query)")
      #expect(report.timeOfFirstMatch?.count == (seconds.isEmpty ? nil : seconds.count))
      if let most = seconds.max() {
        #expect(report.timeOfFirstMatch?.quantile(1) == most / .seconds(1))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `units with events are those that any condition knows`(part: Int) throws {
    for var generator in Rounds.generators("sequence units", part: part, perPart: 5) {
      let query = RandomSequences.query(&generator)
      let log = try EventLog(RandomSequences.events(&generator))
      let conditions = query.pattern.conditions
      let asksForAll =
        query.over == .allEvents && !RandomSequences.hasCondition(query.pattern.elements)
      let expected = query.units(of: log).count { positions in
        asksForAll
          || positions.contains { position in
            conditions.contains { $0.predicate.matches(log[position]) }
          }
      }
      let report = query.evaluate(log)
      #expect(report.unitsWithEvents == expected)
      let inUnits = query.units(of: log).reduce(0) { $0 + $1.count }
      #expect(report.eventsWithoutUnit == log.count - inUnits)
    }
  }

  @Test(arguments: Rounds.parts)
  func `a pattern is read back from its text`(part: Int) throws {
    for var generator in Rounds.generators("sequence text", part: part) {
      let pattern = RandomSequences.query(&generator).pattern
      let text = try #require(pattern.clickHouseText)
      #expect(
        try SequencePattern(clickHouse: text, conditions: pattern.conditions) == pattern,
        "\(text)")
    }
  }

  @Test(arguments: Rounds.parts)
  func `the state obeys the laws of merging`(part: Int) async throws {
    for var generator in Rounds.generators("sequence laws", part: part, perPart: 3) {
      let query = RandomSequences.query(&generator)
      var other = query
      other.unit = query.unit == .users ? .sessions : .users
      let log = try EventLog(RandomSequences.events(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }
}
