import GA4Model

/// The answer of a ``FunnelActionsQuery``.
public struct FunnelActions: Sendable, Hashable, Codable {
  /// What a unit did.
  public enum Action: Sendable, Hashable, Codable {
    /// An event with a value of the dimension, `nil` where the event has none.
    case value(String?)
    /// An event with a value that is not listed.
    case other
    /// Nothing: the step is the last event of the unit, or the first where actions before it are
    /// asked for.
    case nothing
  }

  /// The units that did one action.
  public struct Row: Sendable, Hashable, Codable {
    /// What they did.
    public var action: Action
    /// How many of them came to a later step of the funnel, by whatever event.
    public var wentOn: Int
    /// How many of them stopped at the step.
    public var stopped: Int
    /// How many there are.
    public var count: Int { wentOn + stopped }

    /// Makes a row.
    public init(action: Action, wentOn: Int, stopped: Int) {
      self.action = action
      self.wentOn = wentOn
      self.stopped = stopped
    }
  }

  /// The question.
  public var query: FunnelActionsQuery
  /// The values of the most units, the most frequent first and among equal ones by their bytes, a
  /// missing value first; then the unlisted values and those who did nothing, if there are any.
  public var rows: [Row]
  /// How many values there are, listed or not.
  public var valueCount: Int
  /// How many units did the step on their path and came to a later one.
  public var wentOn: Int
  /// How many units did the step on their path and stopped there.
  public var stopped: Int
  /// How many events belong to no unit.
  public var eventsWithoutUnit: Int

  /// How many units did the step on their path: as many as the report of the funnel counts for it,
  /// but for open funnels, in which a unit may have done it on another path.
  public var count: Int { wentOn + stopped }

  /// A row's share of ``count``, `nil` for 0 of 0.
  public func share(of row: Row) -> Double? {
    count == 0 ? nil : Double(row.count) / Double(count)
  }
}

extension FunnelActions: CustomStringConvertible {
  /// The rows as a table, with the question at the end.
  public var description: String {
    let what = query.funnel.counting == .totals ? "attempts" : query.funnel.unit.rawValue
    var table = TextTable(
      [query.dimension.description, what, "share", "went on", "stopped"], numbers: [1, 2, 3, 4])
    for row in rows {
      let label =
        switch row.action {
        case .value(let value): value ?? "(missing)"
        case .other: "(other)"
        case .nothing: query.direction == .next ? "(end)" : "(start)"
        }
      table.append([
        label, NumberFormat.grouped(row.count), NumberFormat.percent(share(of: row), 2),
        NumberFormat.grouped(row.wentOn), NumberFormat.grouped(row.stopped),
      ])
    }
    return "\(table)\n\(query)"
  }
}
