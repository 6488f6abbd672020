extension FlowPlot {
  /// The room for names beside a bar that is always asked for, and beyond which they are cut off.
  private static let nameRoom = 84.0...170.0
  fileprivate static let barWidth = 12.0
  /// The room between neighbours in a column.
  fileprivate static let gap = 6.0

  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    guard root.count > 0 else {
      canvas.noData()
      return canvas.drawing()
    }
    let columns = Columns(
      isOnward: direction == .following, canvasWidth: canvas.width, margin: canvas.margin,
      pitch: canvas.innerWidth / Double(root.depth + 1),
      scale: canvas.plotHeight / Double(root.count))
    let names = min(widest(root) { LabelText.line($0.label) }, Self.nameRoom.upperBound)
    let needed = max(names, widest(root, valueText), Self.nameRoom.lowerBound)
    if canvas.isWide, columns.room >= needed {
      drawColumns(columns, on: &canvas)
    } else {
      drawList(root.depth, on: &canvas)
    }
    return canvas.drawing()
  }

  private func valueText(_ node: Node) -> String {
    let share = FunnelPlot.percent(share(node.count, of: root.count))
    return "\(PlotNumberFormat.grouped(node.count)) · \(share)"
  }

  private func title(_ node: Node, after parent: Node?) -> String {
    var text = "\(node.label): \(PlotNumberFormat.grouped(node.count)) \(countName)"
    if let parent {
      if let share = share(node.count, of: parent.count) {
        text += ", \(FunnelPlot.percent(share)) of \(parent.label)"
      }
      if let share = share(node.count, of: root.count) {
        text += ", \(FunnelPlot.percent(share)) of all"
      }
    }
    if let detail = node.detail, !detail.isEmpty { text += ", \(detail)" }
    return text
  }

  /// The color of what lies behind child number `index` of the first node.
  private static func series(_ index: Int) -> Int { min(index + 1, 7) }

  // MARK: Columns

  /// A node with its place.
  private struct Placed {
    var node: Node
    var step: Int
    var series: Int
    /// The height of what lies behind it, or of its own.
    var block = 0.0
    /// The middle.
    var y = 0.0
    var children: [Placed] = []

    /// Moves the node and what lies behind it.
    mutating func move(to top: Double) {
      y = top + block / 2
      var top = y - Placed.stack(children) / 2
      for index in children.indices {
        children[index].move(to: top)
        top += children[index].block + FlowPlot.gap
      }
    }

    static func stack(_ nodes: [Placed]) -> Double {
      nodes.reduce(0) { $0 + $1.block } + FlowPlot.gap * Double(max(0, nodes.count - 1))
    }
  }

  /// The columns of the steps.
  private struct Columns {
    var isOnward: Bool
    var canvasWidth: Double
    var margin: Double
    var pitch: Double
    /// The height of one path.
    var scale: Double
    var isOneLine = true

    /// The room for text beside a bar.
    var room: Double { pitch - FlowPlot.barWidth - 16 }

    /// Where the bars of a step are; time runs to the right, so that what came before stands to the
    /// left.
    func bar(_ step: Int) -> ClosedRange<Double> {
      let offset = margin + Double(step) * pitch
      let x = isOnward ? offset : canvasWidth - offset - FlowPlot.barWidth
      return x...(x + FlowPlot.barWidth)
    }

    /// The side of a step's bars to which paths lead on.
    func far(_ step: Int) -> Double { isOnward ? bar(step).upperBound : bar(step).lowerBound }
    /// The other side.
    func near(_ step: Int) -> Double { isOnward ? bar(step).lowerBound : bar(step).upperBound }
    var anchor: Canvas.Anchor { isOnward ? .start : .end }
  }

  private func drawColumns(_ columns: Columns, on canvas: inout Canvas) {
    var columns = columns
    columns.isOneLine = widest(root, oneLine) <= columns.room
    for step in 0...root.depth {
      let sign = columns.isOnward ? "" : "−"
      let text = step == 0 ? "\(countName), share of all" : "step \(sign)\(step)"
      canvas.text(
        LabelText.shortened(text, to: columns.pitch - 8), columns.near(step), canvas.bottom + 11,
        anchor: columns.anchor, style: .quiet, full: text)
    }
    canvas.bottom += 24
    var tree = placed(root, 0, 0, columns)
    tree.move(to: canvas.bottom)
    drawBands(of: tree, columns, on: &canvas)
    drawBars(of: tree, after: nil, columns, on: &canvas)
    // Text stands above all bands.
    drawLabels(of: tree, columns, on: &canvas)
    canvas.bottom += tree.block
  }

  private func oneLine(_ node: Node) -> String {
    "\(LabelText.line(node.label))\u{A0} \(valueText(node))"
  }

  private func widest(_ node: Node, _ text: (Node) -> String) -> Double {
    node.children.reduce(LabelText.width(text(node))) { max($0, widest($1, text)) }
  }

  private func placed(_ node: Node, _ step: Int, _ series: Int, _ columns: Columns) -> Placed {
    var placed = Placed(node: node, step: step, series: series)
    placed.children = node.children.enumerated().map { index, child in
      self.placed(child, step + 1, step == 0 ? Self.series(index) : series, columns)
    }
    let text = (columns.isOneLine ? 1 : 2) * Canvas.lineHeight + 2
    placed.block = max(
      Double(node.count) * columns.scale, text, Placed.stack(placed.children))
    return placed
  }

  private func drawBands(of placed: Placed, _ columns: Columns, on canvas: inout Canvas) {
    var top = placed.y - Double(placed.node.count) * columns.scale / 2
    for child in placed.children {
      let height = Double(child.node.count) * columns.scale
      if child.node.count > 0 {
        let (from, to) = (columns.far(placed.step), columns.near(child.step))
        let end = child.y - height / 2
        // What is not nothing is seen.
        let seen = max(1, height)
        let middle = Markup.coordinate((from + to) / 2)
        func curve(_ y1: Double, _ x: Double, _ y2: Double) -> String {
          let (first, last) = (Markup.coordinate(y1), Markup.coordinate(y2))
          return "C\(middle) \(first) \(middle) \(last) \(Canvas.point(x, y2))"
        }
        canvas.series(child.series) { canvas in
          canvas.band(
            "M\(Canvas.point(from, top))\(curve(top, to, end))"
              + "V\(Markup.coordinate(end + seen))\(curve(end + seen, from, top + seen))Z")
        }
      }
      top += height
      drawBands(of: child, columns, on: &canvas)
    }
  }

  private func drawBars(
    of placed: Placed, after parent: Node?, _ columns: Columns, on canvas: inout Canvas
  ) {
    if placed.node.count > 0 {
      let height = max(1, Double(placed.node.count) * columns.scale)
      let y = placed.y - height / 2
      bar(
        placed.node, after: parent, x: columns.bar(placed.step), y: y...(y + height),
        placed.series, on: &canvas)
    }
    for child in placed.children {
      drawBars(of: child, after: placed.node, columns, on: &canvas)
    }
  }

  private func drawLabels(of placed: Placed, _ columns: Columns, on canvas: inout Canvas) {
    let x = columns.far(placed.step) + (columns.isOnward ? 6 : -6)
    if columns.isOneLine {
      canvas.text(
        oneLine(placed.node), x, placed.y + 4, anchor: columns.anchor, style: .value)
    } else {
      canvas.text(
        LabelText.shortened(placed.node.label, to: columns.room), x, placed.y - 3,
        anchor: columns.anchor, style: .value, full: placed.node.label)
      canvas.text(
        valueText(placed.node), x, placed.y + 12, anchor: columns.anchor, style: .value)
    }
    for child in placed.children { drawLabels(of: child, columns, on: &canvas) }
  }

  /// Draws the bar of a node, dashed for an end.
  private func bar(
    _ node: Node, after parent: Node?, x: ClosedRange<Double>, y: ClosedRange<Double>,
    _ series: Int, on canvas: inout Canvas
  ) {
    // The dashes lie within the bar.
    func inner(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
      let inset = min(0.5, (range.upperBound - range.lowerBound) / 4)
      return (range.lowerBound + inset)...(range.upperBound - inset)
    }
    let title = title(node, after: parent)
    canvas.series(series) { canvas in
      if node.kind == .end {
        canvas.bar(.lost, x: inner(x), y: inner(y), title: title)
      } else {
        canvas.bar(x: x, y: y, title: title)
      }
    }
  }

  // MARK: List

  private func drawList(_ depth: Int, on canvas: inout Canvas) {
    let indent = min(16, canvas.innerWidth * 0.3 / Double(max(1, depth)))
    let longest = canvas.innerWidth - indent * Double(depth)
    if depth > 0 {
      let next = direction == .following ? "what came next" : "what came before"
      let text = "Below each, indented: \(next). Shares are of all \(countName)."
      let lines = LabelText.wrapped(text, to: canvas.innerWidth, lines: 3)
      canvas.lines(lines, canvas.margin, canvas.bottom + 11, style: .quiet, full: text)
      canvas.bottom += Double(lines.count) * Canvas.lineHeight + 8
    }
    // All bars begin at one line, so that they compare.
    let scale = LinearScale(
      low: 0, high: Double(root.count), start: canvas.right - longest, end: canvas.right)
    drawRow(root, after: nil, 0, 0, indent, scale, on: &canvas)
    canvas.bottom -= Self.rowGap
  }

  private static let rowGap = 9.0

  /// Draws a node and what lies behind it.
  private func drawRow(
    _ node: Node, after parent: Node?, _ step: Int, _ series: Int, _ indent: Double,
    _ scale: LinearScale, on canvas: inout Canvas
  ) {
    let barHeight = 10.0
    let x = canvas.margin + Double(step) * indent
    let value = valueText(node)
    let room = canvas.right - x - LabelText.width(value) - 12
    let lines = LabelText.wrapped(node.label, to: room, lines: 2, bold: step == 0)
    canvas.lines(
      lines, x, canvas.bottom + 12, style: step == 0 ? .strong : .plain, full: node.label)
    canvas.text(value, canvas.right, canvas.bottom + 12, anchor: .end)
    canvas.bottom += Double(lines.count) * Canvas.lineHeight + 3
    if node.count > 0 {
      bar(
        node, after: parent,
        x: scale.start...max(scale.start + 1, scale.position(Double(node.count))),
        y: canvas.bottom...(canvas.bottom + barHeight), series, on: &canvas)
    }
    let foot = canvas.bottom
    canvas.bottom += barHeight + Self.rowGap
    // Lines lead to the names of what hangs on the node.
    var guides = ""
    var last = foot
    for (index, child) in node.children.enumerated() {
      last = canvas.bottom + 8
      guides += "M\(Canvas.point(x + 4, last))h\(Markup.coordinate(max(1, indent - 7)))"
      drawRow(
        child, after: node, step + 1, step == 0 ? Self.series(index) : series, indent, scale,
        on: &canvas)
    }
    if last > foot { guides += "M\(Canvas.point(x + 4, foot))V\(Markup.coordinate(last))" }
    canvas.grid(guides)
  }
}
