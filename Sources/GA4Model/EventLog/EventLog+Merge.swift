extension EventLog {
  /// The events of this log and of `others` in one log with this log's options.
  ///
  /// ```swift
  /// let week = try monday.merging([tuesday, wednesday])
  /// ```
  ///
  /// Users are brought together by id and sessions by session id. Among events of a user with equal
  /// times those of earlier logs come first.
  ///
  /// - Throws: ``EventLogError`` when the whole is more than a log can hold.
  /// - Complexity: O(*n* + *u* log *u*), where *n* is the number of events and *u* of users.
  public func merging(_ others: some Sequence<EventLog>) throws(EventLogError) -> EventLog {
    try LogAssembly.log([storage.source] + others.map(\.storage.source), options: options)
  }

  /// The same events under other options: another user rule, session rule or zone, as if they had
  /// been read in the order of this log.
  ///
  /// ```swift
  /// let byLogin = log.regrouped(EventLogOptions(users: .stitched))
  /// ```
  public func regrouped(_ options: EventLogOptions) -> EventLog {
    rebuilt(from: storage.source, options)
  }

  /// The log of the events at `positions`, ascending, as if only these had been read.
  package func selecting(_ positions: [UInt32]) -> EventLog {
    rebuilt(from: storage.source.selecting(positions), options)
  }

  func rebuilt(from source: LogSource, _ options: EventLogOptions) -> EventLog {
    do {
      return try LogAssembly.log([source], options: options)
    } catch {
      preconditionFailure("A part of a log never holds more than the log")
    }
  }
}
