import Funnel
import GA4Model
import TestSupport
import Testing

/// Paths of the real days against figures of SQL.
@Suite(.enabled(if: RealData.isAvailable)) struct PathGoldenTests {
  private struct Golden: Decodable {
    var events: Int
    var event_counts: [String: Int]
    var purchasers: Int
  }

  private func check(_ log: EventLog, _ golden: Golden) async throws {
    for name: EventName in [.addToCart, .beginCheckout, .purchase] {
      let query = PathQuery(following: { $0.name == name }, depth: 4)
      let report = await query.evaluate(log, workers: 7)
      #expect(query.evaluate(log) == report)
      #expect(report.root.count == golden.event_counts[name.rawValue])
      var backward = PathQuery(preceding: { $0.name == name }, depth: 4)
      #expect(backward.evaluate(log).root.count == report.root.count)
      backward.anchors = .first
      #expect(backward.evaluate(log).root.count == report.root.units)
      #expect(report.root.units == log.filter(names: [name]).users.count)
    }
    let buyers = PathQuery(preceding: { $0.name == .purchase }, depth: 3, anchors: .last)
    #expect(buyers.evaluate(log).root.count == golden.purchasers)
  }

  @Test func `the six days`() async throws {
    try await check(
      RealData.sixDays(), RealData.golden("ga4/golden_20201219_20201224.json", as: Golden.self))
  }

  @Test func `the 32 days`() async throws {
    try await check(
      RealData.thirtyTwoDays(),
      RealData.golden("ga4/golden_20201219_20210119.json", as: Golden.self))
  }

  /// Every event follows another of its user, or is the first.
  @Test func `the first step behind any event is every event but the first of each user`()
    async throws
  {
    let log = try await RealData.sixDays()
    let golden = try RealData.golden("ga4/golden_20201219_20201224.json", as: Golden.self)
    let query = PathQuery(
      following: { $0.name.hasPrefix("") }, depth: 1, limit: golden.event_counts.count)
    let report = query.evaluate(log)
    #expect(report.root.count == golden.events)
    #expect(report.root.units == log.users.count)
    #expect(report.root.children.last?.label == .end)
    #expect(report.root.children.last?.count == log.users.count)
    var counts = golden.event_counts
    for user in log.users { counts[log[user.events.lowerBound].name.rawValue]! -= 1 }
    for node in report.root.children.dropLast() {
      #expect(node.count == counts[node.label.description])
    }
  }
}
