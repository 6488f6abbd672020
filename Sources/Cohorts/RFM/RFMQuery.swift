public import GA4Model

/// Which customers bought lately, often and for much.
///
/// ```swift
/// let report = RFMQuery(asOf: CalendarDay("2024-01-31")!).evaluate(log)
/// report.segments[0].customers              // how many champions
/// report.customers.filter { $0.segment == "At Risk" }
/// ```
///
/// Recency is the number of days from the last order to ``asOf``, frequency the number of orders and
/// monetary value their revenue. Orders after ``asOf`` do not count, so that the same log can be seen
/// as it was on another day. Refunds are not subtracted.
public struct RFMQuery: EventQuery {
  /// The day from which recency is counted; orders of this day count, with a recency of 0.
  public let asOf: CalendarDay
  /// How values become scores.
  public let scoring: RFMScoring
  /// How scores become segments.
  public let segments: RFMSegments
  /// Which purchase events are orders.
  public let purchases: PurchaseRule
  /// Which number of an order is its revenue.
  public let revenue: RevenueField

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - asOf: The day from which recency is counted; orders of this day count.
  ///   - scoring: How values become scores.
  ///   - segments: How scores become segments, with as many classes as `scoring`; the eleven of
  ///     ``RFMSegments/standard(classes:)`` when `nil`.
  ///   - purchases: Which purchase events are orders.
  ///   - revenue: Which number of an order is its revenue.
  public init(
    asOf: CalendarDay, scoring: RFMScoring = .quantiles(5), segments: RFMSegments? = nil,
    purchases: PurchaseRule = .byTransactionID, revenue: RevenueField = .purchaseRevenue
  ) {
    if let problem = scoring.problem { preconditionFailure(problem) }
    self.asOf = asOf
    self.scoring = scoring
    self.segments = segments ?? Self.standardSegments(scoring.classes)
    self.purchases = purchases
    self.revenue = revenue
    if let problem { preconditionFailure(problem) }
  }

  private static func standardSegments(_ classes: Int) -> RFMSegments {
    classes == 5 ? .standard : .standard(classes: classes)
  }

  /// What is wrong with the query, `nil` when it makes sense.
  private var problem: String? {
    if let problem = scoring.problem { return problem }
    return scoring.classes == segments.classes
      ? nil : "The segments must be made for as many classes as the scoring has"
  }

  public func makeState() -> RFMState { RFMState(self) }

  /// The query in words.
  public var description: String {
    "RFM on \(asOf): \(scoring); orders: \(purchases); revenue: \(revenue)"
  }

  // MARK: Coding

  private enum CodingKeys: String, CodingKey { case asOf, scoring, segments, purchases, revenue }

  /// Reads a query back.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    asOf = try container.decode(CalendarDay.self, forKey: .asOf)
    scoring = try container.decode(RFMScoring.self, forKey: .scoring)
    segments = try container.decode(RFMSegments.self, forKey: .segments)
    purchases = try container.decode(PurchaseRule.self, forKey: .purchases)
    revenue = try container.decode(RevenueField.self, forKey: .revenue)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }
}
