/// Values by label, as bars.
///
/// ```swift
/// let bars = BarPlot(
///   "Sessions by weekday", labels: ["Mon", "Tue", "Wed"], values: [1_200, 950, nil],
///   labelName: "weekday", valueName: "sessions")
/// bars.table[1]   // ["Mon", "1,200"]
/// ```
///
/// Bars always rise from zero. Values that are not finite, or of 10²⁹⁰ and more, are treated as
/// missing.
public struct BarPlot: PlotFigure {
  /// One value for each label.
  public struct Series: Sendable, Hashable {
    /// The series' name, as in the legend.
    public var name: String
    /// The values, `nil` where there is none.
    public var values: [Double?]

    /// Makes a series.
    ///
    /// - Parameters:
    ///   - name: the series' name, as in the legend.
    ///   - values: a value for each label, `nil` where there is none.
    public init(_ name: String, values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// Where bars point.
  public enum Direction: Sendable, Hashable {
    /// Upwards if every label has room under its bar, to the right otherwise.
    case automatic
    /// Upwards; where labels lack room, only some are shown.
    case vertical
    /// To the right, each with its label at the left.
    case horizontal
  }

  /// What the figure shows.
  public var title: String
  /// What stands at the bars.
  public let labels: [String]
  /// The values, by series.
  public let series: [Series]
  /// What the labels are, such as "weekday".
  public var labelName: String
  /// What the values are, such as "sessions".
  public var valueName: String
  /// How values are written.
  public var format: PlotNumberFormat
  /// Where bars point.
  public var direction: Direction
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a figure of one value for each label.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - labels: what stands at the bars.
  ///   - values: as many values as labels, `nil` where there is none.
  ///   - labelName: what the labels are, such as "weekday".
  ///   - valueName: what the values are, such as "sessions".
  ///   - format: how values are written.
  ///   - direction: where bars point.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, labels: [String], values: [Double?], labelName: String = "",
    valueName: String = "", format: PlotNumberFormat = .count, direction: Direction = .automatic,
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    self.init(
      title, labels: labels, series: [Series("", values: values)], labelName: labelName,
      valueName: valueName, format: format, direction: direction, summary: summary,
      identifier: identifier, colors: colors)
  }

  /// Makes a figure of several values for each label, whose bars stand side by side.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - labels: what stands at the bars.
  ///   - series: 1 to 8 series, each with as many values as there are labels. More than two or three
  ///     are hard to read.
  ///   - labelName: what the labels are, such as "weekday".
  ///   - valueName: what the values are, such as "sessions".
  ///   - format: how values are written.
  ///   - direction: where bars point.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, labels: [String], series: [Series], labelName: String = "",
    valueName: String = "", format: PlotNumberFormat = .count, direction: Direction = .automatic,
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    precondition((1...8).contains(series.count), "Bars are drawn for 1 to 8 series.")
    precondition(
      series.allSatisfy { $0.values.count == labels.count },
      "Every series of bars needs as many values as there are labels.")
    self.title = title
    self.labels = labels
    self.series = series
    self.labelName = labelName
    self.valueName = valueName
    self.format = format
    self.direction = direction
    self.summary =
      summary
      ?? PointTable.summary(
        labels, series.map { ($0.name, $0.values) }, labelName, valueName, format, last: false)
    self.identifier = identifier
    self.colors = colors
  }

  /// The labels with their values; an em dash stands for a missing one.
  public var table: [[String]] {
    PointTable.rows(
      labels, series.map { PointTable.Column($0.name, $0.values) }, labelName, valueName, format)
  }
}

/// What figures of labels and values have in common.
enum PointTable {
  struct Column {
    var name: String
    var values: [Double?]

    init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// A row of names, then a row for each label.
  static func rows(
    _ labels: [String], _ columns: [Column], _ labelName: String, _ valueName: String,
    _ format: PlotNumberFormat
  ) -> [[String]] {
    let value = valueName.isEmpty ? "Value" : FunnelPlot.capitalized(valueName)
    let header = [labelName.isEmpty ? "Label" : FunnelPlot.capitalized(labelName)]
    let rows = labels.indices.map { index in
      [labels[index]] + columns.map { format.text(drawable($0.values[index])) }
    }
    return [header + columns.map { $0.name.isEmpty ? value : $0.name }] + rows
  }

  /// A sentence with the highest and the lowest value of each series, and the last if that is of
  /// interest.
  static func summary(
    _ labels: [String], _ series: [(name: String, values: [Double?])], _ labelName: String,
    _ valueName: String, _ format: PlotNumberFormat, last: Bool
  ) -> String {
    guard let firstLabel = labels.first, let lastLabel = labels.last else { return "No data." }
    var text = valueName.isEmpty ? "Values" : FunnelPlot.capitalized(valueName)
    text += labelName.isEmpty ? "" : " by \(labelName)"
    text += labels.count > 1 ? " from \(firstLabel) to \(lastLabel)" : " of \(firstLabel)"
    for (name, values) in series {
      text += series.count > 1 ? ". \(name): " : ": "
      let points = values.enumerated().compactMap { index, value in
        drawable(value).map { (label: labels[index], value: $0) }
      }
      guard let high = points.max(by: { $0.value < $1.value }),
        let low = points.min(by: { $0.value < $1.value }), let end = points.last
      else {
        text += "no values"
        continue
      }
      if high.value == low.value {
        text += "always \(format.text(high.value))"
        continue
      }
      text += "at most \(format.text(high.value)) (\(high.label))"
      text += ", at least \(format.text(low.value)) (\(low.label))"
      if last { text += ", \(format.text(end.value)) at the end (\(end.label))" }
    }
    return text + "."
  }
}
