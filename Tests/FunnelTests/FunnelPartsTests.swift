import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

@Suite struct FunnelPartsTests {
  /// The events in some parts that share users.
  private func parts(_ events: [Event], _ generator: inout SeededGenerator) throws -> [EventLog] {
    var parts = [[Event]](repeating: [], count: generator.integer(in: 1...4))
    for event in events { parts[generator.integer(below: parts.count)].append(event) }
    generator.shuffle(&parts)
    return try parts.map { try EventLog($0) }
  }

  private func check(
    _ query: FunnelQuery, _ events: [Event], _ generator: inout SeededGenerator
  ) throws {
    let parts = try parts(events, &generator)
    let expected = query.evaluate(try EventLog(events))
    var state = FunnelPartsQuery(query).makeState()
    for part in parts { state.update(part) }
    #expect(state.report() == expected, "\(query)")
    var states = parts.map { part in
      var state = FunnelPartsQuery(query).makeState()
      state.update(part)
      return state
    }
    while states.count > 1 {
      generator.shuffle(&states)
      try states[0].merge(states.removeLast())
    }
    let merged = states[0]
    #expect(merged.report() == expected, "\(query)")
    #expect(merged.encoded() == state.encoded(), "\(query)")
    let stored = try FunnelPartsState(decoding: merged.encoded(), query: FunnelPartsQuery(query))
    #expect(stored.report() == expected, "\(query)")
  }

  @Test(arguments: RandomFunnel.Option.allCases)
  func `users in parts give the report of the whole`(option: RandomFunnel.Option) throws {
    for part in Rounds.parts {
      for var generator in Rounds.generators("funnel parts \(option)", part: part, perPart: 20) {
        var query = RandomFunnel.query([option], &generator)
        if generator.bernoulli(0.3), query.steps.count > 1 {
          query.breakdown = FunnelBreakdown(
            by: .country, attribution: generator.choose(from: [.step(0), .allEvents]))
        }
        query.hasTrend = generator.bernoulli(0.3)
        query.explainsStops = generator.bernoulli(0.3)
        try check(query, RandomFunnel.events(&generator), &generator)
      }
    }
  }

  @Test func `the first touch of values at one time is the first by their bytes`() throws {
    func event(_ country: String?) -> Event {
      var event = Event("a", at: EventTime(seconds: 1), by: "u")
      event[field: .country] = country.map { .string($0) }
      return event
    }
    let query = FunnelPartsQuery(
      FunnelQuery([Step("a")], breakdown: FunnelBreakdown(by: .country)))
    for events in [[event("Y"), event("X"), event(nil)], [event(nil), event("X"), event("Y")]] {
      var state = query.makeState()
      for event in events { state.update(try EventLog([event])) }
      #expect(state.report().groups.map(\.label) == [.value("X")])
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for var generator in Rounds.generators("funnel parts laws", part: 0, perPart: 8) {
      var query = RandomFunnel.query([.firstWindow], &generator)
      query.holdConstant = [.country]
      let log = try EventLog(RandomFunnel.events(&generator, users: 12))
      var other = query
      other.hasTrend = true
      try await checkMergeLaws(
        FunnelPartsQuery(query), log, other: FunnelPartsQuery(other), seed: generator.next())
    }
  }

  @Test func `sessions in parts are refused with a way out`() throws {
    #expect(
      try StoredQuery.refusal(
        of: FunnelPartsQuery(FunnelQuery([Step("a")])), ["funnel", "unit"], "sessions")
        == "Sessions are found in a whole log: join the parts by merging(_:), or count users")
  }
}
