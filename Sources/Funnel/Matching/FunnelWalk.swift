import GA4Model

/// Walks over the units of a slice and adds up what they do.
struct FunnelWalk {
  private let query: FunnelQuery
  private let slice: EventLog.UserSlice
  private let storage: EventLogStorage
  private let masks: StepMasks
  /// The values of the breakdown and of what is held constant.
  private let labels: DimensionColumn?
  private let takesFirstTouch: Bool
  private let constants: [DimensionColumn]
  /// The queries, which differ in their windows alone.
  private var lanes: [FunnelLane]
  private(set) var eventsWithoutUnit = 0

  /// Makes the walk for `queries`, which differ in their windows alone.
  init(_ queries: [FunnelQuery], _ slice: EventLog.UserSlice, dataEnd: Int64) {
    let query = queries[0]
    self.query = query
    self.slice = slice
    storage = slice.log.storage
    masks = StepMasks(query, in: slice)
    labels = query.breakdown.map { DimensionColumn($0.dimension, in: slice.log) }
    takesFirstTouch = query.breakdown?.attribution == .firstTouch
    constants = query.holdConstant.map { DimensionColumn($0, in: slice.log) }
    let codeCount = max(1, labels?.labels.count ?? 1)
    lanes = queries.map { FunnelLane($0, codeCount: codeCount, dataEnd: dataEnd) }
  }

  /// What was added up, by query and label.
  var tallies: [[(label: Bytewise?, tally: FunnelTally)]] {
    lanes.map { lane in
      lane.sums().map { (labels?.labels[$0.code].map(Bytewise.init), $0.tally) }
    }
  }

  mutating func run() {
    let needsAll = lanes[0].rules.looksAtNeighbours
    switch query.unit {
    case .users:
      eventsWithoutUnit += slice.rows.upperBound - slice.userRows.upperBound
      if needsAll { runAllEvents() } else { runUsers() }
    case .sessions: runSessions()
    }
  }

  // MARK: Users

  private mutating func runUsers() {
    let storage = storage
    let masks = masks
    let rows = slice.userRows
    var events = StepEvents()
    storage.userOffsets.withValues { offsets in
      storage.time.withValues { times in
        storage.name.withValues { names in
          var user = slice.users.lowerBound
          var end = rows.lowerBound
          var row = end
          while row < rows.upperBound {
            let old = events.end
            let next = min(row + Self.blockSize, rows.upperBound)
            masks.appendRows(row..<next, of: names, to: &events)
            events.complete(from: old, masks, names, times)
            row = next

            var begin = 0
            var union: UInt64 = 0
            for index in 0..<events.end {
              let event = events.event(index)
              if event.row >= end {
                if index > begin {
                  events.select(begin..<index, union: union)
                  add(events)
                }
                begin = index
                union = 0
                repeat {
                  user += 1
                  end = Int(offsets[user])
                } while event.row >= end
              }
              union |= event.mask
            }
            // The last user may have more.
            events.keep(from: begin)
          }
          events.selectAll()
          add(events)
        }
      }
    }
  }

  /// How many rows are looked at together.
  private static let blockSize = 1 << 12

  /// Users for queries that look at all their events.
  private mutating func runAllEvents() {
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

  /// Adds a unit of which only the events with a bit are there.
  @inline(__always)
  private mutating func add(_ events: borrowing StepEvents) {
    guard events.union & StepMasks.stepBits != 0 else { return }
    for index in lanes.indices {
      guard let level = lanes[index].follow(events) else {
        addGenerally(events, index)
        continue
      }
      if level == 0 { continue }
      lanes[index].addFollowed(events, touch(events))
    }
  }

  @inline(never)
  private mutating func addGenerally(_ events: borrowing StepEvents, _ lane: Int) {
    var all = UnitEvents()
    for index in 0..<events.count {
      let event = events[index]
      all.append(event.row, time: event.time, mask: event.mask)
    }
    all.end(firstEver: masks.firstEver)
    add(all, lane)
  }

  /// Adds a unit whose events are all there.
  private mutating func add(_ events: inout UnitEvents) {
    events.end(firstEver: masks.firstEver)
    guard events.masks.contains(where: { $0 & StepMasks.stepBits != 0 }) else { return }
    for lane in lanes.indices { add(events, lane) }
  }

  /// The code of a unit's label by first or last touch.
  @inline(__always)
  private func touch(_ events: borrowing StepEvents) -> Int {
    guard let labels else { return 0 }
    var touch = LabelTouch()
    for index in 0..<events.count where events[index].mask & StepMasks.stepBits != 0 {
      touch.take(labels, events[index].row)
      if touch.isFound && takesFirstTouch { break }
    }
    return touch.code
  }

  private func touch(_ events: UnitEvents) -> Int {
    guard let labels else { return 0 }
    var touch = LabelTouch()
    for index in events.rows.indices where events.masks[index] & StepMasks.stepBits != 0 {
      touch.take(labels, events.rows[index])
      if touch.isFound && takesFirstTouch { break }
    }
    return touch.code
  }

  private mutating func add(_ events: UnitEvents, _ lane: Int) {
    let day = { [storage] (row: Int) in storage.day[row] }
    // What makes a path one of a group by its own events, and the steps that it binds.
    var bound: UInt64 = 0
    switch query.breakdown?.attribution {
    case .step(let step): bound = 1 << UInt64(step)
    case .allEvents: bound = StepMasks.stepBits
    case .firstTouch, .lastTouch, nil: break
    }
    guard bound != 0, let labels, let breakdown = query.breakdown else {
      for outcome in lanes[lane].outcomes(variants(of: events), day: day) {
        lanes[lane].add(outcome, events, touch(events))
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
      for outcome in lanes[lane].outcomes(variants(of: part), day: day) {
        if case .step(let step) = breakdown.attribution, outcome.steps >> UInt64(step) & 1 == 0 {
          continue
        }
        lanes[lane].add(outcome, events, Int(values[index]))
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

/// The label of a unit by the events that it touches one after the other; one that is missing gives
/// way to any other.
private struct LabelTouch {
  private var found: Int?
  private var missing = 0

  var isFound: Bool { found != nil }
  var code: Int { found ?? missing }

  @inline(__always)
  mutating func take(_ labels: DimensionColumn, _ row: Int) {
    let code = Int(labels.code(row))
    if labels.labels[code] == nil { missing = code } else { found = code }
  }
}
