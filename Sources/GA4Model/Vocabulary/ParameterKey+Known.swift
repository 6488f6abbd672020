// MARK: Session and engagement

extension ParameterKey {
  /// `ga_session_id`: the session, unique only together with the user.
  public static let sessionID: ParameterKey = "ga_session_id"
  /// `ga_session_number`: which session of the user it is, from 1.
  public static let sessionNumber: ParameterKey = "ga_session_number"
  /// `session_engaged`: 1 where the session is engaged, as text or number.
  public static let sessionEngaged: ParameterKey = "session_engaged"
  /// `engaged_session_event`: 1 where the event belongs to an engaged session.
  public static let engagedSessionEvent: ParameterKey = "engaged_session_event"
  /// `engagement_time_msec`: milliseconds in the foreground since the event before.
  public static let engagementTime: ParameterKey = "engagement_time_msec"
  /// `entrances`: 1 on the first page view of a session.
  public static let entrances: ParameterKey = "entrances"
  /// `debug_mode`: 1 where the event was sent for debugging.
  public static let debugMode: ParameterKey = "debug_mode"
  /// `ignore_referrer`: `true` where the referrer must not start a new attribution.
  public static let ignoreReferrer: ParameterKey = "ignore_referrer"
  /// `engagement_type`: how the user was engaged.
  public static let engagementType: ParameterKey = "engagement_type"
  /// `session_id`: the session of the measurement protocol.
  public static let customSessionID: ParameterKey = "session_id"
  /// `synthetic_bundle`: 1 where the event was derived by the server.
  public static let syntheticBundle: ParameterKey = "synthetic_bundle"
  /// `batch_page_id`: orders the batches of one page.
  public static let batchPageID: ParameterKey = "batch_page_id"
  /// `batch_ordering_id`: orders batches.
  public static let batchOrderingID: ParameterKey = "batch_ordering_id"
  /// `batch_event_index`: orders the events of a batch.
  public static let batchEventIndex: ParameterKey = "batch_event_index"
}

// MARK: Pages and screens

extension ParameterKey {
  /// `page_location`: the whole URL of the page.
  public static let pageLocation: ParameterKey = "page_location"
  /// `page_title`: the title of the page.
  public static let pageTitle: ParameterKey = "page_title"
  /// `page_referrer`: the URL of the page before.
  public static let pageReferrer: ParameterKey = "page_referrer"
  /// `page_path`: the path of the page, where a tag sends it.
  public static let pagePath: ParameterKey = "page_path"
  /// `page_hostname`: the host of the page, where a tag sends it.
  public static let pageHostname: ParameterKey = "page_hostname"
  /// `content_group`: the group to which the page or screen belongs.
  public static let contentGroup: ParameterKey = "content_group"
  /// `content_id`: the content that was chosen or shared.
  public static let contentID: ParameterKey = "content_id"
  /// `content_type`: the kind of content that was chosen or shared.
  public static let contentType: ParameterKey = "content_type"
  /// `language`: the language of the browser.
  public static let language: ParameterKey = "language"
  /// `screen_resolution`: width × height of the screen, pixels.
  public static let screenResolution: ParameterKey = "screen_resolution"
  /// `screen_name`: the screen, as the site or app calls it.
  public static let screenName: ParameterKey = "screen_name"
  /// `screen_class`: the class of the screen, as the app gives it.
  public static let screenClass: ParameterKey = "screen_class"
  /// `firebase_screen`: the screen of an app.
  public static let screen: ParameterKey = "firebase_screen"
  /// `firebase_screen_id`: the screen of an app, as a number.
  public static let screenID: ParameterKey = "firebase_screen_id"
  /// `firebase_screen_class`: the class of the screen of an app.
  public static let firebaseScreenClass: ParameterKey = "firebase_screen_class"
  /// `firebase_previous_screen`: the screen before.
  public static let previousScreen: ParameterKey = "firebase_previous_screen"
  /// `firebase_previous_id`: the screen before, as a number.
  public static let previousScreenID: ParameterKey = "firebase_previous_id"
  /// `firebase_previous_class`: the class of the screen before.
  public static let previousScreenClass: ParameterKey = "firebase_previous_class"
}

// MARK: Traffic sources

