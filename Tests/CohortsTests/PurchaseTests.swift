import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct PurchaseTests {
  private struct Order {
    var time: EventTime
    var day: CalendarDay
    var revenue: Double
  }

  /// The orders that stand by user, the obvious way: one event after the other in the order of time,
  /// those of nobody behind those of users at the same time.
  private func orders(_ log: EventLog, _ terms: PurchaseTerms) -> [[Order]] {
    var seen: Set<String> = []
    let nobody = log.users.count
    var found: [[(row: Int, order: Order)]] = Array(repeating: [], count: nobody + 1)
    let rows = log.indices.map { (log.user(ofEvent: $0) ?? nobody, $0) }
      .filter { log[$0.1].name == .purchase }
      .sorted { (log[$0.1].time, $0.0, $0.1) < (log[$1.1].time, $1.0, $1.1) }
    for (user, row) in rows {
      let event = log[row]
      var id = event.fields[.transactionID]?.text
      if id == "(not set)" { id = nil }
      if let id, terms.rule != .none {
        let key = terms.rule == .byTransactionID ? id : "\(user) \(id)"
        if !seen.insert(key).inserted { continue }
      }
      found[user].append(
        (
          row,
          Order(
            time: event.time, day: event.date ?? log.options.timeZone.day(of: event.time),
            revenue: event.fields[.purchaseRevenue]?.number ?? 0)
        ))
    }
    return found.dropLast().filter { !$0.isEmpty }.map { own in
      own.sorted { ($0.order.day, $0.row) < ($1.order.day, $1.row) }.map(\.order)
    }
  }

  @Test(arguments: Rounds.parts)
  func `cohorts of buyers are what their definition says`(part: Int) throws {
    for var generator in Rounds.generators("purchases", part: part) {
      let log = try RandomCohorts.log(&generator)
      let zone = log.options.timeZone
      let terms = PurchaseTerms(rule: generator.choose(from: PurchaseRule.allCases))
      let period = generator.choose(from: [CalendarPeriod.month, .week(), .day])
      let users = orders(log, terms)
      let repeats = RepeatPurchaseQuery(by: period, terms: terms).evaluate(log)
      #expect(repeats.buyers == users.count)
      #expect(repeats.repeatBuyers == users.count { $0.count > 1 })
      let count = generator.integer(in: 1...5)
      let revenue = CohortRevenueQuery(by: period, periods: count, terms: terms).evaluate(log)
      #expect(revenue.rows.map(\.label) == repeats.rows.map(\.label))
      let days = log.map { $0.date ?? zone.day(of: $0.time) }
      for (row, again) in zip(revenue.rows, repeats.rows) {
        let own = users.filter { period.label(for: $0[0].day) == row.label }
        #expect(row.size == own.count && again.buyers == own.count)
        #expect(again.repeatBuyers == own.count { $0.count > 1 })
        #expect(again.orders == own.reduce(0) { $0 + $1.count })
        let first = zone.day(of: row.start)
        for (column, cell) in row.cells.enumerated() {
          let start = period.advance(first, by: column)
          guard start <= days.max()! else {
            #expect(cell == nil)
            continue
          }
          let inPeriod = own.map { $0.filter { period.count(from: first, to: $0.day) == column } }
          let soFar = own.flatMap { $0.filter { period.count(from: first, to: $0.day) <= column } }
          let sum = ExactSum(soFar.map(\.revenue))
          #expect(cell?.buyers == inPeriod.count { !$0.isEmpty })
          #expect(cell?.orders == inPeriod.reduce(0) { $0 + $1.count })
          #expect(cell?.revenue == ExactSum(inPeriod.flatMap { $0 }.map(\.revenue)).rounded)
          #expect(cell?.cumulative == sum.rounded)
          #expect(cell?.perBuyer == (own.isEmpty ? nil : sum.rounded(dividedBy: own.count)))
          #expect(cell?.isPartial == (period.next(after: start) > days.max()!.advanced(by: 1)))
        }
      }
      let intervals = PurchaseIntervalQuery(terms: terms).evaluate(log)
      let gaps = users.map { own in
        let times = own.map(\.time.microseconds).sorted()
        return zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
      }
      #expect(intervals.onceOnly == gaps.count { $0.isEmpty })
      #expect(intervals.all?.count ?? 0 == gaps.reduce(0) { $0 + $1.count })
      #expect(
        intervals.all?.median == Quantiles.median(ofSorted: gaps.flatMap { $0 }.sorted()))
      for (index, summary) in intervals.afterOrder.enumerated() {
        let own = gaps.compactMap { $0.indices.contains(index) ? $0[index] : nil }
        #expect(summary.count == own.count)
        #expect(summary.mean == ExactSum(own).rounded(dividedBy: own.count))
      }
    }
  }

  @Test func `the states obey the laws of merging`() async throws {
    for var generator in Rounds.generators("purchase laws", part: 0, perPart: 8) {
      let log = try RandomCohorts.log(&generator, users: 12)
      let terms = PurchaseTerms(rule: generator.choose(from: PurchaseRule.allCases))
      let other = PurchaseTerms(rule: terms.rule == .none ? .byTransactionID : .none)
      try await checkMergeLaws(
        RepeatPurchaseQuery(terms: terms), log, other: RepeatPurchaseQuery(terms: other),
        seed: generator.next())
      try await checkMergeLaws(
        CohortRevenueQuery(by: .week(), terms: terms), log,
        other: CohortRevenueQuery(by: .week(), terms: other), seed: generator.next())
      try await checkMergeLaws(
        PurchaseIntervalQuery(terms: terms), log, other: PurchaseIntervalQuery(terms: other),
        seed: generator.next())
    }
  }

  @Test func `cohorts of buyers have days at least`() throws {
    let sentence = "Cohorts of buyers need periods of a day or longer"
    #expect(try StoredQuery.refusal(of: RepeatPurchaseQuery(), ["period"], "hour") == sentence)
    #expect(try StoredQuery.refusal(of: CohortRevenueQuery(), ["period"], "hour") == sentence)
    #expect(
      try StoredQuery.refusal(of: CohortRevenueQuery(periods: 3), ["periods"], 0)
        == "A table of revenue can have 1 to 1000 periods after the first")
  }

  // MARK: A small shop

  private func purchase(_ user: String, _ time: String, _ revenue: Double, _ id: String) -> Event {
    var event = Event(.purchase, at: EventTime(time)!, by: user)
    event[field: .purchaseRevenue] = .double(revenue)
    event[field: .transactionID] = .string(id)
    return event
  }

  private var log: EventLog {
    get throws {
      try EventLog([
        Event(.signUp, at: EventTime("2020-11-02T08:00:00Z")!, by: "1"),
        Event(.signUp, at: EventTime("2020-11-03T08:00:00Z")!, by: "2"),
        Event(.signUp, at: EventTime("2020-12-03T08:00:00Z")!, by: "3"),
        purchase("1", "2020-11-05T08:00:00Z", 20, "t1"),
        purchase("1", "2020-11-05T08:01:00Z", 20, "t1"),
        purchase("1", "2020-12-15T08:00:00Z", 10, "t2"),
        purchase("2", "2020-12-20T08:00:00Z", 5, "t3"),
      ])
    }
  }

  @Test func `a repeated order counts once`() throws {
    let report = RepeatPurchaseQuery().evaluate(try log)
    #expect(report.rows.map(\.label) == ["2020-11", "2020-12"])
    #expect(report.rows.map(\.orders) == [2, 1])
    #expect(report.rows.map(\.rate) == [1, 0])
    #expect(report.leftOut.repeatedOrders == 1)
    #expect(report.rate == 0.5)
  }

  @Test func `a buyer is worth what it spent so far`() throws {
    let report = CohortRevenueQuery().evaluate(try log)
    #expect(report.rows[0].cells.map { $0?.perBuyer } == [20, 30])
    #expect(report.rows[1].cells.map { $0?.perBuyer } == [5, nil])
    #expect(
      report.description == """
        first order  buyers      0       1
        ───────────  ──────  ─────  ──────
        2020-11           1  20.00  30.00*
        2020-12           1  5.00*
        ecommerce.purchase_revenue by month since the first order, once per transaction id, events \
        without id always, cumulative for each buyer; * cut by the end of the data
        not counted: 1 repeats of an order
        """)
  }

  @Test func `the second order takes its time`() throws {
    let report = PurchaseIntervalQuery().evaluate(try log)
    #expect(report.all?.median == 3_456_000)
    #expect(report.onceOnly == 1)
    #expect(report.afterOrder.count == 1)
  }

  @Test func `those who sign up buy in the same month or later`() throws {
    let matrix = RetentionQuery.purchasesBySignUpMonth().evaluate(try log)
    #expect(matrix.rows.map(\.label) == ["2020-11", "2020-12"])
    #expect(matrix.rows.map(\.size) == [2, 1])
    #expect(matrix.rows[0].cells.prefix(3).map { $0?.rate } == [0.5, 1, nil])
    #expect(matrix.rows[1].cells.first??.rate == 0)
    #expect(matrix.columns.count == 12)
  }
}

/// The orders of the real days.
@Suite(.enabled(if: RealData.isAvailable)) struct PurchaseGoldenTests {
  private struct Golden: Decodable {
    var purchasers: Int
    var revenue: Double

    private enum CodingKeys: String, CodingKey {
      case purchasers
      case revenue = "revenue_by_first_row_per_transaction_id_plus_rows_without_id"
    }
  }

  @Test func `buyers and their revenue of six days`() async throws {
    let log = try await RealData.sixDays()
    let golden = try RealData.golden(
      "ga4/golden_20201219_20201224.json", as: Golden.self)
    let cohorts = CohortRevenueQuery(by: .day).evaluate(log)
    let cells = cohorts.rows.flatMap { $0.cells.compactMap { $0 } }
    #expect(cells.reduce(0) { $0 + $1.revenue } == golden.revenue)
    let everybody = RepeatPurchaseQuery(by: .day, terms: PurchaseTerms(rule: .none)).evaluate(log)
    #expect(everybody.buyers == golden.purchasers)
  }
}
