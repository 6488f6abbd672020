import GA4Model

/// The answer of a ``FunnelWindowsQuery``.
public struct FunnelWindowsReport: Sendable, Hashable, Codable {
  /// The question.
  public var query: FunnelWindowsQuery
  /// The funnel under each window of the query.
  public var reports: [FunnelReport]
}

extension FunnelWindowsReport: CustomStringConvertible {
  /// The steps as a table with a column for each window, with the question at the end.
  public var description: String {
    let columns = query.windows.map(\.description)
    var table = TextTable(["step"] + columns, numbers: Set(1..<columns.count + 1))
    for step in reports[0].steps.indices {
      table.append(
        [reports[0].steps[step].label]
          + reports.map { report in
            let row = report.steps[step]
            return NumberFormat.grouped(row.count) + " "
              + NumberFormat.percent(row.rateFromStart, 2)
          })
    }
    return "\(table)\n\(query)"
  }
}
