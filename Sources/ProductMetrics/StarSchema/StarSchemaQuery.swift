public import GA4Model

/// A star schema of days and channels with the funnel from session to purchase as its facts.
///
/// ```swift
/// let schema = StarSchemaQuery().evaluate(log)
/// schema.factFunnel[0].figures.conversionRate
/// for table in StarSchema.Table.allCases {
///   write(schema.csv(table), to: table.fileName)          // dim_date.csv, dim_channel.csv, …
/// }
/// print(schema)                             // the channels as a text table
/// ```
///
/// What a session is, and where it came from, is a choice that changes every figure; see
/// ``Counting``. The report carries the query and says which one it followed.
public struct StarSchemaQuery: EventQuery {
  /// What is counted, and which source of traffic decides on the channel.
  public enum Counting: String, Sendable, Hashable, Codable, CaseIterable {
    /// As GA4 counts. A session is a distinct session of the log and stands on the day it starts
    /// and under the channel of its `SessionAttribution`; so do its `add_to_cart` events and
    /// orders. Carts and orders outside any session stand on their own day under a channel without
    /// source, which GA4 calls unassigned.
    case sessions
    /// As many home-made pipelines count. A session is a `session_start` event; it, `add_to_cart`
    /// and purchases stand on their own day under the `traffic_source` they carry, which is where
    /// the *user* first came from. Sessions without `session_start` are missed.
    case events
  }

  /// The rules that name the channels.
  public var channels: ChannelGrouping
  /// What is counted.
  public var counting: Counting
  /// Which purchase events are orders.
  public var purchases: PurchaseRule
  /// Which number is the revenue.
  public var revenue: RevenueField
  /// What stands in for a session whose own events name no source.
  public var fallback: SessionAttribution.Fallback

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - channels: The rules that name the channels.
  ///   - counting: What is counted.
  ///   - purchases: Which purchase events are orders; `nil` stands for
  ///     `PurchaseRule.byTransactionID` with ``Counting/sessions``, and for
  ///     `PurchaseRule.none` with ``Counting/events``.
  ///   - revenue: Which number is the revenue.
  ///   - fallback: What stands in for a session whose own events name no source; it has no meaning
  ///     with ``Counting/events``.
  public init(
    channels: ChannelGrouping = .ga4, counting: Counting = .sessions,
    purchases: PurchaseRule? = nil, revenue: RevenueField = .purchaseRevenue,
    fallback: SessionAttribution.Fallback = .direct
  ) {
    self.channels = channels
    self.counting = counting
    self.purchases = purchases ?? (counting == .events ? .none : .byTransactionID)
    self.revenue = revenue
    self.fallback = fallback
  }

  public func makeState() -> StarSchemaState { StarSchemaState(self) }

  /// The query in words.
  public var description: String {
    let counted =
      switch counting {
      case .sessions: "distinct sessions by session channel"
      case .events: "session_start events by the user's first channel"
      }
    return "star schema of \(counted) (\(channels.name)); orders: \(purchases)"
  }
}