extension ParameterKey {
  /// `source`: where the user came from, `utm_source`.
  public static let source: ParameterKey = "source"
  /// `medium`: by what medium the user came, `utm_medium`.
  public static let medium: ParameterKey = "medium"
  /// `campaign`: the campaign, `utm_campaign`.
  public static let campaign: ParameterKey = "campaign"
  /// `campaign_id`: the campaign, `utm_id`.
  public static let campaignID: ParameterKey = "campaign_id"
  /// `term`: the search term, `utm_term`.
  public static let term: ParameterKey = "term"
  /// `content`: what tells the ads of a campaign apart, `utm_content`.
  public static let content: ParameterKey = "content"
  /// `source_platform`: the platform that bought the ad, `utm_source_platform`.
  public static let sourcePlatform: ParameterKey = "source_platform"
  /// `creative_format`: the kind of creative, `utm_creative_format`.
  public static let creativeFormat: ParameterKey = "creative_format"
  /// `marketing_tactic`: whom the ad aims at, `utm_marketing_tactic`.
  public static let marketingTactic: ParameterKey = "marketing_tactic"
  /// `gclid`: the click on a Google ad.
  public static let gclid: ParameterKey = "gclid"
  /// `gclsrc`: the engine of the click on a Google ad.
  public static let gclsrc: ParameterKey = "gclsrc"
  /// `gbraid`: the aggregated click on a Google ad from an app.
  public static let gbraid: ParameterKey = "gbraid"
  /// `wbraid`: the aggregated click on a Google ad from the web.
  public static let wbraid: ParameterKey = "wbraid"
  /// `gad_source`: the kind of Google ad.
  public static let gadSource: ParameterKey = "gad_source"
  /// `dclid`: the click on a display ad.
  public static let dclid: ParameterKey = "dclid"
  /// `srsltid`: the click on a free Merchant Center listing.
  public static let srsltid: ParameterKey = "srsltid"
  /// `click_timestamp`: when the ad of the campaign was clicked.
  public static let clickTimestamp: ParameterKey = "click_timestamp"
  /// `campaign_info_source`: how the app learnt of the campaign.
  public static let campaignInfoSource: ParameterKey = "campaign_info_source"
  /// `firebase_conversion`: 1 where the event counted as a key event.
  public static let isKeyEvent: ParameterKey = "firebase_conversion"
}

// MARK: Commerce

extension ParameterKey {
  /// `currency`: the ISO 4217 code of every amount of the event.
  public static let currency: ParameterKey = "currency"
  /// `value`: what the event was worth, in its currency.
  public static let value: ParameterKey = "value"
  /// `tax`: the tax of the purchase.
  public static let tax: ParameterKey = "tax"
  /// `shipping`: the shipping cost of the purchase.
  public static let shipping: ParameterKey = "shipping"
  /// `transaction_id`: the purchase.
  public static let transactionID: ParameterKey = "transaction_id"
  /// `coupon`: the coupon used for the purchase.
  public static let coupon: ParameterKey = "coupon"
  /// `affiliation`: the supplying company or shop.
  public static let affiliation: ParameterKey = "affiliation"
  /// `payment_type`: how the user pays.
  public static let paymentType: ParameterKey = "payment_type"
  /// `shipping_tier`: how the user wants the goods shipped.
  public static let shippingTier: ParameterKey = "shipping_tier"
  /// `customer_type`: `new` or `returning`.
  public static let customerType: ParameterKey = "customer_type"
  /// `item_id`: the item.
  public static let itemID: ParameterKey = "item_id"
  /// `item_name`: the name of the item.
  public static let itemName: ParameterKey = "item_name"
  /// `item_category`: the category of the item.
  public static let itemCategory: ParameterKey = "item_category"
  /// `item_list_id`: the list in which the items were shown.
  public static let itemListID: ParameterKey = "item_list_id"
  /// `item_list_name`: the name of that list.
  public static let itemListName: ParameterKey = "item_list_name"
  /// `location_id`: the place, a Google Place ID.
  public static let locationID: ParameterKey = "location_id"
  /// `promotion_id`: the promotion.
  public static let promotionID: ParameterKey = "promotion_id"
  /// `promotion_name`: the name of the promotion.
  public static let promotionName: ParameterKey = "promotion_name"
  /// `creative_name`: the creative of the promotion.
  public static let creativeName: ParameterKey = "creative_name"
  /// `creative_slot`: where the promotion was shown.
  public static let creativeSlot: ParameterKey = "creative_slot"
  /// `quantity`: how many were bought in the app.
  public static let quantity: ParameterKey = "quantity"
  /// `price`: the price of one in the app.
  public static let price: ParameterKey = "price"
  /// `product_id`: what was bought in the app.
  public static let productID: ParameterKey = "product_id"
  /// `product_name`: the name of what was bought in the app.
  public static let productName: ParameterKey = "product_name"
  /// `subscription`: 1 where the purchase is a subscription.
  public static let subscription: ParameterKey = "subscription"
  /// `introductory_price`: 1 where the price is an introductory one.
  public static let introductoryPrice: ParameterKey = "introductory_price"
  /// `free_trial`: 1 where the purchase is a free trial.
  public static let freeTrial: ParameterKey = "free_trial"
  /// `renewal_count`: how often the subscription was renewed.
  public static let renewalCount: ParameterKey = "renewal_count"
  /// `cancellation_reason`: why the subscription was cancelled.
  public static let cancellationReason: ParameterKey = "cancellation_reason"
  /// `validated`: 1 where the store confirmed the purchase.
  public static let validated: ParameterKey = "validated"
}

