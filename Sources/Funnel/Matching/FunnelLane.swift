import GA4Model

/// One query of a walk, with what it has added up; several differ in their windows alone.
struct FunnelLane {
  private let query: FunnelQuery
  private let rules: FunnelRules
  private let outcomes: OutcomeSearch
  private let dataEnd: Int64
  let labels: UnitLabels?

  /// Whether units are left to the plain search first.
  private let isPlain: Bool
  private var search: PlainSearch
  private var scratch = PlainSearch.Scratch()
  /// The entries of a unit; kept from unit to unit for their memory.
  private var entries: [(day: Int32, converts: Bool)] = []
  /// By label code and level, how many units ended there, of those that the plain search followed.
  private var levels: [Int]
  /// The times of the paths of these, a level of each path after the other, how many levels each path
  /// has, and of which label code it is where there are several.
  private var pathTimes: [Int64] = []
  private var pathLevels: [UInt8] = []
  private var pathCodes: [UInt32] = []
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
    labels = outcomes.labels
    let codeCount = max(1, attributes.labels?.labels.count ?? 1)
    isPlain = !isGeneral && PlainSearch.suffices(query, rules)
    search = PlainSearch(rules)
    levels = Array(repeating: 0, count: codeCount * (rules.stepCount + 1))
    tallies = Array(repeating: nil, count: codeCount)
  }

  // MARK: Units

  /// Adds a unit of which only the events with a bit are there.
  @inline(__always)
  mutating func add(_ events: borrowing StepEvents) {
    if isPlain && search.run(events) {
      if search.level > 0 { addFollowed(events) }
    } else if events.union & StepMasks.stepBits != 0 {
      add(UnitEvents(events, firstEver: rules.firstEver))
    }
  }

  /// Whether a unit that does not do the second step is told by the last time of the first.
  var canEnter: Bool {
    isPlain && (query.exclusions.isEmpty || !rules.limitsSteps) && !query.hasTrend
      && !query.explainsStops
  }

  /// Adds a unit that does the first step, the last time at `entry`, and never the second.
  @inline(__always)
  mutating func enter(lastAt entry: Int64, label code: Int = 0) {
    levels[code * (rules.stepCount + 1) + 1] += 1
    if rules.stepCount > 1, let close = rules.close(ofLevel: 1, start: entry, last: entry),
      close >= dataEnd
    {
      waiting.append(FunnelTally.Waiting(close: close, step: 0, stop: .noLaterEvent))
      if tallies.count > 1 { waitingCodes.append(UInt32(code)) }
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
    let level = search.level
    let code = labels?.code(0..<events.count) { (events[$0].row, events[$0].mask) } ?? 0
    if query.hasTrend { addEntries(events, code) }
    var stop = StopReason.noLaterEvent
    if query.explainsStops {
      search.findPath(events, from: .fromLatestEntry, &scratch)
      stop = search.stopReason(events, scratch.path)
    }
    if level > 1, query.times != .notMeasured {
      if search.knowsTimes, query.times == .fromLatestEntry {
        search.appendTimes(to: &pathTimes)
      } else {
        if !query.explainsStops || query.times != .fromLatestEntry {
          search.findPath(events, from: query.times, &scratch)
        }
        for index in scratch.path { pathTimes.append(events[index].time) }
      }
      pathLevels.append(UInt8(level))
      if tallies.count > 1 { pathCodes.append(UInt32(code)) }
    }
    addLevel(code, stop)
  }

  /// Adds how far the unit came that the plain search has followed.
  @inline(__always)
  private mutating func addLevel(_ code: Int, _ stop: StopReason = .noLaterEvent) {
    let level = search.level
    levels[code * (rules.stepCount + 1) + level] += 1
    if level < rules.stepCount, let close = close, close >= dataEnd {
      waiting.append(FunnelTally.Waiting(close: close, step: level - 1, stop: stop))
      if tallies.count > 1 { waitingCodes.append(UInt32(code)) }
    } else if query.explainsStops {
      prepareTally(code)
      tallies[code]!.stops[level - 1][stop, default: 0] += 1
    }
  }

  /// When the unit that the plain search has followed can go no further any more, by its windows; `nil`
  /// for never.
  @inline(__always)
  private var close: Int64? {
    rules.limitsSteps
      ? search.closeOfPaths(rules)
      : FunnelRules.close(ofWindow: rules.window, from: search.latestEntry)
  }

  private mutating func addEntries(_ events: borrowing StepEvents, _ code: Int) {
    prepareTally(code)
    let days = outcomes.attributes.days
    var entries: [(day: Int32, converts: Bool)] = []
    swap(&entries, &self.entries)
    entries.removeAll(keepingCapacity: true)
    search.forEachEntry(events) { index, converts in
      entries.append((days[events[index].row], converts))
    }
    tallies[code]!.addEntries(entries)
    swap(&entries, &self.entries)
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
    addPaths(to: &tallies)
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

  /// Adds the times of the paths, those of one label and level together.
  private func addPaths(to tallies: inout [FunnelTally?]) {
    let width = rules.stepCount + 1
    var starts = [Int](repeating: 0, count: tallies.count * width + 1)
    func key(_ path: Int) -> Int {
      (tallies.count == 1 ? 0 : Int(pathCodes[path])) * width + Int(pathLevels[path])
    }
    for path in pathLevels.indices { starts[key(path) + 1] += Int(pathLevels[path]) }
    for key in starts.indices.dropFirst() { starts[key] += starts[key - 1] }
    var places = starts
    var sorted = [Int64](repeating: 0, count: pathTimes.count)
    var next = 0
    for path in pathLevels.indices {
      let key = key(path)
      for place in places[key]..<places[key] + Int(pathLevels[path]) {
        sorted[place] = pathTimes[next]
        next += 1
      }
      places[key] += Int(pathLevels[path])
    }
    for key in starts.indices.dropLast() where starts[key] < starts[key + 1] {
      let (code, level) = key.quotientAndRemainder(dividingBy: width)
      tallies[code]!.paths.append(
        (1 << UInt64(level)) - 1, Array(sorted[starts[key]..<starts[key + 1]]))
    }
  }
}
