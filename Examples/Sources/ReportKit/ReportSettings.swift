public import Funnel
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
  /// The steps that are followed, and how.
  public var funnel: FunnelQuery

  /// Makes settings.
  public init(
    source: String, asOf: CalendarDay? = nil, channels: Channels = .ga4,
    purchases: PurchaseRule = .byTransactionID,
    funnel: FunnelQuery = Self.funnel(Self.shopSteps)
  ) {
    self.source = source
    self.asOf = asOf
    self.channels = channels
    self.purchases = purchases
    self.funnel = funnel
  }

  /// The events that lead to an order.
  public static let shopSteps: [EventName] = [.viewItem, .addToCart, .beginCheckout, .purchase]

  /// The funnel through `events`, within a week of the first unless `window` says otherwise.
  ///
  /// A breakdown lists all values, so that the report can be added up.
  public static func funnel(
    _ events: [EventName], window: FunnelWindow = .fromFirstStep(.seconds(7 * 86_400)),
    unit: FunnelUnit = .users, by dimension: EventDimension? = nil
  ) -> FunnelQuery {
    FunnelQuery(
      events.map { Step($0) }, window: window, unit: unit,
      breakdown: dimension.map { FunnelBreakdown(by: $0, limit: .max) })
  }

  /// The parameters that the report needs; a reader that keeps no others is faster and smaller.
  public static let parameters = ParameterSelection.only([
    .source, .medium, .campaign, .transactionID, .value,
  ])

  /// The funnel in words.
  var funnelText: String {
    guard funnel.breakdown != nil else { return funnel.description }
    let unit = funnel.unit == .users ? "user" : "session"
    return "\(funnel); each \(unit) under the value of its first event of a step that has one"
  }

  /// The dimension by which channels are told apart.
  public var channelDimension: EventDimension {
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
