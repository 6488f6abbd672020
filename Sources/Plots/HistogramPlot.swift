/// How many values fall into each of some neighbouring bins.
///
/// ```swift
/// let histogram = HistogramPlot(
///   "Time to purchase",
///   bins: [
///     HistogramPlot.Bin(from: 0, to: 10, count: 25),
///     HistogramPlot.Bin(from: 10, to: 20, count: 75),
///   ],
///   valueName: "minutes")
/// histogram.table[1]   // ["0 to 10", "25", "25.0%"]
/// ```
///
/// Bins of one width are as high as their counts. Where widths differ, the area stands for the
/// count: heights are counts per unit, since otherwise wide bins would look like many values.
public struct HistogramPlot: PlotFigure {
  /// A range of values and how many fall into it.
  public struct Bin: Sendable, Hashable {
    /// The least value of the bin.
    public var lower: Double
    /// Where the bin ends.
    public var upper: Double
    /// How many values fall into the bin.
    public var count: Int

    /// Makes a bin.
    ///
    /// - Parameters:
    ///   - lower: the least value of the bin, finite.
    ///   - upper: where the bin ends, finite and above `lower`.
    ///   - count: how many values fall into the bin, 0 or more.
    public init(from lower: Double, to upper: Double, count: Int) {
      precondition(
        drawable(lower) != nil && drawable(upper) != nil,
        "The edges of a histogram's bin must be finite and below 1e290.")
      precondition(
        lower < upper, "The lower edge of a histogram's bin must be below its upper edge.")
      precondition(count >= 0, "The count of a histogram's bin cannot be negative.")
      self.lower = lower
      self.upper = upper
      self.count = count
    }
  }

  /// What the figure shows.
  public var title: String
  /// The bins, from the lowest to the highest.
  public let bins: [Bin]
  /// What the values are, such as "minutes".
  public var valueName: String
  /// What is counted, such as "users".
  public var countName: String
  /// How edges are written.
  public var format: PlotNumberFormat
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a histogram.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - bins: the bins, ascending and without overlap; there may be room between them.
  ///   - valueName: what the values are, such as "minutes".
  ///   - countName: what is counted.
  ///   - format: how edges are written.
  ///   - summary: what is to be seen; `nil` for a sentence made from the counts.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, bins: [Bin], valueName: String = "", countName: String = "users",
    format: PlotNumberFormat = .count, summary: String? = nil, identifier: String? = nil,
    colors: PlotColors = .automatic
  ) {
    precondition(
      zip(bins, bins.dropFirst()).allSatisfy { $0.upper <= $1.lower },
      "The bins of a histogram must ascend and may not overlap.")
    self.title = title
    self.bins = bins
    self.valueName = valueName
    self.countName = countName
    self.format = format
    self.summary = summary ?? Self.summary(bins, valueName, countName, format)
    self.identifier = identifier
    self.colors = colors
  }

  /// The bins with their counts and shares of all.
  public var table: [[String]] {
    let total = bins.reduce(0.0) { $0 + Double($1.count) }
    let rows = bins.map { bin in
      [
        Self.label(bin, format), PlotNumberFormat.grouped(bin.count),
        PlotNumberFormat.percent().text(total > 0 ? Double(bin.count) / total : nil),
      ]
    }
    let name = valueName.isEmpty ? "Bin" : FunnelPlot.capitalized(valueName)
    return [[name, FunnelPlot.capitalized(countName), "Share"]] + rows
  }

  static func label(_ bin: Bin, _ format: PlotNumberFormat) -> String {
    "\(format.text(bin.lower)) to \(format.text(bin.upper))"
  }

  private static func summary(
    _ bins: [Bin], _ valueName: String, _ countName: String, _ format: PlotNumberFormat
  ) -> String {
    guard let first = bins.first, let last = bins.last,
      let most = bins.max(by: { $0.count < $1.count })
    else { return "No data." }
    let total = bins.reduce(0.0) { $0 + Double($1.count) }
    let unit = valueName.isEmpty ? "" : " \(valueName)"
    return "\(PlotNumberFormat.count.text(total)) \(countName) from \(format.text(first.lower)) to "
      + "\(format.text(last.upper))\(unit); most, \(PlotNumberFormat.grouped(most.count)), in "
      + "\(label(most, format))."
  }
}

extension HistogramPlot {
  /// Draws the figure for a place of `width` CSS pixels, 240 to 4,000.
  public func drawing(width: Int) -> PlotDrawing {
    var canvas = Canvas(self, width: width)
    guard let first = bins.first, let last = bins.last else {
      canvas.noData()
      return canvas.drawing()
    }
    let widths = bins.map { $0.upper - $0.lower }
    let widest = widths.max() ?? 1
    let areEqual = widths.allSatisfy { widest - $0 <= widest * 1e-6 }
    let heights = zip(bins, widths).map { bin, width in
      // A bin without width as a number can hold no area.
      areEqual ? Double(bin.count) : drawable(Double(bin.count) / width) ?? 0
    }
    let total = bins.reduce(0.0) { $0 + Double($1.count) }
    let unit = valueName.isEmpty ? "unit" : valueName
    let axis = ValueAxis(
      on: &canvas, from: 0, to: heights.max() ?? 0,
      name: areEqual ? countName : "\(countName) per \(unit)", format: .count, whole: areEqual,
      height: canvas.plotHeight)

    let scale = LinearScale(
      low: first.lower, high: last.upper, start: axis.left, end: canvas.right)
    canvas.series(0) { canvas in
      for (bin, height) in zip(bins, heights) {
        // A thin gap tells bars of equal height apart.
        let from = scale.position(bin.lower)
        let to = scale.position(bin.upper)
        let gap: Double = to - from > 4 ? 0.5 : 0
        let y = axis.scale.position(height)
        let top = height > 0 ? min(y, axis.bottom - 1) : axis.bottom
        canvas.bar(
          x: (from + gap)...max(to - gap, from + gap), y: top...axis.bottom,
          title: title(bin, total))
      }
    }
    axis.drawZero(on: &canvas)

    let ticks = TickAxis(
      first.lower, last.upper, intervals: max(2, Int((canvas.right - axis.left) / 64)))
    let labels = format.labels(ticks)
    var path = ""
    var free = -Double.infinity
    for (tick, label) in zip(ticks.ticks, labels) {
      let value = ticks.value(tick)
      guard value >= first.lower, value <= last.upper else { continue }
      let x = scale.position(value)
      path += "M\(Canvas.point(x, axis.bottom))v4"
      let half = LabelText.width(label) / 2
      let middle = min(x, canvas.right - half)
      guard middle - half > free else { continue }
      canvas.text(label, middle, axis.bottom + 17, anchor: .middle, style: .quiet)
      free = middle + half + 6
    }
    if !path.isEmpty { canvas.axis(path) }
    canvas.bottom = axis.bottom + 21
    canvas.axisName(valueName, from: axis.left)
    return canvas.drawing()
  }

  private func title(_ bin: Bin, _ total: Double) -> String {
    var text = "\(Self.label(bin, format)): \(PlotNumberFormat.grouped(bin.count)) \(countName)"
    if total > 0 {
      text += " (\(PlotNumberFormat.percent().text(Double(bin.count) / total)))"
    }
    return text
  }
}
