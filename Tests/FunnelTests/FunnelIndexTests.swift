import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

/// A query that comes again may be answered from an index of names, which must not change the answer.
@Suite struct FunnelIndexTests {
  @Test(arguments: Rounds.parts)
  func `the answer is the same when a query comes again`(part: Int) throws {
    var answersByIndex = 0
    for var generator in Rounds.generators("funnel index", part: part) {
      var query = RandomFunnel.query(Self.options(&generator), &generator)
      query.unit = generator.choose(from: FunnelUnit.allCases)
      query.hasTrend = generator.bernoulli(0.3)
      query.explainsStops = generator.bernoulli(0.3)
      if generator.bernoulli(0.4) {
        query.breakdown = FunnelBreakdown(
          by: .country, attribution: generator.choose(from: [.firstTouch, .lastTouch]))
      }
      let events = RandomFunnel.eventsInSessions(&generator, users: 6)
      // What stands between the steps, so that they are rare.
      let others = (0..<events.count * 6).map { index in
        var event = events[index % events.count]
        event.name = "other"
        return event
      }
      let log = try EventLog(events + others)
      let first = query.evaluate(log)
      #expect(query.evaluate(log) == first, "\(query)")
      if log.memory.indexes > 0 { answersByIndex += 1 }
    }
    #expect(answersByIndex > 0)
  }

  private static func options(_ generator: inout SeededGenerator) -> Set<RandomFunnel.Option> {
    if generator.bernoulli(0.5) { return [.firstWindow] }
    return Set(RandomFunnel.Option.allCases.filter { _ in generator.bernoulli(0.15) })
  }

  @Test(arguments: Rounds.parts)
  func `conditions on records and on parameters are decided alike`(part: Int) throws {
    for var generator in Rounds.generators("funnel conditions", part: part) {
      let steps = (0..<generator.integer(in: 1...3)).map { _ in
        Step("Step") { Self.condition($0, &generator) }
      }
      let query = FunnelQuery(steps, window: .fromFirstStep(.seconds(4)))
      let log = try EventLog(
        (0..<generator.integer(in: 0...30)).map { _ in Self.event(&generator) })
      // The same events under names that say what each of them fulfils.
      let named = try EventLog(
        log.map { event in
          var event = event
          event.name = EventName(
            steps.map { $0.predicate.matches(event) ? "1" : "0" }.joined())
          return event
        })
      let names = named.map(\.name)
      let plain = FunnelQuery(
        steps.indices.map { step in
          let fulfilling = Set(names.map(\.rawValue)).sorted().filter { name in
            Array(name)[step] == "1"
          }
          return Step("Step") { $0.name.isOne(of: fulfilling.map { EventName($0) }) }
        }, window: query.window)
      #expect(query.evaluate(log).steps == plain.evaluate(named).steps, "\(query)")
    }
  }

  private static func condition(
    _ event: EventStandIn, _ generator: inout SeededGenerator
  ) -> EventPredicate {
    let country = event[field: .country] == generator.choose(from: ["A", "B"])
    let city = event[field: .city] == generator.choose(from: ["P", "Q"])
    let browser = event[field: .browser] == generator.choose(from: ["X", "Y"])
    let value = event[.value] > generator.choose(from: [1.0, 2.0])
    let name = event.name == generator.choose(from: ["a", "b"] as [EventName])
    let conditions: [EventPredicate] = [
      name && country, name && !country, name && (country || city), name && country && browser,
      name && value, name && value && country, country, name && event[field: .city].isPresent,
      name && event[field: .country].isOne(of: ["A", "B"]),
    ]
    return generator.choose(from: conditions)
  }

  private static func event(_ generator: inout SeededGenerator) -> Event {
    var event = Event(
      generator.choose(from: ["a", "b", "c"]),
      at: EventTime(seconds: Int64(generator.integer(in: 0...9))),
      by: generator.choose(from: ["u", "v"]))
    if generator.bernoulli(0.8) {
      event[field: .country] = .string(generator.choose(from: ["A", "B", "C"]))
    }
    if generator.bernoulli(0.6) {
      event[field: .city] = .string(generator.choose(from: ["P", "Q"]))
    }
    if generator.bernoulli(0.6) {
      event[field: .browser] = .string(generator.choose(from: ["X", "Y"]))
    }
    if generator.bernoulli(0.7) { event[.value] = .double(Double(generator.integer(in: 0...3))) }
    return event
  }
}
