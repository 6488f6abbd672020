import GA4Model

/// The answer of a ``PathQuery``.
///
/// ```swift
/// let report = query.evaluate(log)
/// report.root.count                         // 73
/// report.root.children[0].label             // page_view
/// report.root.children[0].shareOfParent     // 0.5068…
/// print(report)                             // the tree as text
/// report.links                              // what a Sankey diagram is drawn from
/// ```
///
/// The counts of the children of a node add up to its own, since everything has a place: what is
/// not listed is one node, and so is the end of a path. Units do not add up, as one unit can go
/// several ways.
public struct PathReport: Sendable, Hashable, Codable {
  /// What a node stands for.
  public enum Label: Sendable, Hashable, Codable {
    /// The anchor, with its name.
    case anchor(String)
    /// Events with a value.
    case value(String)
    /// Events without one.
    case missing
    /// All values that are not listed.
    case other
    /// That nothing came before, in the unit or in the window.
    case start
    /// That nothing followed, in the unit or in the window.
    case end
  }

  /// What happened after, or before, the nodes that lead to it.
  public struct Node: Sendable, Hashable, Codable {
    /// What the node stands for.
    public var label: Label
    /// How many paths come through it.
    public var count: Int
    /// How many units have such a path, each once.
    public var units: Int
    /// ``count`` as a share of that of the node before, `nil` for the anchor.
    public var shareOfParent: Double?
    /// ``count`` as a share of that of the anchor, `nil` for 0 of 0.
    public var shareOfRoot: Double?
    /// The nodes behind it: values by count, of equal ones by their bytes and a missing one first,
    /// then the others, then the end.
    ///
    /// The last step, ends and the others have none.
    public var children: [Node]
  }

  /// How many paths go from one node to the next, whatever lies before and behind.
  public struct Link: Sendable, Hashable, Codable {
    /// The step of the earlier node: 0 for the anchor, negative before it.
    public var sourceStep: Int
    /// The earlier node.
    public var source: Label
    /// The step of the later node.
    public var targetStep: Int
    /// The later node.
    public var target: Label
    /// How many paths.
    public var count: Int
  }

  /// The question.
  public var query: PathQuery
  /// The anchor, with all that follows or precedes it.
  public var root: Node
  /// How many events belong to no unit.
  public var eventsWithoutUnit: Int
  /// How many events of units were passed over because they have no value; always 0 unless the query
  /// skips them.
  public var eventsWithoutValue: Int

  init(
    query: PathQuery, tally: PathTally, values: [Bytewise?], eventsWithoutUnit: Int,
    eventsWithoutValue: Int
  ) {
    self.query = query
    root = ShownPaths(query, tally, values).root
    self.eventsWithoutUnit = eventsWithoutUnit
    self.eventsWithoutValue = eventsWithoutValue
  }

  /// The links between the nodes of neighbouring steps, nearest to the anchor first, of one step
  /// those with the highest counts first.
  ///
  /// Nodes with equal labels at one step are one, as in a Sankey diagram; in ``root`` they are
  /// several, by what leads to them.
  public var links: [Link] {
    var found: [LinkKey: Int] = [:]
    func add(_ node: Node, _ step: Int) {
      for child in node.children {
        let key = LinkKey(
          step: step, near: LabelKey(node.label), far: LabelKey(child.label))
        found[key, default: 0] += child.count
        add(child, step + 1)
      }
    }
    add(root, 0)
    let sorted = found.sorted { left, right in
      if left.key.step != right.key.step { return left.key.step < right.key.step }
      if left.value != right.value { return left.value > right.value }
      if left.key.near != right.key.near { return left.key.near < right.key.near }
      return left.key.far < right.key.far
    }
    return sorted.map { key, count in
      let (near, far) = (key.near.label, key.far.label)
      return query.direction == .following
        ? Link(
          sourceStep: key.step, source: near, targetStep: key.step + 1, target: far, count: count)
        : Link(
          sourceStep: -key.step - 1, source: far, targetStep: -key.step, target: near,
          count: count)
    }
  }
}

/// A label that equals another only if their bytes are the same.
private struct LabelKey: Hashable, Comparable {
  var label: PathReport.Label

  init(_ label: PathReport.Label) { self.label = label }

  private var rank: Int {
    switch label {
    case .anchor: 0
    case .missing: 1
    case .value: 2
    case .other: 3
    case .start: 4
    case .end: 5
    }
  }

  private var text: Bytewise {
    switch label {
    case .anchor(let text), .value(let text): Bytewise(text)
    case .missing, .other, .start, .end: Bytewise("")
    }
  }

  static func == (left: Self, right: Self) -> Bool {
    left.rank == right.rank && left.text == right.text
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    hasher.combine(text)
  }

  static func < (left: Self, right: Self) -> Bool {
    left.rank != right.rank ? left.rank < right.rank : left.text < right.text
  }
}

private struct LinkKey: Hashable {
  /// How many steps the nearer node is away from the anchor.
  var step: Int
  var near: LabelKey
  var far: LabelKey
}

extension PathReport.Label: CustomStringConvertible {
  /// The name or value, or in brackets what stands for it.
  public var description: String {
    switch self {
    case .anchor(let text), .value(let text): text
    case .missing: "(missing)"
    case .other: "(other)"
    case .start: "(start)"
    case .end: "(end)"
    }
  }
}

extension PathReport: CustomStringConvertible {
  /// The tree as a table whose first column is indented by step, with the question at the end.
  public var description: String {
    // Each unit has one path, so its number is that of paths.
    let isOnePath = query.anchors != .all
    let units = query.unit.rawValue
    let neighbor = query.direction == .following ? "of node before" : "of node after"
    var table = TextTable(
      ["path"] + (isOnePath ? [] : ["paths"]) + [units, neighbor, "of all"],
      numbers: [1, 2, 3, 4])
    func add(_ node: Node, _ step: Int) {
      var row = [String(repeating: "  ", count: step) + node.label.description]
      if !isOnePath { row.append(NumberFormat.grouped(node.count)) }
      row.append(NumberFormat.grouped(node.units))
      row.append(NumberFormat.percent(node.shareOfParent, 2))
      row.append(NumberFormat.percent(node.shareOfRoot, 2))
      table.append(row)
      for child in node.children { add(child, step + 1) }
    }
    add(root, 0)
    var text = "\(table)\n\(query)"
    if eventsWithoutUnit > 0 {
      text += "\n\(Self.events(eventsWithoutUnit)) of no "
      text += query.unit == .users ? "user" : "session"
    }
    if eventsWithoutValue > 0 {
      text += "\n\(Self.events(eventsWithoutValue)) without value skipped"
    }
    return text
  }

  private static func events(_ count: Int) -> String {
    "\(NumberFormat.grouped(count)) \(count == 1 ? "event" : "events")"
  }
}
