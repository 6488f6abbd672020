public import GA4Model

/// The answer of a ``StickinessQuery``.
public struct Stickiness: Sendable, Hashable, Codable {
  /// The users of one longer period.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of the longer period.
    public var label: String
    /// When it begins.
    public var start: EventTime
    /// How many users were active in exactly 1, 2, … of its shorter periods.
    public var users: [Int]
    /// Whether the data end before the period does.
    public var isPartial: Bool

    /// How many users were active at all.
    public var active: Int { users.reduce(0, +) }

    /// In how many shorter periods an active user was active on average, `nil` without users.
    public var mean: Double? {
      let total = users.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
      return active == 0 ? nil : Double(total) / Double(active)
    }

    /// How many users were active in `count` or more of the shorter periods.
    public func users(inAtLeast count: Int) -> Int {
      users.dropFirst(max(0, count - 1)).reduce(0, +)
    }
  }

  /// The question.
  public var query: StickinessQuery
  /// The longer periods from the first with an active user to the last.
  ///
  /// Where these are more than 4,096 periods apart, as by a mistaken date, only those with users are
  /// listed.
  public var rows: [Row]
  /// How many events belong to no user.
  public var eventsWithoutUser: Int
}

extension Stickiness: CustomStringConvertible {
  /// The report as a text table with as many columns as any user needs; an asterisk marks a period
  /// that the end of the data cuts.
  public var description: String {
    let most = rows.map { ($0.users.lastIndex { $0 > 0 } ?? 0) + 1 }.max() ?? 1
    var table = TextTable(
      ["period", "users", "mean"] + (1...most).map(String.init), numbers: Set(1..<most + 3))
    for row in rows {
      table.append(
        [
          row.label + (row.isPartial ? "*" : ""), NumberFormat.grouped(row.active),
          row.mean.map { NumberFormat.fixed($0, 2) } ?? "—",
        ] + row.users.prefix(most).map { NumberFormat.grouped($0) })
    }
    var text = "\(table)\n\(query)"
    if rows.contains(where: \.isPartial) { text += "; * cut by the end of the data" }
    if eventsWithoutUser > 0 {
      text += "\nnot counted: \(NumberFormat.grouped(eventsWithoutUser)) events without user"
    }
    return text
  }
}
