import GA4Model

/// Walks over the units of a slice and adds up what they do.
struct FunnelWalk {
  private let query: FunnelQuery
  private let slice: EventLog.UserSlice
  private let units: UnitWalk
  /// The queries, which differ in their windows alone.
  private var lanes: [FunnelLane]

  /// Makes the walk for `queries`, which differ in their windows alone.
  init(_ queries: [FunnelQuery], _ slice: EventLog.UserSlice, dataEnd: Int64) {
    query = queries[0]
    self.slice = slice
    units = UnitWalk(query, slice)
    lanes = queries.map { [units] in FunnelLane($0, units.attributes, dataEnd: dataEnd) }
  }

  /// What was added up, by query and label.
  var sums: [[(label: Bytewise?, tally: FunnelTally)]] { lanes.map { $0.sums() } }

  mutating func run() {
    if units.rules.looksAtNeighbours {
      units.forEachUnit { _, events in add(events) }
      return
    }
    var events = StepEvents()
    switch query.unit {
    case .users: runUsers(&events)
    case .sessions: runSessions(&events)
    }
  }

  // MARK: Users

  private mutating func runUsers(_ events: inout StepEvents) {
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

  // MARK: Sessions

  private mutating func runSessions(_ events: inout StepEvents) {
    let storage = slice.log.storage
    let masks = units.masks
    storage.time.withValues { times in
      storage.name.withValues { names in
        for unit in UnitRows(.sessions, slice) {
          events.keep(from: events.end)
          switch unit.rows {
          case .run(let rows): masks.appendRows(rows, of: names, to: &events)
          case .list(let rows):
            for row in rows { events.append(StepEvent(time: 0, mask: 0, row: row)) }
          }
          if events.end == 0 { continue }
          events.complete(from: 0, masks, names, times)
          events.selectAll()
          add(events)
        }
      }
    }
  }

  // MARK: Units

  @inline(__always)
  private mutating func add(_ events: borrowing StepEvents) {
    for index in lanes.indices { lanes[index].add(events) }
  }

  private mutating func add(_ events: UnitEvents) {
    for index in lanes.indices { lanes[index].add(events) }
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
