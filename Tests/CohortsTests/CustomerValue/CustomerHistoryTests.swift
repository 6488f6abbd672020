import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Cohorts

@Suite struct CustomerHistoryTests {
  /// The cases of a kind in `Reference/customer-value.json`: facts from the tests of lifetimes.
  static func reference(_ kind: String) throws -> [JSONValue] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Reference/customer-value.json")
    return try JSONDecoder().decode([JSONValue].self, from: Data(contentsOf: file))
      .filter { $0["kind"]?.text == kind }
  }

  // MARK: Single histories

  @Test func `a history that cannot be is refused with a sentence`() throws {
    func error(_ x: Double, _ recency: Double, _ age: Double, _ amount: Double = 1) -> String? {
      do {
        _ = try CustomerHistory.table(
          frequencies: [0, x], recencies: [0, recency], ages: [3, age],
          monetaryValues: [0, amount])
        return nil
      } catch {
        #expect(error.index == 1)
        return error.description
      }
    }
    let place = "The customer at position 1: "
    #expect(error(1, 2, 3) == nil)
    #expect(error(0, 0, 0) == nil)
    let count = "A frequency is a number of repeat purchases: whole and not negative."
    #expect(error(-1, 2, 3) == place + count)
    #expect(error(1.5, 2, 3) == place + count)
    #expect(error(1e300, 2, 3) == place + count)
    let recency =
      "A recency lies between 0 and the age, both counted from the first purchase in one unit."
    #expect(error(1, 4, 3) == place + recency)
    #expect(error(1, -1, 3) == place + recency)
    #expect(error(0, 2, 3) == place + "Without repeat purchases the recency is 0.")
    #expect(
      error(2, 0, 3) == place
        + "With repeat purchases the recency is above 0; count purchases of one period once.")
    for (x, recency, age, amount) in [
      (Double.nan, 2.0, 3.0, 1.0), (1, .infinity, 3, 1), (1, 2, .nan, 1), (1, 2, 3, .infinity),
    ] {
      #expect(
        error(x, recency, age, amount) == place
          + "A frequency, recency, age or amount is infinite or not a number;"
          + " leave the customer out.")
    }
    #expect(throws: CustomerValueError.self) {
      try CustomerHistory.table(frequencies: [1], recencies: [], ages: [1])
    }
  }

  @Test func `a history is stored and read back, and a wrong one refused`() throws {
    let history = try CustomerHistory(
      frequency: 2, recency: 30.43, age: 38.86, monetaryValue: 22.35)
    let data = try JSONEncoder().encode(history)
    #expect(try JSONDecoder().decode(CustomerHistory.self, from: data) == history)
    let wrong = Data(#"{"frequency":1,"recency":9,"age":3,"monetaryValue":1}"#.utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(CustomerHistory.self, from: wrong)
    }
  }

  // MARK: Tables from logs

  @Test func `lifetimes' summary tables come out exactly`() throws {
    let cases = try Self.reference("rfm_summary")
    #expect(cases.count == 2)
    for item in cases {
      let events = item["events"]!.elements!.map { value in
        let fields = value.elements!
        var event = Event(
          .purchase, at: EventTime(fields[1].text! + "T12:00:00Z")!, by: fields[0].text!)
        if let amount = fields[3]["amount"]?.number {
          event.parameters.append(.value, .double(amount))
        }
        return event
      }
      let query = CustomerHistoryQuery(
        observationEnd: item["definition"]!["observation_end"].flatMap { CalendarDay($0.text!) }
          ?? CalendarDay("2015-02-07"), revenue: .value)
      let report = query.evaluate(try EventLog(events))
      let expected = item["expected"]!["rows"]!.members!
      #expect(report.rows.count == expected.count)
      for row in report.rows {
        let wanted = try #require(expected[row.user.id])
        #expect(row.history.frequency == wanted["frequency"]!.whole.map(Int.init))
        #expect(row.history.recency == wanted["recency"]!.number)
        #expect(row.history.age == wanted["T"]!.number)
        if let amount = wanted["monetary"] {
          #expect(row.history.monetaryValue == amount.number)
        }
        #expect(row.holdout == nil)
      }
    }
  }

  @Test func `a day ends the histories and begins the holdout`() throws {
    func purchase(_ user: String, _ day: String, _ amount: Double) -> Event {
      var event = Event(.purchase, at: EventTime(day + "T08:00:00Z")!, by: user)
      event.parameters.append(.value, .double(amount))
      return event
    }
    let log = try EventLog([
      purchase("a", "2024-01-01", 5), purchase("a", "2024-01-01", 7),
      purchase("a", "2024-01-11", 10), purchase("a", "2024-01-11", 2),
      purchase("a", "2024-01-12", 4), purchase("a", "2024-01-31", 8),
      purchase("b", "2024-01-12", 1),
    ])
    let report = CustomerHistoryQuery(
      periodsPerUnit: 2, calibrationEnd: CalendarDay("2024-01-11"), revenue: .value
    ).evaluate(log)
    #expect(report.rows.count == 1)
    let row = report.rows[0]
    #expect(
      row.history == (try CustomerHistory(frequency: 1, recency: 5, age: 5, monetaryValue: 12)))
    #expect(
      row.holdout == CustomerHistories.Holdout(frequency: 2, duration: 10, monetaryValue: 6))
    #expect(report.observationEnd == CalendarDay("2024-01-31"))
    #expect(
      report.description == """
        frequency  customers  mean recency  mean age  mean amount  mean in holdout
        ─────────  ─────────  ────────────  ────────  ───────────  ───────────────
                1          1          5.00      5.00        12.00             2.00
        1 customers until 2024-01-31
        customers by day in units of 2, histories until 2024-01-11; purchases (purchase): \
        once per transaction id, events without id always; revenue: parameter value
        """)
    #expect(CustomerHistoryQuery().evaluate(try EventLog([Event]())).rows.isEmpty)
  }

  @Test(.enabled(if: RealData.isAvailable))
  func `the CDNOW purchases give the published table`() throws {
    var events: [Event] = []
    for line in try RealData.text("retail/cdnow_sample.txt").split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: " ")
      var event = Event(
        .purchase, at: EventTime(CalendarDay(String(fields[2]))!.description + "T12:00:00Z")!,
        by: String(fields[1]))
      event.parameters.append(.value, .double(Double(fields[4])!))
      events.append(event)
    }
    let query = CustomerHistoryQuery(
      periodsPerUnit: 7, calibrationEnd: CalendarDay("1997-09-30"),
      observationEnd: CalendarDay("1998-06-30"), revenue: .value)
    let report = query.evaluate(try EventLog(events))
    let published = try CDNOW.customers()
    #expect(report.rows.count == 2357)
    #expect(published.count == 2357)
    var purchases = 0
    for (row, other) in zip(report.rows, published) {
      #expect(row.history.frequency == other.frequency)
      // The published table has two decimals.
      #expect(abs(row.history.recency - other.recency) < 0.00501)
      #expect(abs(row.history.age - other.age) < 0.00501)
      #expect(abs(row.history.monetaryValue - other.monetaryValue) < 0.00501)
      #expect(abs(row.holdout!.duration - 39) < 1e-12)
      purchases += row.holdout!.frequency
    }
    #expect(purchases > 1_500)
  }

  @Test(arguments: Rounds.parts)
  func `random logs agree with the obvious slow table, however they are split`(part: Int)
    async throws
  {
    for (round, generator) in Rounds.generators("customer histories", part: part).enumerated() {
      var random = CustomerEvents(generator: generator)
      let events = random.events()
      let log = try EventLog(events)
      let query = random.query()
      let report = query.evaluate(log)
      #expect(report.rows == random.naive(events, query, end: report.observationEnd), "\(query)")
      if round.isMultiple(of: 5) {
        try await checkMergeLaws(
          query, log, other: CustomerHistoryQuery(periodsPerUnit: 99), seed: UInt64(round))
      }
    }
  }
}

