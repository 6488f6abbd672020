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
    let path =
      level > 1
      ? search.path(count) {
        storage.time[row($0)]
      } mask: {
        masks.mask(row($0), name: storage.name[row($0)])
      } : []
    let code = code {
      (0..<count).lazy.map(row).filter {
        masks.mask($0, name: storage.name[$0]) & StepMasks.stepBits != 0
      }
    }
    if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
    for step in 0..<level {
      byCode[code]!.counts[step] += 1
      if step > 0 { byCode[code]!.continued[step] += 1 }
    }
    if level > 1 {
      let times = path.prefix(level).map { storage.time[row($0!)] }
      byCode[code]!.paths[(1 << UInt64(level)) - 1, default: []] += times
    }
    if level < rules.stepCount {
      byCode[code]!.wait(
        from: search.latestEntry, window: rules.window, dataEnd: dataEnd, step: level - 1,
        stop: .noLaterEvent)
    }
  }

  /// The code of a unit's label by first or last touch, of which `touches` gives the rows.
  private func code(_ touches: () -> some Sequence<Int>) -> Int {
    guard let labels, let breakdown = query.breakdown else { return 0 }
    var found: Int?
    var missing = 0
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
  }

  /// Adds a unit whose events are all there.
  private mutating func add(_ events: inout UnitEvents) {
    events.end(firstEver: masks.firstEver)
    guard events.masks.contains(where: { $0 & StepMasks.stepBits != 0 }) else { return }
    let evaluation = UnitEvaluation(query: query, rules: rules)
    let day = { (row: Int) in storage.day[row] }
    // What makes a path one of a group by its own events, and the steps that it binds.
    var bound: UInt64 = 0
    switch query.breakdown?.attribution {
    case .step(let step): bound = 1 << UInt64(step)
    case .allEvents: bound = StepMasks.stepBits
    case .firstTouch, .lastTouch, nil: break
    }
    guard bound != 0, let labels, let breakdown = query.breakdown else {
      for outcome in evaluation.outcomes(variants(of: events), day: day) {
        add(outcome, events, nil)
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
        add(outcome, events, values[index])
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

  private mutating func add(_ outcome: UnitOutcome, _ events: UnitEvents, _ label: UInt32?) {
    let code =
      label.map { Int($0) }
      ?? code {
        events.rows.indices.lazy.filter { events.masks[$0] & StepMasks.stepBits != 0 }
          .map { events.rows[$0] }
      }
    if byCode[code] == nil { byCode[code] = FunnelTally(steps: rules.stepCount) }
    byCode[code]!.add(
      outcome, times: events.times, window: rules.window, dataEnd: dataEnd,
      explains: query.explainsStops)
  }
}
