import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

@Suite struct FunnelWindowsTests {
  private func query(_ generator: inout SeededGenerator) -> FunnelWindowsQuery {
    let options = Set(
      [RandomFunnel.Option.open, .endAttempt, .direct, .optional, .firstTimes].filter { _ in
        generator.bernoulli(0.2)
      })
    var funnel = RandomFunnel.query(
      options.contains(.open) ? options.subtracting([.endAttempt]) : options, &generator)
    if generator.bernoulli(0.5) { funnel.breakdown = FunnelBreakdown(by: .country) }
    if generator.bernoulli(0.5) { funnel.unit = .sessions }
    funnel.hasTrend = generator.bernoulli(0.2)
    funnel.explainsStops = generator.bernoulli(0.3)
    let windows = (0..<generator.integer(in: 1...4)).map { _ -> FunnelWindow in
      switch generator.integer(in: 0...3) {
      case 0: .none
      case 1: .fromPreviousStep(.seconds(generator.integer(in: 1...3)))
      default: .fromFirstStep(.seconds(generator.integer(in: 1...6)))
      }
    }
    return FunnelWindowsQuery(funnel, windows: windows)
  }

  @Test(arguments: Rounds.parts)
  func `each window gives the report of the funnel with it`(part: Int) throws {
    for var generator in Rounds.generators("funnel windows", part: part) {
      let query = query(&generator)
      let log = try EventLog(RandomFunnel.events(&generator))
      #expect(query.evaluate(log).reports == query.queries.map { $0.evaluate(log) }, "\(query)")
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for var generator in Rounds.generators("funnel windows laws", part: 0, perPart: 8) {
      let query = query(&generator)
      let other = FunnelWindowsQuery(query.funnel, windows: query.windows + [.none])
      let log = try EventLog(RandomFunnel.events(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }

  @Test func `the table has a column for each window`() throws {
    let log = try EventLog([
      Event("a", at: EventTime(seconds: 0), by: "u"),
      Event("b", at: EventTime(seconds: 5), by: "u"),
    ])
    let query = FunnelWindowsQuery(
      FunnelQuery([Step("a"), Step("b")]), windows: [.fromFirstStep(.seconds(4)), .none])
    #expect(
      query.evaluate(log).description == """
        step  within 4 s of the first step  without window
        ────  ────────────────────────────  ──────────────
        a                        1 100.00%       1 100.00%
        b                          0 0.00%       1 100.00%
        funnel of users: a → b, within 4 s of the first step or without window
        """)
  }

  @Test func `a query that makes no sense is not decoded`() throws {
    func refusal(_ windows: [FunnelWindow]) -> String? {
      struct Stored: Encodable {
        var funnel = FunnelQuery([Step("a")], order: .anyOrder)
        var windows: [FunnelWindow]
      }
      return StoredQuery.refusal(of: FunnelWindowsQuery.self, Stored(windows: windows))
    }
    #expect(refusal([.none]) == nil)
    #expect(
      refusal([.none, .fromPreviousStep(.seconds(1))])
        == "Steps in any order have no step before: use a window from the first step")
    #expect(refusal([]) == "A comparison of windows needs at least one")
    #expect(
      refusal(Array(repeating: .none, count: 33)) == "A comparison can have at most 32 windows")
  }
}
