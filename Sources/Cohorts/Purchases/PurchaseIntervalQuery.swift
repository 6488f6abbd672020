public import GA4Model

/// How long it takes buyers to buy again.
///
/// ```swift
/// let intervals = PurchaseIntervalQuery().evaluate(log)
/// intervals.all?.median                     // seconds between an order and the next
/// intervals.afterOrder[0]?.median           // between the first and the second
/// ```
///
/// Only those who bought again have a time: users who never do so are not slow, they are absent.
public struct PurchaseIntervalQuery: EventQuery {
  /// Which events are orders.
  public var terms: PurchaseTerms

  /// Makes a query.
  public init(terms: PurchaseTerms = PurchaseTerms()) { self.terms = terms }

  public func makeState() -> PurchaseIntervalState { PurchaseIntervalState(self) }

  /// The query in words.
  public var description: String { "time between purchases, \(terms)" }
}
