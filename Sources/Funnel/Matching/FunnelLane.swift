import GA4Model

/// One query of a walk, with what it has added up; several differ in their windows alone.
struct FunnelLane {
  let query: FunnelQuery
  let rules: FunnelRules
  private let evaluation: UnitEvaluation
  private let dataEnd: Int64

  private var search: PlainSearch?
  private var scratch = PlainSearch.Scratch()
  /// By label code and level, how many units ended there, of those that the plain search followed.
  private var levels: [Int]
  /// By level, the times of the paths of these, and of which label code each path is where there are
  /// several.
  private var pathTimes: [[Int64]]
  private var pathCodes: [[UInt32]]
  /// By label code, all else.
  private var tallies: [FunnelTally?]

  /// Makes a lane for units with labels of `codeCount` codes.
  init(_ query: FunnelQuery, codeCount: Int, dataEnd: Int64) {
    self.query = query
    self.dataEnd = dataEnd
    rules = FunnelRules(query)
    evaluation = UnitEvaluation(query: query, rules: rules)
    search = PlainSearch(query, rules)
    levels = Array(repeating: 0, count: codeCount * (rules.stepCount + 1))
    pathTimes = Array(repeating: [], count: rules.stepCount + 1)
    pathCodes = pathTimes.map { _ in [] }
    tallies = Array(repeating: nil, count: codeCount)
  }

  // MARK: Plain units

  /// Follows a unit by the plain search and says how far it came, `nil` if the unit or the query asks
  /// for more.
  @inline(__always)
  mutating func follow(_ events: borrowing StepEvents) -> Int? {
    search != nil && search!.run(events) ? search!.level : nil
  }

  /// Adds the unit that was followed last and did a step, with the label of a code.
  @inline(__always)
  mutating func addFollowed(_ events: borrowing StepEvents, _ code: Int) {
    let level = search!.level
    levels[code * (rules.stepCount + 1) + level] += 1
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
    let isWaiting =
      level < rules.stepCount
      && FunnelTally.Waiting.close(search!.latestEntry, rules.window).map { $0 >= dataEnd } ?? false
    if isWaiting || query.explainsStops {
      addStop(level, stop, isWaiting: isWaiting, code)
    }
  }

  private mutating func addStop(_ level: Int, _ stop: StopReason, isWaiting: Bool, _ code: Int) {
    prepareTally(code)
    if isWaiting {
      tallies[code]!.wait(
        from: search!.latestEntry, window: rules.window, dataEnd: dataEnd, step: level - 1,
        stop: stop)
    } else {
      tallies[code]!.stops[level - 1][stop, default: 0] += 1
    }
  }

  // MARK: Others

  /// What the units of `variants` do; see ``UnitEvaluation/outcomes(_:day:)``.
  func outcomes(_ variants: [UnitEvents], day: (Int) -> Int32) -> [UnitOutcome] {
    evaluation.outcomes(variants, day: day)
  }

  /// Adds an outcome with the label of a code.
  mutating func add(_ outcome: UnitOutcome, _ events: UnitEvents, _ code: Int) {
    prepareTally(code)
    tallies[code]!.add(
      outcome, times: events.times, rules: rules, dataEnd: dataEnd, query: query)
  }

  private mutating func prepareTally(_ code: Int) {
    if tallies[code] == nil { tallies[code] = FunnelTally(steps: rules.stepCount) }
  }

  // MARK: Sums

  /// What was added up, by label code; only those that any unit has.
  func sums() -> [(code: Int, tally: FunnelTally)] {
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
    return tallies.enumerated().compactMap { code, tally in tally.map { (code, $0) } }
  }
}
