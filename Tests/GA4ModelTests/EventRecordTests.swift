import GA4Model
import Testing

/// Checks that `property` and `path` are the same field, whichever way it is written.
private func check<Value: Equatable & Sendable>(
  _ property: WritableKeyPath<Event, Value?>, is path: FieldPath, _ value: Value,
  stored: FieldValue, sourceLocation: SourceLocation = #_sourceLocation
) {
  let bare = Event(.pageView, at: EventTime(microseconds: 1))
  #expect(bare[keyPath: property] == nil, "\(path)", sourceLocation: sourceLocation)

  var byProperty = bare
  byProperty[keyPath: property] = value
  #expect(byProperty[field: path] == stored, "\(path)", sourceLocation: sourceLocation)
  #expect(byProperty.fields.count == 1, "\(path)", sourceLocation: sourceLocation)

  var byPath = bare
  byPath[field: path] = stored
  #expect(byPath[keyPath: property] == value, "\(path)", sourceLocation: sourceLocation)
  #expect(byPath == byProperty, "\(path)", sourceLocation: sourceLocation)
  #expect(byPath.hashValue == byProperty.hashValue, "\(path)", sourceLocation: sourceLocation)

  byPath[keyPath: property] = nil
  #expect(byPath == bare, "\(path)", sourceLocation: sourceLocation)

  let kind: FieldKind? =
    switch stored {
    case .string: .string
    case .int: .int
    case .double: .double
    case .bool: .bool
    default: nil
    }
  #expect(
    kind != nil && FieldSchema.kind(of: path.rawValue) == kind, "\(path)",
    sourceLocation: sourceLocation)
}

private func check(
  _ property: WritableKeyPath<Event, String?>, is path: FieldPath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  check(property, is: path, "x", stored: "x", sourceLocation: sourceLocation)
}

private func check(
  _ property: WritableKeyPath<Event, Double?>, is path: FieldPath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  check(property, is: path, 12.5, stored: .double(12.5), sourceLocation: sourceLocation)
}

private func check(
  _ property: WritableKeyPath<Event, Int64?>, is path: FieldPath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  check(property, is: path, -7, stored: .int(-7), sourceLocation: sourceLocation)
}

private func check(
  _ property: WritableKeyPath<Event, EventTime?>, is path: FieldPath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  check(
    property, is: path, EventTime(microseconds: 99), stored: .int(99),
    sourceLocation: sourceLocation)
}

struct EventFieldsTests {
  @Test func `the scalars of an event are its fields`() {
    check(\.platform, is: .platform)
    check(\.streamID, is: .streamID)
    check(\.hostname, is: "event_dimensions.hostname")
    check(\.isActiveUser, is: "is_active_user", false, stored: false)
    check(\.eventValueInUSD, is: .eventValueInUSD)
    check(\.firstTouchTime, is: .userFirstTouchTimestamp)
    check(\.previousTime, is: "event_previous_timestamp")
    check(\.originalTime, is: "event_original_occurrence_timestamp")
    check(\.bundleSequenceID, is: "event_bundle_sequence_id")
    check(\.serverTimestampOffset, is: "event_server_timestamp_offset")
    check(\.batchPageID, is: .batchPageID)
    check(\.batchOrderingID, is: .batchOrderingID)
    check(\.batchEventIndex, is: .batchEventIndex)
  }

  @Test func `numbers and truth written as text are read`() {
    var event = Event(.pageView, at: EventTime(microseconds: 1))
    event[field: "user_first_touch_timestamp"] = "1608401236426074"
    event[field: "is_active_user"] = "true"
    event[field: "event_value_in_usd"] = "1.5"
    #expect(event.firstTouchTime == EventTime(microseconds: 1_608_401_236_426_074))
    #expect(event.isActiveUser == true)
    #expect(event.eventValueInUSD == 1.5)
  }
}

struct DeviceTests {
  @Test func `properties are the fields of the record`() {
    check(\.device.category, is: .deviceCategory)
    check(\.device.operatingSystem, is: .operatingSystem)
    check(\.device.operatingSystemVersion, is: "device.operating_system_version")
    check(\.device.language, is: .language)
    check(\.device.mobileBrandName, is: "device.mobile_brand_name")
    check(\.device.mobileModelName, is: "device.mobile_model_name")
    check(\.device.mobileMarketingName, is: "device.mobile_marketing_name")
    check(\.device.mobileOSHardwareModel, is: "device.mobile_os_hardware_model")
    check(\.device.vendorID, is: "device.vendor_id")
    check(\.device.advertisingID, is: "device.advertising_id")
    check(\.device.timeZoneOffsetSeconds, is: "device.time_zone_offset_seconds")
    check(\.device.isLimitedAdTracking, is: "device.is_limited_ad_tracking", true, stored: "Yes")
    check(\.device.isLimitedAdTracking, is: "device.is_limited_ad_tracking", false, stored: "No")
    check(\.device.browser, is: .browser)
    check(\.device.browserVersion, is: "device.web_info.browser_version")
    check(\.device.webInfo.browser, is: .browser)
    check(\.device.webInfo.browserVersion, is: "device.web_info.browser_version")
    check(\.device.webInfo.hostname, is: "device.web_info.hostname")
  }

