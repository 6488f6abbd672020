import GA4Model

/// The usual funnel in one pass: steps in order, each event at most one step, one window from the first
/// step or none.
///
/// For each step only the latest time counts at which a path that got there began: it can do
/// whatever an earlier one can, for longer.
struct PlainSearch {
  private let stepCount: Int
  private let window: UInt64
  private let isStrictlyLater: Bool
  /// By step, the latest beginning of a path that has come so far.
  private var starts: [Int64]
  private var reached: UInt64 = 0

  /// How far the unit came.
  private(set) var level = 0
  /// When, and when the latest such path began.
  private(set) var completion: Int64 = 0
  private(set) var start: Int64 = 0
  /// The latest entry of all.
  var latestEntry: Int64 { starts[0] }

  init(_ rules: FunnelRules) {
    stepCount = rules.stepCount
    window = rules.window
    isStrictlyLater = rules.isStrictlyLater
    starts = Array(repeating: 0, count: rules.stepCount)
  }

  /// Whether `query` asks for no more than this can do.
  static func canAnswer(_ query: FunnelQuery, _ rules: FunnelRules, _ masks: StepMasks) -> Bool {
    query.order == .inOrder && query.counting == .units && query.entry == .any
      && query.repeats == .allowed && query.exclusions.isEmpty && query.holdConstant.isEmpty
      && !query.hasTrend
      && !query.explainsStops && rules.optional == 0 && masks.firstEver == 0
      && rules.adjacency.allSatisfy { $0 == .eventually }
      && rules.within.allSatisfy { $0 == .max }
      && [nil, .firstTouch, .lastTouch].contains(query.breakdown?.attribution)
      && masks.byName.allSatisfy { ($0 & StepMasks.stepBits).nonzeroBitCount <= 1 }
  }

  /// Follows the events of `count` rows in the order of time.
  @inline(__always)
  mutating func run(
    _ count: Int, time: (Int) -> Int64, mask: (Int) -> UInt64
  ) {
    reached = 0
    level = 0
    var pending: UInt64 = 0
    var now: Int64 = 0
    for index in 0..<count {
      let bits = mask(index)
      if bits == 0 { continue }
      let at = time(index)
      if at != now {
        if pending != 0 { advance(pending, now) }
        pending = 0
        now = at
      }
      pending |= bits
    }
    if pending != 0 { advance(pending, now) }
  }

  /// Takes up the steps of all events of one time.
  @inline(__always)
  private mutating func advance(_ steps: UInt64, _ now: Int64) {
    var rest = steps & (reached << 1 | 1 | (isStrictlyLater ? 0 : steps << 1))
    while rest != 0 {
      // Upwards, a path takes several steps of one time; downwards, only one.
      let step = isStrictlyLater ? 63 - rest.leadingZeroBitCount : rest.trailingZeroBitCount
      rest &= ~(1 << UInt64(step))
      if step == 0 {
        starts[0] = now
        reached |= 1
        note(1, now, now)
      } else if reached >> UInt64(step - 1) & 1 == 1,
        UInt64(bitPattern: now &- starts[step - 1]) <= window
      {
        starts[step] = starts[step - 1]
        reached |= 1 << UInt64(step)
        note(step + 1, now, starts[step])
      }
    }
  }

  @inline(__always)
  private mutating func note(_ level: Int, _ now: Int64, _ start: Int64) {
    guard level > self.level else { return }
    self.level = level
    completion = now
    self.start = start
  }

  /// The events of the path, by step, as indices of the rows that ``run(_:time:mask:)`` has seen.
  func path(_ count: Int, time: (Int) -> Int64, mask: (Int) -> UInt64) -> [Int?] {
    var path = [Int?](repeating: nil, count: stepCount)
    var index = 0
    while time(index) < start { index += 1 }
    for step in 0..<level {
      while mask(index) >> UInt64(step) & 1 == 0 { index += 1 }
      path[step] = index
      let at = time(index)
      if isStrictlyLater {
        while index < count, time(index) == at { index += 1 }
      } else {
        // The next step may be an earlier row of the same time.
        while index > 0, time(index - 1) == at { index -= 1 }
      }
    }
    return path
  }
}
