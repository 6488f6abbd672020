/// What the ads in an app earned: the record `publisher`; absent from streaming exports.
public struct PublisherInfo: EventRecord {
  public static let record = "publisher"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes an earning from the fields most used; those that are `nil` are absent.
  public init(
    adRevenueInUSD: Double? = nil, adFormat: String? = nil, adSourceName: String? = nil,
    adUnitID: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.adRevenueInUSD = adRevenueInUSD
    self.adFormat = adFormat
    self.adSourceName = adSourceName
    self.adUnitID = adUnitID
  }

  /// `publisher.ad_revenue_in_usd`.
  public var adRevenueInUSD: Double? {
    get { self[number: "ad_revenue_in_usd"] }
    set { self[number: "ad_revenue_in_usd"] = newValue }
  }

  /// `publisher.ad_format`: such as interstitial, banner or rewarded.
  public var adFormat: String? {
    get { self[text: "ad_format"] }
    set { self[text: "ad_format"] = newValue }
  }

  /// `publisher.ad_source_name`: the network that supplied the ad.
  public var adSourceName: String? {
    get { self[text: "ad_source_name"] }
    set { self[text: "ad_source_name"] = newValue }
  }

  /// `publisher.ad_unit_id`.
  public var adUnitID: String? {
    get { self[text: "ad_unit_id"] }
    set { self[text: "ad_unit_id"] = newValue }
  }
}

extension Event {
  /// What the ads in an app earned: the record `publisher`.
  public var publisher: PublisherInfo {
    get { self[record: PublisherInfo.self] }
    set { self[record: PublisherInfo.self] = newValue }
  }
}
