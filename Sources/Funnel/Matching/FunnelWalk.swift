import GA4Model

/// Walks over the units of a slice and adds up what they do.
struct FunnelWalk {
  private let query: FunnelQuery
  private let slice: EventLog.UserSlice
  private let units: UnitWalk
  /// By row, the number of the session.
  private let sessions: Column<UInt32>
  private let sessionFlags: Column<UInt8>
  /// The queries, which differ in their windows alone.
  private var first: FunnelLane
  private var others: [FunnelLane]

  /// Makes the walk for `queries`, which differ in their windows alone.
  ///
  /// `isGeneral`: Whether all units are left to the general search, so that tests can compare.
  init(
    _ queries: [FunnelQuery], _ slice: EventLog.UserSlice, dataEnd: Int64, isGeneral: Bool = false
  ) {
    query = queries[0]
    self.slice = slice
    units = UnitWalk(query, slice)
    sessions = slice.log.storage.session
    sessionFlags = slice.log.storage.sessions.flags
    let attributes = units.attributes
    func lane(_ query: FunnelQuery) -> FunnelLane {
      FunnelLane(query, attributes, dataEnd: dataEnd, isGeneral: isGeneral)
    }
    first = lane(query)
    others = queries.dropFirst().map(lane)
  }

  /// What was added up, by query and label.
  var sums: [[(label: Bytewise?, tally: FunnelTally)]] { ([first] + others).map { $0.sums() } }

  mutating func run() {
    if units.rules.looksAtNeighbours {
      units.forEachUnit { _, events in add(events) }
      return
    }
    var events = StepEvents()
    runUsers(&events)
    if query.unit == .sessions {
      addWithoutUser(&events)
      addSpreadSessions(&events)
    }
  }

  // MARK: Users

  private mutating func runUsers(_ events: inout StepEvents) {
    if let index = units.masks.index(of: slice) {
      runUsers(index, &events)
    } else {
      lookThroughUsers(&events)
    }
  }

  /// Adds the users who have events with a bit, all of which `index` holds.
  private mutating func runUsers(_ index: NameIndex, _ events: inout StepEvents) {
    let masks = units.masks
    let byName = masks.byName
    let hasFirst = index.nameSet { byName[Int($0)] & 1 != 0 }
    let hasSecond = index.nameSet { byName[Int($0)] & 2 != 0 }
    // Most users do neither the first nor the second step, or never the second.
    let entersEarly =
      query.unit == .users && others.isEmpty && first.canEnter && masks.mixed & 1 == 0
    let isSure = index.setsAreExact
    let labels = first.labels
    let range = index.runs(of: slice.userRows)
    index.runs.withValues { runs in
      index.entries.withValues { entries in
        let byName = byName.span
        for run in range {
          let begin = Int(runs[run].start)
          let end = Int(runs[run + 1].start)
          let names = runs[run].names
          if entersEarly {
            if names & hasFirst == 0 { continue }
            if names & hasSecond == 0 {
              var last = end - 1
              if names & ~hasFirst != 0 || !isSure {
                while last > begin, byName[Int(entries[last].name)] & 1 == 0 { last -= 1 }
                if byName[Int(entries[last].name)] & 1 == 0 { continue }
              }
              let time = last == end - 1 ? runs[run].lastTime : entries[last].time
              let label =
                labels?.code(begin..<end) {
                  let entry = entries[$0]
                  let row = Int(entry.row)
                  return (row, masks.mask(row, name: entry.name))
                } ?? 0
              first.enter(lastAt: time, label: label)
              continue
            }
          }
          events.removeAll()
          var union: UInt64 = 0
          for place in begin..<end {
            let entry = entries[place]
            var mask = byName[Int(entry.name)]
            if mask & masks.mixed != 0 { mask = masks.decided(mask, Int(entry.row)) }
            union |= mask
            events.append(StepEvent(time: entry.time, mask: mask, row: Int(entry.row)))
          }
          if masks.mixed != 0 { events.removeWithoutMask() }
          if union != 0 { addUser(&events, 0..<events.end, union) }
        }
      }
    }
  }

  private mutating func lookThroughUsers(_ events: inout StepEvents) {
    let storage = slice.log.storage
    let masks = units.masks
    let rows = slice.userRows
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
                if index > begin { addUser(&events, begin..<index, union) }
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
          if events.end > 0 { addUser(&events, 0..<events.end, events.union) }
        }
      }
    }
  }

  /// How many rows are looked at together.
  private static let blockSize = 1 << 12

  /// Adds a user, or the sessions of a user, whose events stand in a range.
  @inline(__always)
  private mutating func addUser(
    _ events: inout StepEvents, _ range: Range<Int>, _ union: UInt64
  ) {
    if query.unit == .users {
      events.select(range, union: union)
      add(events)
    } else if union & StepMasks.stepBits != 0 {
      addSessions(&events, range)
    }
  }

  // MARK: Sessions

  /// Adds the sessions of the events in a range, of which each has all its events there unless a login
  /// has spread it over several users.
  private mutating func addSessions(_ events: inout StepEvents, _ range: Range<Int>) {
    sessions.withValues { sessions in
      // Sessions of one user may lie inside each other.
      events.sort(range) { sessions[$0] }
      var begin = range.lowerBound
      while begin < range.upperBound {
        let session = sessions[events.event(begin).row]
        var union: UInt64 = 0
        var end = begin
        while end < range.upperBound, sessions[events.event(end).row] == session {
          union |= events.event(end).mask
          end += 1
        }
        if session != SessionTable.none,
          sessionFlags[Int(session)] & SessionTable.spansUsers == 0
        {
          events.select(begin..<end, union: union)
          add(events)
        }
        begin = end
      }
    }
  }

  /// Adds the sessions of events without user.
  private mutating func addWithoutUser(_ events: inout StepEvents) {
    complete(&events, slice.userRows.upperBound..<slice.rows.upperBound)
    addSessions(&events, 0..<events.end)
  }

  private mutating func addSpreadSessions(_ events: inout StepEvents) {
    for unit in UnitRows(spreadIn: slice) {
      guard case .list(let rows) = unit.rows else { continue }
      complete(&events, rows)
      events.selectAll()
      add(events)
    }
  }

  /// Makes the events that are looked at those of `rows`.
  private func complete(_ events: inout StepEvents, _ rows: some Sequence<Int>) {
    events.keep(from: events.end)
    for row in rows { events.append(StepEvent(time: 0, mask: 0, row: row)) }
    let storage = slice.log.storage
    storage.time.withValues { times in
      storage.name.withValues { names in
        events.complete(from: 0, units.masks, names, times)
      }
    }
  }

  // MARK: Units

  @inline(__always)
  private mutating func add(_ events: borrowing StepEvents) {
    first.add(events)
    for index in others.indices { others[index].add(events) }
  }

  private mutating func add(_ events: UnitEvents) {
    first.add(events)
    for index in others.indices { others[index].add(events) }
  }
}

extension UnitEvents {
  /// The events of a unit of which only those with a bit are known.
  init(_ events: borrowing StepEvents, firstEver: UInt64) {
    for index in 0..<events.count {
      let event = events[index]
      append(event.row, time: event.time, mask: event.mask)
    }
    end(firstEver: firstEver)
  }
}
