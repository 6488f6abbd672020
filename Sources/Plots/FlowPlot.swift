/// Where paths lead from one event, or come from, step by step.
///
/// ```swift
/// let flow = FlowPlot(
///   "After adding to the cart",
///   root: FlowPlot.Node(
///     "add_to_cart", count: 100,
///     children: [
///       FlowPlot.Node("begin_checkout", count: 60, children: [FlowPlot.Node("purchase", count: 25)]),
///       FlowPlot.Node("(end)", count: 40, kind: .end),
///     ]))
/// flow.table[2]   // ["add_to_cart → begin_checkout", "60", "60.0%", "60.0%"]
/// ```
///
/// Where there is room, each step has a column and bands between the columns are as thick as their
/// counts, so that time runs from left to right. Elsewhere, as on a phone, the tree stands as
/// indented bars below each other.
public struct FlowPlot: PlotFigure {
  /// What paths come through, with all that lies behind it.
  public struct Node: Sendable, Hashable {
    /// What a node stands for.
    public enum Kind: Sendable, Hashable {
      /// An event or a page.
      case value
      /// Several that are not shown one by one.
      case other
      /// The end of paths, or their start where they are followed backwards.
      case end
    }

    /// The node's name.
    public var label: String
    /// How many paths come through it.
    public let count: Int
    /// What the node stands for.
    public var kind: Kind
    /// More about the node, such as how many users it has.
    public var detail: String?
    /// What comes next on these paths, or came before.
    public let children: [Node]

    /// Makes a node.
    ///
    /// - Parameters:
    ///   - label: the node's name.
    ///   - count: how many paths come through it, 0 or more.
    ///   - kind: what the node stands for.
    ///   - detail: more about it, such as "12 users".
    ///   - children: what comes next on these paths, or came before; of `count` paths at most.
    public init(
      _ label: String, count: Int, kind: Kind = .value, detail: String? = nil,
      children: [Node] = []
    ) {
      precondition(count >= 0, "The count of a node cannot be negative.")
      precondition(
        children.reduce(0.0) { $0 + Double($1.count) } <= Double(count),
        "No more paths can go on from a node than come through it.")
      self.label = label
      self.count = count
      self.kind = kind
      self.detail = detail
      self.children = children
    }
  }

  /// Where paths lead from the first node.
  public enum Direction: Sendable, Hashable {
    /// To what came later.
    case following
    /// To what came earlier.
    case preceding
  }

  /// What the figure shows.
  public var title: String
  /// The node from which paths are followed.
  public let root: Node
  /// Where they lead.
  public let direction: Direction
  /// What is counted, such as "users".
  public var countName: String
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a figure of the paths from one node.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - root: the node from which paths are followed; with a count of 0 for a figure that says so.
  ///   - direction: where paths lead from it.
  ///   - countName: what is counted.
  ///   - summary: what is to be seen; `nil` for a sentence made from the counts.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, root: Node, direction: Direction = .following, countName: String = "paths",
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    self.title = title
    self.root = root
    self.direction = direction
    self.countName = countName
    self.summary = summary ?? Self.summary(root, direction, countName)
    self.identifier = identifier
    self.colors = colors
  }

  /// The nodes with their counts and shares, each by the nodes that lead to it in the order of time.
  public var table: [[String]] {
    var rows: [[String]] = []
    let hasDetails = root.hasDetail
    func add(_ node: Node, _ before: [String], of count: Int?) {
      let path = direction == .following ? before + [node.label] : [node.label] + before
      var row = [
        path.joined(separator: " → "), PlotNumberFormat.grouped(node.count),
        FunnelPlot.percent(count.flatMap { share(node.count, of: $0) }),
        FunnelPlot.percent(share(node.count, of: root.count)),
      ]
      if hasDetails { row.append(node.detail ?? "") }
      rows.append(row)
      for child in node.children { add(child, path, of: node.count) }
    }
    add(root, [], of: nil)
    let neighbor = direction == .following ? "Of node before" : "Of node after"
    let header = ["Path", FunnelPlot.capitalized(countName), neighbor, "Of all"]
    return [header + (hasDetails ? ["Detail"] : [])] + rows
  }

  func share(_ count: Int, of whole: Int) -> Double? { Self.share(count, of: whole) }

  private static func share(_ count: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(count) / Double(whole) : nil
  }

  private static func summary(
    _ root: Node, _ direction: Direction, _ countName: String
  ) -> String {
    let way = direction == .following ? "from" : "to"
    var text = "\(PlotNumberFormat.grouped(root.count)) \(countName) \(way) \(root.label)"
    // Equal counts keep their order.
    let most = root.children.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    let shares = most.prefix(3).map { _, node in
      "\(node.label) (\(FunnelPlot.percent(share(node.count, of: root.count))))"
    }
    if !shares.isEmpty {
      text += direction == .following ? "; next: " : "; before: "
      text += shares.joined(separator: ", ")
    }
    return text + "."
  }
}

extension FlowPlot.Node {
  fileprivate var hasDetail: Bool { detail != nil || children.contains { $0.hasDetail } }

  /// How many steps there are behind the node.
  var depth: Int { children.reduce(0) { max($0, $1.depth + 1) } }
}
