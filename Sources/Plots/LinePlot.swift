/// Values over labelled points, as lines.
///
/// ```swift
/// let lines = LinePlot(
///   "Daily users", labels: ["2024-01-01", "2024-01-02", "2024-01-03"], values: [120, nil, 140],
///   labelName: "day", valueName: "users")
/// lines.table[2]   // ["2024-01-02", "—"]
/// ```
///
/// A line has a gap where a value is missing; a value between two gaps is a dot. Values that are not
/// finite, or of 10²⁹⁰ and more, are treated as missing.
public struct LinePlot: PlotFigure {
  /// One value for each label.
  public struct Series: Sendable, Hashable {
    /// The series' name, as in the legend.
    public var name: String
    /// The values, `nil` for a gap.
    public var values: [Double?]
    /// The limits around each value, such as an interval of confidence; empty for none.
    public var band: [ClosedRange<Double>?]

    /// Makes a series.
    ///
    /// - Parameters:
    ///   - name: the series' name, as in the legend.
    ///   - values: a value for each label, `nil` for a gap.
    ///   - band: limits for each label, such as an interval of confidence, `nil` for a gap; empty
    ///     for no band.
    public init(_ name: String, values: [Double?], band: [ClosedRange<Double>?] = []) {
      self.name = name
      self.values = values
      self.band = band
    }
  }

  /// What the figure shows.
  public var title: String
  /// What stands at the points.
  public let labels: [String]
  /// The values, by series.
  public let series: [Series]
  /// What the labels are, such as "day".
  public var labelName: String
  /// What the values are, such as "users".
  public var valueName: String
  /// How values are written.
  public var format: PlotNumberFormat
  /// Whether the axis of values includes zero.
  public var includesZero: Bool
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a figure of one line.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - labels: what stands at the points, which are drawn at equal distances.
  ///   - values: as many values as labels, `nil` for a gap.
  ///   - band: as many limits as labels, `nil` for a gap; empty for no band.
  ///   - labelName: what the labels are, such as "day".
  ///   - valueName: what the values are, such as "users".
  ///   - format: how values are written.
  ///   - includesZero: whether the axis of values includes zero. Without it small changes show, and
  ///     look large.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, labels: [String], values: [Double?], band: [ClosedRange<Double>?] = [],
    labelName: String = "", valueName: String = "", format: PlotNumberFormat = .count,
    includesZero: Bool = true, summary: String? = nil, identifier: String? = nil,
    colors: PlotColors = .automatic
  ) {
    self.init(
      title, labels: labels, series: [Series("", values: values, band: band)],
      labelName: labelName, valueName: valueName, format: format, includesZero: includesZero,
      summary: summary, identifier: identifier, colors: colors)
  }

  /// Makes a figure of several lines.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - labels: what stands at the points, which are drawn at equal distances.
  ///   - series: 1 to 8 series, each with as many values as there are labels.
  ///   - labelName: what the labels are, such as "day".
  ///   - valueName: what the values are, such as "users".
  ///   - format: how values are written.
  ///   - includesZero: whether the axis of values includes zero. Without it small changes show, and
  ///     look large.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, labels: [String], series: [Series], labelName: String = "",
    valueName: String = "", format: PlotNumberFormat = .count, includesZero: Bool = true,
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    precondition((1...8).contains(series.count), "Lines are drawn for 1 to 8 series.")
    precondition(
      series.allSatisfy { $0.values.count == labels.count },
      "Every line needs as many values as there are labels.")
    precondition(
      series.allSatisfy { $0.band.isEmpty || $0.band.count == labels.count },
      "The band of a line needs as many limits as there are labels, or none.")
    self.title = title
    self.labels = labels
    self.series = series
    self.labelName = labelName
    self.valueName = valueName
    self.format = format
    self.includesZero = includesZero
    self.summary =
      summary
      ?? PointTable.summary(
        labels, series.map { ($0.name, $0.values) }, labelName, valueName, format, last: true)
    self.identifier = identifier
    self.colors = colors
  }

  /// The labels with their values and, where there is a band, its limits; an em dash stands for a
  /// missing value.
  public var table: [[String]] {
    var columns: [PointTable.Column] = []
    for series in series {
      columns.append(PointTable.Column(series.name, series.values))
      guard !series.band.isEmpty else { continue }
      let names =
        series.name.isEmpty ? ["Low", "High"] : ["low", "high"].map { "\(series.name), \($0)" }
      columns.append(PointTable.Column(names[0], series.band.map { $0?.lowerBound }))
      columns.append(PointTable.Column(names[1], series.band.map { $0?.upperBound }))
    }
    return PointTable.rows(labels, columns, labelName, valueName, format)
  }
}
