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
  /// When no attempt can go further any more, by its windows; `nil` for never.
  var close: Int64?
  /// Why it went no further, if the data go on behind the window of the latest entry.
  var stop = StopReason.noLaterEvent
  /// The day of each entry and whether it led to the last step; only for a trend.
  var entries: [(day: Int32, converts: Bool)] = []
}

extension UnitOutcome {
  /// Leaves optional steps counted only where they are on the path.
  mutating func countOptionalSteps(_ rules: FunnelRules) {
    guard rules.optional != 0 else { return }
    var onPath: UInt64 = 0
    for (step, event) in path.enumerated() where event != nil { onPath |= 1 << UInt64(step) }
    steps &= ~rules.optional | onPath
    continued &= ~rules.optional | onPath
  }
}

/// Applies a query to the events of one unit.
struct UnitEvaluation {
  let query: FunnelQuery
  let rules: FunnelRules

  /// What the unit does; several outcomes where attempts are counted, none where it never enters.
  ///
  /// - Parameter variants: The events, once for each value of what must be the same on a path, with
  ///   the steps of the events of that value only.
  func outcomes(_ variants: [UnitEvents], day: (Int) -> Int32) -> [UnitOutcome] {
    if query.order == .anyOrder { return anyOrder(variants[0], day: day).map { [$0] } ?? [] }
    if query.counting == .totals { return variants.flatMap { totals($0, day: day) } }
    return unit(variants, day: day).map { [$0] } ?? []
  }

  // MARK: Units

  /// An attempt with the variant of the events that it belongs to.
  private struct Entry {
    var variant: Int
    var attempt: Attempt
  }

  private func unit(_ variants: [UnitEvents], day: (Int) -> Int32) -> UnitOutcome? {
    // Variants differ in steps alone.
    let events = variants[0]
    let searches = variants.map { AttemptSearch(rules, $0) }
    let firstSteps = query.entry == .open ? Array(0..<rules.stepCount) : [0]
    var starts: [(variant: Int, step: Int, group: Int)] = []
    for (variant, search) in searches.enumerated() {
      for step in firstSteps {
        for group in search.starts(step) { starts.append((variant, step, group)) }
      }
    }
    if query.entry == .first {
      let first = starts.map(\.group).min()
      starts = starts.filter { $0.group == first }
    }
    if starts.isEmpty { return nil }
    let entries = starts.map { start in
      Entry(
        variant: start.variant,
        attempt: searches[start.variant].attempt(from: start.group, firstStep: start.step))
    }
    var counted = entries
    if !query.exclusions.isEmpty, query.exclusionPolicy == .dropUnit {
      // As far as any attempt gets if nothing is excluded, a clean one must get.
      let free = variants.map { AttemptSearch(rules.withoutExclusions, $0) }
      let level = entries.map { free[$0.variant].attempt(from: $0.attempt.start).level }.max()!
      counted = entries.filter { $0.attempt.alive >> UInt64(level) & 1 == 1 }
      if counted.isEmpty { return nil }
    }
    let best = best(of: counted, searches, events)
    var outcome = UnitOutcome()
    for entry in counted {
      for level in 1...rules.stepCount where entry.attempt.reached[level] >= 0 {
        outcome.steps |= 1 << UInt64(level - 1)
        if level - 1 > entry.attempt.firstStep { outcome.continued |= 1 << UInt64(level - 1) }
      }
    }
    outcome.path =
      query.times == .fromFirstEntry
      ? self.best(of: counted, searches, events, fromFirst: true)[0].path : best[0].path
    outcome.countOptionalSteps(rules)
    let isComplete = outcome.steps >> UInt64(rules.stepCount - 1) & 1 == 1
    outcome.latestEntry = events.time(ofGroup: entries.map(\.attempt.start).max()!)
    outcome.close = close(of: entries.map(\.attempt), outcome.latestEntry, events)
    if isComplete {
      outcome.stop = .completed
    } else {
      // Of equal attempts with several values the order of events of one time must not decide.
      let reasons = Set(
        best.map { stopReason($0.entry.attempt, $0.path, variants[$0.entry.variant]) })
      outcome.stop = StopReason.allCases.last(where: reasons.contains)!
    }
    if query.hasTrend {
      outcome.entries = counted.filter { $0.attempt.firstStep == 0 }.map { entry in
        let event = events.groups[entry.attempt.start]
        return (day(events.rows[event]), entry.attempt.level == rules.stepCount)
      }
    }
    return outcome
  }

