public import GA4Model

/// Which events are orders and what they are worth.
public struct PurchaseTerms: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The names of purchase events.
  public var events: [EventName]
  /// Which of them count.
  public var rule: PurchaseRule
  /// Which number is the revenue of an order; one without counts as 0.
  public var revenue: RevenueField

  /// Makes terms.
  public init(
    events: [EventName] = [.purchase], rule: PurchaseRule = .byTransactionID,
    revenue: RevenueField = .purchaseRevenue
  ) {
    self.events = events
    self.rule = rule
    self.revenue = revenue
  }

  /// The terms in words.
  public var description: String {
    (events == [.purchase] ? "" : events.map(\.rawValue).joined(separator: ", ") + ", ")
      + "\(rule)"
  }
}

extension RetentionQuery {
  /// The share of those who signed up in a month that buys in the same month and in each month after
  /// it.
  ///
  /// ```swift
  /// let matrix = RetentionQuery.purchasesBySignUpMonth().evaluate(log)
  /// matrix.rows[0].size                       // all who signed up in the first month
  /// matrix.rows[0].cells[0]?.rate             // the share that bought in that month
  /// ```
  ///
  /// - Parameters:
  ///   - signUp: The name of the sign-up event, the first of which counts.
  ///   - purchases: The names of the events of a completed purchase.
  ///   - months: The number of the last month, counting the one of the sign-up as 0.
  public static func purchasesBySignUpMonth(
    signUp: EventName = .signUp, purchases: [EventName] = [.purchase], months: Int = 11
  ) -> RetentionQuery {
    RetentionQuery(
      birth: EventPredicate { $0.name == signUp },
      returning: EventPredicate { $0.name.isOne(of: purchases) }, period: .month,
      periods: months, firstColumn: .returns)
  }
}
