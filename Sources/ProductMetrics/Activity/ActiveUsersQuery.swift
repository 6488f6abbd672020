public import GA4Model

/// How many distinct users were active on each day, in the week and in the month up to it, and how
/// often they come back.
///
/// ```swift
/// let active = ActiveUsersQuery().evaluate(log)
/// let last = active.rows.last!
/// last.daily                                // users of the last day
/// last.monthly                              // users of the 30 days that end with it
/// last.dailyOverMonthly                     // "stickiness"
/// ```
///
/// Windows end with their day: the week is that day and the six before it. A user counts once in a
/// window, however often active. Windows that begin before the first event of the log are marked
/// partial: they lack the users that were active before.
///
/// GA4 has both months: its tables count 28 days (`active28DayUsers`), which always hold four of
/// each weekday, and its ratios DAU/MAU and WAU/MAU 30 days. The default here is 30.
public struct ActiveUsersQuery: EventQuery {
  /// The length of the month in days.
  public var monthDays: Int
  /// Which events make a user active; all when `nil`.
  public var predicate: EventPredicate?

  /// The length of the week in days.
  static let weekDays = 7

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - monthDays: The length of the month in days, from 7 to 366; 28 and 30 are usual.
  ///   - predicate: Which events make a user active; all when `nil`.
  public init(monthDays: Int = 30, where predicate: EventPredicate? = nil) {
    precondition((7...366).contains(monthDays), "A month must have 7 to 366 days")
    self.monthDays = monthDays
    self.predicate = predicate
  }

  /// Makes a query for the events that meet the condition that `body` describes.
  public init(monthDays: Int = 30, where body: (EventStandIn) -> EventPredicate) {
    self.init(monthDays: monthDays, where: EventPredicate(body))
  }

  public func makeState() -> ActiveUsersState { ActiveUsersState(self) }

  /// The query in words.
  public var description: String {
    "users active in 1, 7 and \(monthDays) days"
      + (predicate.map { " with an event where \($0)" } ?? "")
  }
}