  @Test func `an initialiser sets what the properties set`() {
    var device = Device()
    #expect(device.fields.isEmpty)
    device.category = "mobile"
    device.operatingSystem = "iOS"
    device.operatingSystemVersion = "14.3"
    device.language = "en-us"
    device.mobileBrandName = "Apple"
    device.mobileModelName = "iPhone"
    device.browser = "Safari"
    device.browserVersion = "14.0"
    let made = Device(
      category: "mobile", operatingSystem: "iOS", operatingSystemVersion: "14.3",
      language: "en-us", mobileBrandName: "Apple", mobileModelName: "iPhone", browser: "Safari",
      browserVersion: "14.0")
    #expect(made == device)
    #expect(made.fields.count == 8)
    #expect(made.webInfo == Device.WebInfo(browser: "Safari", browserVersion: "14.0"))
  }

  @Test func `the record's own browser and that of the web info are two fields`() {
    var device = Device(browser: "Chrome")
    device[path: "browser"] = "Other"
    #expect(device.browser == "Chrome")
    #expect(device.fields == ["device.browser": "Other", "device.web_info.browser": "Chrome"])
  }

  @Test func `replacing the web info leaves the rest of the device alone`() {
    var device = Device(category: "desktop", browser: "Chrome", browserVersion: "87.0")
    device[path: "web_information"] = "other"
    device.webInfo = Device.WebInfo(hostname: "shop.example")
    #expect(
      device.fields == [
        "device.category": "desktop", "device.web_info.hostname": "shop.example",
        "device.web_information": "other",
      ])
  }
}

struct RecordTests {
  @Test func `properties of geo, app, privacy, value and publisher are fields of their record`() {
    check(\.geo.continent, is: .continent)
    check(\.geo.subContinent, is: .subContinent)
    check(\.geo.country, is: .country)
    check(\.geo.region, is: .region)
    check(\.geo.city, is: .city)
    check(\.geo.metro, is: "geo.metro")
    check(\.appInfo.id, is: "app_info.id")
    check(\.appInfo.version, is: "app_info.version")
    check(\.appInfo.installStore, is: "app_info.install_store")
    check(\.appInfo.installSource, is: "app_info.install_source")
    check(\.appInfo.firebaseAppID, is: "app_info.firebase_app_id")
    check(\.privacyInfo.analyticsStorage, is: "privacy_info.analytics_storage")
    check(\.privacyInfo.adsStorage, is: "privacy_info.ads_storage")
    check(\.privacyInfo.usesTransientToken, is: "privacy_info.uses_transient_token")
    check(\.userLifetimeValue.revenue, is: "user_ltv.revenue")
    check(\.userLifetimeValue.currency, is: "user_ltv.currency")
    check(\.publisher.adRevenueInUSD, is: "publisher.ad_revenue_in_usd")
    check(\.publisher.adFormat, is: "publisher.ad_format")
    check(\.publisher.adSourceName, is: "publisher.ad_source_name")
    check(\.publisher.adUnitID, is: "publisher.ad_unit_id")
  }

  @Test func `consent is yes, no or unknown`() {
    #expect(PrivacyInfo(analyticsStorage: "Yes", adsStorage: "No").allowsAnalytics == true)
    #expect(PrivacyInfo(analyticsStorage: "Yes", adsStorage: "No").allowsAds == false)
    #expect(PrivacyInfo(analyticsStorage: "Unset").allowsAnalytics == nil)
    #expect(PrivacyInfo().allowsAds == nil)
  }

  @Test func `properties of the sums of a purchase are fields of ecommerce`() {
    check(\.ecommerce.transactionID, is: .transactionID)
    check(\.ecommerce.purchaseRevenue, is: .purchaseRevenue)
    check(\.ecommerce.purchaseRevenueInUSD, is: .purchaseRevenueInUSD)
    check(\.ecommerce.refundValue, is: "ecommerce.refund_value")
    check(\.ecommerce.refundValueInUSD, is: "ecommerce.refund_value_in_usd")
    check(\.ecommerce.shippingValue, is: "ecommerce.shipping_value")
    check(\.ecommerce.shippingValueInUSD, is: "ecommerce.shipping_value_in_usd")
    check(\.ecommerce.taxValue, is: "ecommerce.tax_value")
    check(\.ecommerce.taxValueInUSD, is: "ecommerce.tax_value_in_usd")
    check(\.ecommerce.totalItemQuantity, is: "ecommerce.total_item_quantity")
    check(\.ecommerce.uniqueItems, is: "ecommerce.unique_items")
  }

