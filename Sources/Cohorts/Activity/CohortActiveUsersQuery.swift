public import GA4Model

/// How often the users of each cohort are active: DAU, WAU and MAU of those who began together, and
/// their ratios.
///
/// ```swift
/// let report = CohortActiveUsersQuery(by: .month).evaluate(log)
/// report.rows[0].cells[1]?.dailyOverMonthly // DAU/MAU of the first cohort in its second month
/// ```
///
/// A cohort is the users who are active for the first time in one period; column *j* is the *j*-th
/// period after it. Each day has its active users, those of the 7 days that end with it and those of
/// the 30 days that end with it, as `ActiveUsersQuery` of ProductMetrics has them for all users. The
/// ratios of a period are those of the sums over its days, so that every user counts alike.
///
/// Nobody of a cohort was active before it, so windows that reach back before it hold fewer users,
/// and the ratios of the first columns are higher than later ones would be for the same habits.
public struct CohortActiveUsersQuery: EventQuery {
  /// The periods of cohorts and columns; not an hour.
  public var period: CalendarPeriod { didSet { check() } }
  /// Which events make a user active.
  public var predicate: EventPredicate
  /// How many periods after the first are listed, 1 to 1,000; those with data when `nil`.
  public var periods: Int? { didSet { check() } }
  /// How many days a month has, 7 to 366.
  public var monthDays: Int { didSet { check() } }

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - period: The periods of cohorts and columns: a day, week, month, quarter or year.
  ///   - predicate: Which events make a user active.
  ///   - periods: How many periods after the first are listed, 1 to 1,000; those with data when
  ///     `nil`.
  ///   - monthDays: How many days a month has, 7 to 366.
  public init(
    by period: CalendarPeriod = .month, where predicate: EventPredicate = .always,
    periods: Int? = nil, monthDays: Int = 30
  ) {
    self.period = period
    self.predicate = predicate
    self.periods = periods
    self.monthDays = monthDays
    check()
  }

  public func makeState() -> CohortActiveUsersState { CohortActiveUsersState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  private var problem: String? {
    if period == .hour { return "Active users are counted by days: use a day or a longer period" }
    if let periods, !(1...RetentionQuery.mostPeriods).contains(periods) {
      return "Cohorts can be followed for 1 to \(RetentionQuery.mostPeriods) periods"
    }
    if !(7...366).contains(monthDays) { return "A month must have 7 to 366 days" }
    return nil
  }

  /// The query in words.
  public var description: String {
    "active users by \(period) of the first active day"
      + (predicate == .always ? "" : ", events where \(predicate)")
      + ", WAU of 7 and MAU of \(monthDays) days"
  }

  // MARK: Coding

  private enum CodingKeys: CodingKey { case period, predicate, periods, monthDays }

  /// Reads a query back.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    period = try container.decode(CalendarPeriod.self, forKey: .period)
    predicate = try container.decode(EventPredicate.self, forKey: .predicate)
    periods = try container.decodeIfPresent(Int.self, forKey: .periods)
    monthDays = try container.decode(Int.self, forKey: .monthDays)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }
}
