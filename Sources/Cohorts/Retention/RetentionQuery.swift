public import GA4Model

/// How many users come back in the periods after the one in which they began.
///
/// ```swift
/// let daily = RetentionQuery().evaluate(log)
/// daily.rows[0].cells[1]?.units             // 139 of 3,236
///
/// let buyers = RetentionQuery(
///   birth: EventPredicate { $0.name == .firstVisit },
///   returning: EventPredicate { $0.name == .purchase },
///   counting: .onOrBefore, period: .week(), periods: 8)
/// ```
///
/// A row of the matrix is a cohort: the users whose birth event happened in one period. Column *j* is
/// the period *j* later, and column 0 the size of the cohort by the birth event. Cells of periods that
/// begin behind the end of the data are absent, cells that it cuts are marked partial, and cells that
/// could be known and are empty are 0.
public struct RetentionQuery: EventQuery {
  /// The most columns after column 0.
  public static let mostPeriods = 1_000
  /// The most brackets.
  public static let mostBrackets = 100

  /// The condition on the birth event.
  public var birth: EventPredicate
  /// Which of the events that meet it make a user a member of a cohort.
  public var birthRule: RetentionBirth
  /// The condition on a return event.
  public var returning: EventPredicate
  /// In which periods a user must return to count in a column.
  public var counting: RetentionCounting { didSet { check() } }
  /// The periods of rows and columns.
  public var period: RetentionPeriod { didSet { check() } }
  /// The number of the last column, `nil` for as many as the data can fill, at most
  /// ``mostPeriods``; brackets need none.
  public var periods: Int? { didSet { check() } }
  /// How many return events a period needs to count.
  public var minimumOccurrences: Int { didSet { check() } }
  /// What cells hold.
  public var measure: RetentionMeasure { didSet { check() } }
  /// What column 0 counts.
  public var firstColumn: RetentionFirstColumn
  /// The division by the values of a dimension.
  public var breakdown: RetentionBreakdown? { didSet { check() } }
  /// The days of the cohorts, all when `nil`; of weeks and months those with such a day count.
  public var cohorts: ClosedRange<CalendarDay>?
  /// The end of the data, from which on events are left out; `nil` for the end of the latest day of
  /// an event in the reporting zone.
  public var dataEnd: EventTime?

  /// Makes a query; see the properties for what it can ask.
  public init(
    birth: EventPredicate = .always, birthRule: RetentionBirth = .first,
    returning: EventPredicate = .always, counting: RetentionCounting = .on,
    period: RetentionPeriod = .day, periods: Int? = nil, minimumOccurrences: Int = 1,
    measure: RetentionMeasure = .users, firstColumn: RetentionFirstColumn = .cohort,
    breakdown: RetentionBreakdown? = nil, cohorts: ClosedRange<CalendarDay>? = nil,
    dataEnd: EventTime? = nil
  ) {
    self.birth = birth
    self.birthRule = birthRule
    self.returning = returning
    self.counting = counting
    self.period = period
    self.periods = periods
    self.minimumOccurrences = minimumOccurrences
    self.measure = measure
    self.firstColumn = firstColumn
    self.breakdown = breakdown
    self.cohorts = cohorts
    self.dataEnd = dataEnd
    check()
  }

  public func makeState() -> RetentionState { RetentionState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if let periods, !(1...Self.mostPeriods).contains(periods) {
      return "A retention matrix can have 1 to \(Self.mostPeriods) periods after the first"
    }
    if case .brackets(let ranges) = counting {
      if ranges.isEmpty || ranges.count > Self.mostBrackets {
        return "A retention matrix can have 1 to \(Self.mostBrackets) brackets"
      }
      if ranges.contains(where: { $0.lowerBound < 1 || $0.upperBound > Self.mostPeriods }) {
        return "A bracket must lie in the periods 1 to \(Self.mostPeriods); period 0 is column 0"
      }
      if periods != nil {
        return "Brackets name their periods themselves; leave the number of periods out"
      }
    }
    if case .fromStart(let hours, _, _) = period, !(1...87_600).contains(hours) {
      return "A window from the start must last 1 to 87,600 hours, which are ten years"
    }
    if minimumOccurrences < 1 { return "A period needs at least one return event to count" }
    if let dimension = measure.dimension, !dimension.isNumber {
      return "A sum or mean needs a number: use a parameter, a field or a user property"
    }
    if let breakdown, breakdown.limit < 1 { return "A breakdown must list at least one value" }
    return nil
  }

