public import GA4Model
import StatisticsCore

/// The answer of a ``ChurnQuery``.
public struct ChurnReport: Sendable, Hashable, Codable {
  /// The query that was asked.
  public var query: ChurnQuery
  /// The users with their features, and labels where these are known: `active_days`, `events`,
  /// `sessions`, `tenure_days` (days from the first event to the cut-off), `days_since_last`,
  /// `purchases`, `revenue`.
  public var table: ChurnFeatures
  /// How many users churned, `nil` where labels are not known.
  public var churned: Int?
  /// The features that alone tell who churned, as warnings.
  public var leaks: [FeatureLeak]
  /// The last day of the data, `nil` without events.
  public var dataEnd: CalendarDay?
  /// How many users were first seen after the cut-off, and so have no row.
  public var laterUsers: Int
  /// How many users have no row because they were not active lately.
  public var inactiveUsers: Int
  /// How many events belong to no user.
  public var eventsWithoutUser: Int

  /// The share of users who churned, `nil` without users or labels.
  public var churnRate: Double? {
    churned.flatMap { table.users.isEmpty ? nil : Double($0) / Double(table.users.count) }
  }
}

extension ChurnReport {
  init(_ state: ChurnState) {
    let query = state.query
    let end = query.dataEnd?.daysSinceEpoch ?? state.lastDay
    let reference = Int(query.cutOff?.daysSinceEpoch ?? end ?? 0)
    let book = CustomerFigures(state.orders)
    var customer = 0
    var users: [UserKey] = []
    var columns = [[Double]](repeating: [], count: 7)
    var labels: [Bool] = []
    var later = 0
    var inactive = 0
    for index in state.keys.indices {
      let figures = state.figures[index]
      while customer < book.keys.count,
        CustomerKeys.order(book.keys, customer, state.keys, index) < 0
      { customer += 1 }
      if figures.events == 0 {
        later += 1
        continue
      }
      // Where the data end before some events, these count as of the last day.
      let sinceLast = max(0, reference - Int(figures.lastDay))
      if let activeWithin = query.activeWithin, sinceLast >= activeWithin {
        inactive += 1
        continue
      }
      let buys =
        customer < book.keys.count
        && CustomerKeys.order(book.keys, customer, state.keys, index) == 0
      users.append(state.keys[index])
      let row = [
        Double(figures.activeDays), Double(figures.events), Double(figures.sessions),
        Double(max(0, reference - Int(figures.firstDay))), Double(sinceLast),
        buys ? Double(book.orders[customer]) : 0, buys ? book.revenue[customer] : 0,
      ]
      for (column, value) in row.enumerated() { columns[column].append(value) }
      switch query.rule {
      case .noEvent: labels.append(!figures.hasReturned)
      case .inactiveAtEnd(let days): labels.append(sinceLast >= days)
      }
    }
    var isKnown = true
    if case .noEvent(let cutOff, let days) = query.rule {
      isKnown = end.map { Int($0) >= Int(cutOff.daysSinceEpoch) + days } ?? false
    }
    table = ChurnFeatures(
      users: users,
      names: [
        "active_days", "events", "sessions", "tenure_days", "days_since_last", "purchases",
        "revenue",
      ], columns: columns, labelName: "churned", labels: isKnown ? labels : nil)
    self.query = query
    churned = isKnown ? labels.count { $0 } : nil
    leaks = table.leaks()
    dataEnd = end.map(CalendarDay.init(daysSinceEpoch:))
    laterUsers = later
    inactiveUsers = inactive
    eventsWithoutUser = state.eventsWithoutUser
  }
}

extension ChurnReport: CustomStringConvertible {
  /// The means of the features by class as a text table, with warnings of leaks.
  public var description: String {
    var table = TextTable(["feature", "stayed", "churned", "all"], numbers: [1, 2, 3])
    func mean(_ column: [Double], _ label: Bool?) -> String {
      guard label == nil || self.table.labels != nil else { return "—" }
      var sum = ExactSum()
      var count = 0
      for (row, value) in column.enumerated()
      where label == nil || self.table.labels![row] == label {
        sum.add(value)
        count += 1
      }
      return count == 0 ? "—" : NumberFormat.fixed(sum.rounded / Double(count), 2)
    }
    for (name, column) in zip(self.table.names, self.table.columns) {
      table.append([name, mean(column, false), mean(column, true), mean(column, nil)])
    }
    let users = NumberFormat.grouped(self.table.users.count)
    var text = "\(table)\n\(query)\n"
    if let churned {
      text += "\(NumberFormat.grouped(churned)) of \(users) users churned"
      text += " (\(NumberFormat.percent(churnRate)))"
    } else {
      text += "\(users) users; who churned cannot be known yet: the data end "
      text += dataEnd.map { "on \($0)" } ?? "before they begin"
    }
    let notes = [
      (laterUsers, "users came later"), (inactiveUsers, "users were not active lately"),
      (eventsWithoutUser, "events without user"),
    ]
    for (count, words) in notes where count > 0 {
      text += "; \(NumberFormat.grouped(count)) \(words)"
    }
    for leak in leaks { text += "\nwarning: \(leak)" }
    return text
  }
}
