public import Cohorts
import ExampleSupport
import GA4Model
import Plots

/// Who comes back, who is worth what, and how the active users of each period come about.
public struct CohortReports: Sendable {
  /// Who comes back, by the day of the first event.
  public var retention: RetentionMatrix
  /// The same by days, weeks or months, whichever fits on a screen.
  public var shownRetention: RetentionMatrix
  /// New, returning, resurrecting and dormant users by day.
  public var lifecycle: Lifecycle
  /// The same by days, weeks or months, whichever fits on a screen.
  public var shownLifecycle: Lifecycle
  /// The segments of customers on the report's last day, `nil` without events.
  public var rfm: RFMReport?

  /// Computes the reports of `log`.
  init(of log: EventLog, settings: ReportSettings, workers: Int) async {
    let period = Self.period(of: log.days)
    retention = await Self.retention(.day).evaluate(log, workers: workers)
    shownRetention =
      period == .day
      ? retention : await Self.retention(period).evaluate(log, workers: workers)
    lifecycle = await LifecycleQuery().evaluate(log, workers: workers)
    shownLifecycle =
      period == .day
      ? lifecycle : await LifecycleQuery(by: period).evaluate(log, workers: workers)
    if let day = settings.asOf ?? log.days?.upperBound {
      let query = RFMQuery(asOf: day, purchases: settings.purchases)
      rfm = await query.evaluate(log, workers: workers)
    }
  }

  /// Any event makes a user and any event brings it back.
  private static func retention(_ period: CalendarPeriod) -> RetentionQuery {
    RetentionQuery(period: .calendar(period))
  }

  /// How many rows fit on a screen.
  private static let mostRows = 31

  /// Days as long as they fit on a screen, then weeks, then months.
  private static func period(of days: ClosedRange<CalendarDay>?) -> CalendarPeriod {
    guard let days else { return .day }
    func fits(_ period: CalendarPeriod) -> Bool {
      period.count(from: days.lowerBound, to: days.upperBound) <= mostRows
    }
    return [.day, .week()].first(where: fits) ?? .month
  }
}

extension ShopReport {
  /// How many periods after the first a terminal has room for.
  static let retentionColumns = 8

  /// The retention as a figure of at most `columns` periods.
  func retentionFigure(columns: Int = 60) -> HeatMapPlot {
    let matrix = cohorts.shownRetention
    return matrix.plot(
      title: "Retention by \(matrix.query.period) of the first event", columns: columns)
  }

  /// The lifecycle as a figure.
  var lifecycleFigure: any PlotFigure {
    let rows = cohorts.shownLifecycle.rows
    let title = "Lifecycle by \(cohorts.shownLifecycle.query.period)"
    let labels = rows.map { $0.label + ($0.isPartial ? "*" : "") }
    let values: [(name: String, values: [Double?])] = [
      ("new", rows.map { Double($0.new) }), ("returning", rows.map { Double($0.returning) }),
      ("resurrecting", rows.map { Double($0.resurrecting) }),
      ("dormant", rows.map { Double($0.dormant) }),
    ]
    let name = "\(cohorts.shownLifecycle.query.period)"
    // A dot or two are no line.
    if rows.count < 3 {
      return BarPlot(
        title, labels: labels,
        series: values.map { BarPlot.Series($0.name, values: $0.values) }, labelName: name,
        valueName: "users", direction: .vertical)
    }
    return LinePlot(
      title, labels: labels,
      series: values.map { LinePlot.Series($0.name, values: $0.values) }, labelName: name,
      valueName: "users")
  }

  /// The segments of customers as figures, none without customers.
  var rfmFigures: [BarPlot] {
    guard let rfm = cohorts.rfm, !rfm.customers.isEmpty else { return [] }
    let names = rfm.segments.map(\.name)
    return [
      BarPlot(
        "Customers by segment on \(rfm.query.asOf)", labels: names,
        values: rfm.segments.map { Double($0.customers) }, labelName: "segment",
        valueName: "customers", direction: .horizontal),
      BarPlot(
        "Revenue by segment on \(rfm.query.asOf)", labels: names,
        values: rfm.segments.map(\.revenue), labelName: "segment", valueName: "revenue",
        format: .decimal(2), direction: .horizontal),
    ]
  }

  /// The columns of the segments.
  static let segmentHeader = [
    "segment", "customers", "share", "orders", "revenue", "share of revenue", "days since",
  ]

  /// The cells of a segment.
  static func cells(_ segment: RFMReport.Segment) -> [String] {
    [
      segment.name, NumberText.grouped(segment.customers),
      NumberText.percent(segment.customerShare), NumberText.grouped(segment.orders),
      NumberText.fixed(segment.revenue, 2), NumberText.percent(segment.revenueShare),
      segment.meanRecency.map { NumberText.fixed($0, 1) } ?? "—",
    ]
  }

  /// What the table of segments does not say, a line each.
  var rfmNotes: [String] {
    guard let rfm = cohorts.rfm else { return [] }
    return [
      (rfm.ordersWithoutCustomer, "orders belong to no user and so to no customer"),
      (rfm.ordersWithoutRevenue, "orders name no revenue and count as orders of nothing"),
    ].filter { $0.0 > 0 }.map { "\(NumberText.grouped($0.0)) \($0.1)" }
  }

  /// What the figures of cohorts mark with an asterisk, `nil` where they mark nothing.
  var partialNote: String? {
    let isMarked =
      cohorts.shownLifecycle.rows.contains(where: \.isPartial)
      || cohorts.shownRetention.rows.contains { row in
        row.cells.contains { $0?.isPartial ?? false }
      }
    return isMarked ? "* The end of the data cuts the period" : nil
  }
}
