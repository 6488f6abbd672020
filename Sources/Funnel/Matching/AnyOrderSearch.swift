/// Counts how many different steps a unit does inside one window, in whatever order.
struct AnyOrderSearch {
  private let rules: FunnelRules
  private let events: UnitEvents

  init(_ rules: FunnelRules, _ events: UnitEvents) {
    self.rules = rules
    self.events = events
  }

  /// What is done inside the window that begins with a group.
  struct Outcome {
    var start: Int
    /// For each level the group that reaches it and the step that it adds.
    var groups: [Int] = []
    /// The event of each step in the end.
    var events: [Int: Int] = [:]
    var level: Int { groups.count }
  }

  /// The window with the most steps; among those the one completed first, then the latest or first.
  func best(firstEntryOnly: Bool, fromFirst: Bool) -> Outcome? {
    var best: Outcome?
    for start in 0..<events.groupCount {
      let group = events.masks[events.events(ofGroup: start)]
      guard group.contains(where: { $0 & StepMasks.stepBits != 0 }) else { continue }
      let outcome = outcome(from: start)
      if let known = best {
        let isBetter =
          outcome.level > known.level
          || outcome.level == known.level
            && (fromFirst
              ? outcome.groups.last! < known.groups.last!
              : outcome.groups.last! <= known.groups.last!)
        if isBetter { best = outcome }
      } else {
        best = outcome
      }
      if firstEntryOnly { break }
    }
    return best
  }

  private func outcome(from start: Int) -> Outcome {
    var outcome = Outcome(start: start)
    // Events, or times where only one event of a time counts, each with the step that it fulfils.
    var masks: [UInt64] = []
    var owners: [Int] = []
    var stepOf: [Int: Int] = [:]
    func augment(_ item: Int, _ tried: inout UInt64) -> Bool {
      var steps = masks[item] & ~tried
      while steps != 0 {
        let step = steps.trailingZeroBitCount
        steps &= steps &- 1
        if tried >> UInt64(step) & 1 == 1 { continue }
        tried |= 1 << UInt64(step)
        guard let holder = stepOf.first(where: { $0.value == step })?.key else {
          stepOf[item] = step
          return true
        }
        if augment(holder, &tried) {
          stepOf[item] = step
          return true
        }
      }
      return false
    }
    let startTime = events.time(ofGroup: start)
    for group in start..<events.groupCount {
      let elapsed = UInt64(bitPattern: events.time(ofGroup: group) &- startTime)
      if elapsed > rules.window { break }
      let range = events.events(ofGroup: group)
      let items: [(mask: UInt64, event: Int)] =
        rules.isStrictlyLater
        ? [(events.masks[range].reduce(0, |), range.lowerBound)]
        : range.map { (events.masks[$0], $0) }
      for item in items {
        let mask = item.mask & StepMasks.stepBits
        if mask == 0 { continue }
        masks.append(mask)
        owners.append(item.event)
        var tried: UInt64 = 0
        if augment(masks.count - 1, &tried) { outcome.groups.append(group) }
      }
      if outcome.level == rules.stepCount { break }
      // An exclusion ends the window; one at the time of the first event does not lie inside it.
      let isExcluded = events.masks[range].contains { $0 & ~StepMasks.stepBits != 0 }
      if group > start, isExcluded { break }
    }
    for (item, step) in stepOf {
      // Of events of one time taken as one item, that which fulfils the step.
      var event = owners[item]
      while events.masks[event] >> UInt64(step) & 1 == 0 { event += 1 }
      outcome.events[step] = event
    }
    return outcome
  }
}
