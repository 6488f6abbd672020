public import GA4Model

/// The key figures of a log, as a whole or by any dimensions.
///
/// ```swift
/// let total = MetricsQuery().evaluate(log).total
/// print(total.users, total.engagementRate!, total.revenue)
///
/// let byDay = MetricsQuery(by: [.day]).evaluate(log)
/// for row in byDay.rows { print(row.key[0]!, row.metrics.sessions) }
///
/// let channels = MetricsQuery(by: [.channel], counting: [.sessionStart, .addToCart, .purchase])
/// print(channels.evaluate(log))
/// ```
///
/// Users and sessions are distinct in each group, so they do not add up over groups; the total is
/// counted on its own. A session counts by time where it starts, and by any other dimension in
/// every group in which it has an event. A purchase counts in the group of its event, and a
/// repeated one in the group of the earliest.
public struct MetricsQuery: EventQuery {
  /// When a user counts as new.
  public enum NewUserRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// In the groups in which the user has a `first_visit` or `first_open`, as GA4 counts.
    case firstVisit
    /// In the group of the user's first event in the log.
    case firstSeen
  }

  /// The dimensions of the rows; none for the total alone.
  public var dimensions: [EventDimension]
  /// Which events are taken into account.
  public var predicate: EventPredicate?
  /// Events to count by name.
  public var counting: [EventName]
  /// Which purchase events are orders.
  public var purchases: PurchaseRule
  /// Which number is the revenue.
  public var revenue: RevenueField
  /// The events that are purchases.
  public var purchaseEvents: [EventName]
  /// When a user counts as new.
  public var newUsers: NewUserRule

  /// Makes a query.
  public init(
    by dimensions: [EventDimension] = [], where predicate: EventPredicate? = nil,
    counting: [EventName] = [], purchases: PurchaseRule = .byTransactionID,
    revenue: RevenueField = .purchaseRevenue, purchaseEvents: [EventName] = [.purchase],
    newUsers: NewUserRule = .firstVisit
  ) {
    self.dimensions = dimensions
    self.predicate = predicate
    self.counting = counting
    self.purchases = purchases
    self.revenue = revenue
    self.purchaseEvents = purchaseEvents
    self.newUsers = newUsers
  }

  public func makeState() -> MetricsState { MetricsState(self) }

  /// The query in words.
  public var description: String {
    var text = "key figures"
    if !dimensions.isEmpty {
      text += " by " + dimensions.map(\.description).joined(separator: ", ")
    }
    if let predicate { text += " of events with \(predicate)" }
    return text + "; orders: \(purchases)"
  }
}
