public import GA4Model

/// What the buyers of each period spend in the periods after it, and what a buyer is worth so far.
///
/// ```swift
/// let months = CohortRevenueQuery(by: .month).evaluate(log)
/// months.rows[0].cells[0]?.revenue          // of the month of the first order
/// months.rows[0].cells[2]?.perBuyer         // revenue of months 0 to 2 for each buyer
/// ```
///
/// A cohort are the users whose first order was in one period. Revenue so far by buyer is what tools
/// call cumulative or historic lifetime value: a fact about the past and no forecast.
public struct CohortRevenueQuery: EventQuery {
  /// The periods.
  public var period: CalendarPeriod { didSet { check() } }
  /// The number of the last column, `nil` for as many as the data can fill, at most
  /// ``RetentionQuery/mostPeriods``.
  public var periods: Int? { didSet { check() } }
  /// Which events are orders and what they are worth.
  public var terms: PurchaseTerms

  /// Makes a query; `period` is a day or longer.
  public init(
    by period: CalendarPeriod = .month, periods: Int? = nil, terms: PurchaseTerms = PurchaseTerms()
  ) {
    self.period = period
    self.periods = periods
    self.terms = terms
    check()
  }

  public func makeState() -> CohortRevenueState { CohortRevenueState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if let periods, !(1...RetentionQuery.mostPeriods).contains(periods) {
      return
        "A table of revenue can have 1 to \(RetentionQuery.mostPeriods) periods after the first"
    }
    return period.problemOfCohorts
  }

  /// The query in words.
  public var description: String {
    "\(terms.revenue) by \(period) since the first order, \(terms)"
  }

  private enum CodingKeys: CodingKey { case period, periods, terms }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    period = try container.decode(CalendarPeriod.self, forKey: .period)
    periods = try container.decodeIfPresent(Int.self, forKey: .periods)
    terms = try container.decode(PurchaseTerms.self, forKey: .terms)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
