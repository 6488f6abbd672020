import GA4Model

/// Goes over the units of a slice and finds out what each of them does, by the rules of a query.
///
/// Whatever asks for single units stands on it: the tallies of a report, paths, actions and
/// correlations.
struct UnitWalk: Sendable {
  let query: FunnelQuery
  let rules: FunnelRules
  let masks: StepMasks
  /// The values of the breakdown and of what is held constant.
  let labels: DimensionColumn?
  let constants: [DimensionColumn]
  /// The units that are looked at; those of another slice of the log can be next.
  var slice: EventLog.UserSlice

  private var storage: EventLogStorage { slice.log.storage }

  init(
    _ query: FunnelQuery, _ rules: FunnelRules, _ masks: StepMasks, labels: DimensionColumn?,
    constants: [DimensionColumn], _ slice: EventLog.UserSlice
  ) {
    self.query = query
    self.rules = rules
    self.masks = masks
    self.labels = labels
    self.constants = constants
    self.slice = slice
  }

  init(_ query: FunnelQuery, _ slice: EventLog.UserSlice) {
    self.init(
      query, FunnelRules(query), StepMasks(query, in: slice.log),
      labels: query.breakdown.map { DimensionColumn($0.dimension, in: slice.log) },
      constants: query.holdConstant.map { DimensionColumn($0, in: slice.log) }, slice)
  }

  // MARK: Units

  /// Calls `body` with the number of each unit in the log and its events, in the order of the
  /// numbers.
  func forEachUnit<Failure: Error>(
    _ body: (_ unit: Int, _ events: UnitEvents) throws(Failure) -> Void
  ) throws(Failure) {
    switch query.unit {
    case .users:
      var events = UnitEvents()
      for user in slice.users {
        events.removeAll()
        for row in storage.rows(ofUser: user) { append(row, to: &events) }
        events.end(firstEver: masks.firstEver)
        try body(user, events)
      }
    case .sessions: try forEachSession(body)
    }
  }

  private func append(_ row: Int, to events: inout UnitEvents) {
    events.append(
      row, time: storage.time[row], mask: masks.mask(row, name: storage.name[row]))
  }

  private func forEachSession<Failure: Error>(
    _ body: (_ unit: Int, _ events: UnitEvents) throws(Failure) -> Void
  ) throws(Failure) {
    let sessions = storage.sessions
    // Rows of sessions that a login has spread over several users, wherever they stand.
    var spread: [UInt32: [Int]] = [:]
    for session in 0..<sessions.count where sessions.flags[session] & SessionTable.spansUsers != 0 {
      spread[UInt32(session)] = []
    }
    if !spread.isEmpty {
      for row in 0..<storage.rowCount { spread[storage.session[row]]?.append(row) }
    }

    var events = UnitEvents()
    // A session counts in the slice in which it begins.
    for session in 0..<sessions.count where slice.rows.contains(Int(sessions.firstRow[session])) {
      events.removeAll()
      if let rows = spread[UInt32(session)] {
        for row in rows.sorted(by: { (storage.time[$0], $0) < (storage.time[$1], $1) }) {
          append(row, to: &events)
        }
      } else {
        var row = Int(sessions.firstRow[session])
        var left = Int(sessions.eventCount[session])
        // Sessions of one user may lie inside each other.
        while left > 0 {
          if storage.session[row] == UInt32(session) {
            append(row, to: &events)
            left -= 1
          }
          row += 1
        }
      }
      events.end(firstEver: masks.firstEver)
      try body(session, events)
    }
  }

  // MARK: Outcomes

  /// Calls `body` with everything that counts of a unit and the code of its label: one outcome as a
  /// rule, none for a unit that never enters, several for attempts and for values of a breakdown.
  func forEachOutcome<Failure: Error>(
    of events: UnitEvents, _ body: (_ outcome: UnitOutcome, _ label: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard events.masks.contains(where: { $0 & StepMasks.stepBits != 0 }) else { return }
    let evaluation = UnitEvaluation(query: query, rules: rules)
    let storage = storage
    let day = { (row: Int) in storage.day[row] }
    // What makes a path one of a group by its own events, and the steps that it binds.
    var bound: UInt64 = 0
    switch query.breakdown?.attribution {
    case .step(let step): bound = 1 << UInt64(step)
    case .allEvents: bound = StepMasks.stepBits
    case .firstTouch, .lastTouch, nil: break
    }
    guard bound != 0, let labels, let breakdown = query.breakdown else {
      let label = query.label(
        in: labels,
        touches: events.rows.indices.lazy.filter { events.masks[$0] & StepMasks.stepBits != 0 }
          .map { events.rows[$0] })
      for outcome in evaluation.outcomes(variants(of: events), day: day) {
        try body(outcome, label)
      }
      return
    }
    // One funnel for each value; events of other values are still events.
    let values = events.rows.map { labels.code($0) }
    var seen = Set<UInt32>()
    for index in values.indices
    where events.masks[index] & bound != 0 && seen.insert(values[index]).inserted {
      var part = events
      for other in values.indices where values[other] != values[index] {
        part.masks[other] &= ~bound
      }
      for outcome in evaluation.outcomes(variants(of: part), day: day) {
        if case .step(let step) = breakdown.attribution, outcome.steps >> UInt64(step) & 1 == 0 {
          continue
        }
        try body(outcome, Int(values[index]))
      }
    }
  }

  /// The events once for each value of what is held constant, those of other values without steps.
  private func variants(of events: UnitEvents) -> [UnitEvents] {
    if constants.isEmpty { return [events] }
    let keys = events.rows.map { row in constants.map { $0.code(row) } }
    var seen = Set<[UInt32]>()
    var variants: [UnitEvents] = []
    for (index, key) in keys.enumerated()
    where events.masks[index] & StepMasks.stepBits != 0 && seen.insert(key).inserted {
      var variant = events
      for other in keys.indices where keys[other] != key {
        variant.masks[other] &= ~StepMasks.stepBits
      }
      variants.append(variant)
    }
    return variants.isEmpty ? [events] : variants
  }
}

extension FunnelQuery {
  /// The code of the label of a unit by first or last touch, whose rows are `touches`; 0 where there
  /// is no breakdown.
  func label(in labels: DimensionColumn?, touches: some Sequence<Int>) -> Int {
    guard let labels, let breakdown else { return 0 }
    var found: Int?
    var missing = 0
    for row in touches {
      let code = Int(labels.code(row))
      if labels.labels[code] == nil {
        missing = code
      } else {
        found = code
        if breakdown.attribution == .firstTouch { break }
      }
    }
    return found ?? missing
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
