import GA4Model

/// Goes over the units of a slice and finds out what each of them does, by the rules of a query.
///
/// Whatever asks for single units stands on it: the tallies of a report, paths, actions and
/// correlations.
struct UnitWalk: Sendable {
  let masks: StepMasks
  private let search: OutcomeSearch
  /// The units that are looked at; those of another slice of the log can be next.
  var slice: EventLog.UserSlice

  var query: FunnelQuery { search.query }
  var rules: FunnelRules { search.rules }
  var attributes: UnitAttributes { search.attributes }
  /// The values of the breakdown.
  var labels: DimensionColumn? { attributes.labels }
  private var storage: EventLogStorage { slice.log.storage }

  init(_ query: FunnelQuery, _ slice: EventLog.UserSlice) {
    masks = StepMasks(query, in: slice)
    search = OutcomeSearch(query, UnitAttributes(query, in: slice.log))
    self.slice = slice
  }

  // MARK: Units

  /// Calls `body` with the number of each unit in the log and its events, in the order of the
  /// numbers.
  func forEachUnit<Failure: Error>(
    _ body: (_ unit: Int, _ events: UnitEvents) throws(Failure) -> Void
  ) throws(Failure) {
    var all = UnitEvents()
    func events(_ rows: some Sequence<Int>) -> UnitEvents {
      all.removeAll()
      for row in rows {
        all.append(row, time: storage.time[row], mask: masks.mask(row, name: storage.name[row]))
      }
      all.end(firstEver: rules.firstEver)
      return all
    }
    switch query.unit {
    case .users:
      for user in slice.users { try body(user, events(storage.rows(ofUser: user))) }
    case .sessions:
      try forEachSession { (session, rows) throws(Failure) in try body(session, events(rows)) }
    }
  }

  /// Calls `body` with the number of each session that begins in the slice and its rows in the order of
  /// time, in the order of the numbers.
  func forEachSession<Failure: Error>(
    _ body: (_ session: Int, _ rows: [Int]) throws(Failure) -> Void
  ) throws(Failure) {
    let storage = storage
    let sessions = storage.sessions
    // Rows of sessions that a login has spread over several users, wherever they stand.
    var spread: [UInt32: [Int]] = [:]
    for session in 0..<sessions.count where sessions.flags[session] & SessionTable.spansUsers != 0 {
      spread[UInt32(session)] = []
    }
    if !spread.isEmpty {
      for row in 0..<storage.rowCount { spread[storage.session[row]]?.append(row) }
    }

    var rows: [Int] = []
    for session in 0..<sessions.count where slice.rows.contains(Int(sessions.firstRow[session])) {
      if let all = spread[UInt32(session)] {
        try body(session, all.sorted { (storage.time[$0], $0) < (storage.time[$1], $1) })
        continue
      }
      rows.removeAll(keepingCapacity: true)
      var row = Int(sessions.firstRow[session])
      var left = Int(sessions.eventCount[session])
      // Sessions of one user may lie inside each other.
      while left > 0 {
        if storage.session[row] == UInt32(session) {
          rows.append(row)
          left -= 1
        }
        row += 1
      }
      try body(session, rows)
    }
  }

  // MARK: Outcomes

  /// Calls `body` with everything that counts of a unit and the code of its label; see
  /// ``OutcomeSearch``.
  func forEachOutcome<Failure: Error>(
    of events: UnitEvents, _ body: (_ outcome: UnitOutcome, _ label: Int) throws(Failure) -> Void
  ) throws(Failure) {
    try search.forEachOutcome(of: events, body)
  }
}

extension EventLog.UserSlice {
  /// How many events of the slice belong to no unit of the kind.
  func eventsWithoutUnit(_ unit: FunnelUnit) -> Int {
    switch unit {
    case .users: rows.upperBound - userRows.upperBound
    case .sessions: rows.count { log.storage.session[$0] == SessionTable.none }
    }
  }
}
