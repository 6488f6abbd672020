import GA4Model

/// What a query asks of a path, as numbers.
///
/// Levels count the steps done: level *k* is reached by an event of step *k* − 1.
struct FunnelRules {
  let stepCount: Int
  /// The longest time from the first step to any other.
  let window: UInt64
  /// By step, the longest time since the step before.
  let within: [UInt64]
  let adjacency: [Step.Adjacency]
  let optional: UInt64
  /// Steps of which only the first event of a unit counts.
  let firstEver: UInt64
  let isStrictlyLater: Bool
  /// Whether a step that happens again ends the attempt.
  let endsAtRepeats: Bool
  /// By level, the steps that may come next: the next one, and those behind steps that may be left
  /// out.
  let next: [[Int]]
  /// By level, the longest time until any of the steps that may come next.
  let longest: [UInt64]
  var exclusions: [Exclusion]

  /// Whether a step has a time of its own.
  var limitsSteps: Bool { within.contains { $0 != .max } }
  /// Whether something but the window of the whole path ends attempts.
  var hasLimits: Bool { limitsSteps || !exclusions.isEmpty }
  /// Whether a step asks what stands between it and the one before.
  var looksAtNeighbours: Bool { adjacency.dropFirst().contains { $0 != .eventually } }

  struct Exclusion {
    /// The bit in masks.
    var bit: UInt64
    /// The levels that it ends: those after the step `from` and before the step `to`.
    var levels: Range<Int>
  }

  init(_ query: FunnelQuery) {
    let steps = query.steps
    stepCount = steps.count
    func limit(_ duration: Duration) -> UInt64 { UInt64(duration.microseconds) }
    var window = UInt64.max
    var between = UInt64.max
    switch query.window {
    case .none: break
    case .fromFirstStep(let duration): window = limit(duration)
    case .fromPreviousStep(let duration): between = limit(duration)
    }
    self.window = window
    within = steps.map { min($0.within.map(limit) ?? .max, between) }
    adjacency = steps.map(\.adjacency)
    optional = steps.enumerated().reduce(0) { mask, step in
      step.element.isOptional ? mask | 1 << UInt64(step.offset) : mask
    }
    firstEver = steps.enumerated().reduce(0) { mask, step in
      step.element.occurrence == .firstEver ? mask | 1 << UInt64(step.offset) : mask
    }
    isStrictlyLater = query.ties == .strictlyLater
    endsAtRepeats = query.repeats == .endAttempt
    next = (0...steps.count).map { level in
      var next: [Int] = []
      var step = level
      while step < steps.count {
        next.append(step)
        if !steps[step].isOptional { break }
        step += 1
      }
      return next
    }
    longest = next.map { [within] steps in steps.map { within[$0] }.max() ?? .max }
    exclusions = query.exclusions.enumerated().map { index, exclusion in
      Exclusion(
        bit: 1 << UInt64(StepMasks.firstExclusion + index),
        levels: exclusion.from + 1..<exclusion.to + 1)
    }
  }

  /// When a path that began at `start`, and came to `level` at `last`, can go no further; `nil` for
  /// never.
  @inline(__always)
  func close(ofLevel level: Int, start: Int64, last: Int64) -> Int64? {
    let ofWindow = Self.close(ofWindow: window, from: start)
    let ofStep = Self.close(ofWindow: longest[level], from: last)
    guard let ofWindow, let ofStep else { return ofWindow ?? ofStep }
    return min(ofWindow, ofStep)
  }

  /// When a window that begins with `entry` closes; `nil` where there is none.
  @inline(__always)
  static func close(ofWindow window: UInt64, from entry: Int64) -> Int64? {
    guard window < UInt64(Int64.max) else { return nil }
    let (sum, overflow) = entry.addingReportingOverflow(Int64(window))
    return overflow ? .max : sum
  }
}

extension Duration {
  /// The duration to the microsecond as people say it, such as "7 d" or "1 h 30 min".
  var words: String {
    var rest = microseconds
    var parts: [String] = []
    for (unit, name) in [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min")]
      as [(Int64, String)] where rest >= unit
    {
      parts.append("\(rest / unit) \(name)")
      rest %= unit
    }
    if rest > 0 || parts.isEmpty {
      var fraction = "\(rest % 1_000_000 + 1_000_000)".dropFirst()
      while fraction.last == "0" { fraction.removeLast() }
      parts.append("\(rest / 1_000_000)\(fraction.isEmpty ? "" : ".")\(fraction) s")
    }
    return parts.joined(separator: " ")
  }
}
