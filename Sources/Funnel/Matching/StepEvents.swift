/// An event that fulfils a step or an exclusion.
struct StepEvent: BitwiseCopyable, Sendable {
  /// Microseconds since 1970.
  var time: Int64
  /// The bits of ``StepMasks``.
  var mask: UInt64
  /// The position in the log.
  var row: Int
}

/// Events that fulfil a step or an exclusion, in the order of the log, of which a part is the unit that
/// is looked at: indices count from its beginning.
@safe
struct StepEvents: ~Copyable {
  // The only door to the memory: all access is by index below `end`, which never exceeds `capacity`.
  private var base: UnsafeMutablePointer<StepEvent>
  private var capacity = 1 << 11
  /// How many events there are.
  private(set) var end = 0

  /// Where the unit begins.
  private var first = 0
  /// How many events the unit has.
  private(set) var count = 0
  /// The bits of the events of the unit.
  private(set) var union: UInt64 = 0

  init() { unsafe base = .allocate(capacity: capacity) }

  deinit { unsafe base.deallocate() }

  // MARK: The unit

  @inline(__always)
  subscript(index: Int) -> StepEvent {
    precondition(index >= 0 && index < count, "Index out of the unit's range")
    return unsafe base[first + index]
  }

  /// Whether the event at `index` has the time of one of its neighbours.
  @inline(__always)
  func isTied(_ index: Int) -> Bool {
    let time = self[index].time
    return index > 0 && self[index - 1].time == time
      || index + 1 < count && self[index + 1].time == time
  }

  /// Makes the events of a range, whose bits are `union`, the unit.
  @inline(__always)
  mutating func select(_ range: Range<Int>, union: UInt64) {
    precondition(range.lowerBound >= 0 && range.upperBound <= end, "A unit beyond the events")
    first = range.lowerBound
    count = range.count
    self.union = union
  }

  /// Makes all events the unit.
  mutating func selectAll() {
    var union: UInt64 = 0
    for index in 0..<end { union |= event(index).mask }
    select(0..<end, union: union)
  }

  // MARK: All events

  /// The event at `index`, counting from the first of all.
  @inline(__always)
  func event(_ index: Int) -> StepEvent {
    precondition(index >= 0 && index < end, "Index out of the range of the events")
    return unsafe base[index]
  }

  @inline(__always)
  mutating func append(_ event: StepEvent) {
    if end == capacity { grow() }
    unsafe (base + end).initialize(to: event)
    end += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<StepEvent>.allocate(capacity: capacity * 2)
    unsafe larger.initialize(from: base, count: end)
    unsafe base.deallocate()
    unsafe base = larger
    capacity *= 2
  }

  /// Brings the events of a range whose rows have the same key together, those of the lowest key first.
  @inline(__always)
  mutating func sort(_ range: Range<Int>, by key: (Int) -> UInt32) {
    precondition(range.lowerBound >= 0 && range.upperBound <= end, "A range beyond the events")
    var isSorted = true
    for index in range.dropFirst() where unsafe key(base[index].row) < key(base[index - 1].row) {
      isSorted = false
    }
    if isSorted { return }
    let sorted = range.map { unsafe base[$0] }.sorted {
      (key($0.row), $0.row) < (key($1.row), $1.row)
    }
    for (index, event) in sorted.enumerated() { unsafe base[range.lowerBound + index] = event }
  }

  /// Drops all events.
  @inline(__always)
  mutating func removeAll() {
    end = 0
    select(0..<0, union: 0)
  }

  /// Drops the events without a bit.
  mutating func removeWithoutMask() {
    var kept = 0
    for index in 0..<end {
      let event = event(index)
      if event.mask == 0 { continue }
      unsafe base[kept] = event
      kept += 1
    }
    end = kept
    select(0..<0, union: 0)
  }

  /// Keeps the events from `start` on.
  mutating func keep(from start: Int) {
    precondition(start >= 0 && start <= end, "A beginning beyond the events")
    unsafe base.update(from: base + start, count: end - start)
    end -= start
    select(0..<0, union: 0)
  }

  /// Completes the events from `start` on, of which only the rows are there: looks up their times and
  /// bits and drops those without a bit.
  @inline(__always)
  mutating func complete(
    from start: Int, _ masks: StepMasks, _ names: Span<UInt16>, _ times: Span<Int64>
  ) {
    precondition(start >= 0 && start <= end, "A beginning beyond the events")
    // Apart from all else, so that many are fetched at once.
    for index in start..<end {
      let row = unsafe base[index].row
      unsafe base[index].time = times[row]
    }
    let byName = masks.byName.span
    var kept = start
    for index in start..<end {
      var event = unsafe base[index]
      event.mask = byName[Int(names[event.row])]
      if event.mask & masks.mixed != 0 { event.mask = masks.decided(event.mask, event.row) }
      unsafe base[kept] = event
      if event.mask != 0 { kept += 1 }
    }
    end = kept
  }
}