// MARK: Search, sign-in, leads and sharing

extension ParameterKey {
  /// `search_term`: what the user searched for.
  public static let searchTerm: ParameterKey = "search_term"
  /// `unique_search_term`: 1 where the term is new in the session.
  public static let uniqueSearchTerm: ParameterKey = "unique_search_term"
  /// `method`: how the user signed in, signed up or shared.
  public static let method: ParameterKey = "method"
  /// `lead_source`: where the lead came from.
  public static let leadSource: ParameterKey = "lead_source"
  /// `lead_status`: how far the lead has come.
  public static let leadStatus: ParameterKey = "lead_status"
  /// `disqualified_lead_reason`: why the lead does not fit.
  public static let disqualifiedLeadReason: ParameterKey = "disqualified_lead_reason"
  /// `unconvert_lead_reason`: why the lead did not become a customer.
  public static let unconvertLeadReason: ParameterKey = "unconvert_lead_reason"
  /// `group_id`: the group that the user joined.
  public static let groupID: ParameterKey = "group_id"
}

// MARK: Enhanced measurement

extension ParameterKey {
  /// `percent_scrolled`: how far the page was scrolled, %.
  public static let percentScrolled: ParameterKey = "percent_scrolled"
  /// `link_url`: the URL of the clicked link.
  public static let linkURL: ParameterKey = "link_url"
  /// `link_text`: the text of the clicked link.
  public static let linkText: ParameterKey = "link_text"
  /// `link_domain`: the domain of the clicked link.
  public static let linkDomain: ParameterKey = "link_domain"
  /// `link_id`: the HTML id of the clicked link.
  public static let linkID: ParameterKey = "link_id"
  /// `link_classes`: the HTML classes of the clicked link.
  public static let linkClasses: ParameterKey = "link_classes"
  /// `outbound`: `true` where the link leaves the site.
  public static let outbound: ParameterKey = "outbound"
  /// `file_name`: the path of the downloaded file.
  public static let fileName: ParameterKey = "file_name"
  /// `file_extension`: the extension of the downloaded file.
  public static let fileExtension: ParameterKey = "file_extension"
  /// `video_title`: the title of the video.
  public static let videoTitle: ParameterKey = "video_title"
  /// `video_url`: the URL of the video.
  public static let videoURL: ParameterKey = "video_url"
  /// `video_provider`: who hosts the video.
  public static let videoProvider: ParameterKey = "video_provider"
  /// `video_duration`: the length of the video, seconds.
  public static let videoDuration: ParameterKey = "video_duration"
  /// `video_current_time`: the position in the video, seconds.
  public static let videoCurrentTime: ParameterKey = "video_current_time"
  /// `video_percent`: how much of the video was played, %.
  public static let videoPercent: ParameterKey = "video_percent"
  /// `visible`: 1 where the video was in view.
  public static let visible: ParameterKey = "visible"
  /// `form_id`: the HTML id of the form.
  public static let formID: ParameterKey = "form_id"
  /// `form_name`: the HTML name of the form.
  public static let formName: ParameterKey = "form_name"
  /// `form_destination`: the URL to which the form is sent.
  public static let formDestination: ParameterKey = "form_destination"
  /// `form_length`: the number of fields of the form.
  public static let formLength: ParameterKey = "form_length"
  /// `form_submit_text`: the text of the button that sends the form.
  public static let formSubmitText: ParameterKey = "form_submit_text"
  /// `first_field_id`: the HTML id of the first field used.
  public static let firstFieldID: ParameterKey = "first_field_id"
  /// `first_field_name`: the HTML name of the first field used.
  public static let firstFieldName: ParameterKey = "first_field_name"
  /// `first_field_position`: the position of the first field used, from 1.
  public static let firstFieldPosition: ParameterKey = "first_field_position"
  /// `first_field_type`: the HTML type of the first field used.
  public static let firstFieldType: ParameterKey = "first_field_type"
}

// MARK: Games

extension ParameterKey {
  /// `level`: the level.
  public static let level: ParameterKey = "level"
  /// `level_name`: the name of the level.
  public static let levelName: ParameterKey = "level_name"
  /// `character`: the character of the player.
  public static let character: ParameterKey = "character"
  /// `score`: the score.
  public static let score: ParameterKey = "score"
  /// `success`: whether the level was completed.
  public static let success: ParameterKey = "success"
  /// `achievement_id`: the achievement.
  public static let achievementID: ParameterKey = "achievement_id"
  /// `virtual_currency_name`: the virtual currency.
  public static let virtualCurrencyName: ParameterKey = "virtual_currency_name"
}

