public import GA4Model
import StatisticsCore

/// The answer of a ``CohortRevenueQuery``.
public struct CohortRevenue: Sendable, Hashable, Codable {
  /// One cohort in one period.
  public struct Cell: Sendable, Hashable, Codable {
    /// How many of the cohort bought in the period.
    public var buyers: Int
    /// How many orders they placed.
    public var orders: Int
    /// What these are worth.
    public var revenue: Double
    /// What the orders up to and of the period are worth.
    public var cumulative: Double
    /// ``cumulative`` by the size of the cohort: what a buyer is worth so far; `nil` for an empty
    /// cohort.
    public var perBuyer: Double?
    /// Whether the data end before the period does.
    public var isPartial: Bool
  }

  /// Those whose first order was in one period.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of the period.
    public var label: String
    /// When it begins.
    public var start: EventTime
    /// How many buyers there are.
    public var size: Int
    /// The periods from that of the first order on, `nil` where one begins behind the end of the
    /// data.
    public var cells: [Cell?]
  }

  /// The question.
  public var query: CohortRevenueQuery
  /// The cohorts from the first to the last with buyers.
  public var rows: [Row]
  /// What does not count.
  public var leftOut: PurchasesLeftOut

  init(_ query: CohortRevenueQuery, _ history: OrderHistory) {
    self.query = query
    let (orders, leftOut) = history.resolved()
    self.leftOut = leftOut
    guard let zone = history.bounds.zone else {
      rows = []
      return
    }
    struct Sum {
      var buyers = 0
      var orders = 0
      var revenue = ExactSum()
    }
    var numbers = PeriodNumbers(query.period, in: zone)
    var sizes: [Int: Int] = [:]
    var sums: [Int: [Int: Sum]] = [:]
    for own in orders {
      let cohort = numbers.number(ofDay: own[0].day)
      sizes[cohort, default: 0] += 1
      var last: Int?
      for order in own {
        let column = numbers.number(ofDay: order.day) - cohort
        if column != last { sums[cohort, default: [:]][column, default: Sum()].buyers += 1 }
        last = column
        sums[cohort, default: [:]][column, default: Sum()].orders += 1
        sums[cohort, default: [:]][column, default: Sum()].revenue.add(order.revenue)
      }
    }
    let listed = ListedPeriods(sizes.keys, of: query.period, history.bounds, untilDataEnd: false)
    let known = listed.all.map(\.lastKnown).max() ?? 0
    let last = query.periods ?? max(0, min(known, RetentionQuery.mostPeriods))
    let isLastPartial = Self.isLastPartial(query.period, zone, history.bounds.end!)
    rows = listed.all.map { period in
      let size = sizes[period.number] ?? 0
      var total = ExactSum()
      let cells = (0...last).map { column -> Cell? in
        let sum = sums[period.number]?[column] ?? Sum()
        if column > max(0, period.lastKnown) { return nil }
        total.merge(sum.revenue)
        return Cell(
          buyers: sum.buyers, orders: sum.orders, revenue: sum.revenue.rounded,
          cumulative: total.rounded, perBuyer: size == 0 ? nil : total.rounded(dividedBy: size),
          isPartial: column >= period.lastKnown && isLastPartial)
      }
      return Row(label: period.label, start: period.start, size: size, cells: cells)
    }
  }

  private static func isLastPartial(
    _ period: CalendarPeriod, _ zone: ReportingTimeZone, _ end: Int64
  ) -> Bool {
    let last = EventTime(microseconds: max(.min + 1, end) - 1)
    return period.next(after: last, in: zone).microseconds > end
  }
}

extension CohortRevenue: CustomStringConvertible {
  /// What a buyer is worth so far, as a text table; an asterisk marks periods that the end of the data
  /// cuts.
  public var description: String {
    let columns = rows.first?.cells.count ?? 1
    var table = TextTable(
      ["first order", "buyers"] + (0..<columns).map(String.init), numbers: Set(1..<columns + 2))
    for row in rows {
      table.append(
        [row.label, NumberFormat.grouped(row.size)]
          + row.cells.map { cell in
            guard let cell else { return "" }
            return (cell.perBuyer.map { NumberFormat.fixed($0, 2) } ?? "—")
              + (cell.isPartial ? "*" : "")
          })
    }
    var text = "\(table)\n\(query), cumulative for each buyer"
    if rows.contains(where: { $0.cells.contains { $0?.isPartial ?? false } }) {
      text += "; * cut by the end of the data"
    }
    return [text, leftOut.words].compactMap { $0 }.joined(separator: "\n")
  }
}
