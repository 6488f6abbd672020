public import GA4Model

/// The answer of a ``CustomerHistoryQuery``: a row for every customer, sorted by id.
public struct CustomerHistories: Sendable, Hashable, Codable {
  /// What a customer did after the end of the calibration.
  public struct Holdout: Sendable, Hashable, Codable {
    /// The number of periods with a purchase.
    public var frequency: Int
    /// The time from the end of the calibration to the end of observation.
    public var duration: Double
    /// The mean revenue of these periods; 0 where there is none.
    public var monetaryValue: Double
  }

  /// A customer.
  public struct Row: Sendable, Hashable, Codable {
    /// Who it is.
    public var user: UserKey
    /// What it did until the end of the calibration, or of observation.
    public var history: CustomerHistory
    /// What it did afterwards; `nil` where the query has no calibration end.
    public var holdout: Holdout?
  }

  /// The question.
  public var query: CustomerHistoryQuery
  /// The last day that counts; `nil` for an empty log.
  public var observationEnd: CalendarDay?
  /// The customers whose first purchase lies before the end of the calibration.
  public var rows: [Row]
  /// How many orders belong to no user, and so to no customer.
  public var purchasesWithoutUser: Int
  /// How many of the counted purchases name no revenue; they add nothing to the monetary value.
  public var purchasesWithoutRevenue: Int

  /// What the models of purchases and amounts are fitted to.
  public var histories: [CustomerHistory] { rows.map(\.history) }
}

extension CustomerHistories: CustomStringConvertible {
  /// The customers by frequency as a text table, without their ids.
  public var description: String {
    let hasHoldout = query.calibrationEnd != nil
    var table = TextTable(
      ["frequency", "customers", "mean recency", "mean age", "mean amount"]
        + (hasHoldout ? ["mean in holdout"] : []), numbers: [0, 1, 2, 3, 4, 5])
    let groups = Dictionary(grouping: rows) { min($0.history.frequency, Self.lastListed) }
    for frequency in groups.keys.sorted() {
      let rows = groups[frequency]!
      func mean(_ value: (Row) -> Double) -> String {
        NumberFormat.fixed(rows.reduce(0) { $0 + value($1) } / Double(rows.count), 2)
      }
      table.append(
        [
          "\(frequency)\(frequency == Self.lastListed ? "+" : "")",
          NumberFormat.grouped(rows.count), mean(\.history.recency), mean(\.history.age),
          frequency == 0 ? "—" : mean(\.history.monetaryValue),
        ] + (hasHoldout ? [mean { Double($0.holdout?.frequency ?? 0) }] : []))
    }
    var text = "\(table)\n\(NumberFormat.grouped(rows.count)) customers"
    if let observationEnd { text += " until \(observationEnd)" }
    if purchasesWithoutUser > 0 {
      text += "; \(NumberFormat.grouped(purchasesWithoutUser)) purchases without user left out"
    }
    if purchasesWithoutRevenue > 0 {
      text += "; \(NumberFormat.grouped(purchasesWithoutRevenue)) without revenue"
    }
    return "\(text)\n\(query)"
  }

  /// Customers with more repeat purchases are listed together.
  private static let lastListed = 7
}