  /// The number of the last period that any column looks at.
  var lastPeriod: Int {
    if case .brackets(let ranges) = counting { return ranges.map(\.upperBound).max()! }
    return periods ?? Self.mostPeriods
  }

  /// The query in words.
  public var description: String {
    var text = "retention by \(period): "
    switch birthRule {
    case .recurring: text += "users of each period with \(birth.words)"
    case .first: text += "users by the first period with \(birth.words)"
    case .firstEver(let among):
      text += "users whose first ever " + (among == .always ? "event" : "event where \(among)")
      if birth != .always { text += " is one where \(birth)" }
    }
    text += ", who return with "
    text +=
      minimumOccurrences == 1
      ? returning.words
      : "at least \(minimumOccurrences) events"
        + (returning == .always ? "" : " where \(returning)")
    switch counting {
    case .on: text += " in that period"
    case .onOrAfter: text += " in that period or later"
    case .onOrBefore: text += " in periods 1 up to that"
    case .everyPeriodSoFar: text += " in every period from 1 up to that"
    case .brackets: text += " in those periods"
    }
    switch measure {
    case .users: break
    case .sum(let dimension): text += ", sum of \(dimension)"
    case .mean(let dimension): text += ", mean of \(dimension)"
    }
    if firstColumn == .returns { text += ", in period 0 too" }
    if let breakdown { text += ", by \(breakdown.dimension)" }
    if let cohorts { text += ", cohorts of \(cohorts.lowerBound) to \(cohorts.upperBound)" }
    return text
  }
}

extension EventPredicate {
  /// The events that meet the condition, in words.
  fileprivate var words: String { self == .always ? "any event" : "an event where \(self)" }
}

extension RetentionQuery {
  private enum CodingKeys: CodingKey {
    case birth, birthRule, returning, counting, period, periods, minimumOccurrences, measure
    case firstColumn, breakdown, firstCohort, lastCohort, dataEnd
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    birth = try container.decode(EventPredicate.self, forKey: .birth)
    birthRule = try container.decode(RetentionBirth.self, forKey: .birthRule)
    returning = try container.decode(EventPredicate.self, forKey: .returning)
    counting = try container.decode(RetentionCounting.self, forKey: .counting)
    period = try container.decode(RetentionPeriod.self, forKey: .period)
    periods = try container.decodeIfPresent(Int.self, forKey: .periods)
    minimumOccurrences = try container.decode(Int.self, forKey: .minimumOccurrences)
    measure = try container.decode(RetentionMeasure.self, forKey: .measure)
    firstColumn = try container.decode(RetentionFirstColumn.self, forKey: .firstColumn)
    breakdown = try container.decodeIfPresent(RetentionBreakdown.self, forKey: .breakdown)
    let first = try container.decodeIfPresent(CalendarDay.self, forKey: .firstCohort)
    let last = try container.decodeIfPresent(CalendarDay.self, forKey: .lastCohort)
    dataEnd = try container.decodeIfPresent(EventTime.self, forKey: .dataEnd)
    var problem: String?
    switch (first, last) {
    case (let first?, let last?) where first <= last: cohorts = first...last
    case (nil, nil): cohorts = nil
    default:
      cohorts = nil
      problem = "The cohorts must have a first and a last day, the earlier one first"
    }
    if let problem = problem ?? self.problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }

  /// Encodes the query.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(birth, forKey: .birth)
    try container.encode(birthRule, forKey: .birthRule)
    try container.encode(returning, forKey: .returning)
    try container.encode(counting, forKey: .counting)
    try container.encode(period, forKey: .period)
    try container.encodeIfPresent(periods, forKey: .periods)
    try container.encode(minimumOccurrences, forKey: .minimumOccurrences)
    try container.encode(measure, forKey: .measure)
    try container.encode(firstColumn, forKey: .firstColumn)
    try container.encodeIfPresent(breakdown, forKey: .breakdown)
    try container.encodeIfPresent(cohorts?.lowerBound, forKey: .firstCohort)
    try container.encodeIfPresent(cohorts?.upperBound, forKey: .lastCohort)
    try container.encodeIfPresent(dataEnd, forKey: .dataEnd)
  }
}