  /// The furthest attempt with its path; of several the one that gets there first, then the one that
  /// begins last, or first, then that with the earliest steps in their order; all that are equal in
  /// that.
  private func best(
    of entries: [Entry], _ searches: [AttemptSearch], _ events: UnitEvents, fromFirst: Bool = false
  ) -> [(entry: Entry, path: [Int?])] {
    func rank(_ entry: Entry) -> (Int, Int, Int) {
      let attempt = entry.attempt
      return (
        attempt.firstStep - attempt.level, attempt.completion,
        fromFirst ? attempt.start : -attempt.start
      )
    }
    let first = entries.map(rank).min { $0 < $1 }!
    let candidates = entries.filter { rank($0) == first }.map { entry in
      (entry: entry, path: searches[entry.variant].path(of: entry.attempt))
    }
    if candidates.count == 1 { return candidates }
    func times(_ path: [Int?]) -> [Int64] {
      path.map { event in event.map { events.times[$0] } ?? .max }
    }
    let earliest = candidates.map { times($0.path) }.min { $0.lexicographicallyPrecedes($1) }!
    return candidates.filter { times($0.path) == earliest }
  }

  /// When none of the attempts can go further any more.
  private func close(of attempts: [Attempt], _ latestEntry: Int64, _ events: UnitEvents) -> Int64? {
    guard rules.limitsSteps else {
      return FunnelRules.close(ofWindow: rules.window, from: latestEntry)
    }
    var close: Int64?
    for attempt in attempts {
      for level in 1..<max(1, rules.stepCount) where attempt.alive >> UInt64(level) & 1 == 1 {
        let end = rules.close(
          ofLevel: level, start: events.time(ofGroup: attempt.start),
          last: events.time(ofGroup: attempt.last[level]))
        if let end { close = max(close ?? end, end) }
      }
    }
    return close
  }

  private func stopReason(
    _ attempt: Attempt, _ path: [Int?], _ events: UnitEvents
  ) -> StopReason {
    let level = attempt.level
    let next = rules.next[level].reduce(0 as UInt64) { $0 | 1 << UInt64($1) }
    let group = attempt.completion
    let start = events.time(ofGroup: attempt.start)
    let time = events.time(ofGroup: group)
    var isBefore = false
    var isAfter = false
    var isInside = false
    for event in events.masks.indices
    where events.masks[event] & next != 0 && events.isSpare(event, on: path) {
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

  private func totals(_ events: UnitEvents, day: (Int) -> Int32) -> [UnitOutcome] {
    let search = AttemptSearch(rules, events)
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
      outcome.countOptionalSteps(rules)
      let isComplete = attempt.level == rules.stepCount
      outcome.latestEntry = events.time(ofGroup: start)
      outcome.close = close(of: [attempt], outcome.latestEntry, events)
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
    guard
      let best = search.best(
        firstEntryOnly: query.entry == .first, fromFirst: query.times == .fromFirstEntry)
    else { return nil }
    var outcome = UnitOutcome()
    outcome.steps = (1 << UInt64(best.level)) - 1
    outcome.continued = outcome.steps & ~1
    // "Step 2" is the second step done, whichever it is.
    let done = best.events.values.sorted()
    outcome.path = (0..<rules.stepCount).map { $0 < done.count ? done[$0] : nil }
    let isComplete = best.level == rules.stepCount
    let starts = events.masks.indices.filter { events.masks[$0] & StepMasks.stepBits != 0 }
    outcome.latestEntry = events.times[starts.last!]
    outcome.close = FunnelRules.close(ofWindow: rules.window, from: outcome.latestEntry)
    outcome.stop = isComplete ? .completed : .noLaterEvent
    if query.hasTrend {
      outcome.entries = [(day(events.rows[events.groups[best.start]]), isComplete)]
    }
    return outcome
  }
}

extension UnitEvents {
  /// Whether a path of the same times can do without an event.
  ///
  /// Of events of one time the path has one that fits; which one must not matter.
  fileprivate func isSpare(_ event: Int, on path: [Int?]) -> Bool {
    guard path.contains(event) else { return true }
    var first = event
    while first > 0, times[first - 1] == times[event] { first -= 1 }
    var end = event + 1
    while end < times.count, times[end] == times[event] { end += 1 }
    if end - first == 1 { return false }
    var steps: UInt64 = 0
    for (step, other) in path.enumerated() {
      if let other, first..<end ~= other { steps |= 1 << UInt64(step) }
    }
    return TieMatching(masks[first..<end]).fulfils(steps, without: event)
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
