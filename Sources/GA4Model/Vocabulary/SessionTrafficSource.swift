/// Where the *session* came from by last non-direct click: the record
/// `session_traffic_source_last_click`.
///
/// ```swift
/// let session = event.sessionTrafficSource
/// session.crossChannel.defaultChannelGroup          // "Paid Search"
/// session[path: "dv360_campaign.exchange_name"]     // the rest by path
/// ```
///
/// The campaigns of Search Ads 360 (`sa360_campaign`), Campaign Manager 360 (`cm360_campaign`) and
/// Display & Video 360 (`dv360_campaign`) have no properties here. Exports from before July 2024 lack
/// the record.
public struct SessionTrafficSource: EventRecord {
  public static let record = "session_traffic_source_last_click"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a source of a session from its campaigns; those that are `nil` are absent.
  public init(
    manual: ManualCampaign? = nil, googleAds: GoogleAdsCampaign? = nil,
    crossChannel: CrossChannelCampaign? = nil
  ) {
    self.init(fields: FieldSet())
    if let manual { self.manual = manual }
    if let googleAds { self.googleAds = googleAds }
    if let crossChannel { self.crossChannel = crossChannel }
  }

  /// The campaign by its `utm_` parameters: `manual_campaign`.
  public var manual: ManualCampaign {
    get { self[record: ManualCampaign.self] }
    set { self[record: ManualCampaign.self] = newValue }
  }

  /// The campaign in Google Ads: `google_ads_campaign`.
  public var googleAds: GoogleAdsCampaign {
    get { self[record: GoogleAdsCampaign.self] }
    set { self[record: GoogleAdsCampaign.self] = newValue }
  }

  /// The campaign over all channels, as GA4 reports it: `cross_channel_campaign`.
  public var crossChannel: CrossChannelCampaign {
    get { self[record: CrossChannelCampaign.self] }
    set { self[record: CrossChannelCampaign.self] = newValue }
  }

  /// The campaign by its `utm_` parameters: `manual_campaign`.
  public struct ManualCampaign: EventRecord {
    public static let record = "session_traffic_source_last_click.manual_campaign"
    public let fields: FieldSet

    public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

    /// Makes a manual campaign from the fields most used; those that are `nil` are absent.
    public init(
      campaignID: String? = nil, campaign: String? = nil, source: String? = nil,
      medium: String? = nil, term: String? = nil, content: String? = nil
    ) {
      self.init(fields: FieldSet())
      self.campaignID = campaignID
      self.campaign = campaign
      self.source = source
      self.medium = medium
      self.term = term
      self.content = content
    }

    /// `campaign_id`.
    public var campaignID: String? {
      get { self[text: "campaign_id"] }
      set { self[text: "campaign_id"] = newValue }
    }

    /// `campaign_name`.
    public var campaign: String? {
      get { self[text: "campaign_name"] }
      set { self[text: "campaign_name"] = newValue }
    }

    /// `source`.
    public var source: String? {
      get { self[text: "source"] }
      set { self[text: "source"] = newValue }
    }

    /// `medium`.
    public var medium: String? {
      get { self[text: "medium"] }
      set { self[text: "medium"] = newValue }
    }

    /// `term`.
    public var term: String? {
      get { self[text: "term"] }
      set { self[text: "term"] = newValue }
    }

    /// `content`.
    public var content: String? {
      get { self[text: "content"] }
      set { self[text: "content"] = newValue }
    }

    /// `source_platform`.
    public var sourcePlatform: String? {
      get { self[text: "source_platform"] }
      set { self[text: "source_platform"] = newValue }
    }

    /// `creative_format`.
    public var creativeFormat: String? {
      get { self[text: "creative_format"] }
      set { self[text: "creative_format"] = newValue }
    }

    /// `marketing_tactic`.
    public var marketingTactic: String? {
      get { self[text: "marketing_tactic"] }
      set { self[text: "marketing_tactic"] = newValue }
    }
  }

