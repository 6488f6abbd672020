import GA4Model

/// Walks over the units of a slice and adds up what they do.
struct FunnelWalk {
  private let query: FunnelQuery
  private let rules: FunnelRules
  private let slice: EventLog.UserSlice
  private let storage: EventLogStorage
  private let masks: StepMasks
  private let isPlain: Bool
  /// The values of the breakdown and of what is held constant.
  private let labels: DimensionColumn?
  private let constants: [DimensionColumn]
  private let dataEnd: Int64
  /// By label code; with one entry where there is no breakdown.
  private var byCode: [FunnelTally?]
  private(set) var eventsWithoutUnit = 0

  init(_ query: FunnelQuery, _ slice: EventLog.UserSlice, dataEnd: Int64) {
    self.query = query
    self.slice = slice
    self.dataEnd = dataEnd
    rules = FunnelRules(query)
    storage = slice.log.storage
    masks = StepMasks(query, in: slice.log)
    isPlain = PlainSearch.canAnswer(query, rules, masks)
    labels = query.breakdown.map { DimensionColumn($0.dimension, in: slice.log) }
    constants = query.holdConstant.map { DimensionColumn($0, in: slice.log) }
    byCode = Array(repeating: nil, count: max(1, labels?.labels.count ?? 1))
  }

  /// What was added up, by label.
  var tallies: [(label: Bytewise?, tally: FunnelTally)] {
    byCode.enumerated().compactMap { code, tally in
      tally.map { (labels?.labels[code].map(Bytewise.init), $0) }
    }
  }

  mutating func run() {
    switch query.unit {
    case .users: runUsers()
    case .sessions: runSessions()
    }
  }

  // MARK: Users

  private mutating func runUsers() {
    eventsWithoutUnit += slice.rows.upperBound - slice.userRows.upperBound
    if isPlain {
      var search = PlainSearch(rules)
      let storage = storage
      let masks = masks
      storage.userOffsets.withValues { offsets in
        storage.time.withValues { times in
          storage.name.withValues { names in
            precondition(
              Int(offsets[slice.users.upperBound]) <= min(times.count, names.count),
              "Rows beyond the column")
            for user in slice.users {
              let base = Int(offsets[user])
              let count = Int(offsets[user + 1]) - base
              search.run(count) {
                unsafe times[unchecked: base + $0]
              } mask: {
                masks.mask(base + $0, name: unsafe names[unchecked: base + $0])
                  & StepMasks.stepBits
              }
              if search.level > 0 {
                addPlain(search, count) { base + $0 }
              }
            }
          }
        }
      }
      return
    }
    var events = UnitEvents()
    for user in slice.users {
      events.removeAll()
      for row in storage.rows(ofUser: user) { append(row, to: &events) }
      add(&events)
    }
  }

  private func append(_ row: Int, to events: inout UnitEvents) {
    events.append(
      row, time: storage.time[row], mask: masks.mask(row, name: storage.name[row]))
  }

  // MARK: Sessions

