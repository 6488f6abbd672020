import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct `Customer tiers` {
  private func report(_ revenue: [Double]) throws -> RFMReport {
    let events = revenue.enumerated().map { number, revenue in
      var event = Event(
        .purchase, at: EventTime(seconds: 1), by: "u" + String(1_000 + number))
      event.ecommerce = Ecommerce(purchaseRevenue: revenue)
      return event
    }
    return RFMQuery(asOf: CalendarDay.unixEpoch).evaluate(try EventLog(events))
  }

  @Test func `a tier begins at its border`() throws {
    let tiers = try report([2_000, 1_999.99, 1_000, 200, 199.99, 0]).tiers(.byThresholds)
    #expect(tiers.rows.map(\.name) == ["VIP", "High", "Medium", "Low"])
    #expect(tiers.rows.map(\.customers) == [1, 2, 1, 2])
    #expect(tiers.customers(in: "High").map(\.revenue) == [1_999.99, 1_000])
    #expect(
      "\(tiers)" == """
        tier        from  customers   revenue  share
        ──────  ────────  ─────────  ────────  ─────
        VIP     2,000.00          1  2,000.00  37.0%
        High    1,000.00          2  2,999.99  55.6%
        Medium    200.00          1    200.00   3.7%
        Low                       2    199.99   3.7%
        tiers: VIP from 2000.0, High from 1000.0, Medium from 200.0, Low below
        """)
  }

  @Test func `without customers there are tiers of nobody`() throws {
    let tiers = try report([]).tiers()
    #expect(tiers.rows.map(\.customers) == [0, 0, 0, 0])
    #expect(tiers.rows.allSatisfy { $0.from == nil && $0.revenueShare == nil })
  }

  @Test(arguments: Rounds.parts)
  func `quantiles are linear and equal customers are in one tier`(part: Int) throws {
    for var generator in Rounds.generators("tiers", part: part, perPart: 20) {
      let revenue = (0..<generator.integer(in: 1...40)).map { _ in
        Double(generator.integer(below: 12))
      }
      let tiers = try report(revenue).tiers()
      let sorted = revenue.sorted()
      let borders = [0.33, 0.67, 0.95].map { probability in
        let rank = Double(sorted.count - 1) * probability
        let low = Int(rank)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (rank - Double(low)) * (sorted[high] - sorted[low])
      }
      for (row, border) in zip(tiers.rows.dropLast(), borders.reversed()) {
        #expect(abs(try #require(row.from) - border) < 1e-9)
      }
      #expect(tiers.rows.reduce(0) { $0 + $1.customers } == revenue.count)
      for value in Set(revenue) {
        let names = tiers.rows.map(\.name).filter { name in
          tiers.customers(in: name).contains { $0.revenue == value }
        }
        #expect(names.count == 1)
      }
    }
  }

  @Test func `rules that make no sense cannot be decoded`() throws {
    for (text, sentence) in [
      (#"{"borders":{"quantiles":{"_0":[2]}},"names":["a","b"]}"#, "between 0 and 1"),
      (#"{"borders":{"thresholds":{"_0":[2,2]}},"names":["a","b","c"]}"#, "ascending"),
      (#"{"borders":{"thresholds":{"_0":[2]}},"names":["a"]}"#, "one more than there are borders"),
    ] {
      let error = #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(TierRule.self, from: Data(text.utf8))
      }
      #expect("\(try #require(error))".contains(sentence))
    }
    let data = try JSONEncoder().encode(TierRule.byQuantiles)
    #expect(try JSONDecoder().decode(TierRule.self, from: data) == .byQuantiles)
  }
}
