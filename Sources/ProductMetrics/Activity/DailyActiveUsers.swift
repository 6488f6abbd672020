public import GA4Model

/// The answer of a ``DailyActiveUsersQuery``.
public struct DailyActiveUsers: Sendable, Hashable, Codable {
  /// The users of one day.
  public struct Row: Sendable, Hashable, Codable {
    /// The day.
    public var day: CalendarDay
    /// How many distinct users were active.
    public var users: Int
  }

  /// The query that was asked.
  public var query: DailyActiveUsersQuery
  /// Every day from the first event of the log to the last, 0 where nobody was active.
  ///
  /// Where these are more than 65,536 days apart, as by a mistaken date, only the first, the last
  /// and the days with users are listed.
  public var rows: [Row]
  /// How many of the events asked for belong to no user, and so count for nobody.
  public var eventsWithoutUser: Int

  /// The users of `day`, `nil` outside the log.
  ///
  /// - Complexity: O(log *d*), where *d* is the number of days.
  public subscript(day: CalendarDay) -> Int? {
    guard let first = rows.first?.day, let last = rows.last?.day, day >= first, day <= last else {
      return nil
    }
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return rows[low].day == day ? rows[low].users : 0
  }

  /// The mean over the days, `nil` without days.
  public var mean: Double? {
    rows.isEmpty ? nil : Double(rows.reduce(0) { $0 + $1.users }) / Double(rows.count)
  }
}

extension DailyActiveUsers: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    var table = TextTable(["day", "users"], numbers: [1])
    for row in rows { table.append([row.day.description, NumberFormat.grouped(row.users)]) }
    return withNote("\(table)", eventsWithoutUser)
  }
}

/// `text` followed by what a report about users leaves out.
func withNote(_ text: String, _ eventsWithoutUser: Int) -> String {
  if eventsWithoutUser == 0 { return text }
  return text + "\nnot counted: \(NumberFormat.grouped(eventsWithoutUser)) events without user"
}
