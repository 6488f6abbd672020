import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct `RFM` {
  private let end = CalendarDay("2024-03-31")!

  private func order(
    _ user: String?, _ day: String, _ revenue: Double?, id: String? = nil
  ) -> Event {
    var event = Event(.purchase, at: EventTime("\(day)T12:00:00Z")!, by: user)
    event.ecommerce = Ecommerce(transactionID: id, purchaseRevenue: revenue)
    return event
  }

  private func log() throws -> EventLog {
    try EventLog([
      order("anna", "2024-03-30", 100, id: "1"), order("anna", "2024-03-01", 50, id: "2"),
      order("anna", "2024-02-01", 25, id: "3"), order("ben", "2024-03-20", 10, id: "4"),
      order("ben", "2024-03-20", 10, id: "4"), order("carl", "2024-01-01", 10, id: "5"),
      order("carl", "2024-01-02", nil), order(nil, "2024-03-30", 7),
      order("dora", "2024-04-01", 900, id: "6"),
    ])
  }

  @Test func `recency counts days to the day of the report and later orders are left out`() throws {
    let report = RFMQuery(asOf: end, scoring: .quantiles(2)).evaluate(try log())
    #expect(report.customers.map(\.user.id) == ["anna", "ben", "carl"])
    #expect(report.customers.map(\.recency) == [1, 11, 89])
    #expect(report.customers.map(\.orders) == [3, 1, 2])
    #expect(report.customers.map(\.revenue) == [175, 10, 10])
    #expect(report.laterPurchases == 1)
    #expect(report.ordersWithoutCustomer == 1)
    #expect(report.ordersWithoutRevenue == 1)
    #expect(report.orders == 6)
    #expect(report.revenue == 195)
  }

  @Test func `customers with equal values have equal scores`() throws {
    let report = RFMQuery(asOf: end, scoring: .quantiles(2)).evaluate(try log())
    // The medians are 11 days, 2 orders and 10.
    #expect(
      report.thresholds
        == RFMThresholds(recency: [11], frequency: [2], monetary: [10], bounds: .upper))
    #expect(report.customers.map(\.score.description) == ["222", "211", "111"])
    var events: [Event] = []
    for number in 0..<97 { events.append(order("u\(number)", "2024-03-01", 10)) }
    for number in 97..<100 { events.append(order("u\(number)", "2024-03-30", 99)) }
    let tied = RFMQuery(asOf: end).evaluate(try EventLog(events))
    let scores = Dictionary(grouping: tied.customers, by: \.score.description).mapValues(\.count)
    // All thresholds of recency are 30, which nobody passes.
    #expect(scores == ["511": 97, "515": 3])
  }

  @Test func `the report prints its segments and what it left out`() throws {
    let segments = try RFMSegments(
      classes: 2,
      [
        RFMSegments.Segment("Keep", "222 221 212 211"),
        RFMSegments.Segment("Win back", "122 121 112 111"),
      ])
    let report = RFMQuery(asOf: end, scoring: .quantiles(2), segments: segments)
      .evaluate(try log())
    #expect(
      "\(report)" == """
        segment   customers  share  orders  revenue  share  days since
        ────────  ─────────  ─────  ──────  ───────  ─────  ──────────
        Keep              2  66.7%       4   185.00  94.9%         6.0
        Win back          1  33.3%       2    10.00   5.1%        89.0
        RFM on 2024-03-31: 2 classes between quantiles (type 7); orders: once per transaction id, \
        events without id always; revenue: ecommerce.purchase_revenue
        3 customers with 6 orders of 195.00; 1 orders without user; 1 orders without revenue; \
        1 purchases after that day left out
        """)
    #expect(report.customers(in: "Win back").map(\.user) == [.pseudoID("carl")])
    #expect(report.customers(in: "No such segment").isEmpty)
    #expect(
      report.csv(segments: ["Win back"]) == """
        user_id,user_pseudo_id,recency_days,orders,revenue,r,f,m,segment
        ,carl,89,2,10,1,1,1,Win back

        """)
  }

  @Test func `a log without orders has no customers, thresholds or shares`() throws {
    let report = RFMQuery(asOf: end).evaluate(try EventLog([Event]()))
    #expect(report.customers.isEmpty)
    #expect(report.thresholds == nil)
    #expect(report.segments.count == 11)
    #expect(report.segments.allSatisfy { $0.customerShare == nil && $0.revenueShare == nil })
    #expect(RFMQuery(asOf: end, purchases: .none).evaluate(try log()).orders == 7)
  }

  @Test func `the thresholds of one report score another day`() throws {
    let first = RFMQuery(asOf: end, scoring: .quantiles(2)).evaluate(try log())
    let later = RFMQuery(
      asOf: CalendarDay("2024-04-30")!, scoring: .thresholds(try #require(first.thresholds)))
    #expect(later.segments.classes == 2)
    let second = later.evaluate(try log())
    #expect(second.customers.map(\.score.description) == ["122", "111", "111", "112"])
  }

  @Test func `a report comes back from JSON`() throws {
    let report = RFMQuery(asOf: end).evaluate(try log())
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(RFMReport.self, from: data) == report)
  }

  // MARK: Refusals

  @Test func `queries that make no sense cannot be decoded`() throws {
    let good = String(
      decoding: try JSONEncoder().encode(RFMQuery(asOf: end, scoring: .quantiles(2))),
      as: UTF8.self)
    #expect(
      try JSONDecoder().decode(RFMQuery.self, from: Data(good.utf8))
        == RFMQuery(asOf: end, scoring: .quantiles(2)))
    for (part, other, sentence) in [
      (#""quantiles":{"_0":2}"#, #""quantiles":{"_0":1}"#, "number of classes must be from 2"),
      (#""quantiles":{"_0":2}"#, #""quantiles":{"_0":3}"#, "made for as many classes"),
    ] {
      #expect(good.contains(part))
      let bad = Data(good.replacingOccurrences(of: part, with: other).utf8)
      let error = #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(RFMQuery.self, from: bad)
      }
      #expect("\(try #require(error))".contains(sentence))
    }
    let thresholds = Data(
      #"{"recency":[2,1],"frequency":[1,2],"monetary":[1,2],"bounds":"upper"}"#.utf8)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RFMThresholds.self, from: thresholds)
    }
    #expect("\(try #require(error))".contains("ascending order"))
  }

  // MARK: Random logs

  @Test(arguments: Rounds.parts)
  func `customers are those of the obvious way`(part: Int) throws {
    for generator in Rounds.generators("rfm", part: part) {
      var logs = CustomerLogs(generator: generator)
      let log = try logs.log()
      let asOf = CustomerLogs.start.advanced(by: logs.generator.integer(in: 3...14))
      let classes = logs.generator.integer(in: 2...6)
      let rule = logs.generator.choose(from: PurchaseRule.allCases)
      let isR = logs.generator.bernoulli(0.3)
      let query = RFMQuery(
        asOf: asOf, scoring: isR ? .rPackage(classes) : .quantiles(classes), purchases: rule)
      let report = query.evaluate(log)
      let orders = NaiveOrder.orders(of: log, rule, upTo: asOf)
      #expect(report.ordersWithoutCustomer == orders.count { $0.user == nil })
      #expect(
        report.ordersWithoutRevenue == orders.count { $0.user != nil && $0.revenue == nil })
      let users = log.users.map(\.key).filter { user in orders.contains { $0.user == user } }
      #expect(report.customers.map(\.user) == users)
      let values = users.map { user in
        let own = orders.filter { $0.user == user }
        var revenue = ExactSum()
        for order in own { revenue.add(order.revenue ?? 0) }
        return [
          Double(own.map(\.day).max()!.distance(to: asOf)), Double(own.count), revenue.rounded,
        ]
      }
      #expect(report.customers.map { Double($0.recency) } == values.map { $0[0] })
      #expect(report.customers.map { Double($0.orders) } == values.map { $0[1] })
      #expect(report.customers.map(\.revenue) == values.map { $0[2] })
      for (customer, own) in zip(report.customers, values) {
        let passed = (0..<3).map { measure in
          let sorted = values.map { $0[measure] }.sorted()
          return (1..<classes).count { number in
            let quantile = Quantiles.quantile(
              Double(number) / Double(classes), ofSorted: sorted)!
            return isR ? quantile + 1 <= own[measure] : quantile < own[measure]
          }
        }
        let score = RFMScore(
          recency: classes - passed[0], frequency: 1 + passed[1], monetary: 1 + passed[2])
        #expect(customer.score == score)
        #expect(customer.segment == query.segments[score])
      }
      for row in report.segments {
        let own = report.customers.filter { $0.segment == row.name }
        #expect(report.customers(in: row.name) == own)
        #expect(row.customers == own.count)
        #expect(row.orders == own.reduce(0) { $0 + $1.orders })
        #expect(row.revenue == ExactSum(own.map(\.revenue)).rounded)
      }
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for generator in Rounds.generators("rfm laws", part: 0, perPart: 30) {
      var logs = CustomerLogs(generator: generator)
      let query = RFMQuery(
        asOf: CustomerLogs.start.advanced(by: 9), scoring: .quantiles(3),
        purchases: logs.generator.choose(from: PurchaseRule.allCases))
      let log = try logs.log()
      try await checkMergeLaws(
        query, log, other: RFMQuery(asOf: CustomerLogs.start, purchases: query.purchases),
        seed: logs.generator.next())
    }
  }

  @Test func `ranks are those of sorted values`() {
    for var generator in Rounds.generators("ranked values", part: 0) {
      let kinds = generator.integer(in: 1...3)
      let values = (0..<generator.integer(in: 1...6_000)).map { _ -> Double in
        switch generator.integer(below: kinds) {
        case 0: Double(generator.integer(in: -3...3))
        case 1: 1 + Double(generator.integer(below: 4_000)) * .ulpOfOne
        default: Double(generator.integer(in: -1_000_000...1_000_000)) / 64
        }
      }
      let sorted = values.sorted()
      let ranked = RankedValues(values)
      for _ in 0..<10 {
        let rank = generator.integer(below: values.count)
        #expect(ranked[rank] == sorted[rank])
      }
      #expect(ranked[0] == sorted[0])
    }
  }

  @Test func `ranks of small numbers are those of sorted values`() throws {
    for var generator in Rounds.generators("ranked counts", part: 0) {
      let most = generator.choose(from: [1, 3, 500, 65_536])
      let values = (0..<generator.integer(in: 1...200)).map { _ in generator.integer(below: most) }
      let ranked = try #require(RankedCounts(values))
      #expect(Array(ranked) == values.sorted().map(Double.init))
    }
    #expect(RankedCounts([0, -1]) == nil && RankedCounts([65_536]) == nil)
    #expect(RankedCounts([])?.isEmpty == true)
  }

  @Test func `a short sum is exact or says that it is not`() {
    var exact = 0
    var rounds = 0
    for var generator in Rounds.generators("short sums", part: 0) {
      let scale = generator.choose(from: [1.0, 1e-3, 1e10, 1e17, 1e300])
      var sum = ShortSum()
      let terms = (0..<generator.integer(in: 0...20)).map { _ in
        (Double(generator.integer(in: -999_999...999_999)) / 100)
          * (generator.bernoulli(0.2) ? scale : 1)
      }
      for term in terms { sum.add(term) }
      rounds += 1
      if sum.isExact {
        exact += 1
        #expect(sum.rounded == ExactSum(terms).rounded)
      }
    }
    // Amounts in cents are nearly always held by two doubles.
    #expect(exact > rounds / 2 && exact < rounds)
    var greatest = ShortSum()
    for _ in 0..<2 { greatest.add(.greatestFiniteMagnitude) }
    #expect(!greatest.isExact)
  }
}
