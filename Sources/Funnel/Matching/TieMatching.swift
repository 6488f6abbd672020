/// Which steps the events of one time can fulfil together, each event at most one.
struct TieMatching {
  private let masks: ArraySlice<UInt64>
  /// The steps of any event.
  private let union: UInt64
  /// Whether no event fulfils two steps, so that steps never compete for one.
  private let isSimple: Bool

  init(_ masks: ArraySlice<UInt64>) {
    self.masks = masks
    var union: UInt64 = 0
    var isSimple = true
    for mask in masks {
      let steps = mask & StepMasks.stepBits
      union |= steps
      if steps & (steps &- 1) != 0 { isSimple = false }
    }
    self.union = union
    self.isSimple = isSimple
  }

  /// Whether all of `steps` can be fulfilled.
  func fulfils(_ steps: UInt64) -> Bool {
    if steps & ~union != 0 { return false }
    return isSimple || steps & (steps &- 1) == 0 || events(of: steps) != nil
  }

  /// Whether all of `steps` can be fulfilled without an event, a position in the masks.
  func fulfils(_ steps: UInt64, without event: Int) -> Bool {
    events(of: steps, without: [event]) != nil
  }

  /// The event of each of `steps` among those that are not `taken`, by step, as positions in the
  /// masks; `nil` if that cannot be.
  ///
  /// Kuhn's augmenting paths: a step may take the event of another that finds a new one.
  private func events(of steps: UInt64, without taken: Set<Int> = []) -> [Int: Int]? {
    var stepOfEvent: [Int: Int] = [:]
    func assign(_ step: Int, _ tried: inout Set<Int>) -> Bool {
      for event in masks.indices where masks[event] >> UInt64(step) & 1 == 1 {
        if !tried.insert(event).inserted { continue }
        if let other = stepOfEvent[event] {
          if !assign(other, &tried) { continue }
        }
        stepOfEvent[event] = step
        return true
      }
      return false
    }
    var rest = steps
    while rest != 0 {
      var tried = taken
      guard assign(rest.trailingZeroBitCount, &tried) else { return nil }
      rest &= rest &- 1
    }
    return Dictionary(uniqueKeysWithValues: stepOfEvent.map { ($0.value, $0.key) })
  }

  /// The first events of `steps`, by step, as positions in the masks; `nil` if that cannot be.
  ///
  /// The earliest step has the first event that leaves all others theirs, then the next step, and so
  /// on.
  func firstEvents(of steps: UInt64) -> [Int: Int]? {
    guard fulfils(steps) else { return nil }
    var found: [Int: Int] = [:]
    var taken = Set<Int>()
    var rest = steps
    while rest != 0 {
      let step = rest.trailingZeroBitCount
      rest &= rest &- 1
      for event in masks.indices
      where masks[event] >> UInt64(step) & 1 == 1 && taken.insert(event).inserted {
        if isSimple || events(of: rest, without: taken) != nil {
          found[step] = event
          break
        }
        taken.remove(event)
      }
    }
    return found
  }
}
