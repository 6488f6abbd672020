import GA4Model
import ProductMetrics
import TestSupport
import Testing

/// Figures that SQL gives for Google's public GA4 sample.
private struct Golden: Decodable {
  struct Channel: Decodable {
    var session_start: Int
    var add_to_cart: Int
    var purchase: Int
    var revenue: Double
  }
  var dau: [String: Int]
  var sessions_gap_30min: Int
  var revenue_raw: Double
  var channel_seed0_rule: [String: Channel]

  static let sixDays = "ga4/golden_20201219_20201224.json"
  static let thirtyTwoDays = "ga4/golden_20201219_20210119.json"

  func check(_ log: EventLog) async throws {
    let daily = await DailyActiveUsersQuery().evaluate(log, workers: 2)
    #expect(daily.rows.count == dau.count)
    for row in daily.rows { #expect(row.users == dau[row.day.basicDescription]) }

    let active = await ActiveUsersQuery(monthDays: 28).evaluate(log, workers: 2)
    #expect(active.rows.map(\.daily) == daily.rows.map(\.users))

    let sessions = await GapSessionsQuery().evaluate(log, workers: 2)
    #expect(sessions.count == sessions_gap_30min)

    let schema = await StarSchemaQuery(channels: .simple, counting: .events)
      .evaluate(log, workers: 2)
    #expect(schema.channelSummary.count == channel_seed0_rule.count)
    for row in schema.channelSummary {
      let channel = try #require(channel_seed0_rule[row.group.rawValue])
      #expect(row.figures.sessions == channel.session_start)
      #expect(row.figures.addToCarts == channel.add_to_cart)
      #expect(row.figures.purchases == channel.purchase)
      #expect(row.figures.revenue == channel.revenue)
    }
    #expect(schema.total.revenue == revenue_raw)
  }
}

@Suite(.enabled(if: RealData.isAvailable)) struct `Google's GA4 sample` {
  @Test func `six days give the figures of SQL`() async throws {
    try await RealData.golden(Golden.sixDays, as: Golden.self).check(RealData.sixDays())
  }

  @Test func `32 days give the figures of SQL`() async throws {
    try await RealData.golden(Golden.thirtyTwoDays, as: Golden.self)
      .check(RealData.thirtyTwoDays())
  }

  /// The figures are sums over all rows of the export, so the rule is ``PurchaseRule/none``.
  @Test func `the top items of six days are those of SQL`() async throws {
    let top = await TopItemsQuery(limit: 5, purchases: .none)
      .evaluate(try await RealData.sixDays(), workers: 2)
    #expect(
      top.items.map { "\($0.name ?? "") \($0.units) \($0.revenue)" } == [
        "Google Crewneck Sweatshirt Navy 16 737.0", "Google Zip Hoodie F/C 13 684.0",
        "Google NYC Campus Zip Hoodie 20 656.0",
        "Google Women's Microfleece Jacket Black 10 615.0",
        "Android Iconic Crewneck Sweatshirt 13 605.0",
      ])
    #expect(top.orders == 275)
  }

  @Test func `orders of six days count once under the default rule`() async throws {
    let log = try await RealData.sixDays()
    let schema = await StarSchemaQuery().evaluate(log, workers: 2)
    #expect(schema.total.sessions == 20_968)
    #expect(schema.total.purchases == 272)
    #expect(schema.total.revenue == 16_230)
  }

  @Test func `dates are written as in a published star schema of the sample`() async throws {
    let published = try RealData.text("seeds/seed0_dim_date_sample.csv")
      .split(separator: "\n").map(String.init)
    let schema = StarSchemaQuery(channels: .simple, counting: .events)
      .evaluate(try await RealData.thirtyTwoDays())
    let rows = schema.csv(.dimDate).split(separator: "\n").map(String.init)
    #expect(rows.count == 33)
    #expect(Set(rows).isSubset(of: published))
  }
}
