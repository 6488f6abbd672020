public import GA4Model

/// The first match of one unit, event by event.
public struct SequenceMatch: Sendable, Hashable, Codable {
  /// An event of the match.
  public struct Event: Sendable, Hashable, Codable {
    /// The element of the pattern that took it, counting from 0.
    public var element: Int
    /// Its position in the log.
    public var position: Int
    /// Its time.
    public var time: EventTime
  }

  /// The position of the unit in `EventLog.users` or `EventLog.sessions`.
  public var unit: Int
  /// One event for each element that takes one, in the order of the pattern.
  public var events: [Event]
}

extension SequenceQuery {
  /// The first match of each unit that has one, in the order of the units in the log.
  ///
  /// ```swift
  /// for match in query.firstMatches(in: log) {
  ///   print(log.users[match.unit].events.count, match.events.map(\.time))
  /// }
  /// ```
  ///
  /// ClickHouse's `sequenceMatchEvents` gives the times of those events that conditions took, and for
  /// units without a match those of the longest beginning of one, which are not listed here.
  ///
  /// - Parameter log: The log.
  /// - Complexity: O(*n* *k*), where *n* is the number of events and *k* of elements.
  public func firstMatches(in log: EventLog) -> [SequenceMatch] {
    var walk = SequenceWalk(self, log.wholeSlice, listsFirstMatches: true)
    walk.run()
    return walk.firstMatches
  }
}
