/// What the figures draw on: collects marks from the top to the bottom.
struct Canvas {
  enum Anchor: String {
    case start, middle, end
  }

  enum TextStyle {
    case title, strong, plain, quiet
    /// Text that may lie on lines of the grid.
    case value
  }

  /// Sizes in pixels.
  static let textSize = 12.0
  static let titleSize = 14.0
  static let lineHeight = 15.0

  let width: Double
  /// The blank margin at the sides.
  let margin: Double
  /// The height that is taken so far.
  var bottom: Double

  private let figure: any PlotFigure
  private let palette: PlotPalette
  private var content = ""

  /// Begins the drawing of `figure` with its title.
  init(_ figure: some PlotFigure, width: Int) {
    precondition(
      (240...4_000).contains(width), "A figure can be drawn for a width of 240 to 4,000 pixels.")
    self.width = Double(width)
    margin = width < 480 ? 12 : 16
    bottom = margin
    self.figure = figure
    palette = PlotPalette(figure.colors)
    let lines = LabelText.wrapped(
      figure.title, to: innerWidth, lines: 3, size: Self.titleSize, bold: true)
    for line in lines {
      text(line, margin, bottom + 12, style: .title)
      bottom += 18
    }
    bottom += 6
  }

  /// The width between the margins.
  var innerWidth: Double { width - 2 * margin }
  /// The right end of what may be drawn on.
  var right: Double { width - margin }
  /// Whether there is room for labels beside bars.
  var isWide: Bool { width >= 560 }

  // MARK: Marks

