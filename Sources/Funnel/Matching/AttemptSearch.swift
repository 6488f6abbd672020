import GA4Model

/// One attempt at a funnel: all paths of a unit that begin at one time.
struct Attempt {
  /// The group in which it begins.
  var start: Int
  /// The step with which it begins.
  var firstStep: Int
  /// By level, the earliest group in which it is reached, -1 for none.
  var reached: [Int]
  /// Whether an exclusion has ended a path.
  var isExcluded = false
  /// The last group that the attempt has looked at.
  var end: Int
  /// By level, whether a path is still alive at ``end``.
  var alive: UInt64 = 0
  /// By level, the group of the last event of that path.
  var last: [Int] = []

  /// The furthest level.
  var level: Int { reached.lastIndex { $0 >= 0 } ?? 0 }
  /// When that was reached, as a group.
  var completion: Int { reached[level] }
}

/// Follows the paths of one unit by the rules of a query.
///
/// For one start, of all paths that reach a level the one with the latest event can do whatever
/// the others can: it is the nearest to what follows. So one group for each level is all there is to
/// remember, and an attempt costs its events times the steps.
struct AttemptSearch {
  let rules: FunnelRules
  private let events: UnitEvents
  private let matchings: [TieMatching]
  private let unions: [UInt64]
  /// By step with repeats allowed, how many groups before each hold an event other than of the step
  /// before.
  private var breaks: [Int: [Int]] = [:]
  /// By exclusion, how many groups before each hold one.
  private let exclusionsBefore: [[Int]]

  init(_ rules: FunnelRules, _ events: UnitEvents) {
    self.rules = rules
    self.events = events
    var matchings: [TieMatching] = []
    var unions: [UInt64] = []
    for group in 0..<events.groupCount {
      let masks = events.masks[events.events(ofGroup: group)]
      matchings.append(TieMatching(masks))
      unions.append(masks.reduce(0, |))
    }
    self.matchings = matchings
    self.unions = unions
    func countsBefore(_ holds: (Int) -> Bool) -> [Int] {
      var counts = [0]
      for group in 0..<events.groupCount { counts.append(counts[group] + (holds(group) ? 1 : 0)) }
      return counts
    }
    exclusionsBefore = rules.exclusions.map { exclusion in
      countsBefore { unions[$0] & exclusion.bit != 0 }
    }
    let neighbours = events.neighbours
    for step in 1..<max(1, rules.stepCount)
    where rules.adjacency[step] == .directlyAllowingRepeats {
      breaks[step] = countsBefore { group in
        neighbours[events.events(ofGroup: group)].contains { $0 >> UInt64(step - 1) & 1 == 0 }
      }
    }
  }

  /// The groups in which a path may begin with `step`.
  func starts(_ step: Int) -> [Int] {
    (0..<events.groupCount).filter { unions[$0] >> UInt64(step) & 1 == 1 }
  }

  /// The levels that events of one group can reach if the first of them fulfils `step`.
  private func levels(from step: Int, in group: Int) -> UInt64 {
    var bits: UInt64 = 0
    var needed = 1 << UInt64(step) as UInt64
    guard unions[group] & needed != 0 else { return 0 }
    for last in step..<rules.stepCount {
      let with = needed | 1 << UInt64(last)
      let fulfils = matchings[group].fulfils(with)
      if fulfils { bits |= 1 << UInt64(last + 1) }
      if last == step {
        if rules.isStrictlyLater { break }
        continue
      }
      if rules.optional >> UInt64(last) & 1 == 0 {
        if !fulfils { break }
        needed = with
      }
    }
    return bits
  }

  /// Whether an event of `step` in `group` may follow one of the step before it in `before`.
  private func mayFollow(_ before: Int, _ step: Int, in group: Int) -> Bool {
    let distance = UInt64(bitPattern: events.time(ofGroup: group) &- events.time(ofGroup: before))
    if distance > rules.within[step] { return false }
    switch rules.adjacency[step] {
    case .eventually: return true
    case .directly: return group == before + 1
    case .directlyAllowingRepeats: return breaks[step]![group] == breaks[step]![before + 1]
    }
  }

