public import GA4Model

extension StarSchema {
  /// A table of the schema or a summary of it.
  public enum Table: String, Sendable, Hashable, Codable, CaseIterable {
    /// `date_pk, year, month, month_name, week, day_name`; weeks are those of ISO 8601.
    case dimDate = "dim_date"
    /// `channel_key, channel_group, source, medium`.
    case dimChannel = "dim_channel"
    /// `date_pk, channel_key, channel_group, sessions, add_to_cart, purchases, revenue,
    /// conversion_rate, aov`.
    case factFunnel = "fact_funnel_by_date_channel"
    /// `channel_group, sessions, purchases, revenue, conversion_rate`.
    case channelSummary = "channel_summary"
    /// `day_name, month, sessions, purchases, revenue, conversion_rate`.
    case timeSummary = "time_summary"
    /// `Metric, Value`.
    case funnelSummary = "funnel_summary"
    /// `week, start, sessions, add_to_cart, purchases, revenue, conversion_rate, aov`.
    case weeklyTrend = "weekly_trend"
    /// `month, start, sessions, add_to_cart, purchases, revenue, conversion_rate, aov`.
    case monthlyTrend = "monthly_trend"
    /// `step, count, lost, drop_off_rate`.
    case dropOffs = "drop_offs"

    /// The usual name of the file, such as "dim_date.csv".
    public var fileName: String { rawValue + ".csv" }
  }

  /// A table as CSV with a header.
  ///
  /// Days are written as 2020-12-19; revenue and rates in the fewest digits that read back as the
  /// same double, with a decimal point; a rate without denominator is an empty cell.
  public func csv(_ table: Table, format: CSVFormat = CSVFormat()) -> String {
    String(decoding: rows(of: table).bytes(format), as: UTF8.self)
  }

  private func rows(of table: Table) -> CSVTable {
    switch table {
    case .dimDate:
      return csv(
        ["date_pk", "year", "month", "month_name", "week", "day_name"],
        dimDate.map { row in
          let (year, month, _) = row.date.components
          return [
            .text(row.date.description), .count(year), .count(month), .text(row.date.monthName),
            .count(row.week), .text(row.date.weekday.description),
          ]
        })
    case .dimChannel:
      return csv(
        ["channel_key", "channel_group", "source", "medium"],
        dimChannel.map { row in
          [
            .count(row.key), .text(row.group.rawValue), .optional(row.source),
            .optional(row.medium),
          ]
        })
    case .factFunnel:
      return csv(
        ["date_pk", "channel_key", "channel_group"] + Self.figureNames,
        factFunnel.map { row in
          [
            .text(row.date.description), .count(row.channelKey), .text(row.channelGroup.rawValue),
          ] + Self.cells(row.figures)
        })
    case .channelSummary:
      return csv(
        ["channel_group"] + Self.summaryNames,
        channelSummary.map { [.text($0.group.rawValue)] + Self.summaryCells($0.figures) })
    case .timeSummary:
      return csv(
        ["day_name", "month"] + Self.summaryNames,
        timeSummary.map {
          [.text($0.weekday.description), .count($0.month)] + Self.summaryCells($0.figures)
        })
    case .funnelSummary:
      return csv(["Metric", "Value"], funnelSummary.map { [.text($0.step), .count($0.count)] })
    case .weeklyTrend: return csv("week", weeklyTrend)
    case .monthlyTrend: return csv("month", monthlyTrend)
    case .dropOffs:
      return csv(
        ["step", "count", "lost", "drop_off_rate"],
        funnelSummary.map {
          [
            .text($0.step), .count($0.count), $0.lost.map(CSVCell.count) ?? .absent,
            .decimal($0.dropOffRate),
          ]
        })
    }
  }

  private func csv(_ header: [String], _ rows: [[CSVCell]]) -> CSVTable {
    var table = CSVTable(header: header)
    for row in rows { table.append(row) }
    return table
  }

  private func csv(_ period: String, _ rows: [TrendRow]) -> CSVTable {
    csv(
      [period, "start"] + Self.figureNames,
      rows.map { [.text($0.period), .text($0.start.description)] + Self.cells($0.figures) })
  }

  private static let figureNames = [
    "sessions", "add_to_cart", "purchases", "revenue", "conversion_rate", "aov",
  ]

  private static func cells(_ figures: Figures) -> [CSVCell] {
    [
      .count(figures.sessions), .count(figures.addToCarts), .count(figures.purchases),
      .decimal(figures.revenue), .decimal(figures.conversionRate),
      .decimal(figures.averageOrderValue),
    ]
  }

  private static let summaryNames = ["sessions", "purchases", "revenue", "conversion_rate"]

  private static func summaryCells(_ figures: Figures) -> [CSVCell] {
    [
      .count(figures.sessions), .count(figures.purchases), .decimal(figures.revenue),
      .decimal(figures.conversionRate),
    ]
  }
}

extension CSVCell {
  fileprivate static func count(_ value: Int) -> CSVCell { .int(Int64(value)) }

  fileprivate static func optional(_ text: String?) -> CSVCell { text.map(CSVCell.text) ?? .absent }

  /// A number that keeps its decimal point, as tables of this kind write money and rates.
  fileprivate static func decimal(_ value: Double?) -> CSVCell {
    value.map { .text($0.description) } ?? .absent
  }
}
