import Cohorts
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@Suite(.enabled(if: RealData.isAvailable)) struct `Customers of real shops` {
  @Test func `the tiers of Online Retail are those that are known of it`() async throws {
    let log = try await RealData.onlineRetail().log
    let report = await RFMQuery(asOf: CalendarDay("2011-12-10")!).evaluate(log, workers: 2)
    #expect(report.customers.count == 4_338)
    #expect(report.orders == 18_532)
    #expect(abs(report.revenue - 8_911_407.904) < 1e-6)
    #expect(report.segments.reduce(0) { $0 + $1.customers } == 4_338)

    let tiers = report.tiers(.byQuantiles)
    #expect(tiers.rows.map(\.name) == ["VIP", "High", "Medium", "Low"])
    #expect(tiers.rows.map(\.customers) == [217, 1_215, 1_474, 1_432])
    #expect(
      tiers.rows.map { ($0.revenue * 100).rounded() / 100 } == [
        4_489_400.21, 3_055_726.83, 1_052_717.93, 313_562.93,
      ])
    #expect(report.tiers(.byThresholds).rows.map(\.customers) == [903, 765, 2_022, 648])
  }

  @Test func `customers of the CDNOW sample are scored`() throws {
    let log = try TransactionReader(format: .cdnowSample)
      .read(bytes: Array(RealData.text("retail/cdnow_sample.txt").utf8)).log
    let report = RFMQuery(asOf: CalendarDay("1998-06-30")!).evaluate(log)
    #expect(report.customers.count == 2_357)
    #expect(report.orders == 6_919)
    // Most bought once, which all thresholds but one of frequency see.
    #expect(report.customers.count { $0.orders == 1 } > 1_000)
  }

  @Test func `the churn that others publish is a leak and ours is not`() async throws {
    let log = try await RealData.thirtyTwoDays()
    let naive = await ChurnQuery(.inactiveAtEnd(days: 7)).evaluate(log, workers: 2)
    let leak = try #require(naive.leaks.first { $0.feature == "days_since_last" })
    #expect(leak.auc == 1)
    #expect(leak.border == 7)
    #expect(leak.isHigherForTrue)
    let honest = await ChurnQuery(after: CalendarDay("2021-01-12")!, within: 7)
      .evaluate(log, workers: 2)
    #expect(honest.table.labels != nil)
    #expect(honest.leaks.isEmpty)
  }
}
