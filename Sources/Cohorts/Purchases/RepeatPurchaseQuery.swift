public import GA4Model

/// How many of those who first bought in a period bought again.
///
/// ```swift
/// let months = RepeatPurchaseQuery(by: .month).evaluate(log)
/// months.rows[0].buyers                     // whose first order was in the first month
/// months.rows[0].rate                       // the share of them with a second order by now
/// ```
public struct RepeatPurchaseQuery: EventQuery {
  /// The periods of the cohorts.
  public var period: CalendarPeriod { didSet { check() } }
  /// Which events are orders.
  public var terms: PurchaseTerms

  /// Makes a query; `period` is a day or longer.
  public init(by period: CalendarPeriod = .month, terms: PurchaseTerms = PurchaseTerms()) {
    self.period = period
    self.terms = terms
    check()
  }

  public func makeState() -> RepeatPurchaseState { RepeatPurchaseState(self) }

  private func check() {
    if let problem = period.problemOfCohorts { preconditionFailure(problem) }
  }

  /// The query in words.
  public var description: String { "repeat purchases by \(period) of the first order, \(terms)" }

  private enum CodingKeys: CodingKey { case period, terms }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    period = try container.decode(CalendarPeriod.self, forKey: .period)
    terms = try container.decode(PurchaseTerms.self, forKey: .terms)
    if let problem = period.problemOfCohorts {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}

extension CalendarPeriod {
  /// Why the period cannot be that of cohorts of buyers, `nil` if it can.
  var problemOfCohorts: String? {
    self == .hour ? "Cohorts of buyers need periods of a day or longer" : nil
  }
}
