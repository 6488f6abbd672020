import GA4Model

/// The events of one unit in the order of time, as far as a funnel looks at them.
struct UnitEvents {
  /// Positions in the log.
  var rows: [Int] = []
  /// Microseconds since 1970.
  var times: [Int64] = []
  /// The bits of ``StepMasks``.
  var masks: [UInt64] = []
  /// The bits before those of other values were taken away, by which events are neighbours; `nil` if
  /// none were.
  private var allMasks: [UInt64]?
  /// Where each run of equal times begins, and behind the last one the number of events.
  var groups: [Int] = [0]

  var groupCount: Int { groups.count - 1 }

  mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    masks.removeAll(keepingCapacity: true)
    allMasks = nil
    groups.removeAll(keepingCapacity: true)
    groups.append(0)
  }

  mutating func append(_ row: Int, time: Int64, mask: UInt64) {
    if let last = times.last, last != time { groups.append(times.count) }
    rows.append(row)
    times.append(time)
    masks.append(mask)
  }

  /// Ends the unit, whose events after the first of a step lose the bits of `firstEver`.
  mutating func end(firstEver: UInt64) {
    if !times.isEmpty { groups.append(times.count) }
    guard firstEver != 0 else { return }
    var seen: UInt64 = 0
    for group in 0..<groupCount {
      var found = seen
      for index in events(ofGroup: group) {
        masks[index] &= ~(seen & firstEver)
        found |= masks[index]
      }
      seen = found
    }
  }

  /// The bits by which events are neighbours.
  var neighbours: [UInt64] { allMasks ?? masks }

  /// The events, those for which `isOther` holds without `bits`.
  func without(_ bits: UInt64, where isOther: (Int) -> Bool) -> UnitEvents {
    var events = self
    events.allMasks = neighbours
    for index in masks.indices where isOther(index) { events.masks[index] &= ~bits }
    return events
  }

  /// The time of a group.
  func time(ofGroup group: Int) -> Int64 { times[groups[group]] }

  /// The events of a group.
  func events(ofGroup group: Int) -> Range<Int> { groups[group]..<groups[group + 1] }
}