  /// The levels that a path at `level` cannot reach in `group` because of an exclusion there.
  private func excluded(_ level: Int, in group: Int) -> UInt64 {
    var bits: UInt64 = 0
    for exclusion in rules.exclusions
    where unions[group] & exclusion.bit != 0 && exclusion.levels.contains(level) {
      for lost in exclusion.levels { bits |= 1 << UInt64(lost) }
    }
    return bits
  }

  /// Follows all paths that begin in `start` with `firstStep`.
  ///
  /// - Parameter stopsEarly: whether to stop when the last level is reached or no path is left, as
  ///   attempts that do not overlap do.
  func attempt(from start: Int, firstStep: Int = 0, stopsEarly: Bool = false) -> Attempt {
    let levelCount = rules.stepCount + 1
    var attempt = Attempt(
      start: start, firstStep: firstStep, reached: Array(repeating: -1, count: levelCount),
      end: start)
    var last = attempt.reached
    var bits = levels(from: firstStep, in: start)
    while bits != 0 {
      let level = bits.trailingZeroBitCount
      bits &= bits &- 1
      last[level] = start
      attempt.reached[level] = start
      attempt.alive |= 1 << UInt64(level)
    }
    let startTime = events.time(ofGroup: start)
    var group = start + 1
    while group < events.groupCount {
      if stopsEarly, attempt.reached[rules.stepCount] >= 0 || attempt.alive == 0 { break }
      let elapsed = UInt64(bitPattern: events.time(ofGroup: group) &- startTime)
      if elapsed > rules.window { break }
      attempt.end = group
      if rules.endsAtRepeats, repeats(attempt, in: group) { break }
      if unions[group] != 0 {
        advance(&attempt, &last, to: group)
      }
      group += 1
    }
    attempt.last = last
    return attempt
  }

  /// Whether a step of the attempt, save its first, happens again in `group`.
  private func repeats(_ attempt: Attempt, in group: Int) -> Bool {
    var bits = unions[group] & StepMasks.stepBits
    while bits != 0 {
      let step = bits.trailingZeroBitCount
      bits &= bits &- 1
      if step > attempt.firstStep, attempt.reached[step + 1] >= 0 { return true }
    }
    return false
  }

  private func advance(_ attempt: inout Attempt, _ last: inout [Int], to group: Int) {
    var found: UInt64 = 0
    var passed: UInt64 = 0
    for level in 1..<rules.stepCount where last[level] >= 0 {
      for step in rules.next[level] where unions[group] >> UInt64(step) & 1 == 1 {
        guard mayFollow(last[level], step, in: group) else { continue }
        let all = levels(from: step, in: group)
        let open = all & ~excluded(level, in: group)
        found |= open
        if open != 0 && open != all { passed |= passing(all & ~open, step, to: open, in: group) }
      }
    }
    for exclusion in rules.exclusions where unions[group] & exclusion.bit != 0 {
      for level in exclusion.levels where last[level] >= 0 {
        last[level] = -1
        attempt.alive &= ~(1 << UInt64(level))
        attempt.isExcluded = true
      }
    }
    attempt.alive |= found
    passed &= ~found
    while passed != 0 {
      let level = passed.trailingZeroBitCount
      passed &= passed &- 1
      if attempt.reached[level] < 0 { attempt.reached[level] = group }
    }
    while found != 0 {
      let level = found.trailingZeroBitCount
      found &= found &- 1
      last[level] = group
      if attempt.reached[level] < 0 { attempt.reached[level] = group }
    }
  }

  /// Of `levels`, at which an exclusion ends paths that begin in `group` with `step`, those that paths
  /// to the furthest of `goals` pass in the same moment.
  private func passing(_ levels: UInt64, _ step: Int, to goals: UInt64, in group: Int) -> UInt64 {
    let goal = 63 - goals.leadingZeroBitCount
    var needed: UInt64 = 1 << UInt64(step) | 1 << UInt64(goal - 1)
    for other in step..<goal where rules.optional >> UInt64(other) & 1 == 0 {
      needed |= 1 << UInt64(other)
    }
    var passed: UInt64 = 0
    for level in step + 1..<max(step + 1, goal) where levels >> UInt64(level) & 1 == 1 {
      if matchings[group].fulfils(needed | 1 << UInt64(level - 1)) {
        passed |= 1 << UInt64(level)
      }
    }
    return passed
  }

