/// What the user consented to: the record `privacy_info`.
///
/// ```swift
/// event.privacyInfo.analyticsStorage        // "Yes"
/// event.privacyInfo.allowsAnalytics         // true
/// ```
public struct PrivacyInfo: EventRecord {
  public static let record = "privacy_info"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes a consent from the fields most used; those that are `nil` are absent.
  public init(
    analyticsStorage: String? = nil, adsStorage: String? = nil,
    usesTransientToken: String? = nil
  ) {
    self.init(fields: FieldSet())
    self.analyticsStorage = analyticsStorage
    self.adsStorage = adsStorage
    self.usesTransientToken = usesTransientToken
  }

  /// `privacy_info.analytics_storage`: Yes, No or Unset.
  public var analyticsStorage: String? {
    get { self[text: "analytics_storage"] }
    set { self[text: "analytics_storage"] = newValue }
  }

  /// `privacy_info.ads_storage`: Yes, No or Unset.
  public var adsStorage: String? {
    get { self[text: "ads_storage"] }
    set { self[text: "ads_storage"] = newValue }
  }

  /// `privacy_info.uses_transient_token`: Yes where the user denied storage and a token stands in.
  public var usesTransientToken: String? {
    get { self[text: "uses_transient_token"] }
    set { self[text: "uses_transient_token"] = newValue }
  }

  /// Whether storage for analytics was allowed; `nil` where the export is silent or says Unset.
  public var allowsAnalytics: Bool? { analyticsStorage.map(FieldValue.string)?.bool }

  /// Whether storage for advertising was allowed; `nil` where the export is silent or says Unset.
  public var allowsAds: Bool? { adsStorage.map(FieldValue.string)?.bool }
}

extension Event {
  /// What the user consented to: the record `privacy_info`.
  public var privacyInfo: PrivacyInfo {
    get { self[record: PrivacyInfo.self] }
    set { self[record: PrivacyInfo.self] = newValue }
  }
}
