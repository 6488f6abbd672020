import ExampleSupport
import ExamplesTestSupport
import Foundation
import Funnel
import GA4Model
import GA4Samples
import ProductMetrics
import Testing

/// What the program prints about a small shop, against what the library says of it.
struct ReportTests {
  private let folder: TemporaryFolder
  private let path: String
  private let log: EventLog

  /// A shop small enough for many runs, with the defects of real data.
  private static let shop = SampleShop(
    seed: 3, users: 150, days: CalendarDay("2024-02-20")!...CalendarDay("2024-03-10")!,
    dirt: .filthy)

  init() throws {
    folder = try TemporaryFolder()
    let bytes = NDJSONWriter().bytes(of: Self.shop.events)
    path = try folder.write(bytes, "shop.ndjson")
    log = try EventReader().read(bytes: bytes).log
  }

  private func report(_ arguments: [String]) throws -> [String: Any] {
    let run = try Program.run(["--format", "json"] + arguments)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    return try run.json()
  }

  @Test func `the JSON has every key with the figures of the library`() throws {
    let json = try report([path])
    let total = MetricsQuery().evaluate(log).total
    #expect(try json.int("events") == log.count)
    #expect(try json.int("users") == log.users.count)
    #expect(try json.int("events_without_user") == log.eventsWithoutUser)
    #expect(log.eventsWithoutUser > 0)
    #expect(try json.int("sessions") == log.sessions.count)
    #expect(try json.int("engaged_sessions") == log.sessions.count(where: \.isEngaged))
    // The JSON reader of Foundation may be off in the last digit.
    #expect(try abs(json.double("engagement_rate") - total.engagementRate!) < 1e-12)
    #expect(try abs(json.double("bounce_rate") - total.bounceRate!) < 1e-12)
    #expect(try json.int("gap_sessions") == GapSessionsQuery().evaluate(log).count)
    #expect(try json.int("new_users") + json.int("returning_users") == log.users.count)

    var names: [String: Int] = [:]
    for event in log { names[event.name.rawValue, default: 0] += 1 }
    #expect(try json.object("event_counts") as? [String: Int] == names)

    let daily = DailyActiveUsersQuery().evaluate(log)
    #expect(
      try json.object("daily_active_users") as? [String: Int]
        == Dictionary(uniqueKeysWithValues: daily.rows.map { ($0.day.description, $0.users) }))
    let active = try #require(ActiveUsersQuery().evaluate(log).rows.last)
    #expect(try json.object("active_users").int("weekly") == active.weekly)
    #expect(try json.object("active_users").int("monthly") == active.monthly)
    #expect(
      try abs(json.object("active_users").double("dau_wau") - active.dailyOverWeekly!) < 1e-12)

    let purchases = try json.object("purchases")
    #expect(try purchases.int("rows") == log.count { $0.name == .purchase })
    #expect(try purchases.int("orders") == total.orders)
    #expect(try purchases.int("purchasers") == total.purchasers)
    #expect(try purchases.double("revenue") == total.revenue)
    #expect(try purchases.string("rule") == PurchaseRule.byTransactionID.description)

    let read = try json.object("read")
    #expect(try read.int("lines") == log.count)
    #expect(try read.int("skipped") == 0)
  }

  @Test func `devices, countries and channels are distinct users in each`() throws {
    let json = try report([path])
    for (key, dimension) in [
      ("devices", EventDimension.deviceCategory), ("countries", .country),
    ] {
      let rows = try json.rows(key)
      let expected = MetricsQuery(by: [dimension]).evaluate(log)
      #expect(rows.count == expected.rows.count)
      for row in rows {
        let name = try row.string("name")
        let metrics = expected[name == "(missing)" ? nil : name]
        #expect(try row.int("users") == metrics?.users)
      }
      let users = try rows.map { try $0.int("users") }
      #expect(users == users.sorted(by: >))
    }
    let channels = try json.rows("channels")
    let expected = MetricsQuery(
      by: [.channel], counting: [.sessionStart, .addToCart, .purchase]
    ).evaluate(log)
    #expect(channels.count == expected.rows.count)
    for row in channels {
      let name = try row.string("channel")
      let metrics = try #require(expected[name == "(no session)" ? nil : name])
      #expect(try row.int("session_start") == metrics.counts[0])
      #expect(try row.int("add_to_cart") == metrics.counts[1])
      #expect(try row.int("purchase") == metrics.counts[2])
      #expect(try row.double("revenue") == metrics.revenue)
      #expect(try row.int("sessions") == metrics.sessions)
      #expect(try row.int("users") == metrics.users)
    }
  }

  @Test func `the simple channels count the events of each traffic source`() throws {
    let json = try report(["--channels", "simple", path])
    var expected: [String: (starts: Int, carts: Int, purchases: Int, revenue: Double)] = [:]
    for event in log {
      let input = ChannelInput(
        source: event.fields["traffic_source.source"]?.text,
        medium: event.fields["traffic_source.medium"]?.text)
      let group = ChannelGrouping.simple.group(for: input).rawValue
      var row = expected[group] ?? (0, 0, 0, 0)
      switch event.name {
      case .sessionStart: row.starts += 1
      case .addToCart: row.carts += 1
      case .purchase:
        row.purchases += 1
        let revenue =
          event.fields["ecommerce.purchase_revenue"]
          ?? event.fields["ecommerce.purchase_revenue_in_usd"]
        row.revenue += revenue?.number ?? 0
      default: break
      }
      expected[group] = row
    }
    let rows = try json.rows("channels")
    #expect(rows.count == expected.count)
    for row in rows {
      let group = try #require(expected[try row.string("channel")])
      #expect(try row.int("session_start") == group.starts)
      #expect(try row.int("add_to_cart") == group.carts)
      #expect(try row.int("purchase") == group.purchases)
      #expect(try row.double("revenue") == group.revenue)
    }
  }

  @Test func `each purchase rule names itself and counts by itself`() throws {
    var orders: [Int] = []
    for (argument, rule) in [
      ("raw", PurchaseRule.none), ("transaction", .byTransactionID),
      ("transaction-user", .byTransactionIDAndUser),
    ] {
      let purchases = try report(["--purchases", argument, path]).object("purchases")
      let total = MetricsQuery(purchases: rule).evaluate(log).total
      #expect(try purchases.string("rule") == rule.description)
      #expect(try purchases.double("revenue") == total.revenue)
      #expect(try purchases.int("orders") == total.orders)
      orders.append(try purchases.int("orders"))
    }
    #expect(orders[0] > orders[1])
  }

  @Test func `items come by revenue, then name, with all lines and those counted once`() throws {
    let items = try report([path]).rows("top_items")
    let raw = TopItemsQuery(limit: nil, purchases: .none).evaluate(log).items
    let once = TopItemsQuery(limit: nil).evaluate(log).items
    #expect(try items.map { try $0.string("name") } == raw.map { $0.name ?? "(missing)" })
    #expect(try items.map { try $0.int("quantity") } == raw.map(\.units))
    #expect(try items.map { try $0.double("revenue") } == raw.map(\.revenue))
    #expect(
      try items.reduce(0) { try $0 + $1.int("quantity_counted_once") }
        == once.reduce(0) { $0 + $1.units })
    let keys = try items.map { (-(try $0.double("revenue")), try $0.string("name")) }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func `series by every period hold the sums`() throws {
    let series = try report([path]).object("time_series")
    for (name, count) in [("day", 20), ("week", 3), ("month", 2), ("weekday", 7), ("hour", 24)] {
      let rows = try series.rows(name)
      #expect(rows.count <= count && rows.count > count / 2)
      #expect(try rows.reduce(0) { try $0 + $1.int("events") } == log.count)
      #expect(try rows.reduce(0) { try $0 + $1.int("sessions") } == log.sessions.count)
    }
    #expect(try series.rows("month").map { try $0.string("month") } == ["2024-02", "2024-03"])
  }

  /// The rows of a funnel as the JSON has them.
  private func check(_ rows: [[String: Any]], _ steps: [FunnelReport.StepRow]) throws {
    #expect(try rows.map { try $0.string("step") } == steps.map(\.label))
    #expect(try rows.map { try $0.int("users") } == steps.map(\.count))
    for (row, step) in zip(rows, steps) {
      #expect(row.count == 5)
      for (key, value) in [
        ("rate_from_start", step.rateFromStart), ("rate_from_previous", step.rateFromPrevious),
        ("median_seconds_from_previous", step.timeFromPrevious?.median),
      ] {
        if let value {
          #expect(try abs(row.double(key) - value) <= value * 1e-12)
        } else {
          #expect(row[key] is NSNull, "\(key)")
        }
      }
    }
  }

  @Test func `the funnel is that of a shop within a week, unless options say otherwise`() throws {
    let names: [EventName] = [.viewItem, .addToCart, .beginCheckout, .purchase]
    let week = FunnelWindow.fromFirstStep(.seconds(7 * 86_400))
    for (arguments, query) in [
      ([], FunnelQuery(names.map { Step($0) }, window: week)),
      (
        ["--funnel", " session_start , purchase"],
        FunnelQuery([Step(.sessionStart), Step(.purchase)], window: week)
      ),
      (["--funnel", "page_view"], FunnelQuery([Step(.pageView)], window: week)),
      (
        ["--funnel", Array(repeating: "page_view", count: 32).joined(separator: ",")],
        FunnelQuery(Array(repeating: Step(.pageView), count: 32), window: week)
      ),
      (["--funnel", "no_event,purchase"], FunnelQuery([Step("no_event"), Step(.purchase)])),
      (["--window", "none"], FunnelQuery(names.map { Step($0) })),
      (
        ["--window", "45s"],
        FunnelQuery(names.map { Step($0) }, window: .fromFirstStep(.seconds(45)))
      ),
      (
        ["--window", "2m", "--unit", "sessions"],
        FunnelQuery(
          names.map { Step($0) }, window: .fromFirstStep(.seconds(120)), unit: .sessions)
      ),
      (
        ["--window", "3h"],
        FunnelQuery(names.map { Step($0) }, window: .fromFirstStep(.seconds(10_800)))
      ),
      (
        ["--window", "106751991d", "--unit", "users"],
        FunnelQuery(
          names.map { Step($0) }, window: .fromFirstStep(.seconds(106_751_991 * 86_400)))
      ),
    ] {
      let json = try report(arguments + [path])
      let expected = query.evaluate(log)
      try check(json.rows("funnel"), expected.steps)
      if arguments.isEmpty { #expect(expected.steps[3].count > 0) }
      #expect(json["funnel_groups"] == nil)
      if !arguments.contains("no_event,purchase") {
        #expect(try json.object("settings").string("funnel") == query.description)
        #expect(expected.steps[0].count > 0, "\(arguments)")
      }
    }
  }

  @Test func `a breakdown has every value with its funnel`() throws {
    for (arguments, dimension) in [
      (["device.category"], EventDimension.deviceCategory), (["geo.country"], .country),
      (["hour of day", "--unit", "sessions"], .hour), (["channel"], .channel),
      (["channel", "--channels", "simple"], .channel(.simple, scope: .firstUser)),
    ] {
      let json = try report(["--breakdown"] + arguments + [path])
      var query = FunnelQuery(
        [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
        window: .fromFirstStep(.seconds(7 * 86_400)),
        unit: arguments.contains("sessions") ? .sessions : .users)
      query.breakdown = FunnelBreakdown(by: dimension, limit: 1_000)
      let expected = query.evaluate(log)
      try check(json.rows("funnel"), expected.steps)
      let groups = try json.rows("funnel_groups")
      #expect(groups.count == expected.groups.count && groups.count > 1)
      for (group, expected) in zip(groups, expected.groups) {
        #expect(.value(group["value"] as? String) == expected.label)
        try check(group.rows("funnel"), expected.steps)
      }
    }
  }

  @Test func `every name of a dimension that the refusal lists is taken`() throws {
    let refusal = try Program.run(["--breakdown", "?"]).errors
    let line = try #require(refusal.split(separator: "\n").first)
    let list = try #require(line.split(separator: ": ").last).dropLast()
    let names = list.components(separatedBy: ", ")
    #expect(names.count > 10)
    for name in names {
      #expect(try report(["--breakdown", name, path])["funnel_groups"] != nil, "\(name)")
    }
  }

  @Test func `text and page show the funnel and its groups`() throws {
    let arguments = ["--breakdown", "geo.country", "--unit", "sessions", "--window", "1h", path]
    let text = try Program.run(arguments).text
    let title = "Funnel of sessions within 1 h of the first step"
    var query = FunnelQuery(
      [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
      window: .fromFirstStep(.seconds(3_600)), unit: .sessions)
    let steps = query.evaluate(log).steps
    query.breakdown = FunnelBreakdown(by: .country, limit: 1_000)
    let groups = query.evaluate(log).groups
    #expect(groups.count > 8)
    #expect(text.contains("\n\(title)\n") && text.contains("\n\(title), by geo.country\n"))
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    for step in steps {
      #expect(lines.contains { $0.starts(with: [step.label, NumberText.grouped(step.count)]) })
    }
    #expect(text.contains("The first 8 of \(groups.count) values of geo.country"))
    let page = try Program.run(["--format", "html"] + arguments).text
    #expect(xmlProblem(page) == nil)
    for figure in [title, title + ", by geo.country"] {
      #expect(page.contains("<caption>\(figure)</caption>"))
    }
    for step in steps {
      #expect(
        page.contains(
          "<th scope=\"row\">\(step.label)</th><td>\(NumberText.grouped(step.count))</td>"))
    }
  }

  @Test func `units whose window the data end before are told`() throws {
    let query = FunnelQuery(
      [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
      window: .fromFirstStep(.seconds(7 * 86_400)))
    let open = query.evaluate(log).steps.reduce(0) { $0 + $1.openWindows }
    #expect(open > 0)
    let sentence = "\(open) users may still go on: their window ends after the data"
    #expect(try Program.run([path]).text.contains(sentence))
    #expect(try Program.run(["--format", "html", path]).text.contains(sentence))
    #expect(try !Program.run(["--window", "none", path]).text.contains("may still go on"))
  }

  @Test func `as of a day, later events are left out and counted`() throws {
    let json = try report(["--as-of", "2024-02-29", path])
    let day = CalendarDay("2024-02-29")!
    let part = log.filter(days: CalendarDay("2024-02-01")!...day)
    #expect(try json.int("events") == part.count)
    #expect(try json.int("users") == part.users.count)
    #expect(try json.object("period").int("events_after_as_of") == log.count - part.count)
    #expect(try json.object("period").string("last_day") == "2024-02-29")
    let none = try report(["--as-of", "2000-01-01", path])
    #expect(try none.int("events") == 0)
    #expect(none["active_users"] is NSNull)
    #expect(try report(["--as-of", "2100-01-01", path]).int("events") == log.count)
  }

  @Test func `the time zone moves the hours`() throws {
    let rows = try report(["--time-zone", "+05:30", path]).object("time_series").rows("hour")
    let zone = try ReportingTimeZone(identifier: "+05:30")
    let shifted = MetricsQuery(by: [.hour]).evaluate(
      log.regrouped(EventLogOptions(timeZone: zone)))
    #expect(try rows.map { try $0.int("events") } == shifted.rows.map(\.metrics.events))
    #expect(
      try rows.map { try $0.int("events") }
        != MetricsQuery(by: [.hour]).evaluate(log).rows.map(\.metrics.events))
  }

  @Test(arguments: ["json", "text", "html"])
  func `output is the same for any number of workers`(format: String) throws {
    // Two compressed files and a plain one, so that files are read side by side.
    let lines = try folder.read("shop.ndjson").split(separator: 0x0A)
    let paths = try (0..<3).map { part -> String in
      let share = lines[lines.count * part / 3..<lines.count * (part + 1) / 3]
      let bytes = Array(share.joined(separator: [0x0A])) + [0x0A]
      return try folder.write(part == 1 ? bytes : gzip(bytes), "part\(part)")
    }
    let runs = try [1, 2, 7].map {
      try Program.run(["--format", format, "--workers", "\($0)"] + paths)
    }
    #expect(runs.allSatisfy { $0.status == 0 })
    #expect(runs[0].output.count > 1_000)
    #expect(runs[1].output == runs[0].output)
    #expect(runs[2].output == runs[0].output)
    if format == "json" {
      // Cut in three or whole: the figures are those of the same events.
      var whole = try report([path])
      var parts = try runs[0].json()
      whole["source"] = nil
      parts["source"] = nil
      #expect(NSDictionary(dictionary: whole) == NSDictionary(dictionary: parts))
    }
  }

  @Test func `the page is whole, well-formed and needs nothing else`() throws {
    let run = try Program.run(["--format", "html", path])
    #expect(run.status == 0)
    #expect(xmlProblem(run.text) == nil)
    #expect(run.text.hasPrefix("<!DOCTYPE html>"))
    // The name of SVG is no address.
    let page = run.text.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    for word in ["<script", "http:", "https:", "src=", "@import", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    for title in [
      "Daily active users", "Revenue by day", "Sessions by weekday", "Sessions by hour",
      "Funnel of users within 7 d of the first step", "Retention by day of the first event",
      "Lifecycle by day", "Customers by segment on 2024-03-10",
      "Revenue by segment on 2024-03-10",
    ] {
      #expect(run.text.contains("<summary>\(title): numbers</summary>"), "\(title)")
    }
    let ids = run.text.components(separatedBy: " id=\"").dropFirst().map {
      $0.prefix { $0 != "\"" }
    }
    #expect(Set(ids).count == ids.count && ids.count > 40)
    for word in [
      "<caption>", "prefers-color-scheme: dark", "aria-label", "lang=\"en\"", "viewport",
    ] {
      #expect(run.text.contains(word), "\(word)")
    }
    #expect(run.text.contains(">\(NumberText.grouped(log.users.count))<"))
  }

  @Test func `names from the data cannot break page or terminal`() throws {
    let line =
      #"{"event_name":"<script>alert(1)</script>\u001b[31m","event_timestamp":"1000000","user_id":"u","geo":{"country":"\"><img src=x>"}}"#
    let path = try folder.write(line, "evil")
    let page = try Program.run(["--format", "html", path])
    #expect(xmlProblem(page.text) == nil)
    #expect(!page.text.contains("<script") && !page.text.contains("<img"))
    let text = try Program.run([path])
    #expect(text.status == 0 && !text.output.contains(0x1B))
    let arguments = [
      "--funnel", "<script>alert(1)</script>\u{1B}[31m", "--breakdown", "geo.country",
    ]
    let funnel = try Program.run(arguments + [path])
    #expect(funnel.text.contains("\"><img src=x>") && !funnel.output.contains(0x1B))
    let figures = try Program.run(["--format", "html"] + arguments + [path])
    #expect(xmlProblem(figures.text) == nil)
    #expect(!figures.text.contains("<script") && !figures.text.contains("<img"))
    let json = try Program.run(["--format", "json", path])
    #expect(
      try json.json().object("event_counts") as? [String: Int]
        == ["<script>alert(1)</script>\u{1B}[31m": 1])
  }

  @Test func `the text says what was counted, in aligned columns`() throws {
    let run = try Program.run([path])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text.contains("GA4 report, 2024-02-20 to 2024-03-10"))
    #expect(run.text.contains(PurchaseRule.byTransactionID.description))
    #expect(run.text.contains("Events without user: \(NumberText.grouped(log.eventsWithoutUser))"))
    for title in ["Days", "Retention by day of the first event", "Lifecycle by day"] {
      let table = try #require(run.text.components(separatedBy: "\n\(title)\n").last)
      let days = table.split(separator: "\n", omittingEmptySubsequences: false)
        .dropFirst().prefix { $0.hasPrefix("  2024-0") }
      #expect(days.count == 20)
      #expect(Set(days.map(\.count)).count == 1)
    }
  }

  @Test func `an empty input is a report of nothing`() throws {
    for format in ["text", "json", "html"] {
      let run = try Program.run(["--format", format, try folder.write("", "empty")])
      #expect(run.status == 0, "\(run.errors)")
    }
    let json = try report([try folder.write(gzip([]), "empty.gz")])
    #expect(try json.int("events") == 0)
    #expect(json["engagement_rate"] is NSNull)
    let funnel = try report(["--breakdown", "platform", folder.write("", "empty")])
    #expect(try funnel.rows("funnel_groups").isEmpty)
    #expect(try funnel.rows("funnel").map { try $0.int("users") } == [0, 0, 0, 0])
    for row in try funnel.rows("funnel") { #expect(row.values.count { $0 is NSNull } == 3) }
    #expect(try funnel.rows("retention").isEmpty && funnel.rows("lifecycle").isEmpty)
    #expect(funnel["rfm"] is NSNull)
  }

  @Test func `the export holds the star schema, whose keys hold`() throws {
    for channels in ["ga4", "simple"] {
      let run = try Program.run(
        ["--channels", channels, "--export", folder.path("out/\(channels)"), "--quiet", path])
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      func table(_ name: String) throws -> [[String]] {
        csvRows(try folder.read("out/\(channels)/\(name).csv"))
      }
      let dates = try table("dim_date")
      #expect(dates[0] == ["date_pk", "year", "month", "month_name", "week", "day_name"])
      let keys = try table("dim_channel")
      #expect(keys[0] == ["channel_key", "channel_group", "source", "medium"])
      let facts = try table("fact_funnel_by_date_channel")
      #expect(
        facts[0] == [
          "date_pk", "channel_key", "channel_group", "sessions", "add_to_cart", "purchases",
          "revenue", "conversion_rate", "aov",
        ])
      let dateKeys = dates.dropFirst().map { $0[0] }
      let channelKeys = keys.dropFirst().map { $0[0] }
      #expect(Set(dateKeys).count == dateKeys.count && Set(channelKeys).count == channelKeys.count)
      #expect(facts.count > 20)
      #expect(
        facts.dropFirst().allSatisfy { dateKeys.contains($0[0]) && channelKeys.contains($0[1]) })
      #expect(Set(facts.dropFirst().map { $0[0] + " " + $0[1] }).count == facts.count - 1)
      for name in ["channel_summary", "time_summary", "funnel_summary"] {
        #expect(try table(name).count > 1)
      }
      let sessions = facts.dropFirst().reduce(0) { $0 + Int($1[3])! }
      #expect(
        sessions
          == (channels == "ga4"
            ? log.sessions.count : log.count { $0.name == .sessionStart }))
    }
  }

  @Test func `exported texts are guarded against formulas`() throws {
    let line =
      #"{"event_name":"session_start","event_timestamp":"1000000","user_id":"u","traffic_source":{"source":"=1+1","medium":"@x"}}"#
    let run = try Program.run([
      "--channels", "simple", "--export", folder.path("out"), try folder.write(line, "formula"),
    ])
    #expect(run.status == 0)
    let rows = csvRows(try folder.read("out/dim_channel.csv"))
    #expect(rows.count == 2 && rows[1][2] == "'=1+1" && rows[1][3] == "'@x")
  }
}

/// Counts the events of a log that meet a condition.
extension EventLog {
  fileprivate func count(_ condition: (Event) -> Bool) -> Int {
    reduce(0) { $0 + (condition($1) ? 1 : 0) }
  }
}