  @Test func `only a real transaction id tells purchases apart`() {
    #expect(Ecommerce().realTransactionID == nil)
    #expect(Ecommerce(transactionID: "").realTransactionID == nil)
    #expect(Ecommerce(transactionID: "(not set)").realTransactionID == nil)
    #expect(Ecommerce(transactionID: "(not set)").transactionID == "(not set)")
    #expect(Ecommerce(transactionID: "T-1").realTransactionID == "T-1")
    let number: FieldSet = ["ecommerce.transaction_id": 451_206]
    #expect(Ecommerce(fields: number).realTransactionID == "451206")
  }

  @Test func `properties of the three traffic sources are fields of their records`() {
    check(\.firstUserTrafficSource.source, is: .firstUserSource)
    check(\.firstUserTrafficSource.medium, is: .firstUserMedium)
    check(\.firstUserTrafficSource.campaign, is: .firstUserCampaign)

    check(\.collectedTrafficSource.campaignID, is: "collected_traffic_source.manual_campaign_id")
    check(\.collectedTrafficSource.campaign, is: "collected_traffic_source.manual_campaign_name")
    check(\.collectedTrafficSource.source, is: "collected_traffic_source.manual_source")
    check(\.collectedTrafficSource.medium, is: "collected_traffic_source.manual_medium")
    check(\.collectedTrafficSource.term, is: "collected_traffic_source.manual_term")
    check(\.collectedTrafficSource.content, is: "collected_traffic_source.manual_content")
    check(
      \.collectedTrafficSource.sourcePlatform,
      is: "collected_traffic_source.manual_source_platform")
    check(
      \.collectedTrafficSource.creativeFormat,
      is: "collected_traffic_source.manual_creative_format")
    check(
      \.collectedTrafficSource.marketingTactic,
      is: "collected_traffic_source.manual_marketing_tactic")
    check(\.collectedTrafficSource.gclid, is: "collected_traffic_source.gclid")
    check(\.collectedTrafficSource.dclid, is: "collected_traffic_source.dclid")
    check(\.collectedTrafficSource.srsltid, is: "collected_traffic_source.srsltid")
  }

  @Test func `properties of the campaigns of a session are fields of their records`() {
    func path(_ rest: String) -> FieldPath {
      FieldPath(rawValue: "session_traffic_source_last_click.\(rest)")
    }
    check(\.sessionTrafficSource.manual.campaignID, is: path("manual_campaign.campaign_id"))
    check(\.sessionTrafficSource.manual.campaign, is: path("manual_campaign.campaign_name"))
    check(\.sessionTrafficSource.manual.source, is: path("manual_campaign.source"))
    check(\.sessionTrafficSource.manual.medium, is: path("manual_campaign.medium"))
    check(\.sessionTrafficSource.manual.term, is: path("manual_campaign.term"))
    check(\.sessionTrafficSource.manual.content, is: path("manual_campaign.content"))
    check(\.sessionTrafficSource.manual.sourcePlatform, is: path("manual_campaign.source_platform"))
    check(\.sessionTrafficSource.manual.creativeFormat, is: path("manual_campaign.creative_format"))
    check(
      \.sessionTrafficSource.manual.marketingTactic, is: path("manual_campaign.marketing_tactic"))
    check(\.sessionTrafficSource.googleAds.customerID, is: path("google_ads_campaign.customer_id"))
    check(
      \.sessionTrafficSource.googleAds.accountName, is: path("google_ads_campaign.account_name"))
    check(\.sessionTrafficSource.googleAds.campaignID, is: path("google_ads_campaign.campaign_id"))
    check(\.sessionTrafficSource.googleAds.campaign, is: path("google_ads_campaign.campaign_name"))
    check(\.sessionTrafficSource.googleAds.adGroupID, is: path("google_ads_campaign.ad_group_id"))
    check(\.sessionTrafficSource.googleAds.adGroup, is: path("google_ads_campaign.ad_group_name"))
    check(
      \.sessionTrafficSource.crossChannel.campaignID, is: path("cross_channel_campaign.campaign_id")
    )
    check(
      \.sessionTrafficSource.crossChannel.campaign, is: path("cross_channel_campaign.campaign_name")
    )
    check(\.sessionTrafficSource.crossChannel.source, is: path("cross_channel_campaign.source"))
    check(\.sessionTrafficSource.crossChannel.medium, is: path("cross_channel_campaign.medium"))
    check(
      \.sessionTrafficSource.crossChannel.sourcePlatform,
      is: path("cross_channel_campaign.source_platform"))
    check(
      \.sessionTrafficSource.crossChannel.defaultChannelGroup,
      is: path("cross_channel_campaign.default_channel_group"))
    check(
      \.sessionTrafficSource.crossChannel.primaryChannelGroup,
      is: path("cross_channel_campaign.primary_channel_group"))
  }

