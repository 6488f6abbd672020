public import GA4Model

/// How many sessions there are if silence alone divides them, whatever the rule of the log.
///
/// ```swift
/// let sessions = GapSessionsQuery().evaluate(log)
/// sessions.count                            // 20752
/// sessions.rows[0]                          // 2020-12-19: the sessions that start that day
/// ```
///
/// A session begins with the first event of a user and after more than ``gap`` without one: a
/// silence of exactly the gap does not end it. A session belongs to the day of its first event.
/// Events without user belong to no session.
public struct GapSessionsQuery: EventQuery {
  /// The longest silence inside a session.
  public var gap: Duration

  /// Makes a query.
  ///
  /// - Parameter gap: The longest silence inside a session, positive; parts of a microsecond are
  ///   cut off.
  public init(gap: Duration = .seconds(30 * 60)) {
    precondition(gap > .zero, "A session gap must be positive")
    self.gap = gap
  }

  public func makeState() -> GapSessionsState { GapSessionsState(self) }

  /// The query in words.
  public var description: String { "sessions divided by more than \(gap) without an event" }
}
