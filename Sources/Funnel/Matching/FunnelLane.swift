import GA4Model

/// One query of a walk, with what it has added up; several differ in their windows alone.
struct FunnelLane {
  private let query: FunnelQuery
  private let rules: FunnelRules
  private let outcomes: OutcomeSearch
  private let dataEnd: Int64

  private var search: PlainSearch?
  private var scratch = PlainSearch.Scratch()
  /// The entries of a unit; kept from unit to unit for their memory.
  private var entries: [(day: Int32, converts: Bool)] = []
  /// By label code and level, how many units ended there, of those that the plain search followed.
  private var levels: [Int]
  /// By level, the times of the paths of these, and of which label code each path is where there are
  /// several.
  private var pathTimes: [[Int64]]
  private var pathCodes: [[UInt32]]
  /// Units that the end of the data may have cut short, with their label codes in the same way.
  private var waiting: [FunnelTally.Waiting] = []
  private var waitingCodes: [UInt32] = []
  /// By label code, all else.
  private var tallies: [FunnelTally?]

  init(_ query: FunnelQuery, _ attributes: UnitAttributes, dataEnd: Int64, isGeneral: Bool = false)
  {
    self.query = query
    self.dataEnd = dataEnd
    outcomes = OutcomeSearch(query, attributes)
    rules = outcomes.rules
    let codeCount = max(1, attributes.labels?.labels.count ?? 1)
    search = isGeneral ? nil : PlainSearch(query, rules)
    levels = Array(repeating: 0, count: codeCount * (rules.stepCount + 1))
    pathTimes = Array(repeating: [], count: rules.stepCount + 1)
    pathCodes = pathTimes.map { _ in [] }
    tallies = Array(repeating: nil, count: codeCount)
  }

  // MARK: Units

  /// Adds a unit of which only the events with a bit are there.
  @inline(__always)
  mutating func add(_ events: borrowing StepEvents) {
    if search != nil && search!.run(events) {
      if search!.level > 0 { addFollowed(events) }
    } else if events.union & StepMasks.stepBits != 0 {
      add(UnitEvents(events, firstEver: rules.firstEver))
    }
  }

  /// Adds a unit by all rules.
  mutating func add(_ events: UnitEvents) {
    outcomes.forEachOutcome(of: events) { outcome, code in
      prepareTally(code)
      tallies[code]!.add(outcome, times: events.times, dataEnd: dataEnd, query: query)
    }
  }

  /// Adds the unit that the plain search has followed.
  @inline(__always)
  private mutating func addFollowed(_ events: borrowing StepEvents) {
    let level = search!.level
    let code = label(of: events)
    levels[code * (rules.stepCount + 1) + level] += 1
    if query.hasTrend { addEntries(events, code) }
    var stop = StopReason.noLaterEvent
    if query.explainsStops {
      search!.findPath(events, from: .fromLatestEntry, &scratch)
      stop = search!.stopReason(events, scratch.path)
    }
    if level > 1, query.times != .notMeasured {
      if !query.explainsStops || query.times != .fromLatestEntry {
        search!.findPath(events, from: query.times, &scratch)
      }
      for index in scratch.path { pathTimes[level].append(events[index].time) }
      if tallies.count > 1 { pathCodes[level].append(UInt32(code)) }
    }
    if level < rules.stepCount, let close = search!.close(rules), close >= dataEnd {
      waiting.append(FunnelTally.Waiting(close: close, step: level - 1, stop: stop))
      if tallies.count > 1 { waitingCodes.append(UInt32(code)) }
    } else if query.explainsStops {
      prepareTally(code)
      tallies[code]!.stops[level - 1][stop, default: 0] += 1
    }
  }

  private mutating func addEntries(_ events: borrowing StepEvents, _ code: Int) {
    prepareTally(code)
    let days = outcomes.attributes.days
    entries.removeAll(keepingCapacity: true)
    search!.forEachEntry(events) { index, converts in
      entries.append((days[events[index].row], converts))
    }
    tallies[code]!.addEntries(entries)
  }

  /// The code of a unit's label by first or last touch.
  @inline(__always)
  private func label(of events: borrowing StepEvents) -> Int {
    guard let labels = outcomes.attributes.labels else { return 0 }
    var touch = LabelTouch(query)
    for index in 0..<events.count where events[index].mask & StepMasks.stepBits != 0 {
      if touch.isFinal(after: labels, events[index].row) { break }
    }
    return touch.code
  }

  private mutating func prepareTally(_ code: Int) {
    if tallies[code] == nil { tallies[code] = FunnelTally(steps: rules.stepCount) }
  }

  // MARK: Sums

  /// What was added up, by label.
  func sums() -> [(label: Bytewise?, tally: FunnelTally)] {
    var tallies = tallies
    for code in tallies.indices {
      var count = 0
      for level in (1...rules.stepCount).reversed() {
        count += levels[code * (rules.stepCount + 1) + level]
        if count == 0 { continue }
        if tallies[code] == nil { tallies[code] = FunnelTally(steps: rules.stepCount) }
        tallies[code]!.counts[level - 1] += count
        if level > 1 { tallies[code]!.continued[level - 1] += count }
      }
    }
    for level in pathTimes.indices where !pathTimes[level].isEmpty {
      let shape: UInt64 = (1 << UInt64(level)) - 1
      if tallies.count == 1 {
        tallies[0]!.paths.append(shape, pathTimes[level])
        continue
      }
      var byCode = [[Int64]](repeating: [], count: tallies.count)
      for (index, code) in pathCodes[level].enumerated() {
        byCode[Int(code)] += pathTimes[level][index * level..<(index + 1) * level]
      }
      for code in byCode.indices where !byCode[code].isEmpty {
        tallies[code]!.paths.append(shape, byCode[code])
      }
    }
    if tallies.count == 1 {
      if !waiting.isEmpty { tallies[0]!.waiting += waiting }
    } else {
      for (index, code) in waitingCodes.enumerated() {
        tallies[Int(code)]!.waiting.append(waiting[index])
      }
    }
    let labels = outcomes.attributes.labels?.labels
    return tallies.enumerated().compactMap { code, tally in
      tally.map { (labels?[code].map(Bytewise.init), $0) }
    }
  }
}
