import GA4Model

/// The key figures of a set of events.
///
/// Rates are `nil` where there is nothing to divide by: no sessions have no engagement rate.
public struct Metrics: Sendable, Hashable, Codable {
  /// Events, with and without user.
  public var events = 0
  /// Distinct users.
  public var users = 0
  /// Of ``users``, those that are new by the query's rule.
  public var newUsers = 0
  /// Distinct sessions.
  ///
  /// By a time, a session counts where it starts; by any other dimension, in every group in which
  /// it has an event.
  public var sessions = 0
  /// Of ``sessions``, those that are engaged.
  public var engagedSessions = 0
  /// Sessions with a purchase.
  public var convertingSessions = 0
  /// Purchase events, before the purchase rule.
  public var purchaseEvents = 0
  /// Orders by the purchase rule.
  public var orders = 0
  /// Distinct users with a purchase.
  public var purchasers = 0
  /// Revenue of the orders.
  public var revenue = 0.0
  /// What `refund` events gave back.
  public var refunds = 0.0
  /// How often each of the query's ``MetricsQuery/counting`` events happened, in its order.
  public var counts: [Int] = []

  /// Makes the figures of nothing.
  public init() {}

  /// ``users`` that are not new.
  public var returningUsers: Int { users - newUsers }
  /// Engaged sessions by sessions.
  public var engagementRate: Double? { ratio(engagedSessions, sessions) }
  /// Sessions that are not engaged by sessions: 1 − ``engagementRate``.
  public var bounceRate: Double? { ratio(sessions - engagedSessions, sessions) }
  /// Revenue by order.
  public var averageOrderValue: Double? { orders > 0 ? revenue / Double(orders) : nil }
  /// Revenue by user.
  public var revenuePerUser: Double? { users > 0 ? revenue / Double(users) : nil }
  /// Purchasers by users.
  public var userConversionRate: Double? { ratio(purchasers, users) }
  /// Sessions with a purchase by sessions.
  public var sessionConversionRate: Double? { ratio(convertingSessions, sessions) }
  /// Sessions by user.
  public var sessionsPerUser: Double? { ratio(sessions, users) }
  /// Events by session.
  public var eventsPerSession: Double? { ratio(events, sessions) }
  /// Revenue less refunds.
  public var netRevenue: Double { revenue - refunds }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}
