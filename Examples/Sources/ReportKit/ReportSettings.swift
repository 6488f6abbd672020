public import GA4Model

/// What a report counts and how; it is printed with the report.
public struct ReportSettings: Sendable, Hashable {
  /// How traffic is sorted into channels.
  public enum Channels: String, Sendable, Hashable, CaseIterable {
    /// GA4's default channel group of each session's source.
    case ga4
    /// A short rule over the user's first source, as each event carries it.
    case simple
  }

  /// What was read, in words.
  public var source: String
  /// The report's last day, `nil` for the last one with events; later events are left out.
  public var asOf: CalendarDay?
  /// How traffic is sorted into channels.
  public var channels: Channels
  /// Which purchase events are orders.
  public var purchases: PurchaseRule

  /// Makes settings.
  public init(
    source: String, asOf: CalendarDay? = nil, channels: Channels = .ga4,
    purchases: PurchaseRule = .byTransactionID
  ) {
    self.source = source
    self.asOf = asOf
    self.channels = channels
    self.purchases = purchases
  }

  /// The parameters that the report needs; a reader that keeps no others is faster and smaller.
  public static let parameters = ParameterSelection.only([
    .source, .medium, .campaign, .transactionID, .value,
  ])

  /// The dimension by which channels are told apart.
  var channelDimension: EventDimension {
    switch channels {
    case .ga4: .channel(.ga4)
    case .simple: .channel(.simple, scope: .firstUser)
    }
  }

  /// The purchase rule of the channels' revenue: the simple rule counts events.
  var channelPurchases: PurchaseRule { channels == .simple ? .none : purchases }

  /// The channel rule in words.
  var channelText: String {
    switch channels {
    case .ga4:
      "GA4 default channel group of the session's last source that was not direct;"
        + " revenue: \(purchases)"
    case .simple:
      "simple rule over traffic_source of each event; revenue: every purchase event"
    }
  }
}
