public import GA4Model

/// How many distinct users had an event on each day.
///
/// ```swift
/// let daily = DailyActiveUsersQuery().evaluate(log)
/// daily.rows[0]                             // 2020-12-19: 3236 users
/// daily[CalendarDay("2020-12-20")!]         // 2966
///
/// let buyers = DailyActiveUsersQuery { $0.name == .purchase }.evaluate(log)
/// ```
///
/// A day is that of the event: `event_date`, or else the day of its time in the reporting zone.
/// Every user counts, also one without engagement; GA4's "active users" are those with an engaged
/// session or a first visit. Events without user count for nobody.
public struct DailyActiveUsersQuery: EventQuery {
  /// Which events make a user active; all when `nil`.
  public var predicate: EventPredicate?

  /// Makes a query.
  ///
  /// - Parameter predicate: Which events make a user active; all when `nil`.
  public init(where predicate: EventPredicate? = nil) { self.predicate = predicate }

  /// Makes a query for the events that meet the condition that `body` describes.
  public init(where body: (EventStandIn) -> EventPredicate) { predicate = EventPredicate(body) }

  public func makeState() -> DailyActiveUsersState { DailyActiveUsersState(self) }

  /// The query in words.
  public var description: String {
    "daily active users" + (predicate.map { " with an event where \($0)" } ?? "")
  }
}
