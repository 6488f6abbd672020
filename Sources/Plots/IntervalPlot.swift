/// Estimates with their intervals, one below the other, around a line of no effect.
///
/// ```swift
/// let lifts = IntervalPlot(
///   "Lift of the treatment", rows: [
///     .init("Buyers", estimate: 0.12, interval: 0.033...0.214),
///     .init("Errors", estimate: -0.01, interval: -0.08...0.07),
///   ], valueName: "lift")
/// lifts.table[1]   // ["Buyers", "12.0%", "3.3%", "21.4%"]
/// ```
///
/// An interval that does not hold the reference has a filled sign, others have a hollow one, so that
/// nothing is told by color alone. Numbers that are not finite are treated as missing.
public struct IntervalPlot: PlotFigure {
  /// An estimate with its interval.
  public struct Row: Sendable, Hashable {
    /// What is estimated.
    public var label: String
    /// A short text under the label, such as the name of an arm; may be empty.
    public var detail: String
    /// The estimate, `nil` where there is none.
    public var estimate: Double?
    /// The values that the data do not contradict, `nil` where nothing is known.
    public var interval: ClosedRange<Double>?

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - label: what is estimated.
    ///   - detail: a short text under the label; may be empty.
    ///   - estimate: the estimate, `nil` where there is none.
    ///   - interval: the values that the data do not contradict, `nil` where nothing is known.
    public init(
      _ label: String, detail: String = "", estimate: Double?, interval: ClosedRange<Double>?
    ) {
      self.label = label
      self.detail = detail
      self.estimate = estimate
      self.interval = interval
    }

    /// The estimate, if it can be drawn.
    var point: Double? { drawable(estimate) }

    /// The ends of the interval, if they can be drawn.
    var ends: ClosedRange<Double>? {
      interval.flatMap { range in
        drawable(range.lowerBound) == nil || drawable(range.upperBound) == nil ? nil : range
      }
    }
  }

  /// What the figure shows.
  public var title: String
  /// The estimates.
  public let rows: [Row]
  /// The value of no effect, at which a line stands.
  public var reference: Double
  /// What the labels are, such as "metric".
  public var labelName: String
  /// What the values are, such as "lift".
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
  ///   - rows: the estimates.
  ///   - reference: the value of no effect, at which a line stands.
  ///   - labelName: what the labels are, such as "metric".
  ///   - valueName: what the values are, such as "lift".
  ///   - format: how values are written.
  ///   - summary: what is to be seen; `nil` for a sentence made from the values.
  ///   - identifier: a text that no other figure of the page has; `nil` to derive one.
  ///   - colors: which colors the figure has.
  public init(
    _ title: String, rows: [Row], reference: Double = 0, labelName: String = "",
    valueName: String = "", format: PlotNumberFormat = .percent(), summary: String? = nil,
    identifier: String? = nil, colors: PlotColors = .automatic
  ) {
    precondition(reference.isFinite, "The line of no effect stands at a finite number.")
    self.title = title
    self.rows = rows
    self.reference = reference
    self.labelName = labelName
    self.valueName = valueName
    self.format = format
    self.summary = summary ?? Self.sentence(rows, reference, format)
    self.identifier = identifier
    self.colors = colors
  }

  /// The labels with estimates and the ends of their intervals; an em dash stands for a missing one.
  public var table: [[String]] {
    let header = [
      labelName.isEmpty ? "Label" : FunnelPlot.capitalized(labelName),
      valueName.isEmpty ? "Estimate" : FunnelPlot.capitalized(valueName), "From", "To",
    ]
    return [header]
      + rows.map { row in
        [
          Self.name(row), format.text(row.point), format.text(row.ends?.lowerBound),
          format.text(row.ends?.upperBound),
        ]
      }
  }

  static func name(_ row: Row) -> String {
    row.detail.isEmpty ? row.label : "\(row.label), \(row.detail)"
  }

  /// Whether the interval leaves the reference out.
  func isClear(_ row: Row) -> Bool { row.ends.map { !$0.contains(reference) } ?? false }

  private static func sentence(
    _ rows: [Row], _ reference: Double, _ format: PlotNumberFormat
  ) -> String {
    if rows.isEmpty { return "No data." }
    return rows.map { row in
      guard let point = row.point else { return "\(name(row)): unknown" }
      guard let ends = row.ends else { return "\(name(row)): \(format.text(point))" }
      return "\(name(row)): \(format.text(point)), from \(format.text(ends.lowerBound)) to"
        + " \(format.text(ends.upperBound))"
    }.joined(separator: "; ") + "."
  }
}
