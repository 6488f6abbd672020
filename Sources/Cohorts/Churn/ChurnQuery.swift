public import GA4Model

/// Who has left, and what was known of them before.
///
/// ```swift
/// let query = ChurnQuery(after: CalendarDay("2024-01-07")!, within: 7)
/// let report = query.evaluate(log)
/// report.churned                            // users seen by 7 January and not in the week after
/// report.table["days_since_last"]           // as it was on 7 January
/// ```
///
/// A cut-off day divides the log: features are made of events up to and including it, labels of
/// events after it, and so no feature can see the future. Where the data end before the window does,
/// labels are not known yet and the table has none: it is then what a model is applied to.
public struct ChurnQuery: EventQuery {
  /// When a user counts as lost.
  public enum Rule: Sendable, Hashable, Codable {
    /// Without an event in so many days after the cut-off day.
    case noEvent(after: CalendarDay, within: Int)
    /// With so many days from the last event to the last day of the data.
    ///
    /// All features then see what the label is made of, and `days_since_last` *is* the label. It is
    /// here to reproduce figures of others.
    case inactiveAtEnd(days: Int)
  }

  /// When a user counts as lost.
  public let rule: Rule
  /// Of which users there are rows: those with an event in so many days up to the cut-off, whose
  /// day counts; `nil` for all seen so far.
  public let activeWithin: Int?
  /// The last day of the data; that of the latest event when `nil`.
  public let dataEnd: CalendarDay?
  /// Which purchase events are orders.
  public let purchases: PurchaseRule
  /// Which number of an order is its revenue.
  public let revenue: RevenueField

  /// Makes a query with a cut-off.
  ///
  /// - Parameters:
  ///   - cutOff: The last day that features see.
  ///   - days: In how many days after it a user must come back, at least 1.
  ///   - activeWithin: Of which users there are rows: those with an event in so many days up to the
  ///     cut-off, at least 1; `nil` for all seen so far.
  ///   - dataEnd: The last day of the data; that of the latest event when `nil`.
  ///   - purchases: Which purchase events are orders.
  ///   - revenue: Which number of an order is its revenue.
  public init(
    after cutOff: CalendarDay, within days: Int, activeWithin: Int? = nil,
    dataEnd: CalendarDay? = nil, purchases: PurchaseRule = .byTransactionID,
    revenue: RevenueField = .purchaseRevenue
  ) {
    self.init(
      .noEvent(after: cutOff, within: days), activeWithin: activeWithin, dataEnd: dataEnd,
      purchases: purchases, revenue: revenue)
  }

  /// Makes a query of any rule.
  ///
  /// - Parameters:
  ///   - rule: When a user counts as lost, with at least one day.
  ///   - activeWithin: Of which users there are rows: those with an event in so many days up to the
  ///     cut-off, or the end of the data, at least 1; `nil` for all seen so far.
  ///   - dataEnd: The last day of the data; that of the latest event when `nil`.
  ///   - purchases: Which purchase events are orders.
  ///   - revenue: Which number of an order is its revenue.
  public init(
    _ rule: Rule, activeWithin: Int? = nil, dataEnd: CalendarDay? = nil,
    purchases: PurchaseRule = .byTransactionID, revenue: RevenueField = .purchaseRevenue
  ) {
    self.rule = rule
    self.activeWithin = activeWithin
    self.dataEnd = dataEnd
    self.purchases = purchases
    self.revenue = revenue
    if let problem { preconditionFailure(problem) }
  }

  /// Reads a query back.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rule = try container.decode(Rule.self, forKey: .rule)
    activeWithin = try container.decodeIfPresent(Int.self, forKey: .activeWithin)
    dataEnd = try container.decodeIfPresent(CalendarDay.self, forKey: .dataEnd)
    purchases = try container.decode(PurchaseRule.self, forKey: .purchases)
    revenue = try container.decode(RevenueField.self, forKey: .revenue)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }

  /// What is wrong with the query, `nil` when it makes sense.
  private var problem: String? {
    // As many days as there are, so that no sum of days overflows.
    let days = 1...Int(Int32.max)
    guard days.contains(self.days) else { return "Churn needs a window of at least one day" }
    guard days.contains(activeWithin ?? 1) else {
      return "Users must have been active within at least one day"
    }
    return nil
  }

  /// The number of days of the rule.
  var days: Int {
    switch rule {
    case .noEvent(_, let days), .inactiveAtEnd(let days): days
    }
  }

  /// The last day that features see, `nil` for all.
  public var cutOff: CalendarDay? {
    if case .noEvent(let cutOff, _) = rule { cutOff } else { nil }
  }

  public func makeState() -> ChurnState { ChurnState(self) }

  /// The query in words.
  public var description: String {
    var text =
      switch rule {
      case .noEvent(let cutOff, let days): "churn: no event in \(days) days after \(cutOff)"
      case .inactiveAtEnd(let days):
        "churn: \(days) days or more from the last event to the end of the data"
      }
    if let activeWithin { text += ", of users active in the \(activeWithin) days before" }
    if let dataEnd { text += "; data to \(dataEnd)" }
    return text + "; orders: \(purchases); revenue: \(revenue)"
  }
}
