public import Cohorts
import GA4Model

extension RetentionMatrix {
  /// The matrix as a heat map, whose fields are the shares that returned, or the sums or means that
  /// the query's `measure` asks for.
  ///
  /// ```swift
  /// let svg = matrix.plot(title: "Who comes back").svg
  /// ```
  ///
  /// Column 0 is drawn only where it is not the size of the cohort, which stands at the row. Of more
  /// than `columns` columns the first are drawn.
  public func plot(title: String = "Retention", columns limit: Int = 60) -> HeatMapPlot {
    let isOfUsers = query.measure == .users
    let first = isOfUsers && query.firstColumn == .cohort ? 1 : 0
    let shown = Array(columns.indices.dropFirst(first).prefix(max(1, limit)))
    let valueName =
      switch query.measure {
      case .users: "returned"
      case .sum(let dimension): "sum of \(dimension)"
      case .mean(let dimension): "mean of \(dimension)"
      }
    let columnName =
      switch query.period {
      case .calendar(let period): period.columnName
      case .fromStart(let hours, _, _): hours == 24 ? "24 hours" : "\(hours)-hour window"
      }
    return HeatMapPlot(
      title, columns: shown.map { columns[$0] },
      rows: rows.map { row in
        HeatMapPlot.Row(
          row.label, detail: NumberFormat.grouped(row.size),
          values: shown.map { isOfUsers ? row.cells[$0]?.rate : row.cells[$0]?.value },
          provisional: Set(shown.indices.filter { row.cells[shown[$0]]?.isPartial ?? false }))
      }, rowName: "cohort", detailName: "users", columnName: columnName, valueName: valueName,
      format: isOfUsers ? .percent() : .decimal())
  }

  /// The figure as SVG of the usual width, which any page can hold.
  public func svg() -> String { plot().svg }
}
