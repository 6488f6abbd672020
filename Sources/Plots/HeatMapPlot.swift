/// Values by row and column as fields of one color, the more of it the higher the value.
///
/// ```swift
/// let map = HeatMapPlot(
///   "Retention", columns: ["1", "2"],
///   rows: [
///     HeatMapPlot.Row("2020-12-19", detail: "3,236", values: [0.043, 0.023]),
///     HeatMapPlot.Row("2020-12-20", detail: "2,827", values: [0.042, nil]),
///   ], rowName: "cohort", columnName: "day", valueName: "returned", format: .percent())
/// map.table[1]                              // ["2020-12-19", "3,236", "4.3%", "2.3%"]
/// ```
///
/// Values stand in their fields where there is room, and otherwise show to a pointer that rests on
/// one. Fields without value are left out. Values that are not finite, or of 10²⁹⁰ and more, are
/// treated as missing.
public struct HeatMapPlot: PlotFigure {
  /// One row of values.
  public struct Row: Sendable, Hashable {
    /// What stands at the row.
    public var label: String
    /// What else is said of it, such as its size; may be empty.
    public var detail: String
    /// A value for each column, `nil` where there is none.
    public var values: [Double?]
    /// The columns whose value may still change, which are drawn dashed and marked with an asterisk.
    public var provisional: Set<Int>

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - label: what stands at the row.
    ///   - detail: what else is said of it, such as its size; may be empty.
    ///   - values: a value for each column, `nil` where there is none.
    ///   - provisional: the columns, counting from 0, whose value may still change.
    public init(
      _ label: String, detail: String = "", values: [Double?], provisional: Set<Int> = []
    ) {
      self.label = label
      self.detail = detail
      self.values = values
      self.provisional = provisional
    }
  }

  /// What the figure shows.
  public var title: String
  /// What stands at the columns.
  public let columns: [String]
  /// The values by row.
  public let rows: [Row]
  /// What the rows are, such as "cohort".
  public var rowName: String
  /// What the details of rows are, such as "users".
  public var detailName: String
  /// What the columns are, such as "day".
  public var columnName: String
  /// What the values are, such as "returned".
  public var valueName: String
  /// How values are written.
  public var format: PlotNumberFormat
  /// What is to be seen, for those who do not see it.
  public var summary: String
  /// A text that no other figure of the page has, `nil` to derive one from the content.
  public var identifier: String?
  /// Which colors the figure has.
  public var colors: PlotColors

  /// Makes a figure.
  ///
  /// - Parameters:
  ///   - title: what the figure shows.
  ///   - columns: what stands at the columns.
  ///   - rows: the rows, each with as many values as there are columns.
  ///   - rowName: what the rows are, such as "cohort".
  ///   - detailName: what the details of rows are, such as "users".
  ///   - columnName: what the columns are, such as "day".
  ///   - valueName: what the values are, such as "returned".
  ///   - format: how values are written.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, columns: [String], rows: [Row], rowName: String = "", detailName: String = "",
    columnName: String = "", valueName: String = "", format: PlotNumberFormat = .count,
    summary: String? = nil, identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    precondition(
      rows.allSatisfy { $0.values.count == columns.count },
      "Every row of a heat map needs as many values as there are columns.")
    self.title = title
    self.columns = columns
    self.rows = rows
    self.rowName = rowName
    self.detailName = detailName
    self.columnName = columnName
    self.valueName = valueName
    self.format = format
    self.identifier = identifier
    self.colors = colors
    self.summary = ""
    self.summary = summary ?? derivedSummary
  }

  /// Whether rows have details.
  var hasDetails: Bool { rows.contains { !$0.detail.isEmpty } }

  /// How a field is called.
  func name(_ row: Int, _ column: Int) -> String {
    rows[row].label + ", " + (columnName.isEmpty ? "" : columnName + " ") + columns[column]
  }

  /// The value of a field, with an asterisk if it may still change.
  func text(_ row: Int, _ column: Int, _ format: PlotNumberFormat? = nil) -> String {
    guard let value = drawable(rows[row].values[column]) else { return PlotNumberFormat.missing }
    return (format ?? self.format).text(value) + (rows[row].provisional.contains(column) ? "*" : "")
  }

  private var derivedSummary: String {
    let fields = rows.indices.flatMap { row in
      columns.indices.compactMap { column in
        drawable(rows[row].values[column]).map { (name: name(row, column), value: $0) }
      }
    }
    guard let high = fields.max(by: { $0.value < $1.value }),
      let low = fields.min(by: { $0.value < $1.value })
    else { return "No data." }
    let what = valueName.isEmpty ? "Values" : FunnelPlot.capitalized(valueName)
    if high.value == low.value { return "\(what): always \(format.text(high.value))." }
    return "\(what): at most \(format.text(high.value)) (\(high.name)), at least"
      + " \(format.text(low.value)) (\(low.name))."
  }

  /// A row of names, then the rows; an em dash stands for a missing value, and an asterisk marks one
  /// that may still change.
  public var table: [[String]] {
    var header = [rowName.isEmpty ? "Row" : FunnelPlot.capitalized(rowName)]
    if hasDetails {
      header.append(detailName.isEmpty ? "Detail" : FunnelPlot.capitalized(detailName))
    }
    header += columns.map {
      columnName.isEmpty ? $0 : FunnelPlot.capitalized(columnName) + " " + $0
    }
    return [header]
      + rows.indices.map { row in
        [rows[row].label] + (hasDetails ? [rows[row].detail] : [])
          + columns.indices.map { text(row, $0) }
      }
  }
}