// MARK: Apps

extension ParameterKey {
  /// `ad_event_id`: the event of the ad.
  public static let adEventID: ParameterKey = "ad_event_id"
  /// `ad_format`: the format of the ad.
  public static let adFormat: ParameterKey = "ad_format"
  /// `ad_platform`: the platform that served the ad.
  public static let adPlatform: ParameterKey = "ad_platform"
  /// `ad_source`: the network that supplied the ad.
  public static let adSource: ParameterKey = "ad_source"
  /// `ad_unit_code`: the code of the ad unit.
  public static let adUnitCode: ParameterKey = "ad_unit_code"
  /// `ad_unit_id`: the ad unit.
  public static let adUnitID: ParameterKey = "ad_unit_id"
  /// `ad_unit_name`: the name of the ad unit.
  public static let adUnitName: ParameterKey = "ad_unit_name"
  /// `exposure_time`: milliseconds for which the ad was on screen.
  public static let exposureTime: ParameterKey = "exposure_time"
  /// `reward_type`: the kind of reward.
  public static let rewardType: ParameterKey = "reward_type"
  /// `reward_value`: the amount of the reward.
  public static let rewardValue: ParameterKey = "reward_value"
  /// `app_version`: the version of the app.
  public static let appVersion: ParameterKey = "app_version"
  /// `previous_app_version`: the version of the app before.
  public static let previousAppVersion: ParameterKey = "previous_app_version"
  /// `previous_os_version`: the version of the operating system before.
  public static let previousOSVersion: ParameterKey = "previous_os_version"
  /// `previous_first_open_count`: how often the app was first opened before.
  public static let previousFirstOpenCount: ParameterKey = "previous_first_open_count"
  /// `previous_gmp_app_id`: the Firebase app before.
  public static let previousGMPAppID: ParameterKey = "previous_gmp_app_id"
  /// `updated_with_analytics`: 1 where the version before had analytics.
  public static let updatedWithAnalytics: ParameterKey = "updated_with_analytics"
  /// `system_app`: 1 where the app came with the system.
  public static let systemApp: ParameterKey = "system_app"
  /// `system_app_update`: 1 where such an app was updated.
  public static let systemAppUpdate: ParameterKey = "system_app_update"
  /// `deferred_analytics_collection`: 1 where collection was put off.
  public static let deferredAnalyticsCollection: ParameterKey = "deferred_analytics_collection"
  /// `reset_analytics_cause`: why the app instance was reset.
  public static let resetAnalyticsCause: ParameterKey = "reset_analytics_cause"
  /// `fatal`: 1 where the exception ended the app.
  public static let fatal: ParameterKey = "fatal"
  /// `description`: what went wrong.
  public static let errorDescription: ParameterKey = "description"
  /// `timestamp`: when the crash happened.
  public static let timestamp: ParameterKey = "timestamp"
  /// `firebase_error`: the number of the error.
  public static let firebaseError: ParameterKey = "firebase_error"
  /// `firebase_error_value`: the name or value that caused the error.
  public static let firebaseErrorValue: ParameterKey = "firebase_error_value"
  /// `firebase_error_length`: the length of the value that caused the error.
  public static let firebaseErrorLength: ParameterKey = "firebase_error_length"
  /// `firebase_event_origin`: `auto`, `app` or another origin of the event.
  public static let eventOrigin: ParameterKey = "firebase_event_origin"
  /// `message_device_time`: when the device got the message.
  public static let messageDeviceTime: ParameterKey = "message_device_time"
  /// `message_id`: the message.
  public static let messageID: ParameterKey = "message_id"
  /// `message_name`: the name of the message.
  public static let messageName: ParameterKey = "message_name"
  /// `message_time`: when the message was sent.
  public static let messageTime: ParameterKey = "message_time"
  /// `message_type`: the kind of message.
  public static let messageType: ParameterKey = "message_type"
  /// `label`: the label of the notification.
  public static let label: ParameterKey = "label"
  /// `topic`: the topic of the notification.
  public static let topic: ParameterKey = "topic"
  /// `accept_time`: when the dynamic link was followed.
  public static let acceptTime: ParameterKey = "accept_time"
  /// `dynamic_link_link_id`: the dynamic link.
  public static let dynamicLinkID: ParameterKey = "dynamic_link_link_id"
  /// `dynamic_link_link_name`: the name of the dynamic link.
  public static let dynamicLinkName: ParameterKey = "dynamic_link_link_name"
}
