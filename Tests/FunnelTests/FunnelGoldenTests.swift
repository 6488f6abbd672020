import Funnel
import GA4Model
import TestSupport
import Testing

/// The funnels of the real days, exactly.
@Suite(.enabled(if: RealData.isAvailable)) struct FunnelGoldenTests {
  private struct Golden: Decodable {
    var week: [Int]
    var hour: [Int]
    var sessions: [Int]

    private enum CodingKeys: String, CodingKey {
      case week = "ordered_funnel_view_cart_checkout_purchase_users_7d"
      case hour = "ordered_funnel_view_cart_checkout_purchase_users_1h"
      case sessions = "ordered_funnel_view_cart_checkout_purchase_sessions"
    }
  }

  private func check(_ log: EventLog, _ golden: Golden) async {
    let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
    let week = FunnelWindow.fromFirstStep(.seconds(7 * 86_400))
    for (query, counts) in [
      (FunnelQuery(steps, window: week), golden.week),
      (FunnelQuery(steps, window: .fromFirstStep(.seconds(3_600))), golden.hour),
      (FunnelQuery(steps, unit: .sessions), golden.sessions),
    ] {
      let report = query.evaluate(log)
      #expect(report.steps.map(\.count) == counts, "\(query)")
      #expect(await query.evaluate(log, workers: 7) == report)
      var explained = query
      explained.explainsStops = true
      #expect(explained.evaluate(log).steps.map(\.count) == counts, "\(explained)")
    }
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
}
