public import GA4Model

/// The answer of a ``GapSessionsQuery``.
public struct GapSessions: Sendable, Hashable, Codable {
  /// The sessions of one day.
  public struct Row: Sendable, Hashable, Codable {
    /// The day.
    public var day: CalendarDay
    /// How many sessions start on it.
    public var sessions: Int
  }

  /// The query that was asked.
  public var query: GapSessionsQuery
  /// How many sessions there are.
  public var count: Int
  /// Every day from the first event of the log to the last, 0 where no session starts.
  ///
  /// Where these are more than 65,536 days apart, as by a mistaken date, only the first, the last
  /// and the days with sessions are listed.
  public var rows: [Row]
  /// How many events belong to no user, and so to no session.
  public var eventsWithoutUser: Int
}

extension GapSessions: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    var table = TextTable(["day", "sessions"], numbers: [1])
    for row in rows { table.append([row.day.description, NumberFormat.grouped(row.sessions)]) }
    table.append(["total", NumberFormat.grouped(count)])
    return withNote("\(table)\n\(query)", eventsWithoutUser)
  }
}
