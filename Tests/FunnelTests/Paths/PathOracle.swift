import GA4Model
import StatisticsCore
import TestSupport

@testable import Funnel

/// Paths the obvious way: every event of every unit is looked at, and every path is a list.
struct PathOracle {
  var query: PathQuery
  var log: EventLog

  /// A node of a path: the bytes of its value, or what stands for it.
  enum Node: Hashable {
    case value([UInt8])
    case missing
    case end
  }

  /// A path with the number of its unit.
  struct Path {
    var unit: Int
    var nodes: [Node]
  }

  /// The events of each unit in the order of the log.
  private var units: [[Event]] {
    switch query.unit {
    case .users: return log.users.map { user in user.events.map { log[$0] } }
    case .sessions:
      return log.sessions.indices.map { session in
        log.indices.filter { log.session(ofEvent: $0) == session }
          .sorted { (log[$0].time, $0) < (log[$1].time, $1) }.map { log[$0] }
      }
    }
  }

  var eventsWithoutUnit: Int {
    query.unit == .users
      ? log.eventsWithoutUser : log.indices.count { log.session(ofEvent: $0) == nil }
  }

  var eventsWithoutValue: Int {
    units.joined().count { event in
      (query.filter?.matches(event) ?? true) && node(event) == nil
    }
  }

  /// What node an event is if the filter lets it be one.
  private func node(_ event: Event) -> Node? {
    let text: String?
    switch query.dimension {
    case .name: text = event.name.rawValue
    case .parameter("page"): text = event.parameters["page"]?.text
    default: preconditionFailure("The oracle knows two dimensions")
    }
    if let text { return .value(Array(text.utf8)) }
    return query.missing == .skipped ? nil : .missing
  }

  var paths: [Path] {
    units.enumerated().flatMap { number, events in
      var anchors = events.indices.filter { query.anchor.matches(events[$0]) }
      switch query.anchors {
      case .first: anchors = Array(anchors.prefix(1))
      case .last: anchors = Array(anchors.suffix(1))
      case .all: break
      }
      return anchors.map { anchor in
        let others =
          query.direction == .following
          ? Array(events[(anchor + 1)...]) : events[..<anchor].reversed()
        return Path(unit: number, nodes: nodes(others, from: events[anchor]))
      }
    }
  }

  private func nodes(_ events: [Event], from anchor: Event) -> [Node] {
    func distance(_ a: Event, _ b: Event) -> Duration {
      a.time < b.time ? b.time - a.time : a.time - b.time
    }
    var nodes: [Node] = []
    var before = node(anchor)
    var last = anchor
    for event in events where query.filter?.matches(event) ?? true {
      guard let node = node(event) else { continue }
      switch query.window {
      case .fromAnchor(let limit) where distance(anchor, event) > limit: return nodes + [.end]
      case .fromPrevious(let limit) where distance(last, event) > limit: return nodes + [.end]
      default: break
      }
      last = event
      if query.collapsesRepeats, node == before { continue }
      before = node
      nodes.append(node)
      if nodes.count == query.depth { return nodes }
    }
    return nodes + [.end]
  }

  /// The report's tree.
  var root: PathReport.Node {
    let all = paths
    func tree(
      _ label: PathReport.Label, _ paths: [Path], _ step: Int, of parent: Int?, isLeaf: Bool = false
    ) -> PathReport.Node {
      let groups = Dictionary(
        grouping: isLeaf ? [] : paths.filter { $0.nodes.count > step }, by: { $0.nodes[step] })
      let values = groups.filter { $0.key != .end }.sorted { left, right in
        if left.value.count != right.value.count { return left.value.count > right.value.count }
        switch (left.key, right.key) {
        case (.value(let a), .value(let b)): return a.lexicographicallyPrecedes(b)
        default: return left.key == .missing
        }
      }
      var children = values.prefix(query.limit).map { key, paths in
        switch key {
        case .value(let bytes):
          tree(.value(String(decoding: bytes, as: UTF8.self)), paths, step + 1, of: all.count)
        default: tree(.missing, paths, step + 1, of: all.count)
        }
      }
      let rest = values.dropFirst(query.limit).flatMap(\.value)
      if !rest.isEmpty { children.append(tree(.other, rest, step + 1, of: nil, isLeaf: true)) }
      if let ends = groups[.end] {
        children.append(
          tree(
            query.direction == .following ? .end : .start, ends, step + 1, of: nil, isLeaf: true))
      }
      for index in children.indices {
        children[index].shareOfParent = Double(children[index].count) / Double(paths.count)
      }
      return PathReport.Node(
        label: label, count: paths.count, units: Set(paths.map(\.unit)).count, shareOfParent: nil,
        shareOfRoot: all.isEmpty ? nil : Double(paths.count) / Double(all.count),
        children: children)
    }
    return tree(.anchor(query.label), all, 0, of: nil)
  }
}