  private mutating func runSessions() {
    let sessions = storage.sessions
    // Rows of sessions that a login has spread over several users, wherever they stand.
    var spread: [UInt32: [Int]] = [:]
    for session in 0..<sessions.count where sessions.flags[session] & SessionTable.spansUsers != 0 {
      spread[UInt32(session)] = []
    }
    if !spread.isEmpty {
      for row in 0..<storage.rowCount { spread[storage.session[row]]?.append(row) }
    }
    for row in slice.rows where storage.session[row] == SessionTable.none { eventsWithoutUnit += 1 }

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
      add(&events)
    }
  }

  // MARK: Units

  /// Adds a unit by the plain search, whose rows `row` gives.
  @inline(__always)
  private mutating func addPlain(_ search: PlainSearch, _ count: Int, row: (Int) -> Int) {
    let level = search.level
    let needsPath = level > 1 || query.breakdown != nil
    let path =
      needsPath
      ? search.path(count) {
        storage.time[row($0)]
      } mask: {
        masks.mask(row($0), name: storage.name[row($0)])
      } : []
    guard
      let code = code(
        path.map { $0.map(row) },
        touches: {
          (0..<count).lazy.map(row).filter {
            masks.mask($0, name: storage.name[$0]) & StepMasks.stepBits != 0
          }
        })
    else { return }
    if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
    for step in 0..<level {
      byCode[code]!.counts[step] += 1
      if step > 0 { byCode[code]!.continued[step] += 1 }
    }
    if level > 1 {
      for step in 0..<level {
        byCode[code]!.paths[(1 << UInt64(level)) - 1, default: []].append(
          storage.time[row(path[step]!)])
      }
    }
    if level < rules.stepCount {
      byCode[code]!.wait(
        from: search.latestEntry, window: rules.window, dataEnd: dataEnd, step: level - 1,
        stop: .noLaterEvent)
    }
  }

  /// The code of a unit's label by the rule of the breakdown; `nil` where it has none.
  private func code(_ path: [Int?], touches: () -> some Sequence<Int>) -> Int? {
    guard let labels, let breakdown = query.breakdown else { return 0 }
    switch breakdown.attribution {
    case .step(let step):
      guard path.indices.contains(step), let row = path[step] else { return nil }
      return Int(labels.code(row))
    case .firstTouch, .lastTouch:
      var found: Int?
      var missing: Int?
      for row in touches() {
        let code = Int(labels.code(row))
        if labels.labels[code] == nil {
          missing = code
        } else {
          found = code
          if breakdown.attribution == .firstTouch { break }
        }
      }
      return found ?? missing
    case .allEvents:
      // Every event of the path has the same.
      return path.lazy.compactMap { $0 }.first.map { Int(labels.code($0)) }
    }
  }

  /// Adds a unit whose events are all there.
  private mutating func add(_ events: inout UnitEvents) {
    events.end(firstEver: masks.firstEver)
    guard events.masks.contains(where: { $0 & StepMasks.stepBits != 0 }) else { return }
    let evaluation = UnitEvaluation(query: query, rules: rules)
    let day = { (row: Int) in storage.day[row] }
    let splits = query.breakdown?.attribution == .allEvents
    guard splits || !constants.isEmpty else {
      for outcome in evaluation.outcomes(events, day: day) { add(outcome, events) }
      return
    }
    // One funnel for each value of what is held constant; events of other values are still events.
    var columns = constants
    if splits, let labels { columns.append(labels) }
    let keys = events.rows.map { row in columns.map { $0.code(row) } }
    var seen = Set<[UInt32]>()
    var united: [(outcome: UnitOutcome, label: UInt32?)] = []
    for (index, key) in keys.enumerated()
    where events.masks[index] & StepMasks.stepBits != 0 && seen.insert(key).inserted {
      var part = events
      for other in keys.indices where keys[other] != key {
        part.masks[other] &= ~StepMasks.stepBits
      }
      for outcome in evaluation.outcomes(part, day: day) {
        united.append((outcome, splits ? key.last : nil))
      }
    }
    if query.counting == .totals {
      for entry in united { add(entry.outcome, events) }
      return
    }
    // A unit counts once for each value of the breakdown, by the best of what is held constant.
    var order: [UInt32?] = []
    for entry in united where !order.contains(entry.label) { order.append(entry.label) }
    for label in order {
      let outcomes = united.filter { $0.label == label }.map(\.outcome)
      add(outcomes.dropFirst().reduce(outcomes[0]) { $0.united(with: $1, events.times) }, events)
    }
  }

  private mutating func add(_ outcome: UnitOutcome, _ events: UnitEvents) {
    let code = code(
      outcome.path.map { $0.map { events.rows[$0] } },
      touches: {
        events.rows.indices.lazy.filter { events.masks[$0] & StepMasks.stepBits != 0 }
          .map { events.rows[$0] }
      })
    guard let code else { return }
    if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
    byCode[code]!.add(
      outcome, times: events.times, window: rules.window, dataEnd: dataEnd,
      explains: query.explainsStops)
  }
}
