public import GA4Model

/// A ratio of active users.
public enum ActiveUserRatio: String, Sendable, Hashable, Codable, CaseIterable {
  /// DAU by WAU.
  case dailyOverWeekly
  /// DAU by MAU, often called stickiness.
  case dailyOverMonthly
  /// WAU by MAU.
  case weeklyOverMonthly
}

extension ActiveUserRatio: CustomStringConvertible {
  /// The usual name, such as `DAU/MAU`.
  public var description: String {
    switch self {
    case .dailyOverWeekly: "DAU/WAU"
    case .dailyOverMonthly: "DAU/MAU"
    case .weeklyOverMonthly: "WAU/MAU"
    }
  }
}

/// The answer of a ``CohortActiveUsersQuery``.
public struct CohortActiveUsers: Sendable, Hashable, Codable {
  /// The active users of one cohort in one period, or of several cohorts of one age.
  public struct Cell: Sendable, Hashable, Codable {
    /// DAU: the active users of each day, summed over the days.
    public var daily: Int
    /// WAU: those of the week that ends with each day, summed over the days.
    public var weekly: Int
    /// MAU: those of the month that ends with each day, summed over the days.
    public var monthly: Int
    /// How many days were summed over.
    public var days: Int
    /// Whether the data end before the period does.
    public var isPartial: Bool

    init(days: Int, isPartial: Bool) {
      (daily, weekly, monthly) = (0, 0, 0)
      self.days = days
      self.isPartial = isPartial
    }

    mutating func add(_ users: CohortActiveUsersState.Change) {
      daily += users.daily
      weekly += users.weekly
      monthly += users.monthly
    }

    func joined(with other: Cell) -> Cell {
      var cell = self
      cell.daily += other.daily
      cell.weekly += other.weekly
      cell.monthly += other.monthly
      cell.days += other.days
      return cell
    }

    /// DAU on an average day.
    public var meanDaily: Double { Double(daily) / Double(days) }
    /// WAU on an average day.
    public var meanWeekly: Double { Double(weekly) / Double(days) }
    /// MAU on an average day.
    public var meanMonthly: Double { Double(monthly) / Double(days) }

    /// DAU by WAU, `nil` where nobody was active.
    public var dailyOverWeekly: Double? { self[.dailyOverWeekly] }
    /// DAU by MAU, often called stickiness; `nil` where nobody was active.
    public var dailyOverMonthly: Double? { self[.dailyOverMonthly] }
    /// WAU by MAU, `nil` where nobody was active.
    public var weeklyOverMonthly: Double? { self[.weeklyOverMonthly] }

    /// A ratio, `nil` where nobody was active.
    public subscript(ratio: ActiveUserRatio) -> Double? {
      let (part, whole) =
        switch ratio {
        case .dailyOverWeekly: (daily, weekly)
        case .dailyOverMonthly: (daily, monthly)
        case .weeklyOverMonthly: (weekly, monthly)
        }
      return whole == 0 ? nil : Double(part) / Double(whole)
    }
  }

  /// The users whose first active day lies in one period.
  public struct Row: Sendable, Hashable, Codable {
    /// The name of the period.
    public var label: String
    /// When it begins.
    public var start: EventTime
    /// How many users the cohort has.
    public var size: Int
    /// The period itself and those after it, `nil` where the data end before them.
    public var cells: [Cell?]
  }

  /// The question.
  public var query: CohortActiveUsersQuery
  /// How many columns there are, the period of the cohort included.
  public var columns: Int
  /// The cohorts from the first to the last, also those without users.
  ///
  /// Where these are more than 4,096 periods apart, as by a mistaken date, only those with users are
  /// listed.
  public var rows: [Row]
  /// The sums of each column over all cells that the end of the data does not cut, `nil` for none.
  public var averages: [Cell?]
  /// How many events belong to no user.
  public var eventsWithoutUser: Int

  /// The row with a label.
  public subscript(label: String) -> Row? { rows.first { $0.label == label } }
}

extension CohortActiveUsers: CustomStringConvertible {
  /// DAU/MAU as a text table; an asterisk marks cells that the end of the data cuts.
  public var description: String { table(.dailyOverMonthly) }

  /// A ratio as a text table; an asterisk marks cells that the end of the data cuts.
  public func table(_ ratio: ActiveUserRatio) -> String {
    var table = TextTable(
      ["cohort", "users"] + (0..<columns).map(String.init), numbers: Set(1..<columns + 2))
    for row in rows {
      table.append(
        [row.label, NumberFormat.grouped(row.size)]
          + row.cells.map { cell in
            cell.map { NumberFormat.percent($0[ratio]) + ($0.isPartial ? "*" : "") } ?? ""
          })
    }
    table.append(
      ["average", NumberFormat.grouped(rows.reduce(0) { $0 + $1.size })]
        + averages.map { cell in cell.map { NumberFormat.percent($0[ratio]) } ?? "" })
    var text = "\(table)\n\(ratio): \(query)"
    if rows.contains(where: { $0.cells.contains { $0?.isPartial ?? false } }) {
      text += "; * cut by the end of the data"
    }
    if eventsWithoutUser > 0 {
      text += "\nnot counted: \(NumberFormat.grouped(eventsWithoutUser)) events without user"
    }
    return text
  }

  /// A ratio as CSV: the cohort, its size, and a column for each period; what is not known, or has
  /// nobody, is empty.
  ///
  /// - Parameters:
  ///   - ratio: What cells hold.
  ///   - format: How the text is written.
  public func csv(
    _ ratio: ActiveUserRatio = .dailyOverMonthly, format: CSVFormat = CSVFormat()
  ) -> String {
    var table = CSVTable(header: ["cohort", "size"] + (0..<columns).map(String.init))
    for row in rows {
      table.append(
        [.text(row.label), .int(Int64(row.size))]
          + row.cells.map { cell in (cell?[ratio]).map { .number($0) } ?? .absent })
    }
    return String(decoding: table.bytes(format), as: UTF8.self)
  }
}