/// Small random logs and queries in which much happens at one time.
enum RandomPaths {
  static let names: [EventName] = ["a", "b", "c", "e\u{301}", "\u{E9}", "x"]

  static func events(_ generator: inout SeededGenerator, users: Int = 4) -> [Event] {
    var events: [Event] = []
    for user in 0..<users {
      var clock: Int64 = 1_600_000_000
      let hasUserID = generator.bernoulli(0.3)
      for _ in 0..<generator.integer(in: 0...9) {
        if generator.bernoulli(0.5) { clock += Int64(generator.integer(in: 1...3)) }
        var event = Event(
          generator.choose(from: names), at: EventTime(seconds: clock),
          by: generator.bernoulli(0.95) ? "u\(user)" : nil)
        // A login in the middle spreads a session over two users.
        if hasUserID, generator.bernoulli(0.4) { event.userID = "id\(user)" }
        if generator.bernoulli(0.9) {
          event.parameters.append(.sessionID, .int(Int64(generator.integer(in: 1...2))))
        }
        if generator.bernoulli(0.7) {
          event.parameters["page"] = .string(
            generator.choose(from: ["", "p", "q", "e\u{301}", "\u{E9}"]))
        }
        if generator.bernoulli(0.3) { event.parameters["flag"] = 1 }
        events.append(event)
      }
    }
    return events
  }

  /// What a query asks beside an anchor and a depth.
  enum Option: CaseIterable {
    case plain, preceding, sessions, first, last, page, skipped, collapsed, filter
    case fromAnchor, fromPrevious, shortList, anyAnchor
  }

  static func query(_ options: Set<Option>, _ generator: inout SeededGenerator) -> PathQuery {
    let depth = generator.integer(in: 1...5)
    let anchor = anchor(options.contains(.anyAnchor), &generator)
    var query =
      options.contains(.preceding)
      ? PathQuery(preceding: { _ in anchor }, depth: depth)
      : PathQuery(following: { _ in anchor }, depth: depth)
    if options.contains(.sessions) { query.unit = .sessions }
    if options.contains(.first) { query.anchors = .first }
    if options.contains(.last) { query.anchors = .last }
    if options.contains(.page) || options.contains(.skipped) {
      query.dimension = .parameter("page")
    }
    if options.contains(.skipped) { query.missing = .skipped }
    if options.contains(.collapsed) { query.collapsesRepeats = true }
    if options.contains(.filter) {
      query.filter =
        generator.bernoulli(0.5)
        ? EventPredicate { $0.name != "x" && $0.name != "a" } : EventPredicate { $0["flag"] == 1 }
    }
    let duration = Duration.seconds(generator.integer(in: 1...6))
    if options.contains(.fromAnchor) {
      query.window = .fromAnchor(duration)
    } else if options.contains(.fromPrevious) {
      query.window = .fromPrevious(.seconds(generator.integer(in: 1...2)))
    }
    if options.contains(.shortList) { query.limit = generator.integer(in: 1...2) }
    return query
  }

  private static func anchor(
    _ isAny: Bool, _ generator: inout SeededGenerator
  ) -> EventPredicate {
    if isAny { return .always }
    return switch generator.integer(in: 0...3) {
    case 0: EventPredicate { $0.name.isOne(of: ["a", "b"]) }
    case 1: EventPredicate { $0.name == "a" && $0["flag"] == 1 }
    default: EventPredicate { $0.name == "a" }
    }
  }
}
