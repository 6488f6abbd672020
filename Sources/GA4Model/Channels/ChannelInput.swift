/// What is known of where a visit came from, as the rules of a ``ChannelGrouping`` read it.
///
/// ```swift
/// ChannelInput(source: "google", medium: "cpc", campaign: "spring")
/// ```
public struct ChannelInput: Sendable, Hashable {
  /// The site or sender, such as "google" or "(direct)"; `nil` when the record has none.
  public var source: String?
  /// The kind of link, such as "organic" or "cpc"; `nil` when the record has none.
  public var medium: String?
  /// The name of the campaign; `nil` when the record has none.
  public var campaign: String?
  /// Whether the link carried a Google click identifier, which only Google's advertisements do.
  public var hasGclid: Bool

  /// A source of traffic.
  ///
  /// - Parameters:
  ///   - source: The site or sender, such as "google" or "(direct)".
  ///   - medium: The kind of link, such as "organic" or "cpc".
  ///   - campaign: The name of the campaign.
  ///   - hasGclid: Whether the link carried a Google click identifier.
  public init(
    source: String? = nil, medium: String? = nil, campaign: String? = nil, hasGclid: Bool = false
  ) {
    self.source = source
    self.medium = medium
    self.campaign = campaign
    self.hasGclid = hasGclid
  }
}