  /// Text on a line whose letters stand on `y`.
  ///
  /// - Parameter full: what is shown for a pointer that rests on a text that was shortened.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, style: TextStyle = .plain,
    full: String? = nil
  ) {
    content += "<text x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\""
    if anchor != .start { content += " text-anchor=\"\(anchor)\"" }
    switch style {
    case .title: content += " font-size=\"14\" font-weight=\"600\""
    case .strong: content += " font-weight=\"600\""
    case .quiet: content += " class=\"pa-quiet\""
    case .value: content += " class=\"pa-value\""
    case .plain: break
    }
    content += ">\(Markup.escaped(text))"
    if let full, full != text { content += "<title>\(Markup.escaped(full))</title>" }
    content += "</text>"
  }

  /// Lines of text, the first of which stands on `y`; each shows all of the text to a pointer if it
  /// was shortened.
  mutating func lines(
    _ lines: [String], _ x: Double, _ y: Double, anchor: Anchor = .start,
    style: TextStyle = .plain, full: String
  ) {
    let isShortened = lines.last?.last == "…" && LabelText.line(full).last != "…"
    for (index, line) in lines.enumerated() {
      text(
        line, x, y + Double(index) * Self.lineHeight, anchor: anchor, style: style,
        full: isShortened ? full : nil)
    }
  }

  /// The marks of a series, in its color.
  mutating func series(_ index: Int, _ draw: (inout Canvas) -> Void) {
    let color = palette.series[index]
    content += "<g class=\"pa-\(index + 1)\" fill=\"\(color)\" stroke=\"none\">"
    draw(&self)
    content += "</g>"
  }

  /// A bar between two corners, at least a pixel long unless it is nothing at all.
  mutating func bar(
    _ kind: BarKind = .bar, x: ClosedRange<Double>, y: ClosedRange<Double>, title: String? = nil
  ) {
    content += "<rect class=\"\(kind.rawValue)\""
    if kind == .lost { content += " fill-opacity=\"0.12\" stroke-dasharray=\"3 2\"" }
    content += Self.frame(x, y) + Self.closing("rect", title)
  }

  enum BarKind: String {
    case bar = "pa-bar"
    case lost = "pa-lost"
  }

  /// A field of a heat map, within ``series(_:_:)``: the higher the value, the more of the color.
  ///
  /// - Parameter opacity: how much of the color, less than 1.
  mutating func field(
    x: ClosedRange<Double>, y: ClosedRange<Double>, opacity: Double, isDashed: Bool,
    title: String?
  ) {
    let hundredths = Int((opacity * 100).rounded())
    content += "<rect class=\"pa-bar\(isDashed ? " pa-part" : "")\""
    content += " fill-opacity=\"0.\(hundredths < 10 ? "0" : "")\(hundredths)\""
    if isDashed { content += " stroke-dasharray=\"3 2\"" }
    content += Self.frame(x, y) + Self.closing("rect", title)
  }

  /// An invisible area that tells a pointer what is there.
  mutating func hover(x: ClosedRange<Double>, y: ClosedRange<Double>, title: String) {
    content += "<rect class=\"pa-hover\" fill=\"none\" stroke=\"none\""
    content += Self.frame(x, y) + Self.closing("rect", title)
  }

  private static func frame(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> String {
    // The size is that of the rounded corners, so that neighbours meet.
    let width = (x.upperBound * 10).rounded() / 10 - (x.lowerBound * 10).rounded() / 10
    let height = (y.upperBound * 10).rounded() / 10 - (y.lowerBound * 10).rounded() / 10
    return " x=\"\(Markup.coordinate(x.lowerBound))\" y=\"\(Markup.coordinate(y.lowerBound))\""
      + " width=\"\(Markup.coordinate(width))\" height=\"\(Markup.coordinate(height))\""
  }

  private static func closing(_ element: String, _ title: String?) -> String {
    title.map { "><title>\(Markup.escaped($0))</title></\(element)>" } ?? "/>"
  }

  /// Straight lines of the grid, as a path.
  mutating func grid(_ path: String) {
    guard !path.isEmpty else { return }
    let opacity = palette.line == "currentColor" ? " stroke-opacity=\"0.25\"" : ""
    content += "<path class=\"pa-grid\" fill=\"none\" stroke=\"\(palette.line)\"\(opacity)"
    content += " d=\"\(path)\"/>"
  }

  /// The line from which bars rise.
  mutating func axis(_ path: String) {
    content += "<path class=\"pa-axis\" fill=\"none\" stroke=\"\(palette.quiet)\" d=\"\(path)\"/>"
  }

  /// A line of series `index`, within ``series(_:_:)``.
  mutating func line(_ path: String, series index: Int, width: Double = 2) {
    guard !path.isEmpty else { return }
    let dashes = Self.dashes[index]
    content += "<path class=\"pa-line\" fill=\"none\" stroke=\"\(palette.series[index])\""
    content += " stroke-width=\"\(Markup.coordinate(width))\" stroke-linejoin=\"round\""
    if !dashes.isEmpty { content += " stroke-dasharray=\"\(dashes)\"" }
    content += " d=\"\(path)\"/>"
  }

  /// An area of a series, within ``series(_:_:)``.
  mutating func band(_ path: String) {
    guard !path.isEmpty else { return }
    content += "<path class=\"pa-band\" fill-opacity=\"0.2\" d=\"\(path)\"/>"
  }

  /// The sign of series `index` around a point, within ``series(_:_:)``.
  mutating func dot(_ x: Double, _ y: Double, series index: Int) {
    content += "<path class=\"pa-dot\" d=\"M\(Self.point(x, y))\(Self.dots[index])\"/>"
  }

  /// The sign of an estimate around a point, within ``series(_:_:)``: filled, or a ring.
  mutating func sign(_ x: Double, _ y: Double, isFilled: Bool) {
    let fill = isFilled ? "" : " fill=\"\(palette.surface)\""
    content += "<path class=\"pa-dot pa-sign\(isFilled ? "" : " pa-ring")\"\(fill)"
    content += " stroke=\"\(palette.series[0])\" stroke-width=\"2\""
    content += " d=\"M\(Self.point(x, y))m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z\"/>"
  }

  /// A small arrow downwards at the left of a line of text that stands on `y`.
  mutating func arrow(_ x: Double, _ y: Double) {
    axis("M\(Self.point(x + 4, y - 9))v8m-3 -3l3 3l3 -3")
  }

  static func point(_ x: Double, _ y: Double) -> String {
    "\(Markup.coordinate(x)) \(Markup.coordinate(y))"
  }

  // Lines are told apart by their dashes and signs too, not by color alone.
  private static let dashes = ["", "6 3", "2 3", "8 3 2 3", "12 4", "4 4", "10 3 2 3 2 3", "1 4"]
  private static let dots = [
    "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", "m-3 -3h6v6h-6z", "m0 -4l4 7h-8z",
    "m0 -4l4 4l-4 4l-4 -4z",
    "m0 4l4 -7h-8z", "m-1.5 -4h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5v-3h2.5z", "m-4 -1.5h8v3h-8z",
    "m-1.5 -4h3v8h-3z",
  ]

  // MARK: Common parts

  /// The names of the series with their signs, in rows.
  mutating func legend(_ names: [String], lines isLines: Bool = false) {
    let sign = isLines ? 28.0 : 12.0
    var x = margin
    for (index, name) in names.enumerated() {
      let shown = LabelText.shortened(name, to: innerWidth / 2 - sign - 8)
      let size = sign + 6 + LabelText.width(shown)
      if x > margin, x + size > right {
        x = margin
        bottom += 18
      }
      let y = bottom + 11
      series(index) { canvas in
        if isLines {
          canvas.line("M\(Self.point(x, y - 4))h\(Markup.coordinate(sign))", series: index)
          canvas.dot(x + sign / 2, y - 4, series: index)
        } else {
          canvas.bar(x: x...(x + 10), y: (y - 9)...(y + 1))
        }
      }
      text(shown, x + sign + 4, y, full: name)
      x += size + 14
    }
    bottom += 26
  }

  /// Says that there is nothing to draw.
  mutating func noData() {
    text("No data", width / 2, bottom + 30, anchor: .middle, style: .quiet)
    bottom += 54
  }

  /// The finished drawing.
  func drawing() -> PlotDrawing {
    let height = Int((bottom + margin).rounded(.up))
    let id = "\(Markup.id(of: figure))-\(Int(width))"
    let mode =
      switch figure.colors {
      case .automatic: "pa-auto"
      case .light: "pa-light"
      case .dark: "pa-dark"
      case .inherited: "pa-page"
      }
    let opening = """
      <svg xmlns="http://www.w3.org/2000/svg" class="pa-plot \(mode)" role="img" \
      aria-labelledby="\(id)-t \(id)-d" viewBox="0 0 \(Int(width)) \(height)" width="100%" \
      font-family="system-ui, sans-serif" font-size="12" fill="\(palette.ink)">\
      <title id="\(id)-t">\(Markup.escaped(figure.title))</title>\
      <desc id="\(id)-d">\(Markup.escaped(figure.summary))</desc>
      """
    let ground = """
      <rect class="pa-ground" width="\(Int(width))" height="\(height)" fill="\(palette.surface)"/>
      """
    return PlotDrawing(
      width: Int(width), height: height, opening: opening, content: ground + content)
  }
}
