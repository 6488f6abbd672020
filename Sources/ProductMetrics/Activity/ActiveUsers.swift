public import GA4Model

/// The answer of an ``ActiveUsersQuery``.
public struct ActiveUsers: Sendable, Hashable, Codable {
  /// The users of one day and of the windows that end with it.
  public struct Row: Sendable, Hashable, Codable {
    /// The day.
    public var day: CalendarDay
    /// DAU: how many distinct users were active on the day.
    public var daily: Int
    /// WAU: how many were active in the seven days that end with it.
    public var weekly: Int
    /// MAU: how many were active in the month that ends with it.
    public var monthly: Int
    /// Whether the week begins before the first event of the log, so that users may be missing.
    public var isWeekPartial: Bool
    /// Whether the month begins before the first event of the log, so that users may be missing.
    public var isMonthPartial: Bool

    /// DAU by WAU, `nil` without users in the week.
    public var dailyOverWeekly: Double? { Self.ratio(daily, weekly) }
    /// DAU by MAU, often called stickiness; `nil` without users in the month.
    public var dailyOverMonthly: Double? { Self.ratio(daily, monthly) }
    /// WAU by MAU, `nil` without users in the month.
    public var weeklyOverMonthly: Double? { Self.ratio(weekly, monthly) }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
      whole == 0 ? nil : Double(part) / Double(whole)
    }
  }

  /// The query that was asked.
  public var query: ActiveUsersQuery
  /// Every day from the first event of the log to the last.
  ///
  /// Where these are more than 65,536 days apart, as by a mistaken date, only the first, the last
  /// and the days with users are listed.
  public var rows: [Row]
  /// How many of the events asked for belong to no user, and so count for nobody.
  public var eventsWithoutUser: Int
}

extension ActiveUsers: CustomStringConvertible {
  /// The report as a text table; an asterisk marks a partial window.
  public var description: String {
    var table = TextTable(
      ["day", "DAU", "WAU", "MAU", "DAU/WAU", "DAU/MAU", "WAU/MAU"], numbers: [1, 2, 3, 4, 5, 6])
    for row in rows {
      table.append([
        row.day.description, NumberFormat.grouped(row.daily),
        NumberFormat.grouped(row.weekly) + (row.isWeekPartial ? "*" : ""),
        NumberFormat.grouped(row.monthly) + (row.isMonthPartial ? "*" : ""),
        NumberFormat.percent(row.dailyOverWeekly), NumberFormat.percent(row.dailyOverMonthly),
        NumberFormat.percent(row.weeklyOverMonthly),
      ])
    }
    var text = "\(table)\n\(query)"
    if rows.contains(where: { $0.isWeekPartial || $0.isMonthPartial }) {
      text += "; * begins before the data"
    }
    return withNote(text, eventsWithoutUser)
  }
}