/// The published table of the CDNOW sample.
enum CDNOW {
  static func customers() throws -> [CustomerHistory] {
    let text = try RealData.text("retail/cdnow_customers_summary_with_transactions.csv")
    let rows = text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").map { Double($0)! }
    }
    return try CustomerHistory.table(
      frequencies: rows.map { $0[1] }, recencies: rows.map { $0[2] }, ages: rows.map { $0[3] },
      monetaryValues: rows.map { $0[4] })
  }
}

/// Small logs of purchases with repeated ids, equal times, amounts that are missing, and other events.
private struct CustomerEvents {
  var generator: SeededGenerator

  mutating func events() -> [Event] {
    (0..<generator.integer(below: 30)).map { index in
      let time =
        1_704_067_200_000_000 + Int64(generator.integer(below: 40)) * 86_400_000_000
        + Int64(generator.integer(below: 3))
      let user = generator.choose(from: ["a", "b", "c", "d", nil])
      var event = Event(
        generator.choose(from: [.purchase, .purchase, .purchase, "refund", .viewItem]),
        at: EventTime(microseconds: time), by: user)
      if generator.bernoulli(0.8) {
        event.parameters.append(.value, .double(Double(generator.integer(below: 9)) + 0.1))
      }
      if let id = generator.choose(from: ["T1", "T2", "T3", "(not set)", nil, nil]) {
        event.parameters.append("transaction_id", .string(id))
      }
      return event
    }
  }

