import GA4Model
import ProductMetrics
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Key figures` {
  private func at(_ seconds: Int64) -> EventTime { EventTime(seconds: seconds) }

  private func log() throws -> EventLog {
    var events = [
      Event(.firstVisit, at: at(0), by: "a"), Event(.pageView, at: at(1), by: "a"),
      Event(.purchase, at: at(20), by: "a"), Event(.purchase, at: at(21), by: "a"),
      Event(.pageView, at: at(86_399), by: "b"), Event(.pageView, at: at(86_401), by: "b"),
      Event(.pageView, at: at(90_000)), Event(.refund, at: at(90_001), by: "b"),
    ]
    for index in [0, 1, 2, 3, 4, 5] { events[index].sessionID = 1 }
    for index in [2, 3] {
      events[index].ecommerce = Ecommerce(transactionID: "T1", purchaseRevenue: 12.5)
    }
    events[7].ecommerce.refundValue = 2.5
    for index in [0, 4] { events[index].device.category = "mobile" }
    return try EventLog(events)
  }

  @Test func `the total counts events, users, sessions, orders and revenue`() throws {
    let report = MetricsQuery(counting: [.pageView]).evaluate(try log())
    let total = report.total
    #expect(total.events == 8)
    #expect(total.users == 2)
    #expect(total.newUsers == 1)
    #expect(total.returningUsers == 1)
    #expect(total.sessions == 2)
    #expect(total.engagedSessions == 2)
    #expect(total.convertingSessions == 1)
    #expect(total.purchaseEvents == 2)
    #expect(total.orders == 1)
    #expect(total.purchasers == 1)
    #expect(total.revenue == 12.5)
    #expect(total.refunds == 2.5)
    #expect(total.netRevenue == 10)
    #expect(total.counts == [4])
    #expect(total.engagementRate == 1)
    #expect(total.bounceRate == 0)
    #expect(total.averageOrderValue == 12.5)
    #expect(total.userConversionRate == 0.5)
    #expect(report.rows.isEmpty)
    #expect(report.eventsWithoutUser == 1)
    #expect(report.eventsWithoutSession == 2)
  }

  @Test func `a session across midnight counts on the day it starts`() throws {
    let report = MetricsQuery(by: [.day]).evaluate(try log())
    #expect(report.rows.map(\.key) == [["1970-01-01"], ["1970-01-02"]])
    #expect(report["1970-01-01"]?.sessions == 2)
    #expect(report["1970-01-02"]?.sessions == 0)
    #expect(report["1970-01-02"]?.users == 1)
    #expect(report["1970-01-02"]?.bounceRate == nil)
  }

  @Test func `a missing value is a group of its own and comes first`() throws {
    let report = MetricsQuery(by: [.deviceCategory]).evaluate(try log())
    #expect(report.rows.map(\.key) == [[nil], ["mobile"]])
    #expect(report["mobile"]?.sessions == 2)
    #expect(report[nil]?.users == 2)
  }

  @Test func `nothing has no rates`() throws {
    let total = MetricsQuery(by: [.country]).evaluate(try EventLog([])).total
    #expect(total == Metrics())
    #expect(total.engagementRate == nil)
    #expect(total.averageOrderValue == nil)
  }

  @Test func `the report is a table that names its rule`() throws {
    let report = MetricsQuery(by: [.weekday], purchases: .none).evaluate(try log())
    #expect(
      "\(report)" == """
        weekday   events  users  new  sessions  engaged  orders  revenue  conversion
        ────────  ──────  ─────  ───  ────────  ───────  ──────  ───────  ──────────
        Thursday       5      2    1         2   100.0%       2    25.00      50.00%
        Friday         3      1    0         0        —       0     0.00       0.00%
        total          8      2    1         2   100.0%       2    25.00      50.00%
        orders: every purchase event
        """)
  }

  @Test(arguments: [
    [EventDimension](), [.day], [.weekday], [.deviceCategory, .name],
    [.channel(.simple, scope: .firstUser), .month], [.hour], [.parameter("source")],
  ])
  func `the figures are those of the obvious way`(dimensions: [EventDimension]) throws {
    for var shop in ShopEvents.rounds("metrics \(dimensions)", 100) {
      let log = try shop.log()
      let rule = shop.generator.choose(from: PurchaseRule.allCases)
      let newUsers = shop.generator.choose(from: MetricsQuery.NewUserRule.allCases)
      let query = MetricsQuery(
        by: dimensions, counting: [.pageView, .sessionStart], purchases: rule, newUsers: newUsers)
      let report = query.evaluate(log)
      let naive = NaiveMetrics(query, log)
      #expect(report.total == naive.metrics([]))
      #expect(report.rows.count == naive.keys.count { !$0.isEmpty })
      for row in report.rows { #expect(row.metrics == naive.metrics(row.key.map(\.bytes))) }
    }
  }

  @Test func `splits, workers and storage change no bit`() async throws {
    for var shop in ShopEvents.rounds("metrics laws", 40) {
      shop.hasAwkwardMoney = true
      // A login may spread a session over users, and logs of single users cannot know that.
      let log = try shop.log().regrouped(
        EventLogOptions(users: .pseudoID, sessions: SessionRule(.exported)))
      let query = MetricsQuery(
        by: [.day, .deviceCategory], counting: [.purchase],
        purchases: shop.generator.choose(from: PurchaseRule.allCases))
      try await checkMergeLaws(query, log, other: MetricsQuery(by: [.day]))
    }
  }

  @Test func `a session that a login spreads over users counts once however the log is sliced`()
    async throws
  {
    var events = (0..<6).map { Event(.pageView, at: at(Int64($0)), by: "p") }
    for index in events.indices { events[index].sessionID = 9 }
    for index in 3..<6 { events[index].userID = "u" }
    let log = try EventLog(events)
    let query = MetricsQuery(by: [.name])
    #expect(log.users.count == 2)
    #expect(query.evaluate(log).total.sessions == 1)
    #expect(query.evaluate(log)["page_view"]?.sessions == 1)
    #expect(await query.evaluate(log, workers: 2) == query.evaluate(log))
  }
}

/// Key figures by their definition, one event at a time.
private struct NaiveMetrics {
  private let query: MetricsQuery
  private let log: EventLog
  private var own: [[[UInt8]?]] = []
  private var ofSession: [[[UInt8]?]] = []
  private(set) var keys = Set<[[UInt8]?]>()

  init(_ query: MetricsQuery, _ log: EventLog) {
    self.query = query
    self.log = log
    let columns = query.dimensions.map { DimensionColumn($0, in: log) }
    for position in log.indices {
      func key(_ timePosition: Int) -> [[UInt8]?] {
        zip(query.dimensions, columns).map { dimension, column in
          column.labels[Int(column.code(dimension.isTime ? timePosition : position))].bytes
        }
      }
      own.append(key(position))
      ofSession.append(
        log.session(ofEvent: position).map { key(log.sessions[$0].firstEvent) } ?? [])
      keys.insert(own[position])
      if log.session(ofEvent: position) != nil { keys.insert(ofSession[position]) }
    }
  }

  func metrics(_ key: [[UInt8]?]) -> Metrics {
    let isTotal = key.isEmpty && !query.dimensions.isEmpty
    func belongs(_ other: [[UInt8]?]) -> Bool { isTotal || key.isEmpty || other == key }
    let positions = log.indices.filter { belongs(own[$0]) }
    let visits = log.indices.filter { log.session(ofEvent: $0) != nil && belongs(ofSession[$0]) }
    var metrics = Metrics()
    metrics.events = positions.count
    metrics.users = Set(positions.compactMap(log.user(ofEvent:))).count
    metrics.newUsers =
      Set(
        positions.filter { position in
          guard let user = log.user(ofEvent: position) else { return false }
          return query.newUsers == .firstVisit
            ? [.firstVisit, .firstOpen].contains(log[position].name)
            : log.users[user].events.lowerBound == position
        }.compactMap(log.user(ofEvent:))
      ).count
    let sessions = Set(visits.compactMap(log.session(ofEvent:)))
    metrics.sessions = sessions.count
    metrics.engagedSessions = sessions.count { log.sessions[$0].isEngaged }
    let purchases = positions.filter { log[$0].name == .purchase }
    metrics.convertingSessions =
      Set(visits.filter { log[$0].name == .purchase }.compactMap(log.session(ofEvent:))).count
    metrics.purchaseEvents = purchases.count
    metrics.purchasers = Set(purchases.compactMap(log.user(ofEvent:))).count
    let orders = log.orders(query.purchases) { left, right in
      let a = own[left]
      let b = own[right]
      for (x, y) in zip(a, b) where x != y {
        guard let x else { return true }
        guard let y else { return false }
        return x.lexicographicallyPrecedes(y)
      }
      guard let right = revenue(right) else { return false }
      guard let left = revenue(left) else { return true }
      return left < right
    }.filter { belongs(own[$0]) }
    metrics.orders = orders.count
    var sum = ExactSum()
    for order in orders { if let revenue = revenue(order) { sum.add(revenue) } }
    metrics.revenue = sum.rounded
    metrics.counts = query.counting.map { name in positions.count { log[$0].name == name } }
    return metrics
  }

  private func revenue(_ position: Int) -> Double? {
    log[position].ecommerce.purchaseRevenue ?? log[position].ecommerce.purchaseRevenueInUSD
  }
}

extension String? {
  /// The bytes: labels that look alike are not the same.
  fileprivate var bytes: [UInt8]? { map { Array($0.utf8) } }
}
