import Cohorts
import ExampleSupport
import Funnel
import GA4Model
import Plots
import ProductMetrics

extension ShopReport {
  /// The report for a terminal.
  public var text: String {
    var parts = [heading, keyFigures]
    if !byDay.isEmpty { parts.append(timeTable) }
    if days != nil { parts += [funnelTable, retentionTable, lifecycleTable] }
    if let rfm = cohorts.rfm, !rfm.customers.isEmpty { parts.append(segmentTable(rfm)) }
    if !channels.isEmpty { parts.append(channelTable) }
    if !topItems.isEmpty { parts.append(itemTable) }
    if !eventCounts.isEmpty { parts.append(eventTable) }
    if !devices.isEmpty { parts.append(table("Devices", "device", devices, limit: 5)) }
    if !countries.isEmpty { parts.append(table("Countries", "country", countries, limit: 10)) }
    parts += modelTables
    parts.append(notes)
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The first and last day in words.
  var periodText: String {
    guard let days else { return "no events" }
    return days.lowerBound == days.upperBound
      ? "\(days.lowerBound)" : "\(days.lowerBound) to \(days.upperBound)"
  }

  private var heading: String {
    "GA4 report, \(periodText)\nSource: \(TextColumns.printable(settings.source))"
  }

  /// The most important figures with their names.
  var figures: [(name: String, value: String)] {
    var figures = [
      ("Events", NumberText.grouped(total.events)),
      ("Users", NumberText.grouped(total.users)),
      ("New users", NumberText.grouped(total.newUsers)),
      ("Returning users", NumberText.grouped(total.returningUsers)),
      ("Sessions", NumberText.grouped(total.sessions)),
      ("Engaged sessions", NumberText.grouped(total.engagedSessions)),
      ("Engagement rate", NumberText.percent(total.engagementRate)),
      ("Bounce rate", NumberText.percent(total.bounceRate)),
    ]
    if let active = activeUsers {
      figures += [
        ("Active, \(active.day)", NumberText.grouped(active.daily)),
        ("Active, 7 days", grouped(active.weekly, isPartial: active.isWeekPartial)),
        ("Active, 30 days", grouped(active.monthly, isPartial: active.isMonthPartial)),
        ("DAU / MAU", NumberText.percent(active.dailyOverMonthly)),
      ]
    }
    return figures + [
      ("Revenue", NumberText.fixed(total.revenue, 2)),
      ("Orders", NumberText.grouped(total.orders)),
      ("Average order", total.averageOrderValue.map { NumberText.fixed($0, 2) } ?? "—"),
      ("Purchasers", NumberText.grouped(total.purchasers)),
      ("Users who buy", NumberText.percent(total.userConversionRate, 2)),
      ("Sessions that buy", NumberText.percent(total.sessionConversionRate, 2)),
    ]
  }

  /// A window that begins before the data is marked; the remarks explain the mark.
  private func grouped(_ users: Int, isPartial: Bool) -> String {
    NumberText.grouped(users) + (isPartial ? "*" : "")
  }

  private var keyFigures: String {
    var table = ["Key figures"]
    let half = (figures.count + 1) / 2
    let names = figures.map(\.name.count).max() ?? 0
    let values = figures.map(\.value.count).max() ?? 0
    func cell(_ index: Int) -> String {
      let figure = figures[index]
      return figure.name + String(repeating: " ", count: names - figure.name.count + 2)
        + String(repeating: " ", count: values - figure.value.count) + figure.value
    }
    for index in 0..<half {
      let right = index + half < figures.count ? "     " + cell(index + half) : ""
      table.append("  " + cell(index) + right)
    }
    return table.joined(separator: "\n")
  }

  /// Days as long as they fit on a screen, then weeks, then months.
  private var timeTable: String {
    let (title, label, rows) =
      byDay.count <= 31
      ? ("Days", "day", filled(byDay, .day))
      : byWeek.count <= 31
        ? ("Weeks", "week", filled(byWeek, .week())) : ("Months", "month", filled(byMonth, .month))
    var table = TextColumns([
      label, "users", "new", "sessions", "engaged", "orders", "revenue", "buy",
    ])
    for row in rows {
      let metrics = row.metrics
      table.append([
        row.label, NumberText.grouped(metrics.users), NumberText.grouped(metrics.newUsers),
        NumberText.grouped(metrics.sessions), NumberText.percent(metrics.engagementRate),
        NumberText.grouped(metrics.orders), NumberText.fixed(metrics.revenue, 2),
        NumberText.percent(metrics.userConversionRate, 2),
      ])
    }
    var text = "\(title)\n\(table)"
    if let busiest = byHour.max(by: { $0.metrics.events < $1.metrics.events }) {
      text += "\n  Busiest hour: \(busiest.label):00 with"
      text += " \(NumberText.grouped(busiest.metrics.events)) events"
      text += " (\(options.timeZone.identifier))"
    }
    return text
  }

  private var funnelTable: String {
    let tables = funnelFigures.map { figure in
      "\(TextColumns.printable(figure.title))\n\(Self.columns(figure))"
    }
    return tables.joined(separator: "\n\n") + funnelNotes.map { "\n  \($0)" }.joined()
  }

  private static func columns(_ figure: FunnelPlot) -> TextColumns {
    columns(figure.table, texts: figure.groups.count > 1 ? 2 : 1)
  }

  /// The table of a figure, of which the first `texts` columns are no numbers.
  static func columns(_ rows: [[String]], texts: Int = 1) -> TextColumns {
    var table = TextColumns(rows[0].map { $0.lowercased() }, texts: texts)
    for row in rows.dropFirst() { table.append(row) }
    return table
  }

  private var retentionTable: String {
    let figure = retentionFigure(columns: Self.retentionColumns)
    let count = cohorts.shownRetention.columns.count - 1
    var text = "\(figure.title)\n"
    // A single period has nothing after it.
    text += "\(Self.columns(figure.columns.isEmpty ? sizes : figure.table))"
    if count > Self.retentionColumns {
      text += "\n  The first \(Self.retentionColumns) of \(NumberText.grouped(count))"
      text += " \(figure.columnName)s; the JSON has all days"
    }
    return text
  }

  /// The cohorts of a matrix that has no column after the first.
  private var sizes: [[String]] {
    [["Cohort", "Users"]]
      + cohorts.shownRetention.rows.map { [$0.label, NumberText.grouped($0.size)] }
  }

  private var lifecycleTable: String {
    let figure = lifecycleFigure
    var text = "\(figure.title)\n\(Self.columns(figure.table))"
    if let partialNote { text += "\n  \(partialNote)" }
    return text
  }

  private func segmentTable(_ rfm: RFMReport) -> String {
    var table = TextColumns(Self.segmentHeader)
    for segment in rfm.segments { table.append(Self.cells(segment)) }
    return "Customers on \(rfm.query.asOf)\n\(table)" + rfmNotes.map { "\n  \($0)" }.joined()
  }

  private var channelTable: String {
    var table = TextColumns([
      "channel", "session_start", "add_to_cart", "purchase", "revenue", "sessions", "users",
    ])
    for row in channels {
      let metrics = row.metrics
      table.append(
        [row.label] + metrics.counts.map(NumberText.grouped)
          + [
            NumberText.fixed(metrics.revenue, 2), NumberText.grouped(metrics.sessions),
            NumberText.grouped(metrics.users),
          ])
    }
    return "Channels\n\(table)"
  }

  private var itemTable: String {
    var table = TextColumns(itemHeader, widest: 42)
    for item in topItems.prefix(10) { table.append(Self.cells(item)) }
    return "Top items by revenue\n\(table)" + more(topItems.count, 10, "items")
  }

  /// The columns of the items.
  var itemHeader: [String] {
    ["item", "units", "revenue", "units once", "revenue once"]
  }

  /// The cells of an item.
  static func cells(_ item: Item) -> [String] {
    [
      item.name, NumberText.grouped(item.quantity), NumberText.fixed(item.revenue, 2),
      NumberText.grouped(item.countedQuantity), NumberText.fixed(item.countedRevenue, 2),
    ]
  }

  private var itemText: String {
    "all lines of purchase events; once: \(settings.purchases)"
  }

  private var eventTable: String {
    var table = TextColumns(["event", "count"])
    for row in eventCounts.prefix(20) {
      table.append([row.name, NumberText.grouped(row.count)])
    }
    return "Events\n\(table)" + more(eventCounts.count, 20, "events")
  }

  private func table(_ title: String, _ label: String, _ rows: [Row], limit: Int) -> String {
    var table = TextColumns([label, "users"])
    for row in rows.prefix(limit) {
      table.append([row.label, NumberText.grouped(row.metrics.users)])
    }
    return "\(title)\n\(table)" + more(rows.count, limit, "rows")
  }

  private func more(_ count: Int, _ limit: Int, _ name: String) -> String {
    count > limit ? "\n  … and \(NumberText.grouped(count - limit)) more \(name)" : ""
  }

  /// What the figures mean, a line each.
  var definitions: [(name: String, text: String)] {
    [
      ("Users", options.users.description),
      ("Sessions", options.sessions.description),
      ("Funnel", settings.funnelText),
      ("Retention", cohorts.retention.query.description),
      ("Lifecycle", "new in the log, back from the period before or after a break, or gone since"),
      (
        "Customers",
        cohorts.rfm?.query.description ?? "recency, frequency and revenue of those who order"
      ),
      ("Channels", settings.channelText),
      ("Orders", settings.purchases.description),
      ("New users", "those with first_visit or first_open in the period"),
      ("Items", itemText),
      ("Days", "event_date where there is one, otherwise in \(options.timeZone.identifier)"),
    ]
  }

  /// What was left out or is unusual, a line each.
  var remarks: [String] {
    var remarks: [String] = []
    if let read {
      remarks.append(
        "Records read: \(NumberText.grouped(read.lines)),"
          + " skipped as malformed: \(NumberText.grouped(read.skipped))")
      for problem in read.problems.prefix(5) {
        let place = (problem.path.map { "\($0):" } ?? "line ") + "\(problem.line)"
        let field = problem.field.map { "\($0): " } ?? ""
        remarks.append("Skipped \(place):\(problem.column): \(field)\(problem.reason)")
      }
      if read.problems.count > 5 || read.skipped > read.problems.count {
        remarks.append(
          "… and \(NumberText.grouped(read.skipped - min(5, read.problems.count))) more")
      }
      if read.repeatedParameters > 0 {
        remarks.append(
          "Events that repeat a parameter, of which the first counts:"
            + " \(NumberText.grouped(read.repeatedParameters))")
      }
    }
    remarks.append("Events without user: \(NumberText.grouped(eventsWithoutUser))")
    remarks.append("Events without session: \(NumberText.grouped(eventsWithoutSession))")
    if activeUsers.map({ $0.isWeekPartial || $0.isMonthPartial }) ?? false {
      remarks.append("* The window begins before the data, so earlier users are missing")
    }
    if let asOf = settings.asOf {
      remarks.append(
        "Events after \(asOf), left out: \(NumberText.grouped(eventsLeftOut))")
    }
    return remarks
  }

  private var notes: String {
    let width = definitions.map(\.name.count).max() ?? 0
    let lines = definitions.map { definition in
      "  " + definition.name + String(repeating: " ", count: width - definition.name.count + 2)
        + TextColumns.printable(definition.text)
    }
    let remarks = self.remarks.map { "  " + TextColumns.printable($0) }
    return (["What is counted"] + lines + ["", "Data"] + remarks).joined(separator: "\n")
  }
}
