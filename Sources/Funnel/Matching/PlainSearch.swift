import GA4Model

/// The usual funnel in one pass: steps in order, windows from the first step and between steps,
/// exclusions that end attempts.
///
/// For each step only the path counts that got there last. Its last event is the latest, and so is
/// its beginning: whoever goes on takes the latest path to the step before, whose beginnings never
/// fall. So it can do whatever an earlier one can, for longer.
///
/// Units in which events of one time compete for steps are left to ``AttemptSearch``.
struct PlainSearch {
  private let stepCount: Int
  private let window: UInt64
  /// By step, the longest time since the step before.
  private let within: [UInt64]
  private let limitsSteps: Bool
  private let hasLimits: Bool
  private let exclusions: [(bit: UInt64, steps: UInt64)]
  private let isStrictlyLater: Bool

  /// The path that has come to a step last.
  fileprivate struct Path: BitwiseCopyable {
    var start: Int64 = 0
    var last: Int64 = 0
  }
  private let paths: FixedTable<Path>
  /// Without limits of steps, the times of the path to each step and, in the last row, of that to the
  /// level: of the paths from the same beginning the first one.
  private let times: FixedTable<Int64>
  /// The steps to which a path has come and may go on.
  private var alive: UInt64 = 0

  /// How far the unit came.
  private(set) var level = 0
  /// When, and when the latest such path began.
  private(set) var completion: Int64 = 0
  private(set) var start: Int64 = 0
  /// The latest entry of all.
  private(set) var latestEntry: Int64 = 0

  /// Whether this search can answer `query`.
  static func suffices(_ query: FunnelQuery, _ rules: FunnelRules) -> Bool {
    query.order == .inOrder && query.counting == .units && query.entry == .any
      && query.repeats == .allowed && query.holdConstant.isEmpty
      && (query.exclusions.isEmpty || query.exclusionPolicy == .endAttempt && !query.explainsStops)
      && rules.optional == 0 && query.steps.allSatisfy { $0.occurrence == .any }
      && !rules.looksAtNeighbours && !(query.hasTrend && rules.hasLimits)
      && [nil, .firstTouch, .lastTouch].contains(query.breakdown?.attribution)
  }

  init(_ rules: FunnelRules) {
    stepCount = rules.stepCount
    window = rules.window
    within = rules.within
    exclusions = rules.exclusions.map { exclusion in
      (exclusion.bit, exclusion.levels.reduce(0) { $0 | 1 << UInt64($1 - 1) })
    }
    limitsSteps = rules.limitsSteps
    hasLimits = rules.hasLimits
    isStrictlyLater = rules.isStrictlyLater
    paths = FixedTable(repeating: Path(), count: rules.stepCount)
    times = FixedTable(repeating: 0, count: (rules.stepCount + 1) * rules.stepCount)
  }

  /// Follows the events of a unit; `false` if they are more than the search can do.
  @inline(__always)
  mutating func run(_ events: borrowing StepEvents) -> Bool {
    level = 0
    if events.union == 1 {
      // Most units do the first step and nothing else.
      note(1, events[0].time, events[0].time)
      latestEntry = events[events.count - 1].time
      paths[0] = Path(start: latestEntry, last: latestEntry)
      alive = 1
      return true
    }
    return events.union & 1 == 0 || follow(events)
  }

  private mutating func follow(_ events: borrowing StepEvents) -> Bool {
    alive = 0
    var index = 0
    while index < events.count {
      let event = events[index]
      index += 1
      if index == events.count || events[index].time != event.time {
        let steps = event.mask & StepMasks.stepBits
        if steps != event.mask {
          if steps != 0 { return false }
          exclude(event.mask)
        } else {
          // One event takes a path by one step.
          advanceDown(steps, event.time)
        }
        continue
      }
      var all = event.mask
      var isSimple = event.mask & (event.mask &- 1) == 0
      while index < events.count, events[index].time == event.time {
        let mask = events[index].mask
        all |= mask
        if mask & (mask &- 1) != 0 { isSimple = false }
        index += 1
      }
      if all & StepMasks.stepBits == 0 {
        exclude(all)
        continue
      }
      guard isSimple, all & ~StepMasks.stepBits == 0 else { return false }
      if isStrictlyLater { advanceDown(all, event.time) } else { advanceUp(all, event.time) }
    }
    return true
  }

  /// When no attempt can go further any more by the limits of the steps; `nil` for never.
  func closeOfPaths(_ rules: FunnelRules) -> Int64? {
    var close: Int64?
    for step in 0..<stepCount - 1 where alive >> UInt64(step) & 1 == 1 {
      let end = rules.close(ofLevel: step + 1, start: paths[step].start, last: paths[step].last)
      if let end { close = max(close ?? end, end) }
    }
    return close
  }

