import GA4Model

/// The answer of a ``MetricsQuery``.
public struct MetricsReport: Sendable, Hashable, Codable {
  /// The figures of one group.
  public struct Row: Sendable, Hashable, Codable {
    /// The value of each dimension, `nil` for a missing one.
    public var key: [String?]
    /// The group's figures.
    public var metrics: Metrics
  }

  /// The query that was asked.
  public var query: MetricsQuery
  /// The figures of all events.
  public var total: Metrics
  /// The groups in the order of their keys; empty for a query without dimensions.
  ///
  /// Times stand as they follow each other, texts by their bytes, a missing value first.
  public var rows: [Row]
  /// How many events belong to no user: they count as events, never as users.
  public var eventsWithoutUser: Int
  /// How many events belong to no session.
  public var eventsWithoutSession: Int

  /// The row of `key`, `nil` when no event has it.
  ///
  /// - Complexity: O(*r*), where *r* is the number of rows.
  public subscript(key: String?...) -> Metrics? { rows.first { $0.key == key }?.metrics }
}

extension MetricsReport: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    let names = query.dimensions.map(\.description)
    let counted = query.counting.map(\.rawValue)
    let columns =
      names + ["events", "users", "new", "sessions", "engaged", "orders", "revenue", "conversion"]
      + counted
    var table = TextTable(columns, numbers: Set(names.count..<columns.count))
    func cells(_ metrics: Metrics) -> [String] {
      [
        NumberFormat.grouped(metrics.events), NumberFormat.grouped(metrics.users),
        NumberFormat.grouped(metrics.newUsers), NumberFormat.grouped(metrics.sessions),
        NumberFormat.percent(metrics.engagementRate), NumberFormat.grouped(metrics.orders),
        NumberFormat.fixed(metrics.revenue, 2), NumberFormat.percent(metrics.userConversionRate, 2),
      ] + metrics.counts.map(NumberFormat.grouped)
    }
    for row in rows { table.append(row.key.map { $0 ?? "(missing)" } + cells(row.metrics)) }
    table.append(names.indices.map { $0 == 0 ? "total" : "" } + cells(total))
    return "\(table)\norders: \(query.purchases)"
  }
}
