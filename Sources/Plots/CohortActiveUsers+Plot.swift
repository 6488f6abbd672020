public import Cohorts
import GA4Model

extension CohortActiveUsers {
  /// A ratio of active users by cohort and age as a heat map.
  ///
  /// ```swift
  /// let svg = CohortActiveUsersQuery().evaluate(log).plot(.dailyOverMonthly).svg
  /// ```
  ///
  /// Of more than `columns` columns the first are drawn.
  public func plot(
    _ ratio: ActiveUserRatio = .dailyOverMonthly, title: String? = nil, columns limit: Int = 60
  ) -> HeatMapPlot {
    let shown = Array((0..<columns).prefix(max(1, limit)))
    return HeatMapPlot(
      title ?? "\(ratio) by cohort", columns: shown.map(String.init),
      rows: rows.map { row in
        HeatMapPlot.Row(
          row.label, detail: NumberFormat.grouped(row.size),
          values: shown.map { row.cells[$0]?[ratio] },
          provisional: Set(shown.filter { row.cells[$0]?.isPartial ?? false }))
      }, rowName: "cohort", detailName: "users", columnName: query.period.columnName,
      valueName: "\(ratio)", format: .percent())
  }

  /// DAU/MAU as SVG of the usual width, which any page can hold.
  public func svg() -> String { plot().svg }
}

extension CalendarPeriod {
  /// What the periods are called at columns.
  var columnName: String {
    if case .week = self { "week" } else { "\(self)" }
  }
}
