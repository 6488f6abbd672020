import Cohorts
import ExampleSupport
import GA4Model
import Plots
import ProductMetrics
import PropensityKit

extension ShopReport {
  /// The report as one page that needs nothing else: no script, no font, no image.
  public var html: String {
    let page: HTMLText = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>GA4 report, \(periodText)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <header>
      <h1>GA4 report</h1>
      <p>\(periodText) · \(settings.source)</p>
      </header>
      <main>
      <section aria-labelledby="figures">
      <h2 id="figures">Key figures</h2>
      <dl class="tiles">
      \(figures.map { figure -> HTMLText in
        "<div><dt>\(figure.name)</dt><dd>\(figure.value)</dd></div>\n"
      })</dl>
      </section>
      \(timeSection)\(funnelSection)\(cohortSection)\(customerSection)\(channelSection)\
      \(itemSection)\(breakdownSection)\(modelSection)\(notesSection)</main>
      </body>
      </html>

      """
    return page.markup
  }

  private var timeSection: HTMLText {
    guard !byDay.isEmpty else { return .empty }
    let days = filled(byDay, .day)
    let hours = filled(byHour, Self.hours)
    let weekdays = filled(byWeekday, Weekday.allCases.sorted().map(\.description))
    let users = days.map { Double($0.metrics.users) }
    let figures: [any PlotFigure] = [
      // A dot or two are no line.
      days.count < 3
        ? BarPlot(
          "Daily active users", labels: days.map(\.label), values: users, labelName: "day",
          valueName: "users", direction: .vertical)
        : LinePlot(
          "Daily active users", labels: days.map(\.label), values: users, labelName: "day",
          valueName: "users"),
      BarPlot(
        "Revenue by day", labels: days.map(\.label), values: days.map(\.metrics.revenue),
        labelName: "day", valueName: "revenue", format: .decimal(2), direction: .vertical),
      BarPlot(
        "Sessions by weekday", labels: weekdays.map { String($0.label.prefix(3)) },
        values: weekdays.map { Double($0.metrics.sessions) }, labelName: "weekday",
        valueName: "sessions", direction: .vertical),
      BarPlot(
        "Sessions by hour", labels: hours.map(\.label),
        values: hours.map { Double($0.metrics.sessions) }, labelName: "hour",
        valueName: "sessions", direction: .vertical),
    ]
    let header = [
      "Period", "Users", "New", "Sessions", "Engaged", "Orders", "Revenue", "Conversion",
    ]
    func rows(_ rows: [Row]) -> [[String]] {
      rows.map { row in
        let metrics = row.metrics
        return [
          row.label, NumberText.grouped(metrics.users), NumberText.grouped(metrics.newUsers),
          NumberText.grouped(metrics.sessions), NumberText.percent(metrics.engagementRate),
          NumberText.grouped(metrics.orders), NumberText.fixed(metrics.revenue, 2),
          NumberText.percent(metrics.userConversionRate, 2),
        ]
      }
    }
    return """
      <section aria-labelledby="time">
      <h2 id="time">Over time</h2>
      <div class="figures">
      \(figures.map { HTMLText(markup: $0.html) })</div>
      \(table("Weeks, from Monday", header, rows(filled(byWeek, .week()))))\
      \(table("Months", header, rows(filled(byMonth, .month))))</section>

      """
  }

  private var funnelSection: HTMLText {
    guard days != nil else { return .empty }
    return """
      <section aria-labelledby="funnel">
      <h2 id="funnel">Funnel</h2>
      \(funnelFigures.map { HTMLText(markup: $0.html) })\
      \(funnelNotes.map { note($0) })</section>

      """
  }

  private var cohortSection: HTMLText {
    guard days != nil else { return .empty }
    let figures: [any PlotFigure] = [retentionFigure(), lifecycleFigure]
    return """
      <section aria-labelledby="cohorts">
      <h2 id="cohorts">Who comes back</h2>
      \(figures.map { HTMLText(markup: $0.html) })\
      \(note(partialNote))</section>

      """
  }

  private var customerSection: HTMLText {
    guard let rfm = cohorts.rfm, !rfm.customers.isEmpty else { return .empty }
    return """
      <section aria-labelledby="customers">
      <h2 id="customers">Customers</h2>
      <div class="figures">
      \(rfmFigures.map { HTMLText(markup: $0.html) })</div>
      \(table(
        "Segments on \(rfm.query.asOf)",
        ["Segment", "Customers", "Share", "Orders", "Revenue", "Share of revenue", "Days since"],
        rfm.segments.map(Self.cells), shares: rfm.segments.map { Double($0.customers) }))\
      <p class="note">\(rfm.query.description)</p>
      \(rfmNotes.map { note($0) })</section>

      """
  }

  private func note(_ text: String?) -> HTMLText {
    guard let text else { return .empty }
    return "<p class=\"note\">\(text)</p>\n"
  }

  private var channelSection: HTMLText {
    guard !channels.isEmpty else { return .empty }
    let rows = channels.map { row -> [String] in
      let metrics = row.metrics
      return [row.label, NumberText.grouped(metrics.sessions), NumberText.grouped(metrics.users)]
        + metrics.counts.map(NumberText.grouped) + [NumberText.fixed(metrics.revenue, 2)]
    }
    return """
      <section aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      \(table(
        "Channels",
        ["Channel", "Sessions", "Users", "session_start", "add_to_cart", "purchase", "Revenue"],
        rows, shares: channels.map { Double($0.metrics.sessions) }))\
      <p class="note">\(settings.channelText)</p>
      </section>

      """
  }

  private var itemSection: HTMLText {
    guard !topItems.isEmpty else { return .empty }
    let top = topItems.prefix(20)
    return """
      <section aria-labelledby="items">
      <h2 id="items">Top items</h2>
      \(table(
        "Items by revenue" + first(top.count, of: topItems.count),
        ["Item", "Units", "Revenue", "Units counted once", "Revenue counted once"],
        top.map(Self.cells), shares: top.map(\.revenue), shareColumn: 2))</section>

      """
  }

  private var breakdownSection: HTMLText {
    func users(_ title: String, _ name: String, _ rows: [Row]) -> HTMLText {
      let top = rows.prefix(15)
      return table(
        title + first(top.count, of: rows.count), [name, "Users"],
        top.map { [$0.label, NumberText.grouped($0.metrics.users)] },
        shares: top.map { Double($0.metrics.users) })
    }
    let events = eventCounts.prefix(20)
    return """
      <section aria-labelledby="breakdowns">
      <h2 id="breakdowns">Devices, countries, events</h2>
      <div class="columns">
      <div>\(users("Devices", "Device", devices))\(table(
        "Events" + first(events.count, of: eventCounts.count), ["Event", "Count"],
        events.map { [$0.name, NumberText.grouped($0.count)] },
        shares: events.map { Double($0.count) }))</div>
      <div>\(users("Countries", "Country", countries))</div>
      </div>
      </section>

      """
  }

  private func first(_ shown: Int, of count: Int) -> String {
    shown < count ? ", the first \(shown) of \(NumberText.grouped(count))" : ""
  }

  private var modelSection: HTMLText {
    if models.isEmpty && refusedModels.isEmpty { return .empty }
    let parts = models.map { model -> HTMLText in
      """
      <div class="figures">
      \(Self.figures(of: model).map { HTMLText(markup: $0.html) })</div>
      \(table(
        model.task.title, ["On rows not seen before", "Value"],
        Self.figureRows(of: model).map { [$0.name, $0.value] }, shareColumn: 2))\
      \(Self.notes(of: model).map { note($0) })
      """
    }
    return """
      <section aria-labelledby="models">
      <h2 id="models">Models of purchases</h2>
      \(parts)\(refusedModels.map { note($0.description) })</section>

      """
  }

  private var notesSection: HTMLText {
    """
    <section aria-labelledby="notes">
    <h2 id="notes">What is counted</h2>
    <dl class="notes">
    \(definitions.map { definition -> HTMLText in
      "<dt>\(definition.name)</dt><dd>\(definition.text)</dd>\n"
    })</dl>
    <h2>Data</h2>
    <ul>
    \(remarks.map { remark -> HTMLText in "<li>\(remark)</li>\n" })</ul>
    </section>

    """
  }

  /// A table whose first column names the rows.
  ///
  /// - Parameter shares: by row the length of the bar behind the cell of `shareColumn`.
  private func table(
    _ caption: String, _ header: [String], _ rows: [[String]], shares: [Double] = [],
    shareColumn: Int = 1
  ) -> HTMLText {
    let longest = max(shares.max() ?? 0, .leastNonzeroMagnitude)
    let body = rows.enumerated().map { index, row -> HTMLText in
      let cells = row.enumerated().map { column, cell -> HTMLText in
        if column == 0 { return "<th scope=\"row\">\(cell)</th>" }
        if column == shareColumn, index < shares.count {
          let share = NumberText.fixed(max(0, shares[index]) / longest * 100, 1)
          return "<td class=\"share\" style=\"--share:\(share)%\">\(cell)</td>"
        }
        return "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    let heads = header.map { name -> HTMLText in "<th scope=\"col\">\(name)</th>" }
    return """
      <div class="wide" role="region" tabindex="0" aria-label="\(caption)">
      <table>
      <caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody>
      </table>
      </div>

      """
  }

  private static let style: HTMLText = """

    :root {
      color-scheme: light dark;
      --paper: #fbfbfa; --card: #ffffff; --ink: #1d2126; --quiet: #5a636d; --line: #dfe3e7;
      --mark: #1f6fb2; --tint: #dcebf7;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171a; --card: #1c2024; --ink: #e8eaed; --quiet: #a3abb4; --line: #343a41;
        --mark: #6db3ee; --tint: #21405a;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 75rem; background: var(--paper);
      color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
    }
    h1 { margin: 0.5rem 0 0; font-size: 1.75rem; line-height: 1.2; }
    h2 { margin: 2rem 0 0.75rem; font-size: 1.2rem; }
    header p { margin: 0.25rem 0 0; color: var(--quiet); overflow-wrap: anywhere; }
    .tiles {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.5rem;
      margin: 0;
    }
    .tiles div {
      padding: 0.6rem 0.75rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 0.4rem;
    }
    .tiles dt { color: var(--quiet); font-size: 0.85rem; }
    .tiles dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
    .figures, .columns {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
      gap: 1rem; align-items: start;
    }
    figure, .wide {
      margin: 0 0 1rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 0.4rem;
    }
    .wide { padding: 0.75rem; }
    .figures { align-items: stretch; margin-bottom: 1rem; }
    .figures figure { margin: 0; }
    figure svg { border-radius: 0.4rem; }
    details { padding: 0 0.75rem 0.75rem; }
    summary { color: var(--quiet); }
    .note { margin: 0 0 1rem; color: var(--quiet); font-size: 0.9rem; overflow-wrap: anywhere; }
    caption { padding: 0 0 0.4rem; font-weight: 600; text-align: left; }
    figure caption {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    }
    .wide { overflow-x: auto; }
    :focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
    table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
    th, td { padding: 0.3rem 0.5rem; border-top: 1px solid var(--line); text-align: right; }
    thead th { border-top: 0; color: var(--quiet); font-weight: 500; vertical-align: bottom; }
    th:first-child { padding-left: 0; text-align: left; }
    th[scope="row"] { font-weight: 400; min-width: 7rem; overflow-wrap: anywhere; }
    td { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .share {
      background: linear-gradient(var(--tint), var(--tint)) right / var(--share) 100% no-repeat;
    }
    .notes { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1rem; margin: 0; }
    .notes dt { color: var(--quiet); }
    .notes dd { margin: 0; }
    ul { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
    @media print {
      :root {
        color-scheme: light;
        --paper: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #ccc;
        --mark: #1f6fb2; --tint: #dcebf7;
      }
      body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; }
      figure, tr, .tiles div { break-inside: avoid; }
      h2, caption, thead { break-after: avoid; }
      .wide { overflow: visible; }
      details { display: none; }
    }

    """
}