  // MARK: The path

  /// The events of the path of `attempt` to its furthest level at the earliest time, by step; of all
  /// such paths that whose second step is earliest, then the third, and so on, a step left out being
  /// later than any.
  func path(of attempt: Attempt) -> [Int?] {
    var path = [Int?](repeating: nil, count: rules.stepCount)
    let goal = attempt.level
    guard goal > 0 else { return path }
    let finishing = finishingLevels(attempt)

    /// Whether a path that has come to `level` in `group`, from `origin` before the group, with
    /// `steps` in it, comes to the goal.
    func finishes(_ level: Int, _ group: Int, _ steps: UInt64, from origin: Int) -> Bool {
      let bit = 1 << UInt64(level) as UInt64
      if finishing[group - attempt.start] & ~excluded(origin, in: group) & bit != 0 { return true }
      if rules.isStrictlyLater { return false }
      return rules.next[level].contains { step in
        let with = steps | 1 << UInt64(step)
        return matchings[group].fulfils(with) && finishes(step + 1, group, with, from: origin)
      }
    }

    var group = attempt.start
    var origin = attempt.firstStep
    var level = attempt.firstStep + 1
    var steps: UInt64 = 1 << UInt64(attempt.firstStep)
    func endGroup() {
      for (step, event) in matchings[group].firstEvents(of: steps) ?? [:] { path[step] = event }
    }
    search: while level < goal || group < attempt.completion {
      for step in rules.next[level] {
        let with = steps | 1 << UInt64(step)
        if !rules.isStrictlyLater, matchings[group].fulfils(with),
          finishes(step + 1, group, with, from: origin)
        {
          steps = with
          level = step + 1
          continue search
        }
        // Only where the path may end in the group can it go on in another one.
        guard group < attempt.completion, excluded(origin, in: group) >> UInt64(level) & 1 == 0
        else { continue }
        for later in group + 1...attempt.completion
        where isOpen(level, group, step, later)
          && finishes(step + 1, later, 1 << UInt64(step), from: level)
        {
          endGroup()
          origin = level
          group = later
          steps = 1 << UInt64(step)
          level = step + 1
          continue search
        }
      }
      preconditionFailure("A level that was reached has a path")
    }
    endGroup()
    return path
  }

  /// Whether a path at `level` since `group` may go on with `step` in `later`, apart from exclusions
  /// in `later` itself.
  private func isOpen(_ level: Int, _ group: Int, _ step: Int, _ later: Int) -> Bool {
    guard unions[later] >> UInt64(step) & 1 == 1, mayFollow(group, step, in: later) else {
      return false
    }
    for (index, exclusion) in rules.exclusions.enumerated()
    where exclusion.levels.contains(level)
      && exclusionsBefore[index][later] > exclusionsBefore[index][group + 1]
    {
      return false
    }
    return true
  }

  /// By group from the start to the completion, the levels from which the goal can be reached in
  /// time.
  private func finishingLevels(_ attempt: Attempt) -> [UInt64] {
    let goal = attempt.level
    let count = attempt.completion - attempt.start + 1
    var finishing = [UInt64](repeating: 0, count: count)
    finishing[count - 1] = 1 << UInt64(goal)
    // By level and step, the nearest later group in which the step leads on to the goal.
    var nearest = [[Int]](
      repeating: Array(repeating: -1, count: rules.stepCount), count: rules.stepCount + 1)
    for group in (attempt.start...attempt.completion).reversed() {
      if unions[group] == 0 && group != attempt.start { continue }
      var bits = finishing[group - attempt.start]
      for level in 1..<max(1, goal) {
        for step in rules.next[level] {
          let later = nearest[level][step]
          if later >= 0, isOpen(level, group, step, later) { bits |= 1 << UInt64(level) }
        }
      }
      finishing[group - attempt.start] = bits
      for step in 1..<max(1, rules.stepCount) {
        let leads = levels(from: step, in: group) & bits
        if leads == 0 { continue }
        for level in 1..<goal where rules.next[level].contains(step) {
          if leads & ~excluded(level, in: group) != 0 { nearest[level][step] = group }
        }
      }
    }
    return finishing
  }
}
