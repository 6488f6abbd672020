import GA4Model

/// Walks over the units of a slice and adds up their paths.
struct PathWalk {
  /// An event at which a path begins.
  private struct Anchor {
    /// The place of the first node behind it.
    var next: Int
    /// Its own value, ``none`` if it counts as having none.
    var code: UInt32
    var time: Int64
  }

  private static let isAnchor: UInt64 = 1
  private static let isNode: UInt64 = 2
  /// A code that no value has.
  private static let none = UInt32.max

  private let query: PathQuery
  private let slice: EventLog.UserSlice
  private let storage: EventLogStorage
  private let masks: StepMasks
  /// The values that tell nodes apart, `nil` for names, which have codes anyway.
  private let column: DimensionColumn?
  /// The values of the labels from 1 on.
  let values: [String?]
  /// The code of what is passed over.
  private let skipped: UInt32
  private let fromAnchor: UInt64
  private let fromPrevious: UInt64

  private(set) var eventsWithoutUnit = 0
  private(set) var eventsWithoutValue = 0
  /// The paths; a label is one more than the code of the value.
  private(set) var tally = PathTally()

  // What is known of one unit, in the order of its paths; kept to be used again.
  private var anchors: [Anchor] = []
  private var codes: [UInt32] = []
  private var times: [Int64] = []
  /// By node, where the run of its value ends.
  private var runEnds: [Int] = []
  /// By node, where the silence comes that ends a path.
  private var reaches: [Int] = []
  private var ends: [UInt32] = []

  init(_ query: PathQuery, _ slice: EventLog.UserSlice) {
    self.query = query
    self.slice = slice
    storage = slice.log.storage
    masks = StepMasks([query.anchor, query.filter ?? .always], query.unit, in: slice)
    if query.dimension == .name {
      column = nil
      values = storage.names.map { [strings = storage.strings] in strings[$0] }
    } else {
      let column = DimensionColumn(query.dimension, in: slice.log)
      self.column = column
      values = column.labels
    }
    let missing = values.firstIndex { $0 == nil }.map { UInt32($0) }
    skipped = query.missing == .skipped ? missing ?? Self.none : Self.none
    var fromAnchor = UInt64.max
    var fromPrevious = UInt64.max
    switch query.window {
    case .none: break
    case .fromAnchor(let duration): fromAnchor = UInt64(duration.microseconds)
    case .fromPrevious(let duration): fromPrevious = UInt64(duration.microseconds)
    }
    self.fromAnchor = fromAnchor
    self.fromPrevious = fromPrevious
  }

  mutating func run() {
    eventsWithoutUnit += slice.eventsWithoutUnit(query.unit)
    let storage = storage
    let masks = masks
    storage.name.withValues { names in
      storage.time.withValues { times in
        for unit in UnitRows(query.unit, slice) {
          switch unit.rows {
          case .run(let rows):
            add(rows.count, masks, names, times) { rows.lowerBound + $0 }
          case .list(let rows): add(rows.count, masks, names, times) { rows[$0] }
          }
        }
      }
    }
  }

  // MARK: Units

  /// Adds a unit of `count` events, whose rows `row` gives in the order of time.
  @inline(__always)
  private mutating func add(
    _ count: Int, _ masks: StepMasks, _ names: Span<UInt16>, _ allTimes: Span<Int64>,
    row: (Int) -> Int
  ) {
    func mask(_ row: Int) -> UInt64 { masks.mask(row, name: names[row]) }
    // Most units have no anchor, and then only what is passed over must be counted.
    if skipped == Self.none {
      var index = 0
      while index < count, mask(row(index)) & Self.isAnchor == 0 { index += 1 }
      if index == count { return }
    }
    anchors.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    let isBackward = query.direction == .preceding
    let keepsFirst = query.anchors == (isBackward ? .last : .first)
    for index in 0..<count {
      let row = row(isBackward ? count - 1 - index : index)
      let mask = mask(row)
      if mask == 0 { continue }
      let code = column?.code(row) ?? UInt32(names[row])
      let time = allTimes[row]
      let isNode = mask & Self.isNode != 0 && code != skipped
      if mask & Self.isAnchor != 0, !(keepsFirst && !anchors.isEmpty) {
        if query.anchors != .all { anchors.removeAll(keepingCapacity: true) }
        anchors.append(
          Anchor(
            next: codes.count + (isNode ? 1 : 0), code: code == skipped ? Self.none : code,
            time: time))
      }
      if isNode {
        codes.append(code)
        times.append(time)
      } else if mask & Self.isNode != 0 {
        eventsWithoutValue += 1
      }
    }
    if anchors.isEmpty { return }
    findRuns()
    ends.removeAll(keepingCapacity: true)
    for anchor in anchors { ends.append(follow(anchor)) }
    tally.add(&ends)
  }

  /// Finds out where runs of one value end, and where silences do.
  private mutating func findRuns() {
    if query.collapsesRepeats {
      runEnds.removeAll(keepingCapacity: true)
      runEnds.append(contentsOf: repeatElement(codes.count, count: codes.count))
      for place in codes.indices.dropLast().reversed() {
        runEnds[place] = codes[place] == codes[place + 1] ? runEnds[place + 1] : place + 1
      }
    }
    if fromPrevious != .max {
      reaches.removeAll(keepingCapacity: true)
      reaches.append(contentsOf: repeatElement(codes.count, count: codes.count))
      for place in codes.indices.dropLast().reversed() {
        let isNear = Self.distance(times[place], times[place + 1]) <= fromPrevious
        reaches[place] = isNear ? reaches[place + 1] : place + 1
      }
    }
  }

  /// The last node of the path from `anchor`.
  private mutating func follow(_ anchor: Anchor) -> UInt32 {
    var node = PathTree.root
    var place = anchor.next
    var reach = codes.count
    if fromPrevious != .max, place < codes.count {
      let isNear = Self.distance(anchor.time, times[place]) <= fromPrevious
      reach = isNear ? reaches[place] : place
    }
    var before = anchor.code
    for _ in 0..<query.depth {
      if query.collapsesRepeats, place < reach, codes[place] == before { place = runEnds[place] }
      guard place < reach, Self.distance(anchor.time, times[place]) <= fromAnchor else {
        return tally.tree.child(of: node, PathTree.end)
      }
      before = codes[place]
      node = tally.tree.child(of: node, before + 1)
      place += 1
    }
    return node
  }

  /// The time between two moments in either order.
  @inline(__always)
  private static func distance(_ a: Int64, _ b: Int64) -> UInt64 {
    UInt64(bitPattern: a < b ? b &- a : a &- b)
  }
}
