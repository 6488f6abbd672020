public import GA4Model
import StatisticsCore

/// The answer of a ``RepeatPurchaseQuery``.
public struct RepeatPurchases: Sendable, Hashable, Codable {
  /// Those whose first order was in one period.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of the period.
    public var label: String
    /// When it begins.
    public var start: EventTime
    /// How many users there are.
    public var buyers: Int
    /// How many of them have more than one order.
    public var repeatBuyers: Int
    /// How many orders they have, first ones too.
    public var orders: Int

    /// ``repeatBuyers`` as a share of ``buyers``, `nil` without buyers.
    public var rate: Double? { buyers == 0 ? nil : Double(repeatBuyers) / Double(buyers) }

    /// Wilson's score interval of ``rate``, `nil` without buyers.
    ///
    /// - Parameter level: How sure to be, between 0 and 1.
    public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
      BinomialInterval.wilson(repeatBuyers, of: buyers, level: level)
    }
  }

  /// The question.
  public var query: RepeatPurchaseQuery
  /// The cohorts from the first to the last with buyers.
  public var rows: [Row]
  /// What does not count.
  public var leftOut: PurchasesLeftOut

  /// How many users bought, of all cohorts.
  public var buyers: Int { rows.reduce(0) { $0 + $1.buyers } }
  /// How many of them bought more than once.
  public var repeatBuyers: Int { rows.reduce(0) { $0 + $1.repeatBuyers } }
  /// ``repeatBuyers`` as a share of ``buyers``, `nil` without buyers.
  public var rate: Double? { buyers == 0 ? nil : Double(repeatBuyers) / Double(buyers) }

  init(_ query: RepeatPurchaseQuery, _ history: OrderHistory) {
    self.query = query
    let (orders, leftOut) = history.resolved()
    self.leftOut = leftOut
    var cohorts: [Int: [Int]] = [:]
    var numbers = history.bounds.zone.map { PeriodNumbers(query.period, in: $0) }
    for own in orders {
      cohorts[numbers!.number(ofDay: own[0].day), default: []].append(own.count)
    }
    let listed = ListedPeriods(
      cohorts.keys, of: query.period, history.bounds, untilDataEnd: false)
    rows = listed.all.map { period in
      let counts = cohorts[period.number] ?? []
      return Row(
        label: period.label, start: period.start, buyers: counts.count,
        repeatBuyers: counts.count { $0 > 1 }, orders: counts.reduce(0, +))
    }
  }
}

extension RepeatPurchases: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    var table = TextTable(
      ["first order", "buyers", "bought again", "rate", "orders"], numbers: [1, 2, 3, 4])
    for row in rows {
      table.append([
        row.label, NumberFormat.grouped(row.buyers), NumberFormat.grouped(row.repeatBuyers),
        NumberFormat.percent(row.rate), NumberFormat.grouped(row.orders),
      ])
    }
    return ["\(table)", "\(query)", leftOut.words].compactMap { $0 }.joined(separator: "\n")
  }
}
