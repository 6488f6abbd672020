extension EventLog {
  /// The same events with the values of `dimension` as users: accounts, shops, devices.
  ///
  /// ```swift
  /// let accounts = log.grouped(by: .userProperty("account"))
  /// let report = FunnelQuery(steps).evaluate(accounts)      // counts accounts
  /// ```
  ///
  /// Whatever is asked about users is then asked about these. An event's `userID` is the value, and
  /// ``UserIdentity/userID`` the rule; events without a value have no user. Sessions are told apart by
  /// `user_pseudo_id` as before.
  ///
  /// - Complexity: O(*n* + *v* log *v*), where *n* is the number of events and *v* of values.
  public func grouped(by dimension: EventDimension) -> EventLog {
    let column = DimensionColumn(dimension, in: self)
    var source = storage.source
    let interner = StringInterner(expecting: source.strings.count + column.labels.count)
    // The texts of a pool are distinct, so that they keep their codes.
    _ = interner.intern(source.strings)
    precondition(interner.count == source.strings.count, "The texts of a log are distinct")
    let ids = column.labels.map { $0.map { interner.intern($0) } ?? StringPool.absent }
    if ids.allSatisfy({ $0 == StringPool.absent }) {
      source.userID = Column([])
    } else {
      let userID = MutableColumn<UInt32>(capacity: count)
      for row in 0..<count { userID.append(ids[Int(column.code(row))]) }
      source.userID = userID.sealed()
    }
    source.strings = interner.sealed()
    var options = options
    options.users = .userID
    return rebuilt(from: source, options)
  }
}
