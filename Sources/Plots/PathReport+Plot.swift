public import Funnel
import GA4Model

extension PathReport {
  /// The report as a figure: a tree of bands, with what few paths take joined.
  ///
  /// ```swift
  /// let svg = report.plot(title: "After adding to the cart").svg
  /// ```
  ///
  /// The figure is called `title`, by default by the anchor. Nodes with less than `leastShare` of all
  /// paths are joined with their neighbours, ends too, and what lies behind a node is left out where
  /// all of it is as rare; the report has them all.
  public func plot(title: String? = nil, leastShare: Double = 0.02) -> FlowPlot {
    let isFollowing = query.direction == .following
    let isOnePath = query.anchors != .all
    let least = leastShare * Double(root.count)
    let unit = query.unit.rawValue
    func drawn(_ node: Node) -> FlowPlot.Node {
      var children = node.children.filter { Double($0.count) >= least }.map(drawn)
      let rare = node.children.filter { Double($0.count) < least }
      if !children.isEmpty, !rare.isEmpty {
        // Others stand before ends.
        let place = children.firstIndex { $0.kind != .value } ?? children.count
        if rare.count == 1, rare[0].label != .other {
          children.insert(drawn(rare[0]), at: rare[0].isEnd ? children.count : place)
        } else {
          var count = rare.reduce(0) { $0 + $1.count }
          if place < children.count, children[place].kind == .other {
            count += children.remove(at: place).count
          }
          // How many units joined nodes have is not known.
          children.insert(
            FlowPlot.Node("\(Label.other)", count: count, kind: .other), at: place)
        }
      }
      let kind: FlowPlot.Node.Kind = node.isEnd ? .end : node.label == .other ? .other : .value
      return FlowPlot.Node(
        node.label.description, count: node.count, kind: kind,
        detail: isOnePath ? nil : "\(NumberFormat.grouped(node.units)) \(unit)",
        children: children)
    }
    return FlowPlot(
      title ?? "\(isFollowing ? "After" : "Before") \(query.label)", root: drawn(root),
      direction: isFollowing ? .following : .preceding, countName: isOnePath ? unit : "paths")
  }

  /// The figure as SVG of the usual width, which any page can hold.
  public func svg() -> String { plot().svg }
}

extension PathReport.Node {
  /// Whether paths end here, or begin.
  fileprivate var isEnd: Bool { label == .start || label == .end }
}
