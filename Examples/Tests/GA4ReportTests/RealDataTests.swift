import Foundation
import GA4Model
import Testing

/// The folder with the public samples, `nil` when the environment names none.
private let realDataFolder: String? =
  ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DATA"]
  .map { $0 + "/ga4/" }
  .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

/// The published figures of Google's public sample, to the unit.
@Suite(
  .enabled(if: realDataFolder != nil, "PRODUCT_ANALYTICS_DATA names no folder with ga4/"))
struct RealDataTests {
  private func golden(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: realDataFolder! + name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func report(_ files: [String], _ arguments: [String]) throws -> [String: Any] {
    let run = try Program.run(
      ["--format", "json"] + arguments + files.map { realDataFolder! + $0 })
    #expect(run.status == 0, "\(run.errors)")
    return try run.json()
  }

  /// Compares what nested and flat exports have in common.
  private func check(_ json: [String: Any], _ golden: [String: Any]) throws {
    for key in ["events", "users", "sessions", "engaged_sessions"] {
      #expect(try json.int(key) == golden.int(key), "\(key)")
    }
    #expect(try json.int("gap_sessions") == golden.int("sessions_gap_30min"))
    #expect(try json.int("events_without_user") == 0)
    #expect(
      try json.object("event_counts") as? [String: Int]
        == golden.object("event_counts") as? [String: Int])
    let days = try json.object("daily_active_users").map {
      ($0.key.replacingOccurrences(of: "-", with: ""), $0.value as? Int ?? -1)
    }
    #expect(
      Dictionary(uniqueKeysWithValues: days) == (try golden.object("dau") as? [String: Int]))
    #expect(try json.object("purchases").int("rows") == golden.int("purchase_rows"))
    #expect(try json.object("purchases").int("purchasers") == golden.int("purchasers"))
    for (key, name) in [("devices", "device_users")] {
      let rows = try json.rows(key).map { (try $0.string("name"), try $0.int("users")) }
      #expect(
        Dictionary(uniqueKeysWithValues: rows) == (try golden.object(name) as? [String: Int]))
    }
    let countries = try #require(golden["country_users_top5"] as? [[Any]])
    for (row, expected) in zip(try json.rows("countries"), countries) {
      #expect(try row.string("name") == expected[0] as? String)
      #expect(try row.int("users") == expected[1] as? Int)
    }
  }

  private func checkChannels(_ json: [String: Any], _ golden: [String: Any]) throws {
    let expected = try golden.object("channel_seed0_rule")
    let rows = try json.rows("channels")
    #expect(rows.count == expected.count)
    for row in rows {
      let channel = try expected.object(try row.string("channel"))
      for key in ["session_start", "add_to_cart", "purchase"] {
        #expect(try row.int(key) == channel.int(key), "\(key)")
      }
      #expect(try row.double("revenue") == channel.double("revenue"))
    }
  }

  @Test func `six days of the nested export`() throws {
    let golden = try golden("golden_20201219_20201224.json")
    let files = (19...24).map { "events_202012\($0).ndjson.gz" }
    let json = try report(files, ["--channels", "simple", "--quiet"])
    try check(json, golden)
    try checkChannels(json, golden)
    #expect(
      try json.object("purchases").double("revenue")
        == golden.double("revenue_by_first_row_per_transaction_id_plus_rows_without_id"))
    // Eight purchases have no real id.
    #expect(
      try json.object("purchases").int("orders")
        == golden.int("distinct_transaction_ids_excluding_not_set") + 8)
    let items = try #require(golden["top_items_by_revenue"] as? [[Any]])
    for (row, expected) in zip(try json.rows("top_items"), items) {
      #expect(try row.string("name") == expected[0] as? String)
      #expect(try row.int("quantity") == expected[1] as? Int)
      #expect(try row.double("revenue") == (expected[2] as? NSNumber)?.doubleValue)
    }
    #expect(try json.object("read").int("lines") == golden.int("events"))
    #expect(try json.object("read").int("skipped") == 0)
  }

  @Test func `six days with every purchase event`() throws {
    let golden = try golden("golden_20201219_20201224.json")
    let files = (19...24).map { "events_202012\($0).ndjson.gz" }
    let json = try report(files, ["--purchases", "raw", "--quiet"])
    #expect(try json.object("purchases").double("revenue") == golden.double("revenue_raw"))
    #expect(try json.object("purchases").int("orders") == golden.int("purchase_rows"))
    // Distinct sessions lie in one channel each; all other sums are of events.
    let sessions = try json.rows("channels").reduce(0) { try $0 + $1.int("sessions") }
    #expect(sessions == (try golden.int("sessions")))
    let revenue = try json.rows("channels").reduce(0) { try $0 + $1.double("revenue") }
    #expect(revenue == (try golden.double("revenue_raw")))
  }

  @Test func `32 days as a flat table`() throws {
    let golden = try golden("golden_20201219_20210119.json")
    let json = try report(
      ["ga4_events_skinny_20201219_20210119.csv.gz"], ["--channels", "simple", "--quiet"])
    try check(json, golden)
    try checkChannels(json, golden)
    #expect(
      try json.object("purchases").double("revenue")
        == golden.double("revenue_by_first_row_per_transaction_id_plus_rows_without_id"))
  }

  /// Runs the program for each funnel of `golden` and compares the counts and their rates.
  private func checkFunnels(_ files: [String], _ golden: [String: Any]) throws {
    for (name, arguments) in [
      ("users_7d", []), ("users_1h", ["--window", "1h"]),
      ("sessions", ["--unit", "sessions", "--window", "none"]),
    ] {
      let json = try report(files, ["--quiet"] + arguments)
      let key = "ordered_funnel_view_cart_checkout_purchase_\(name)"
      let expected = try #require(golden[key] as? [Int])
      let rows = try json.rows("funnel")
      #expect(try rows.map { try $0.int("users") } == expected, "\(name)")
      for (index, row) in rows.enumerated() {
        let first = Double(expected[index]) / Double(expected[0])
        #expect(try abs(row.double("rate_from_start") - first) < 1e-12)
        guard index > 0 else { continue }
        let previous = Double(expected[index]) / Double(expected[index - 1])
        #expect(try abs(row.double("rate_from_previous") - previous) < 1e-12)
      }
    }
  }

  @Test func `the funnels of six days`() throws {
    try checkFunnels(
      (19...24).map { "events_202012\($0).ndjson.gz" }, golden("golden_20201219_20201224.json"))
  }

  @Test func `the funnels of 32 days`() throws {
    try checkFunnels(
      ["ga4_events_skinny_20201219_20210119.csv.gz"], golden("golden_20201219_20210119.json"))
  }

  /// Compares every cell of the triangle; what no one came back on is no row of the golden file.
  private func checkRetention(_ files: [String], _ golden: [String: Any]) throws {
    var users: [String: [Int: Int]] = [:]
    for entry in try #require(golden["retention_event_date"] as? [[Any]]) {
      users[try #require(entry[0] as? String), default: [:]][try #require(entry[1] as? Int)] =
        try #require(entry[2] as? Int)
    }
    let rows = try report(files, ["--quiet"]).rows("retention")
    #expect(rows.count == users.count)
    for (index, row) in rows.enumerated() {
      let cohort = try row.string("cohort").replacingOccurrences(of: "-", with: "")
      let expected = try #require(users[cohort])
      #expect(try row.int("size") == expected[0])
      let cells = try #require(row["cells"] as? [Any])
      #expect(cells.count == rows.count)
      for (day, cell) in cells.enumerated() {
        if day < rows.count - index {
          #expect(cell as? Int == expected[day] ?? 0, "\(cohort), day \(day)")
        } else {
          #expect(cell is NSNull, "\(cohort), day \(day)")
        }
      }
    }
  }

  @Test func `the retention of six days`() throws {
    try checkRetention(
      (19...24).map { "events_202012\($0).ndjson.gz" }, golden("golden_20201219_20201224.json"))
  }

  @Test func `the retention of 32 days`() throws {
    try checkRetention(
      ["ga4_events_skinny_20201219_20210119.csv.gz"], golden("golden_20201219_20210119.json"))
  }

  @Test func `the lifecycle of 32 days adds up to the active users and the cohorts`() throws {
    let golden = try golden("golden_20201219_20210119.json")
    let json = try report(["ga4_events_skinny_20201219_20210119.csv.gz"], ["--quiet"])
    let active = try golden.object("dau")
    let cohorts = try json.rows("retention")
    let rows = try json.rows("lifecycle")
    #expect(rows.count == 32)
    var before = 0
    for (row, cohort) in zip(rows, cohorts) {
      let day = try row.string("day").replacingOccurrences(of: "-", with: "")
      #expect(try row.int("active") == active.int(day))
      #expect(try row.int("new") == cohort.int("size"))
      #expect(try row.int("returning") + row.int("dormant") == before)
      before = try row.int("active")
    }
  }

  @Test func `the customers of six days are those who buy`() throws {
    let golden = try golden("golden_20201219_20201224.json")
    let files = (19...24).map { "events_202012\($0).ndjson.gz" }
    let json = try report(files, ["--purchases", "raw", "--quiet"])
    let rfm = try json.object("rfm")
    #expect(try rfm.string("as_of") == "2020-12-24")
    #expect(try rfm.int("customers") == golden.int("purchasers"))
    #expect(try rfm.int("orders") == golden.int("purchase_rows"))
    #expect(try rfm.double("revenue") == golden.double("revenue_raw"))
    let segments = try rfm.rows("segments")
    #expect(segments.count == 11)
    #expect(try segments.reduce(0) { try $0 + $1.int("customers") } == golden.int("purchasers"))
    #expect(try segments.reduce(0) { try $0 + $1.int("orders") } == golden.int("purchase_rows"))
  }

  @Test func `the funnels of the device categories add up`() throws {
    let golden = try golden("golden_20201219_20201224.json")
    let files = (19...24).map { "events_202012\($0).ndjson.gz" }
    let groups = try report(files, ["--breakdown", "device.category", "--quiet"])
      .rows("funnel_groups")
    #expect(
      try Set(groups.map { try $0.string("value") }) == Set(golden.object("device_users").keys))
    let expected = try #require(
      golden["ordered_funnel_view_cart_checkout_purchase_users_7d"] as? [Int])
    for (index, count) in expected.enumerated() {
      #expect(try groups.reduce(0) { try $0 + $1.rows("funnel")[index].int("users") } == count)
    }
  }

  @Test func `a pretty-printed array`() throws {
    let json = try report(["pretty_printed_sample.json"], ["--quiet"])
    #expect(try json.int("events") > 0)
    #expect(try json.object("read").int("lines") == json.int("events"))
  }
}
