public import GA4Model

/// How many of the users of each period are new, return from the one before or come back after a
/// break, and how many stay away.
///
/// ```swift
/// let weeks = LifecycleQuery(by: .week()).evaluate(log)
/// weeks.rows[1].returning                   // active in this week and in the one before
/// weeks.rows[1].dormant                     // active in the one before and not in this
/// ```
///
/// PostHog's lifecycle has the same four, with dormant users as negative numbers. A user is new in the
/// first period with an event in the log: a log that begins in the middle makes old users new.
public struct LifecycleQuery: EventQuery {
  /// The periods.
  public var period: CalendarPeriod
  /// Which events make a user active.
  public var predicate: EventPredicate

  /// Makes a query.
  public init(by period: CalendarPeriod = .day, where predicate: EventPredicate = .always) {
    self.period = period
    self.predicate = predicate
  }

  public func makeState() -> LifecycleState { LifecycleState(self) }

  /// The query in words.
  public var description: String {
    "lifecycle by \(period)"
      + (predicate == .always ? "" : " of users with an event where \(predicate)")
  }
}
