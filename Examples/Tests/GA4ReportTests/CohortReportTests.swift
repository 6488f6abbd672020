import Cohorts
import ExampleSupport
import ExamplesTestSupport
import Foundation
import GA4Model
import GA4Samples
import Testing

/// What the program says of cohorts, against what the library says of them.
struct CohortReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a shop with the defects of real data, and reads it back.
  private func shop(
    seed: UInt64 = 5, users: Int = 150, days: ClosedRange<CalendarDay>
  ) throws -> (path: String, log: EventLog) {
    let shop = SampleShop(seed: seed, users: users, days: days, dirt: .filthy)
    let bytes = NDJSONWriter().bytes(of: shop.events)
    return (
      try folder.write(bytes, "shop.ndjson"), try EventReader().read(bytes: bytes).log
    )
  }

  private static let month = CalendarDay("2024-02-20")!...CalendarDay("2024-03-10")!

  private func report(_ arguments: [String]) throws -> [String: Any] {
    let run = try Program.run(["--format", "json"] + arguments)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    return try run.json()
  }

  @Test func `retention is that of days by the day of the first event`() throws {
    let (path, log) = try shop(days: Self.month)
    let json = try report([path])
    let matrix = RetentionQuery().evaluate(log)
    let rows = try json.rows("retention")
    #expect(rows.count == matrix.rows.count && rows.count > 15)
    for (row, expected) in zip(rows, matrix.rows) {
      #expect(row.count == 3)
      #expect(try row.string("cohort") == expected.label)
      #expect(try row.int("size") == expected.size)
      let cells = try #require(row["cells"] as? [Any])
      #expect(cells.map { $0 as? Int } == expected.cells.map { $0?.units })
      #expect(cells.first as? Int == expected.size)
    }
    #expect(try json.object("settings").string("retention") == matrix.query.description)
  }

  @Test func `a cohort is one line of the JSON`() throws {
    let (path, log) = try shop(days: Self.month)
    let text = try Program.run(["--format", "json", path]).text
    let row = try #require(RetentionQuery().evaluate(log).rows.last)
    let cells = row.cells.map { $0.map { "\($0.units)" } ?? "null" }.joined(separator: ", ")
    #expect(
      text.contains(
        "\n    {\"cohort\": \"\(row.label)\", \"size\": \(row.size), \"cells\": [\(cells)]}"))
  }

  @Test func `lifecycle has the four kinds of users by day`() throws {
    let (path, log) = try shop(days: Self.month)
    let rows = try report([path]).rows("lifecycle")
    let expected = LifecycleQuery().evaluate(log).rows
    #expect(rows.count == expected.count)
    for (row, expected) in zip(rows, expected) {
      #expect(try row.string("day") == expected.label)
      #expect(try row.int("active") == expected.active)
      #expect(try row.int("new") == expected.new)
      #expect(try row.int("returning") == expected.returning)
      #expect(try row.int("resurrecting") == expected.resurrecting)
      #expect(try row.int("dormant") == expected.dormant)
      #expect(row["is_partial"] as? Bool == expected.isPartial)
    }
  }

  @Test(arguments: [
    ([], CalendarDay("2024-03-10")!, PurchaseRule.byTransactionID),
    (["--purchases", "raw"], CalendarDay("2024-03-10")!, .none),
    (["--as-of", "2024-03-01"], CalendarDay("2024-03-01")!, .byTransactionID),
    (["--as-of", "2024-04-01"], CalendarDay("2024-04-01")!, .byTransactionID),
  ])
  func `customers are scored on the report's last day under its purchase rule`(
    arguments: [String], day: CalendarDay, rule: PurchaseRule
  ) throws {
    let (path, log) = try shop(days: Self.month)
    let rfm = try report(arguments + [path]).object("rfm")
    let expected = RFMQuery(asOf: day, purchases: rule).evaluate(log)
    #expect(try rfm.string("as_of") == day.description)
    #expect(try rfm.int("customers") == expected.customers.count)
    #expect(try rfm.int("orders") == expected.orders)
    #expect(try rfm.double("revenue") == expected.revenue)
    #expect(try rfm.int("orders_without_customer") == expected.ordersWithoutCustomer)
    #expect(try rfm.int("orders_without_revenue") == expected.ordersWithoutRevenue)
    let thresholds = try rfm.object("thresholds")
    for (key, values) in [
      ("recency", expected.thresholds?.recency), ("frequency", expected.thresholds?.frequency),
      ("monetary", expected.thresholds?.monetary),
    ] {
      let found = try #require(thresholds[key] as? [Double])
      #expect(found.count == 4)
      // The JSON reader of Foundation may be off in the last digit.
      #expect(zip(found, values ?? []).allSatisfy { abs($0 - $1) <= abs($1) * 1e-12 })
    }
    let segments = try rfm.rows("segments")
    #expect(segments.count == 11)
    for (row, segment) in zip(segments, expected.segments) {
      #expect(try row.string("segment") == segment.name)
      #expect(try row.int("customers") == segment.customers)
      #expect(try row.int("orders") == segment.orders)
      #expect(try row.double("revenue") == segment.revenue)
      for (key, value) in [
        ("customer_share", segment.customerShare), ("revenue_share", segment.revenueShare),
        ("mean_recency", segment.meanRecency),
      ] {
        if let value {
          #expect(try abs(row.double(key) - value) <= value * 1e-12)
        } else {
          #expect(row[key] is NSNull)
        }
      }
    }
  }

  @Test func `the text has the triangle, the lifecycle and the segments`() throws {
    let (path, log) = try shop(days: Self.month)
    let text = try Program.run([path]).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for title in [
      "Retention by day of the first event", "Lifecycle by day", "Customers on 2024-03-10",
    ] {
      #expect(lines.contains { $0 == title }, "\(title)")
    }
    #expect(text.contains("The first 8 of 19 days; the JSON has all days"))
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    let row = try #require(RetentionQuery().evaluate(log).rows.first)
    #expect(
      words.contains(
        [row.label, "\(row.size)"]
          + row.cells[1...8].map { NumberText.percent($0?.rate) + ($0!.isPartial ? "*" : "") }))
    let day = try #require(LifecycleQuery().evaluate(log).rows.last)
    #expect(
      words.contains(
        [day.label, day.new, day.returning, day.resurrecting, day.dormant].map { "\($0)" }))
    let rfm = RFMQuery(asOf: CalendarDay("2024-03-10")!).evaluate(log)
    for segment in rfm.segments {
      #expect(
        words.contains {
          $0.starts(
            with: (segment.name.split(separator: " ").map(String.init))
              + [NumberText.grouped(segment.customers)])
        })
    }
    if rfm.ordersWithoutCustomer > 0 {
      #expect(text.contains("\(rfm.ordersWithoutCustomer) orders belong to no user"))
    }
  }

  @Test(arguments: [
    ("2024-03-31", "week"), ("2024-12-31", "month"),
  ])
  func `a longer time is shown by weeks or months, the JSON has days`(
    last: String, period: String
  ) throws {
    let (path, log) = try shop(
      users: 40, days: CalendarDay("2024-01-01")!...CalendarDay(last)!)
    for format in ["text", "html"] {
      let run = try Program.run(["--format", format, path])
      #expect(run.text.contains("Retention by \(period)"))
      #expect(run.text.contains("Lifecycle by \(period)"))
      if format == "html" { #expect(xmlProblem(run.text) == nil) }
    }
    let json = try report([path])
    #expect(try json.rows("lifecycle").count == LifecycleQuery().evaluate(log).rows.count)
    #expect(try json.rows("retention").count > 30)
  }

  @Test func `one day without orders has cohorts and no customers`() throws {
    let line = #"{"event_name":"page_view","event_timestamp":"1000000","user_id":"u"}"#
    let path = try folder.write(line, "one")
    let json = try report([path])
    let row = try #require(json.rows("retention").first)
    #expect(try row.int("size") == 1 && row["cells"] as? [Int] == [1])
    let rfm = try json.object("rfm")
    #expect(try rfm.int("customers") == 0)
    #expect(rfm["thresholds"] is NSNull)
    let text = try Program.run([path]).text
    #expect(text.contains("Retention by day of the first event\n  cohort       users\n"))
    #expect(!text.contains("Customers on"))
    let page = try Program.run(["--format", "html", path])
    #expect(xmlProblem(page.text) == nil)
    #expect(!page.text.contains("Customers by segment"))
  }
}