  mutating func query() -> CustomerHistoryQuery {
    let start = CalendarDay("2024-01-01")!
    let calibration =
      generator.bernoulli(0.5) ? start.advanced(by: generator.integer(below: 45)) : nil
    let observation =
      generator.bernoulli(0.5)
      ? (calibration ?? start).advanced(by: generator.integer(below: 30)) : nil
    return CustomerHistoryQuery(
      period: generator.choose(from: [.day, .week(), .week(startingOn: .sunday), .month]),
      periodsPerUnit: generator.choose(from: [1, 1, 7]), calibrationEnd: calibration,
      observationEnd: observation, purchases: generator.choose(from: PurchaseRule.allCases),
      revenue: .value)
  }

  /// The rows by looking through all events again and again.
  func naive(
    _ events: [Event], _ query: CustomerHistoryQuery, end: CalendarDay?
  ) -> [CustomerHistories.Row] {
    struct Order {
      var user: String
      var event: Event
      var day: CalendarDay
    }
    func id(_ event: Event) -> String? {
      guard case .string(let text)? = event.parameters["transaction_id"], text != "(not set)"
      else { return nil }
      return text
    }
    // In the order of users, times and input, the first of an id is not always the earliest.
    // Those of nobody can be the first too, of one time behind all users.
    let nobody = "~"
    let all = events.enumerated().map { ($0, $1.userPseudoID ?? nobody, $1) }
      .filter { $0.2.name == .purchase }
    var orders: [Order] = []
    for (index, user, event) in all {
      let isRepeated = all.contains { other in
        guard query.purchases != .none, let mine = id(event), id(other.2) == mine else {
          return false
        }
        if query.purchases == .byTransactionIDAndUser && other.1 != user { return false }
        let theirs = (other.2.time.microseconds, other.1, other.0)
        return theirs < (event.time.microseconds, user, index)
      }
      if !isRepeated && user != nobody {
        orders.append(
          Order(user: user, event: event, day: ReportingTimeZone.utc.day(of: event.time)))
      }
    }
    guard let end else { return [] }
    let last = query.calibrationEnd.map { min($0, end) } ?? end
    return Set(orders.map(\.user)).sorted().compactMap { user in
      let mine = orders.filter { $0.user == user && $0.day <= end }
      guard let first = mine.map(\.day).min(), first <= last else { return nil }
      func sums(_ orders: [Order]) -> [Int: Double] {
        var result: [Int: ExactSum] = [:]
        for order in orders {
          var value = 0.0
          if case .double(let number)? = order.event.parameters[.value] { value = number }
          result[query.period.count(from: first, to: order.day), default: ExactSum()].add(value)
        }
        return result.mapValues(\.rounded)
      }
      let history = sums(mine.filter { $0.day <= last })
      let later = sums(mine.filter { $0.day > last })
      let repeats = history.filter { $0.key > 0 }.map(\.value)
      let unit = Double(query.periodsPerUnit)
      return CustomerHistories.Row(
        user: .pseudoID(user),
        history: CustomerHistory(
          counted: history.count - 1, recency: Double(history.keys.max()!) / unit,
          age: Double(query.period.count(from: first, to: last)) / unit,
          monetaryValue: repeats.isEmpty
            ? 0 : ExactSum(repeats).rounded / Double(repeats.count)),
        holdout: query.calibrationEnd == nil
          ? nil
          : CustomerHistories.Holdout(
            frequency: later.count,
            duration: Double(query.period.count(from: last, to: end)) / unit,
            monetaryValue: later.isEmpty
              ? 0 : ExactSum(later.values).rounded / Double(later.count)))
    }
  }
}
