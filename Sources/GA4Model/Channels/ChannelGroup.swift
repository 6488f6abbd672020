/// The name of a group of traffic sources, such as "Organic Search".
///
/// The names of GA4's default channel group are static members; any other name can be written as
/// a literal.
///
/// ```swift
/// let own: ChannelGroup = "Podcasts"
/// ```
public struct ChannelGroup: RawRepresentable, Sendable, Hashable, Codable, Comparable,
  ExpressibleByStringLiteral, CustomStringConvertible
{
  /// The name as reports show it.
  public let rawValue: String

  /// The group of a name.
  ///
  /// - Parameter rawValue: The name as reports show it; case matters.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The group of a name written as a literal.
  ///
  /// - Parameter value: The name as reports show it; case matters.
  public init(stringLiteral value: String) { rawValue = value }

  /// The name.
  public var description: String { rawValue }

  /// Whether one name comes before another in the order of `String`.
  public static func < (a: ChannelGroup, b: ChannelGroup) -> Bool { a.rawValue < b.rawValue }
}

extension ChannelGroup {
  /// Visitors who typed the address or used a bookmark.
  public static let direct: ChannelGroup = "Direct"
  /// Campaigns that run on several networks at once.
  public static let crossNetwork: ChannelGroup = "Cross-network"
  /// Advertisements on shopping sites or in shopping campaigns.
  public static let paidShopping: ChannelGroup = "Paid Shopping"
  /// Advertisements on search engines.
  public static let paidSearch: ChannelGroup = "Paid Search"
  /// Advertisements on social networks.
  public static let paidSocial: ChannelGroup = "Paid Social"
  /// Advertisements on video sites.
  public static let paidVideo: ChannelGroup = "Paid Video"
  /// Display advertisements such as banners.
  public static let display: ChannelGroup = "Display"
  /// Other advertisements.
  public static let paidOther: ChannelGroup = "Paid Other"
  /// Unpaid links on shopping sites or from shopping campaigns.
  public static let organicShopping: ChannelGroup = "Organic Shopping"
  /// Unpaid links on social networks.
  public static let organicSocial: ChannelGroup = "Organic Social"
  /// Unpaid links on video sites.
  public static let organicVideo: ChannelGroup = "Organic Video"
  /// Unpaid results of search engines.
  public static let organicSearch: ChannelGroup = "Organic Search"
  /// Links on other sites.
  public static let referral: ChannelGroup = "Referral"
  /// Links in e-mail.
  public static let email: ChannelGroup = "Email"
  /// Links on the sites of affiliates.
  public static let affiliates: ChannelGroup = "Affiliates"
  /// Advertisements on audio platforms.
  public static let audio: ChannelGroup = "Audio"
  /// Links in text messages.
  public static let sms: ChannelGroup = "SMS"
  /// Links in messages of mobile apps.
  public static let mobilePushNotifications: ChannelGroup = "Mobile Push Notifications"
  /// Links in the answers of AI assistants.
  public static let aiAssistant: ChannelGroup = "AI Assistant"
  /// Traffic that no rule of GA4's default channel group matches.
  public static let unassigned: ChannelGroup = "Unassigned"
  /// Traffic whose source or medium was withheld, deleted or not set.
  public static let dataUnavailable: ChannelGroup = "Data unavailable"
  /// Social networks, paid or not, in ``ChannelGrouping/simple``.
  public static let social: ChannelGroup = "Social"
  /// Traffic that no rule of ``ChannelGrouping/simple`` matches.
  public static let other: ChannelGroup = "Other"
}
