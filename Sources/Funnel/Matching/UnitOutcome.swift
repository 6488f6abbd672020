import GA4Model

/// What a funnel finds out about one unit, or about one of its attempts where these are counted.
struct UnitOutcome {
  /// Bit *k* for every step *k* that counts.
  var steps: UInt64 = 0
  /// Bit *k* for every step *k* that a path reaches from a step before it; all but the first of
  /// ``steps`` unless a path may begin anywhere.
  var continued: UInt64 = 0
  /// By step, the event on the path, as a position in the unit's events.
  var path: [Int?] = []
  /// The time of the latest entry.
  var latestEntry: Int64 = 0
  /// Why it went no further, if the data go on behind the window of the latest entry.
  var stop = StopReason.noLaterEvent
  /// The day of each entry and whether it led to the last step; only for a trend.
  var entries: [(day: Int32, converts: Bool)] = []
}

extension UnitOutcome {
  /// What a unit does that does this and `other`, each with its own events, whose times are `times`.
  func united(with other: UnitOutcome, _ times: [Int64]) -> UnitOutcome {
    func rank(_ outcome: UnitOutcome) -> (Int, Int64, Int64) {
      let path = outcome.path.compactMap { $0 }
      return (path.count, -times[path.last!], times[path[0]])
    }
    var result = rank(self) >= rank(other) ? self : other
    result.steps = steps | other.steps
    result.continued = continued | other.continued
    result.latestEntry = max(latestEntry, other.latestEntry)
    result.entries = entries + other.entries
    return result
  }
}

/// Applies a query to the events of one unit.
struct UnitEvaluation {
  let query: FunnelQuery
  let rules: FunnelRules

  /// What the unit does; several outcomes where attempts are counted, none where it never enters.
  func outcomes(_ events: UnitEvents, day: (Int) -> Int32) -> [UnitOutcome] {
    if query.order == .anyOrder { return anyOrder(events, day: day).map { [$0] } ?? [] }
    let search = AttemptSearch(rules, events)
    if query.counting == .totals { return totals(events, search, day: day) }
    return unit(events, search, day: day).map { [$0] } ?? []
  }

  // MARK: Units

  private func unit(
    _ events: UnitEvents, _ search: AttemptSearch, day: (Int) -> Int32
  ) -> UnitOutcome? {
    var attempts: [Attempt] = []
    let firstSteps = query.entry == .open ? Array(0..<rules.stepCount) : [0]
    for step in firstSteps {
      let starts = search.starts(step)
      for start in query.entry == .first ? Array(starts.prefix(1)) : starts {
        attempts.append(search.attempt(from: start, firstStep: step))
      }
    }
    if attempts.isEmpty { return nil }
    var counted = attempts
    if !query.exclusions.isEmpty, query.exclusionPolicy == .dropUnit {
      // As far as any attempt gets if nothing is excluded, a clean one must get.
      let free = AttemptSearch(rules.withoutExclusions, events)
      let level = attempts.map { free.attempt(from: $0.start).level }.max()!
      counted = attempts.filter { $0.alive >> UInt64(level) & 1 == 1 }
      if counted.isEmpty { return nil }
    }
    let best = best(of: counted)
    var outcome = UnitOutcome()
    for attempt in counted {
      for level in 1...rules.stepCount where attempt.reached[level] >= 0 {
        outcome.steps |= 1 << UInt64(level - 1)
        if level - 1 > attempt.firstStep { outcome.continued |= 1 << UInt64(level - 1) }
      }
    }
    let path = search.path(of: best)
    outcome.path = path
    let isComplete = outcome.steps >> UInt64(rules.stepCount - 1) & 1 == 1
    outcome.latestEntry = events.time(ofGroup: attempts.map(\.start).max()!)
    outcome.stop = isComplete ? .completed : stopReason(best, path, events)
    if query.hasTrend {
      outcome.entries = counted.filter { $0.firstStep == 0 }.map { attempt in
        let event = events.groups[attempt.start]
        return (day(events.rows[event]), attempt.level == rules.stepCount)
      }
    }
    return outcome
  }