  /// Takes up steps of one time, of which a path does any number.
  @inline(__always)
  private mutating func advanceUp(_ steps: UInt64, _ now: Int64) {
    var rest = steps
    while rest != 0 {
      advance(rest.trailingZeroBitCount, now)
      rest &= rest &- 1
    }
  }

  /// Takes up steps of one time, of which a path does one.
  @inline(__always)
  private mutating func advanceDown(_ steps: UInt64, _ now: Int64) {
    var rest = steps & (alive << 1 | 1)
    while rest != 0 {
      let step = 63 - rest.leadingZeroBitCount
      rest ^= 1 << UInt64(step)
      advance(step, now)
    }
  }

  @inline(__always)
  private mutating func advance(_ step: Int, _ now: Int64) {
    if step == 0 {
      paths[0] = Path(start: now, last: now)
      times[0] = now
      alive |= 1
      latestEntry = now
      if level == 0 { note(1, now, now) }
      return
    }
    guard alive >> UInt64(step - 1) & 1 == 1 else { return }
    let before = paths[step - 1]
    guard UInt64(bitPattern: now &- before.start) <= window,
      UInt64(bitPattern: now &- before.last) <= within[step]
    else { return }
    if !limitsSteps {
      // Without limits the first path from a beginning can do what later ones can, until it is ended.
      if alive >> UInt64(step) & 1 == 1, paths[step].start == before.start { return }
      times.copy((step - 1) * stepCount, to: step * stepCount, count: step)
      times[step * stepCount + step] = now
    }
    paths[step] = Path(start: before.start, last: now)
    alive |= 1 << UInt64(step)
    if step >= level {
      note(step + 1, now, before.start)
      if !limitsSteps { times.copy(step * stepCount, to: stepCount * stepCount, count: step + 1) }
    }
  }

  /// Whether the times of a path from the latest entry need no search for the path.
  var knowsTimes: Bool { !limitsSteps }

  /// Adds the times of the path of a unit that ``run(_:)`` has followed to a level above the first.
  @inline(__always)
  func appendTimes(to list: inout [Int64]) {
    for step in 0..<level { list.append(times[stepCount * stepCount + step]) }
  }

  @inline(__always)
  private mutating func note(_ level: Int, _ now: Int64, _ start: Int64) {
    self.level = level
    completion = now
    self.start = start
  }

  private mutating func exclude(_ bits: UInt64) {
    for exclusion in exclusions where bits & exclusion.bit != 0 { alive &= ~exclusion.steps }
  }

  // MARK: Entries

  /// Calls `body` with each entry of a unit that ``run(_:)`` has followed, the latest first, and with
  /// whether a path from it comes to the last step.
  ///
  /// Backwards, for each step the nearest event is the one to take, which comes to the last step
  /// first.
  func forEachEntry(
    _ events: borrowing StepEvents, _ body: (_ index: Int, _ converts: Bool) -> Void
  ) {
    /// By step, when the last step is reached from the nearest event; the one beyond the last is where
    /// all lead.
    var finishes = [Int64?](repeating: nil, count: stepCount)
    var end = events.count
    while end > 0 {
      let now = events[end - 1].time
      var begin = end - 1
      var all = events[begin].mask
      while begin > 0, events[begin - 1].time == now {
        begin -= 1
        all |= events[begin].mask
      }
      func take(_ step: Int) {
        let finish = step == stepCount - 1 ? now : finishes[step + 1]
        finishes[step] = finish
        guard step == 0 else { return }
        let converts = finish.map { UInt64(bitPattern: $0 &- now) <= window } ?? false
        for index in (begin..<end).reversed() where events[index].mask & 1 == 1 {
          body(index, converts)
        }
      }
      let takesSeveral = end - begin > 1 && !isStrictlyLater
      for place in 0..<stepCount {
        let step = takesSeveral ? stepCount - 1 - place : place
        if all >> UInt64(step) & 1 == 1 { take(step) }
      }
      end = begin
    }
  }

  // MARK: The path

  /// Memory that serves the paths of one unit after the other.
  struct Scratch {
    /// By step of the path, the position of its event in the unit's events.
    fileprivate(set) var path: [Int] = []
    /// By event, the steps from which the goal can be reached.
    fileprivate var leads: [UInt64] = []
  }

