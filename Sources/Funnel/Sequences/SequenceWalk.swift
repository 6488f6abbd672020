import GA4Model

/// Walks over the units of a slice and finds the matches of each.
struct SequenceWalk {
  private let units: UnitRows
  private let eventsWithoutUnit: Int
  private let storage: EventLogStorage
  private let masks: StepMasks
  private let takesAll: Bool
  /// Whether any event may be one of a match.
  private var asksForAll: Bool { takesAll && search.needed == 0 }
  private let listsFirstMatches: Bool
  private var search: SequenceSearch
  /// The events of a unit that make up its sequence; kept from unit to unit for their memory.
  private var rows: [Int] = []
  private var times: [Int64] = []
  private var bits: [UInt64] = []

  private(set) var tally = SequenceTally()
  /// The first matches, if they are wanted; then later ones are not counted.
  private(set) var firstMatches: [SequenceMatch] = []

  init(_ query: SequenceQuery, _ slice: EventLog.UserSlice, listsFirstMatches: Bool = false) {
    units = UnitRows(query.unit, slice)
    eventsWithoutUnit = slice.eventsWithoutUnit(query.unit)
    storage = slice.log.storage
    // There may be as many conditions as steps.
    masks = StepMasks(query.pattern.conditions.map(\.predicate), query.unit, in: slice)
    takesAll = query.over == .allEvents
    self.listsFirstMatches = listsFirstMatches
    search = SequenceSearch(query.pattern)
  }

  mutating func run() {
    tally.eventsWithoutUnit += eventsWithoutUnit
    let storage = storage
    storage.time.withValues { times in
      storage.name.withValues { names in
        for (number, rows) in units {
          switch rows {
          case .run(let rows): add(number, rows, times, names)
          case .list(let rows): add(number, rows, times, names)
          }
        }
      }
    }
  }

  /// Adds the unit of this number.
  @inline(__always)
  private mutating func add(
    _ number: Int, _ rows: some Collection<Int>, _ times: Span<Int64>, _ names: Span<UInt16>
  ) {
    tally.units += 1
    var seen: UInt64 = 0
    for row in rows { seen |= masks.mask(row, name: names[row]) }
    if seen != 0 || asksForAll { tally.unitsWithEvents += 1 }
    // Most units lack an event that every match has.
    guard seen & search.needed == search.needed else { return }
    self.rows.removeAll(keepingCapacity: true)
    self.times.removeAll(keepingCapacity: true)
    bits.removeAll(keepingCapacity: true)
    for row in rows {
      let mask = masks.mask(row, name: names[row])
      guard takesAll || mask != 0 else { continue }
      self.times.append(times[row])
      bits.append(mask | SequenceSearch.anyEvent)
      if listsFirstMatches { self.rows.append(row) }
    }
    addMatches(of: number)
  }

  private mutating func addMatches(of unit: Int) {
    search.begin()
    guard search.next(times: times, masks: bits) else { return }
    if listsFirstMatches {
      firstMatches.append(
        SequenceMatch(
          unit: unit,
          events: search.takers.indices.map { taker in
            let place = search.place(ofTaker: taker)
            return SequenceMatch.Event(
              element: search.takers[taker].element, position: rows[place],
              time: EventTime(microseconds: times[place]))
          }))
      return
    }
    let first = times[search.place(ofTaker: 0)]
    let last = times[search.place(ofTaker: search.takers.count - 1)]
    var count = 0
    repeat {
      count += 1
      search.advance()
    } while search.next(times: times, masks: bits)
    tally.add(matches: count, duration: last.subtractingSaturated(first))
  }
}