  /// The furthest attempt; of several the one that gets there first, then the one that begins last.
  private func best(of attempts: [Attempt]) -> Attempt {
    var best = attempts[0]
    for attempt in attempts.dropFirst() {
      let length = attempt.level - attempt.firstStep
      let known = best.level - best.firstStep
      if length > known
        || length == known
          && (attempt.completion, -attempt.start) < (best.completion, -best.start)
      {
        best = attempt
      }
    }
    return best
  }

  private func stopReason(
    _ attempt: Attempt, _ path: [Int?], _ events: UnitEvents
  ) -> StopReason {
    let level = attempt.level
    let next = rules.next[level].reduce(0 as UInt64) { $0 | 1 << UInt64($1) }
    let group = attempt.completion
    let lastEvent = path[level - 1]
    let onPath = Set(path.compactMap { $0 })
    let start = events.time(ofGroup: attempt.start)
    let time = events.time(ofGroup: group)
    var isBefore = false
    var isAfter = false
    var isInside = false
    for event in events.masks.indices
    where events.masks[event] & next != 0 && event != lastEvent && !onPath.contains(event) {
      let at = events.times[event]
      if at < time {
        isBefore = true
        continue
      }
      isAfter = true
      let inWindow = UInt64(bitPattern: at &- start) <= rules.window
      let step = (events.masks[event] & next).trailingZeroBitCount
      if inWindow && UInt64(bitPattern: at &- time) <= rules.within[step] { isInside = true }
    }
    if isInside { return attempt.isExcluded ? .excluded : .notAdjacent }
    if isAfter { return .windowExpired }
    if isBefore { return .wrongOrder }
    return .noLaterEvent
  }

  // MARK: Attempts

  private func totals(
    _ events: UnitEvents, _ search: AttemptSearch, day: (Int) -> Int32
  ) -> [UnitOutcome] {
    var outcomes: [UnitOutcome] = []
    var position = 0
    for start in search.starts(0) where start >= position {
      let attempt = search.attempt(from: start, stopsEarly: true)
      position = attempt.end + 1
      if query.entry == .first && !outcomes.isEmpty { break }
      if query.exclusionPolicy == .dropUnit, attempt.isExcluded { continue }
      var outcome = UnitOutcome()
      for level in 1...rules.stepCount where attempt.reached[level] >= 0 {
        outcome.steps |= 1 << UInt64(level - 1)
        if level > 1 { outcome.continued |= 1 << UInt64(level - 1) }
      }
      outcome.path = search.path(of: attempt)
      let isComplete = attempt.level == rules.stepCount
      outcome.latestEntry = events.time(ofGroup: start)
      outcome.stop = isComplete ? .completed : stopReason(attempt, outcome.path, events)
      if query.hasTrend {
        outcome.entries = [(day(events.rows[events.groups[start]]), isComplete)]
      }
      outcomes.append(outcome)
    }
    return outcomes
  }

  // MARK: Any order

  private func anyOrder(_ events: UnitEvents, day: (Int) -> Int32) -> UnitOutcome? {
    let search = AnyOrderSearch(rules, events)
    guard let best = search.best(firstEntryOnly: query.entry == .first) else { return nil }
    var outcome = UnitOutcome()
    outcome.steps = (1 << UInt64(best.level)) - 1
    outcome.continued = outcome.steps & ~1
    // "Step 2" is the second step done, whichever it is.
    let done = best.events.values.sorted()
    outcome.path = (0..<rules.stepCount).map { $0 < done.count ? done[$0] : nil }
    let isComplete = best.level == rules.stepCount
    let starts = events.masks.indices.filter { events.masks[$0] & StepMasks.stepBits != 0 }
    outcome.latestEntry = events.times[starts.last!]
    outcome.stop = isComplete ? .completed : .noLaterEvent
    if query.hasTrend {
      outcome.entries = [(day(events.rows[events.groups[best.start]]), isComplete)]
    }
    return outcome
  }
}

extension FunnelRules {
  /// The rules with no event excluded.
  var withoutExclusions: FunnelRules {
    var rules = self
    rules.exclusions = []
    return rules
  }
}