  /// Finds the path of a unit that ``run(_:)`` has followed, one event for each step of its level.
  func findPath(_ events: borrowing StepEvents, from anchor: FunnelTimes, _ scratch: inout Scratch)
  {
    scratch.path.removeAll(keepingCapacity: true)
    if hasLimits { findLeads(events, &scratch.leads) }
    var index = 0
    while !isEntry(events, index, scratch.leads)
      || anchor != .fromFirstEntry && events[index].time < start
    {
      index += 1
    }
    scratch.path.append(index)
    for step in 1..<max(1, level) {
      let now = events[index].time
      if isStrictlyLater || !events.isTied(index) {
        repeat { index += 1 } while events[index].time == now
      } else {
        // The next step may be an earlier row of the same time.
        while index > 0, events[index - 1].time == now { index -= 1 }
      }
      while !does(step, events, index, scratch.leads) { index += 1 }
      scratch.path.append(index)
    }
  }

  /// Why a unit with `path` has not come further.
  func stopReason(_ events: borrowing StepEvents, _ path: [Int]) -> StopReason {
    if level == stepCount { return .completed }
    var isBefore = false
    var isAfter = false
    for index in 0..<events.count where events[index].mask >> UInt64(level) & 1 == 1 {
      if path.contains(index) { continue }
      let now = events[index].time
      if now < completion {
        isBefore = true
      } else if UInt64(bitPattern: now &- start) <= window,
        UInt64(bitPattern: now &- completion) <= within[level]
      {
        return .notAdjacent
      } else {
        isAfter = true
      }
    }
    return isAfter ? .windowExpired : isBefore ? .wrongOrder : .noLaterEvent
  }

  /// Whether a path to the goal may begin with an event.
  @inline(__always)
  private func isEntry(_ events: borrowing StepEvents, _ index: Int, _ leads: [UInt64]) -> Bool {
    does(0, events, index, leads)
      && UInt64(bitPattern: completion &- events[index].time) <= window
  }

  /// Whether an event fulfils a step and, where not every path leads to the goal, leads there.
  @inline(__always)
  private func does(_ step: Int, _ events: borrowing StepEvents, _ index: Int, _ leads: [UInt64])
    -> Bool
  {
    (hasLimits ? leads[index] : events[index].mask) >> UInt64(step) & 1 == 1
  }

  /// Finds by event the steps from which the goal can be reached at the completion, going backwards:
  /// of the events of the next step that lead there the nearest is the one to take, if any is.
  private func findLeads(_ events: borrowing StepEvents, _ leads: inout [UInt64]) {
    leads.removeAll(keepingCapacity: true)
    leads.append(contentsOf: repeatElement(0, count: events.count))
    /// By step, the time of the nearest event that leads to the goal.
    var nearest = [Int64?](repeating: nil, count: stepCount + 1)
    var end = events.count
    while end > 0 {
      let now = events[end - 1].time
      var begin = end - 1
      while begin > 0, events[begin - 1].time == now { begin -= 1 }
      defer { end = begin }
      if now > completion { continue }

      func take(_ step: Int) {
        let isLead =
          step == level - 1
          ? now == completion
          : nearest[step + 1].map { UInt64(bitPattern: $0 &- now) <= within[step + 1] } ?? false
        guard isLead else { return }
        for index in begin..<end where events[index].mask >> UInt64(step) & 1 == 1 {
          leads[index] |= 1 << UInt64(step)
        }
        nearest[step] = now
      }
      var all: UInt64 = 0
      for index in begin..<end { all |= events[index].mask }
      if end - begin > 1 && !isStrictlyLater {
        for step in (0..<level).reversed() where all >> UInt64(step) & 1 == 1 { take(step) }
      } else {
        for step in 0..<level where all >> UInt64(step) & 1 == 1 { take(step) }
      }
      for exclusion in exclusions where all & exclusion.bit != 0 {
        for step in 0..<stepCount where exclusion.steps >> UInt64(step) & 1 == 1 {
          nearest[step + 1] = nil
        }
      }
    }
  }
}

/// Memory of a fixed size that serves one unit after the other and so is of no value in itself.
@safe
private final class FixedTable<Element: BitwiseCopyable> {
  // The only doors to the memory check the index.
  private let base: UnsafeMutablePointer<Element>
  private let count: Int

  init(repeating element: Element, count: Int) {
    self.count = count
    unsafe base = .allocate(capacity: count)
    unsafe base.initialize(repeating: element, count: count)
  }

  deinit { unsafe base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "Index out of the table's range")
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count, "Index out of the table's range")
      unsafe base[index] = newValue
    }
  }

  /// Copies `count` elements from one place to another that they do not touch.
  @inline(__always)
  func copy(_ from: Int, to: Int, count: Int) {
    precondition(
      min(from, to) >= 0 && abs(to - from) >= count && max(from, to) + count <= self.count,
      "Elements out of the table's range")
    for index in 0..<count { unsafe base[to + index] = base[from + index] }
  }
}
