/// What the *event* itself carried of its origin: the record `collected_traffic_source`.
///
/// Nothing is attributed here: most events of a session have none.
public struct CollectedTrafficSource: EventRecord {
  public static let record = "collected_traffic_source"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes an origin from the fields most used; those that are `nil` are absent.
  public init(
    campaignID: String? = nil, campaign: String? = nil, source: String? = nil,
    medium: String? = nil, term: String? = nil, content: String? = nil, gclid: String? = nil,
    dclid: String? = nil, srsltid: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.campaignID = campaignID
    self.campaign = campaign
    self.source = source
    self.medium = medium
    self.term = term
    self.content = content
    self.gclid = gclid
    self.dclid = dclid
    self.srsltid = srsltid
  }

  /// `collected_traffic_source.manual_campaign_id`, from `utm_id`.
  public var campaignID: String? {
    get { self[text: "manual_campaign_id"] }
    set { self[text: "manual_campaign_id"] = newValue }
  }

  /// `collected_traffic_source.manual_campaign_name`, from `utm_campaign`.
  public var campaign: String? {
    get { self[text: "manual_campaign_name"] }
    set { self[text: "manual_campaign_name"] = newValue }
  }

  /// `collected_traffic_source.manual_source`, from `utm_source`.
  public var source: String? {
    get { self[text: "manual_source"] }
    set { self[text: "manual_source"] = newValue }
  }

  /// `collected_traffic_source.manual_medium`, from `utm_medium`.
  public var medium: String? {
    get { self[text: "manual_medium"] }
    set { self[text: "manual_medium"] = newValue }
  }

  /// `collected_traffic_source.manual_term`, from `utm_term`.
  public var term: String? {
    get { self[text: "manual_term"] }
    set { self[text: "manual_term"] = newValue }
  }

  /// `collected_traffic_source.manual_content`, from `utm_content`.
  public var content: String? {
    get { self[text: "manual_content"] }
    set { self[text: "manual_content"] = newValue }
  }

  /// `collected_traffic_source.manual_source_platform`, from `utm_source_platform`.
  public var sourcePlatform: String? {
    get { self[text: "manual_source_platform"] }
    set { self[text: "manual_source_platform"] = newValue }
  }

  /// `collected_traffic_source.manual_creative_format`, from `utm_creative_format`.
  public var creativeFormat: String? {
    get { self[text: "manual_creative_format"] }
    set { self[text: "manual_creative_format"] = newValue }
  }

  /// `collected_traffic_source.manual_marketing_tactic`, from `utm_marketing_tactic`.
  public var marketingTactic: String? {
    get { self[text: "manual_marketing_tactic"] }
    set { self[text: "manual_marketing_tactic"] = newValue }
  }

  /// `collected_traffic_source.gclid`: the click on a Google ad.
  public var gclid: String? {
    get { self[text: "gclid"] }
    set { self[text: "gclid"] = newValue }
  }

  /// `collected_traffic_source.dclid`: the click on a display ad.
  public var dclid: String? {
    get { self[text: "dclid"] }
    set { self[text: "dclid"] = newValue }
  }

  /// `collected_traffic_source.srsltid`: the click on a free Merchant Center listing.
  public var srsltid: String? {
    get { self[text: "srsltid"] }
    set { self[text: "srsltid"] = newValue }
  }
}

extension Event {
  /// What the *event* itself carried of its origin: the record `collected_traffic_source`.
  public var collectedTrafficSource: CollectedTrafficSource {
    get { self[record: CollectedTrafficSource.self] }
    set { self[record: CollectedTrafficSource.self] = newValue }
  }
}
