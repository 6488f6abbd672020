import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct `RFM migration` {
  @Test(arguments: Rounds.parts)
  func `every customer of either report moves once`(part: Int) throws {
    for generator in Rounds.generators("rfm migration", part: part, perPart: 20) {
      var logs = CustomerLogs(generator: generator)
      let log = try logs.log()
      let first = RFMQuery(asOf: CustomerLogs.start.advanced(by: 4), scoring: .quantiles(3))
        .evaluate(log)
      let second = RFMQuery(asOf: CustomerLogs.start.advanced(by: 12), scoring: .quantiles(3))
        .evaluate(log)
      let moves = RFMMigration(from: first, to: second)
      var expected: [[String?]: Int] = [:]
      for user in Set(first.customers.map(\.user)).union(second.customers.map(\.user)) {
        let from = first.customers.first { $0.user == user }?.segment
        let to = second.customers.first { $0.user == user }?.segment
        expected[[from, to], default: 0] += 1
      }
      #expect(moves.moves.count == expected.count)
      for (key, count) in expected {
        #expect(moves.customers(from: key[0], to: key[1]) == count)
      }
    }
  }

  @Test func `moves print as a table`() throws {
    func order(_ user: String, _ day: Int) -> Event {
      var event = Event(.purchase, at: EventTime(seconds: Int64(day) * 86_400), by: user)
      event.ecommerce = Ecommerce(purchaseRevenue: 10)
      return event
    }
    let log = try EventLog([order("a", 1), order("b", 5), order("a", 20), order("c", 21)])
    let segments = try RFMSegments(
      classes: 2,
      [
        RFMSegments.Segment("Warm", "222 221 212 211"),
        RFMSegments.Segment("Cold", "122 121 112 111"),
      ])
    let fixed = RFMScoring.thresholds(
      RFMThresholds(recency: [7], frequency: [1], monetary: [10]))
    func report(_ day: Int32) -> RFMReport {
      RFMQuery(asOf: CalendarDay(daysSinceEpoch: day), scoring: fixed, segments: segments)
        .evaluate(log)
    }
    let moves = RFMMigration(from: report(9), to: report(22))
    #expect(
      "\(moves)" == """
        from \\ to  Warm  Cold
        ─────────  ────  ────
        Warm          0     1
        Cold          1     0
        (none)        1     0
        """)
  }
}
