/// Small figures as inline SVG.
///
/// Only marks are drawn in the SVG, which stretches with the page; words and numbers stand beside
/// it as text, so that they keep their size on a phone.
public struct SeriesFigure: Sendable {
  /// How the values are drawn.
  public enum Mark: Sendable {
    /// A line; with fewer than three values, bars.
    case line
    case bars
  }

  public var caption: String
  /// What the labels are, such as "day".
  public var labelName: String
  /// What the values are, such as "users".
  public var valueName: String
  public var labels: [String]
  public var values: [Double]
  public var mark: Mark
  /// How a value is written.
  public var format: @Sendable (Double) -> String

  public init(
    _ caption: String, labelName: String, valueName: String, labels: [String], values: [Double],
    mark: Mark, format: @escaping @Sendable (Double) -> String
  ) {
    precondition(labels.count == values.count, "Each value needs a label")
    self.caption = caption
    self.labelName = labelName
    self.valueName = valueName
    self.labels = labels
    self.values = values
    self.mark = mark
    self.format = format
  }

  /// The figure with its numbers as a table that can be opened; nothing without values.
  public var html: HTMLText {
    guard let peak = values.max(), let first = labels.first, let last = labels.last else {
      return .empty
    }
    let top = Self.roundedUp(peak)
    let middle = labels.count > 4 ? labels[labels.count / 2] : ""
    let highest = labels[values.firstIndex(of: peak)!]
    let summary =
      "\(valueName) by \(labelName) from \(first) to \(last), at most \(format(peak)) (\(highest))"
    let rows = zip(labels, values).map { label, value -> HTMLText in
      "<tr><th scope=\"row\">\(label)</th><td>\(format(value))</td></tr>"
    }
    return """
      <figure>
      <figcaption>\(caption)</figcaption>
      <div class="plot">
      <div class="scale" aria-hidden="true"><span>\(NumberText.short(top))</span><span>\
      \(NumberText.short(top / 2))</span><span>0</span></div>
      <svg role="img" aria-label="\(summary)" viewBox="0 0 1000 200" preserveAspectRatio="none">
      <path class="grid" d="M0 1H1000M0 100H1000M0 199H1000"/>
      \(marks(top: top))
      </svg>
      <div class="ends" aria-hidden="true"><span>\(first)</span><span>\(middle)</span><span>\
      \(labels.count > 1 ? last : "")</span></div>
      </div>
      <details><summary>\(caption): numbers</summary>
      <div class="wide"><table><caption>\(caption)</caption>
      <thead><tr><th scope="col">\(labelName)</th><th scope="col">\(valueName)</th></tr></thead>
      <tbody>\(rows)</tbody></table></div></details>
      </figure>

      """
  }

  private func marks(top: Double) -> HTMLText {
    let width = 1000 / Double(values.count)
    func height(_ value: Double) -> Double { max(0, value) / top * 198 }
    if mark == .line && values.count >= 3 {
      let points = values.enumerated().map { index, value in
        let x = Double(index) / Double(values.count - 1) * 1000
        return "\(Self.coordinate(x)) \(Self.coordinate(199 - height(value)))"
      }
      let path = "M" + points.joined(separator: "L")
      return """
        <path class="area" d="\(path)L1000 199L0 199Z"/><path class="line" d="\(path)"/>
        """
    }
    let bars = values.enumerated().map { index, value -> HTMLText in
      let x = Self.coordinate(Double(index) * width + width * 0.12)
      let y = Self.coordinate(199 - height(value))
      return """
        <rect class="bar" x="\(x)" y="\(y)" width="\(Self.coordinate(width * 0.76))" \
        height="\(Self.coordinate(height(value)))"><title>\(labels[index]): \(format(value))\
        </title></rect>
        """
    }
    return "\(bars)"
  }

  /// Tenths are finer than any screen.
  private static func coordinate(_ value: Double) -> String {
    "\((value * 10).rounded() / 10)"
  }

  /// The next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and 10 times a power of ten.
  static func roundedUp(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    var power = 1.0
    while power * 10 < value { power *= 10 }
    while power > value { power /= 10 }
    return power * ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8].first { $0 * power >= value } ?? 10)
  }
}
