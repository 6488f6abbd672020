/// The dotted path of an event field that is neither a parameter nor a user property, such as
/// `device.web_info.browser`.
///
/// ```swift
/// event[field: .browser]                                  // the same as …
/// event[field: "device.web_info.browser"]                    // … this
/// event[field: "session_traffic_source_last_click.google_ads_campaign.customer_id"]
/// ```
///
/// Every field of the export is addressable, also those that have no name of their own here.
public struct FieldPath: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The path as the export spells it, components joined by dots.
  public var rawValue: String

  /// Makes the path `rawValue`.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Makes the path `value`.
  public init(stringLiteral value: String) { rawValue = value }

  /// The path as the export spells it.
  public var description: String { rawValue }

  /// Names are told apart by their bytes, as the export does.
  public static func == (left: FieldPath, right: FieldPath) -> Bool {
    left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension FieldPath {
  /// `platform`: WEB, IOS or ANDROID.
  public static let platform: FieldPath = "platform"
  /// `stream_id`: the data stream.
  public static let streamID: FieldPath = "stream_id"
  /// `device.category`: desktop, mobile or tablet.
  public static let deviceCategory: FieldPath = "device.category"
  /// `device.operating_system`.
  public static let operatingSystem: FieldPath = "device.operating_system"
  /// `device.language`.
  public static let language: FieldPath = "device.language"
  /// `device.web_info.browser`.
  public static let browser: FieldPath = "device.web_info.browser"
  /// `geo.continent`.
  public static let continent: FieldPath = "geo.continent"
  /// `geo.sub_continent`.
  public static let subContinent: FieldPath = "geo.sub_continent"
  /// `geo.country`.
  public static let country: FieldPath = "geo.country"
  /// `geo.region`.
  public static let region: FieldPath = "geo.region"
  /// `geo.city`.
  public static let city: FieldPath = "geo.city"
  /// `traffic_source.source`: where the *user* first came from.
  public static let firstUserSource: FieldPath = "traffic_source.source"
  /// `traffic_source.medium`: by what medium the *user* first came.
  public static let firstUserMedium: FieldPath = "traffic_source.medium"
  /// `traffic_source.name`: the campaign that first brought the *user*.
  public static let firstUserCampaign: FieldPath = "traffic_source.name"
  /// `ecommerce.transaction_id`.
  public static let transactionID: FieldPath = "ecommerce.transaction_id"
  /// `ecommerce.purchase_revenue`, in the currency of the event.
  public static let purchaseRevenue: FieldPath = "ecommerce.purchase_revenue"
  /// `ecommerce.purchase_revenue_in_usd`.
  public static let purchaseRevenueInUSD: FieldPath = "ecommerce.purchase_revenue_in_usd"
  /// `event_value_in_usd`.
  public static let eventValueInUSD: FieldPath = "event_value_in_usd"
  /// `user_first_touch_timestamp`, microseconds.
  public static let userFirstTouchTimestamp: FieldPath = "user_first_touch_timestamp"
  /// `batch_page_id`: orders batches of one page.
  public static let batchPageID: FieldPath = "batch_page_id"
  /// `batch_ordering_id`: orders batches.
  public static let batchOrderingID: FieldPath = "batch_ordering_id"
  /// `batch_event_index`: orders the events of a batch.
  public static let batchEventIndex: FieldPath = "batch_event_index"
}
