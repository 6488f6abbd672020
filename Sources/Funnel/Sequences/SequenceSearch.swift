import GA4Model

/// Finds the matches of a pattern in the events of one unit.
///
/// Every element that takes an event is a node with a pointer to an event, and so is every place
/// between a gap and ``SequencePattern/Element/anything``, whose event only gives the time. What the
/// pattern asks of two neighbours bounds how far they are from each other, in places and in time;
/// so if two matches are given, the earlier event of each node makes a match too, and there is a
/// match that is first at every node. It is found by moving forward, one place at a time, a pointer
/// that no match can have where it stands: it lies too close behind the one before, on an event
/// that the node does not take, or too far before the next one.
///
/// Pointers never move back, not even from one match to the next. So all matches of *n* events by
/// *k* nodes take O(*n* *k*) moves, and as much memory as there are nodes.
struct SequenceSearch {
  /// The bit in masks that every event has.
  static let anyEvent: UInt64 = 1 << 63

  private struct Node {
    /// The events that it takes: those with this bit.
    var bit: UInt64
    /// How many places it stands at least behind the node before.
    var step: Int
    /// Whether it stands no further behind.
    var isNext: Bool
    /// The bounds of the time since the node before.
    var least: UInt64
    var most: UInt64
  }

  private let nodes: [Node]
  /// For each element that takes an event, its number and its node.
  let takers: [(element: Int, node: Int)]
  /// The bits that some event must have for there to be a match.
  let needed: UInt64
  /// By node, the place of its event in the match; between searches, places before which the next
  /// match has none.
  private var places: [Int]

  init(_ pattern: SequencePattern) {
    var nodes: [Node] = []
    var takers: [(element: Int, node: Int)] = []
    var needed: UInt64 = 0
    /// What lies between the last node and the next.
    var link: Node?
    var isGap = false

    /// How the next node follows if anything lies between.
    func anything() -> Node {
      // Behind a node that only gives a time, the pattern goes on with that very event.
      let step = takers.last?.node == nodes.count - 1 ? 1 : 0
      return Node(bit: Self.anyEvent, step: step, isNext: false, least: 0, most: .max)
    }

    for (number, element) in pattern.elements.enumerated() {
      switch element {
      case .event, .anyEvent:
        var node = link ?? anything()
        node.isNext = link == nil && !nodes.isEmpty
        if case .event(let condition) = element {
          node.bit = 1 << UInt64(pattern.number(of: condition))
          needed |= node.bit
        }
        takers.append((number, nodes.count))
        nodes.append(node)
        link = nil
        isGap = false
      case .anything:
        // A match may begin anywhere, whether or not the pattern says so; and twice is once.
        if nodes.isEmpty || link != nil && !isGap { continue }
        if let gap = link { nodes.append(gap) }
        link = anything()
        isGap = false
      case .gap(let comparison, let duration):
        if let before = link { nodes.append(before) }
        var gap = anything()
        let limit = UInt64(duration.microseconds)
        switch comparison {
        case .lessThan: gap.most = limit - 1
        case .atMost: gap.most = limit
        case .exactly: (gap.least, gap.most) = (limit, limit)
        case .atLeast: gap.least = limit
        case .moreThan: gap.least = limit + 1
        }
        link = gap
        isGap = true
      }
    }
    self.nodes = nodes
    self.takers = takers
    self.needed = needed
    places = Array(repeating: 0, count: nodes.count)
  }

  /// The place in the match of the event that `taker` took.
  func place(ofTaker taker: Int) -> Int { places[takers[taker].node] }

  /// Forgets the events of the unit before.
  mutating func begin() {
    for node in places.indices { places[node] = 0 }
  }

  /// Finds the first match behind the last one found since ``begin()``; after `false`, there are no
  /// more.
  mutating func next(times: [Int64], masks: [UInt64]) -> Bool {
    var index = 0
    while index < nodes.count {
      let node = nodes[index]
      var place = places[index]
      if index == 0 {
        while place < masks.count, masks[place] & node.bit == 0 { place += 1 }
        places[0] = place
        if place == masks.count { return false }
        index = 1
        continue
      }
      var before = places[index - 1]
      place = max(place, before + node.step)
      // Times never fall, so that distances are distances even where the difference overflows.
      while place < masks.count,
        masks[place] & node.bit == 0
          || UInt64(bitPattern: times[place] &- times[before]) < node.least
      {
        place += 1
      }
      places[index] = place
      if place == masks.count { return false }
      while UInt64(bitPattern: times[place] &- times[before]) > node.most { before += 1 }
      if node.isNext { before = max(before, place - 1) }
      if before == places[index - 1] {
        index += 1
      } else {
        // The node before must come closer, and with it perhaps the one before that.
        places[index - 1] = before
        index -= 1
      }
    }
    return true
  }

  /// Goes behind the match, so that ``next(times:masks:)`` finds another one.
  mutating func advance() { places[0] = places[nodes.count - 1] + 1 }
}