  /// The campaign in Google Ads: `google_ads_campaign`.
  public struct GoogleAdsCampaign: EventRecord {
    public static let record = "session_traffic_source_last_click.google_ads_campaign"
    public let fields: FieldSet

    public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

    /// Makes a Google Ads campaign from the fields most used; those that are `nil` are absent.
    public init(
      customerID: String? = nil, accountName: String? = nil, campaignID: String? = nil,
      campaign: String? = nil, adGroupID: String? = nil, adGroup: String? = nil
    ) {
      self.init(fields: FieldSet())
      self.customerID = customerID
      self.accountName = accountName
      self.campaignID = campaignID
      self.campaign = campaign
      self.adGroupID = adGroupID
      self.adGroup = adGroup
    }

    /// `customer_id`: the account.
    public var customerID: String? {
      get { self[text: "customer_id"] }
      set { self[text: "customer_id"] = newValue }
    }

    /// `account_name`.
    public var accountName: String? {
      get { self[text: "account_name"] }
      set { self[text: "account_name"] = newValue }
    }

    /// `campaign_id`.
    public var campaignID: String? {
      get { self[text: "campaign_id"] }
      set { self[text: "campaign_id"] = newValue }
    }

    /// `campaign_name`.
    public var campaign: String? {
      get { self[text: "campaign_name"] }
      set { self[text: "campaign_name"] = newValue }
    }

    /// `ad_group_id`.
    public var adGroupID: String? {
      get { self[text: "ad_group_id"] }
      set { self[text: "ad_group_id"] = newValue }
    }

    /// `ad_group_name`.
    public var adGroup: String? {
      get { self[text: "ad_group_name"] }
      set { self[text: "ad_group_name"] = newValue }
    }
  }

  /// The campaign over all channels, as GA4 reports it: `cross_channel_campaign`.
  public struct CrossChannelCampaign: EventRecord {
    public static let record = "session_traffic_source_last_click.cross_channel_campaign"
    public let fields: FieldSet

    public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

    /// Makes a campaign over all channels from the fields most used; those that are `nil` are absent.
    public init(
      campaignID: String? = nil, campaign: String? = nil, source: String? = nil,
      medium: String? = nil, sourcePlatform: String? = nil,
      defaultChannelGroup: String? = nil, primaryChannelGroup: String? = nil
    ) {
      self.init(fields: FieldSet())
      self.campaignID = campaignID
      self.campaign = campaign
      self.source = source
      self.medium = medium
      self.sourcePlatform = sourcePlatform
      self.defaultChannelGroup = defaultChannelGroup
      self.primaryChannelGroup = primaryChannelGroup
    }

    /// `campaign_id`.
    public var campaignID: String? {
      get { self[text: "campaign_id"] }
      set { self[text: "campaign_id"] = newValue }
    }

    /// `campaign_name`.
    public var campaign: String? {
      get { self[text: "campaign_name"] }
      set { self[text: "campaign_name"] = newValue }
    }

    /// `source`.
    public var source: String? {
      get { self[text: "source"] }
      set { self[text: "source"] = newValue }
    }

    /// `medium`.
    public var medium: String? {
      get { self[text: "medium"] }
      set { self[text: "medium"] = newValue }
    }

    /// `source_platform`.
    public var sourcePlatform: String? {
      get { self[text: "source_platform"] }
      set { self[text: "source_platform"] = newValue }
    }

    /// `default_channel_group`.
    public var defaultChannelGroup: String? {
      get { self[text: "default_channel_group"] }
      set { self[text: "default_channel_group"] = newValue }
    }

    /// `primary_channel_group`.
    public var primaryChannelGroup: String? {
      get { self[text: "primary_channel_group"] }
      set { self[text: "primary_channel_group"] = newValue }
    }
  }
}

extension Event {
  /// Where the *session* came from by last non-direct click.
  public var sessionTrafficSource: SessionTrafficSource {
    get { self[record: SessionTrafficSource.self] }
    set { self[record: SessionTrafficSource.self] = newValue }
  }
}