  @Test func `every initialiser sets only documented fields of its record`() {
    let records: [any EventRecord] = [
      Device(
        category: "x", operatingSystem: "x", operatingSystemVersion: "x", language: "x",
        mobileBrandName: "x", mobileModelName: "x", browser: "x", browserVersion: "x"),
      Device.WebInfo(browser: "x", browserVersion: "x", hostname: "x"),
      Geo(continent: "x", subContinent: "x", country: "x", region: "x", city: "x", metro: "x"),
      AppInfo(id: "x", version: "x", installStore: "x", installSource: "x", firebaseAppID: "x"),
      PrivacyInfo(analyticsStorage: "Yes", adsStorage: "No", usesTransientToken: "No"),
      UserLifetimeValue(revenue: 1, currency: "USD"),
      PublisherInfo(adRevenueInUSD: 1, adFormat: "x", adSourceName: "x", adUnitID: "x"),
      Ecommerce(
        transactionID: "x", purchaseRevenue: 1, purchaseRevenueInUSD: 1, refundValue: 1,
        refundValueInUSD: 1, shippingValue: 1, taxValue: 1, totalItemQuantity: 1, uniqueItems: 1),
      FirstUserTrafficSource(source: "x", medium: "x", campaign: "x"),
      CollectedTrafficSource(
        campaignID: "x", campaign: "x", source: "x", medium: "x", term: "x", content: "x",
        gclid: "x", dclid: "x", srsltid: "x"),
      SessionTrafficSource(
        manual: .init(
          campaignID: "x", campaign: "x", source: "x", medium: "x", term: "x", content: "x"),
        googleAds: .init(
          customerID: "x", accountName: "x", campaignID: "x", campaign: "x", adGroupID: "x",
          adGroup: "x"),
        crossChannel: .init(
          campaignID: "x", campaign: "x", source: "x", medium: "x", sourcePlatform: "x",
          defaultChannelGroup: "x", primaryChannelGroup: "x")),
    ]
    #expect(records.map(\.fields.count) == [8, 3, 6, 5, 3, 2, 4, 9, 3, 9, 19])
    for record in records {
      let name = type(of: record).record
      #expect(record.fields.fields(of: name) == record.fields, "\(name)")
      for field in record.fields {
        #expect(FieldSchema.kind(of: field.path.rawValue) != nil, "\(field.path)")
      }
    }
  }

  @Test func `the long tail is reached by its path inside the record`() {
    var event = Event(.sessionStart, at: EventTime(microseconds: 1))
    event.sessionTrafficSource[path: "dv360_campaign.exchange_name"] = "AdX"
    #expect(
      event[field: "session_traffic_source_last_click.dv360_campaign.exchange_name"]
        == .string("AdX"))
    event.sessionTrafficSource[path: "dv360_campaign.exchange_name"] = nil
    #expect(event.fields.isEmpty)
  }

  @Test func `taking a record out and putting it back changes nothing`() {
    let event = Event(
      .purchase, at: EventTime(microseconds: 1),
      fields: [
        "device.category": "mobile", "device.web_info.browser": "Chrome", "device.new_field": 3,
        "geo.city": "Cork", "platform": "WEB", "deviceless.x": 1,
      ])
    var copy = event
    copy.device = event.device
    copy.geo = event.geo
    copy.ecommerce = event.ecommerce
    #expect(copy == event)
    copy.device = Device()
    #expect(copy.fields == ["geo.city": "Cork", "platform": "WEB", "deviceless.x": 1])
  }

  @Test func `a record ignores fields that lie elsewhere`() {
    let fields: FieldSet = ["geo.city": "Cork", "device.category": "mobile", "geo": "itself"]
    #expect(Geo(fields: fields) == Geo(city: "Cork"))
  }

  @Test func `a record of one's own works like the others`() {
    struct Loyalty: EventRecord {
      static let record = "loyalty"
      let fields: FieldSet
      init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }
    }
    var event = Event(.login, at: EventTime(microseconds: 1))
    event[record: Loyalty.self][path: "tier"] = "gold"
    #expect(event[field: "loyalty.tier"] == .string("gold"))
    #expect(event[record: Loyalty.self].fields.count == 1)
  }
}
