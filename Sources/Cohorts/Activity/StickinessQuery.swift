public import GA4Model

/// In how many shorter periods of a longer one users were active.
///
/// ```swift
/// let weeks = StickinessQuery(by: .day, within: .week()).evaluate(log)
/// weeks.rows[0].users                       // on 1, 2, … 7 days of the first week
/// weeks.rows[0].mean                        // days of an active user
/// ```
///
/// Amplitude and PostHog call this stickiness. GA4 and Mixpanel use the word for DAU/MAU, which
/// `ActiveUsersQuery` of ProductMetrics has.
public struct StickinessQuery: EventQuery {
  /// The shorter periods, which are counted.
  public var period: CalendarPeriod { didSet { check() } }
  /// The longer periods.
  public var within: CalendarPeriod { didSet { check() } }
  /// Which events make a user active.
  public var predicate: EventPredicate

  /// Makes a query.
  public init(
    by period: CalendarPeriod = .day, within: CalendarPeriod = .week(),
    where predicate: EventPredicate = .always
  ) {
    self.period = period
    self.within = within
    self.predicate = predicate
    check()
  }

  public func makeState() -> StickinessState { StickinessState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if mostPeriods != nil { return nil }
    return "The longer periods must consist of whole shorter ones: use days in weeks, months,"
      + " quarters or years, months in quarters or years, or quarters in years"
  }

  /// How many shorter periods the longest longer one has, `nil` where they do not fit.
  var mostPeriods: Int? {
    switch (period, within) {
    case (.day, .week): 7
    case (.day, .month): 31
    case (.day, .quarter): 92
    case (.day, .year): 366
    case (.month, .quarter): 3
    case (.month, .year): 12
    case (.quarter, .year): 4
    default: nil
    }
  }

  /// The query in words.
  public var description: String {
    "\(period)s of activity by \(within)"
      + (predicate == .always ? "" : ", by events where \(predicate)")
  }

  private enum CodingKeys: CodingKey { case period, within, predicate }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    period = try container.decode(CalendarPeriod.self, forKey: .period)
    within = try container.decode(CalendarPeriod.self, forKey: .within)
    predicate = try container.decode(EventPredicate.self, forKey: .predicate)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
