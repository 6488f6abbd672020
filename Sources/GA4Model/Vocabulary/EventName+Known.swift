// MARK: Automatically collected events

extension EventName {
  /// `first_visit`: the first visit of a browser, or the first launch of an instant app.
  public static let firstVisit: EventName = "first_visit"
  /// `first_open`: the first launch of an app after it was installed.
  public static let firstOpen: EventName = "first_open"
  /// `session_start`: a session began.
  public static let sessionStart: EventName = "session_start"
  /// `user_engagement`: the page or app was in the foreground for at least a second.
  public static let userEngagement: EventName = "user_engagement"
  /// `screen_view`: a screen of an app was shown.
  public static let screenView: EventName = "screen_view"
  /// `in_app_purchase`: a purchase through the App Store or Google Play.
  public static let inAppPurchase: EventName = "in_app_purchase"
  /// `ad_activeview`: an ad was in view long enough to count; app.
  public static let adActiveview: EventName = "ad_activeview"
  /// `ad_click`: a click on an ad; app.
  public static let adClick: EventName = "ad_click"
  /// `ad_exposure`: an ad was on screen; app.
  public static let adExposure: EventName = "ad_exposure"
  /// `ad_impression`: an ad was shown; app.
  public static let adImpression: EventName = "ad_impression"
  /// `ad_query`: an ad was requested; app.
  public static let adQuery: EventName = "ad_query"
  /// `ad_reward`: a reward was given for an ad; app.
  public static let adReward: EventName = "ad_reward"
  /// `adunit_exposure`: an ad unit was on screen; app.
  public static let adUnitExposure: EventName = "adunit_exposure"
  /// `app_background`: the app left the foreground.
  public static let appBackground: EventName = "app_background"
  /// `app_clear_data`: the data of the app were cleared; Android.
  public static let appClearData: EventName = "app_clear_data"
  /// `app_exception`: the app crashed or threw an exception.
  public static let appException: EventName = "app_exception"
  /// `app_install`: the app was installed.
  public static let appInstall: EventName = "app_install"
  /// `app_remove`: the app was removed; Android.
  public static let appRemove: EventName = "app_remove"
  /// `app_store_refund`: Google Play refunded a purchase; Android.
  public static let appStoreRefund: EventName = "app_store_refund"
  /// `app_store_subscription_cancel`: a paid subscription was cancelled; Android.
  public static let appStoreSubscriptionCancel: EventName = "app_store_subscription_cancel"
  /// `app_store_subscription_convert`: a free trial became a paid subscription.
  public static let appStoreSubscriptionConvert: EventName = "app_store_subscription_convert"
  /// `app_store_subscription_renew`: a paid subscription was renewed.
  public static let appStoreSubscriptionRenew: EventName = "app_store_subscription_renew"
  /// `app_update`: a new version of the app was launched for the first time.
  public static let appUpdate: EventName = "app_update"
  /// `app_upgrade`: the app was upgraded.
  public static let appUpgrade: EventName = "app_upgrade"
  /// `dynamic_link_app_open`: the app was opened by a dynamic link.
  public static let dynamicLinkAppOpen: EventName = "dynamic_link_app_open"
  /// `dynamic_link_app_update`: the app was updated and opened by a dynamic link; Android.
  public static let dynamicLinkAppUpdate: EventName = "dynamic_link_app_update"
  /// `dynamic_link_first_open`: the app was first opened by a dynamic link.
  public static let dynamicLinkFirstOpen: EventName = "dynamic_link_first_open"
  /// `error`: the SDK could not log what it was given.
  public static let error: EventName = "error"
  /// `firebase_campaign`: the app was launched with campaign parameters.
  public static let firebaseCampaign: EventName = "firebase_campaign"
  /// `firebase_in_app_message_action`: a click on an in-app message.
  public static let firebaseInAppMessageAction: EventName = "firebase_in_app_message_action"
  /// `firebase_in_app_message_dismiss`: an in-app message was dismissed.
  public static let firebaseInAppMessageDismiss: EventName = "firebase_in_app_message_dismiss"
  /// `firebase_in_app_message_impression`: an in-app message was shown.
  public static let firebaseInAppMessageImpression: EventName = "firebase_in_app_message_impression"
  /// `notification_dismiss`: a notification was dismissed; Android.
  public static let notificationDismiss: EventName = "notification_dismiss"
  /// `notification_foreground`: a notification arrived while the app was in the foreground.
  public static let notificationForeground: EventName = "notification_foreground"
  /// `notification_open`: a notification was opened.
  public static let notificationOpen: EventName = "notification_open"
  /// `notification_receive`: a notification arrived in the background; Android.
  public static let notificationReceive: EventName = "notification_receive"
  /// `notification_send`: a notification was sent; Android.
  public static let notificationSend: EventName = "notification_send"
  /// `os_update`: the operating system was updated.
  public static let osUpdate: EventName = "os_update"
  /// `session_start_with_rollout`: a session began under a remote configuration rollout.
  public static let sessionStartWithRollout: EventName = "session_start_with_rollout"
}

// MARK: Enhanced measurement

extension EventName {
  /// `page_view`: a page was loaded or its history state changed.
  public static let pageView: EventName = "page_view"
  /// `scroll`: the bottom of a page came into view (90 % of its height).
  public static let scroll: EventName = "scroll"
  /// `click`: a click on a link that leaves the site.
  public static let click: EventName = "click"
  /// `view_search_results`: the results of a search on the site were shown.
  public static let viewSearchResults: EventName = "view_search_results"
  /// `video_start`: an embedded video began to play.
  public static let videoStart: EventName = "video_start"
  /// `video_progress`: an embedded video passed 10, 25, 50 or 75 % of its length.
  public static let videoProgress: EventName = "video_progress"
  /// `video_complete`: an embedded video ended.
  public static let videoComplete: EventName = "video_complete"
  /// `file_download`: a click on a link to a file.
  public static let fileDownload: EventName = "file_download"
  /// `form_start`: the first interaction with a form in a session.
  public static let formStart: EventName = "form_start"
  /// `form_submit`: a form was submitted.
  public static let formSubmit: EventName = "form_submit"
}

// MARK: Recommended events: shops

extension EventName {
  /// `view_promotion`: a promotion was shown.
  public static let viewPromotion: EventName = "view_promotion"
  /// `select_promotion`: a promotion was chosen.
  public static let selectPromotion: EventName = "select_promotion"
  /// `view_item_list`: a list of items was shown.
  public static let viewItemList: EventName = "view_item_list"
  /// `select_item`: an item was chosen from a list.
  public static let selectItem: EventName = "select_item"
  /// `view_item`: an item was looked at.
  public static let viewItem: EventName = "view_item"
  /// `add_to_wishlist`: an item was put on the wish list.
  public static let addToWishlist: EventName = "add_to_wishlist"
  /// `add_to_cart`: an item was put into the cart.
  public static let addToCart: EventName = "add_to_cart"
  /// `remove_from_cart`: an item was taken out of the cart.
  public static let removeFromCart: EventName = "remove_from_cart"
  /// `view_cart`: the cart was looked at.
  public static let viewCart: EventName = "view_cart"
  /// `begin_checkout`: a checkout began.
  public static let beginCheckout: EventName = "begin_checkout"
  /// `add_shipping_info`: shipping information was given.
  public static let addShippingInfo: EventName = "add_shipping_info"
  /// `add_payment_info`: payment information was given.
  public static let addPaymentInfo: EventName = "add_payment_info"
  /// `purchase`: a purchase was completed.
  public static let purchase: EventName = "purchase"
  /// `refund`: a purchase was refunded, wholly or in part.
  public static let refund: EventName = "refund"
}

// MARK: Recommended events: lead generation

extension EventName {
  /// `generate_lead`: a lead was generated, for example by a form.
  public static let generateLead: EventName = "generate_lead"
  /// `qualify_lead`: a lead was found to fit.
  public static let qualifyLead: EventName = "qualify_lead"
  /// `disqualify_lead`: a lead was found not to fit.
  public static let disqualifyLead: EventName = "disqualify_lead"
  /// `working_lead`: a representative is in contact with a lead.
  public static let workingLead: EventName = "working_lead"
  /// `close_convert_lead`: a lead became a customer.
  public static let closeConvertLead: EventName = "close_convert_lead"
  /// `close_unconvert_lead`: a lead was closed without becoming a customer.
  public static let closeUnconvertLead: EventName = "close_unconvert_lead"
}

// MARK: Recommended events: games

extension EventName {
  /// `tutorial_begin`: a tutorial began.
  public static let tutorialBegin: EventName = "tutorial_begin"
  /// `tutorial_complete`: a tutorial was completed.
  public static let tutorialComplete: EventName = "tutorial_complete"
  /// `level_start`: a level began.
  public static let levelStart: EventName = "level_start"
  /// `level_end`: a level ended.
  public static let levelEnd: EventName = "level_end"
  /// `level_up`: a player reached a new level.
  public static let levelUp: EventName = "level_up"
  /// `post_score`: a score was posted.
  public static let postScore: EventName = "post_score"
  /// `unlock_achievement`: an achievement was unlocked.
  public static let unlockAchievement: EventName = "unlock_achievement"
  /// `earn_virtual_currency`: virtual currency was earned.
  public static let earnVirtualCurrency: EventName = "earn_virtual_currency"
  /// `spend_virtual_currency`: virtual currency was spent.
  public static let spendVirtualCurrency: EventName = "spend_virtual_currency"
  /// `join_group`: a user joined a group.
  public static let joinGroup: EventName = "join_group"
}

// MARK: Recommended events: any property

extension EventName {
  /// `app_open`: the app was opened.
  public static let appOpen: EventName = "app_open"
  /// `campaign_details`: the campaign by which a user came.
  public static let campaignDetails: EventName = "campaign_details"
  /// `exception`: an error on the site.
  public static let exception: EventName = "exception"
  /// `login`: a user signed in.
  public static let login: EventName = "login"
  /// `sign_up`: a user created an account.
  public static let signUp: EventName = "sign_up"
  /// `search`: a user searched.
  public static let search: EventName = "search"
  /// `select_content`: a user chose some content.
  public static let selectContent: EventName = "select_content"
  /// `share`: a user shared some content.
  public static let share: EventName = "share"
}

// MARK: Superseded events

extension EventName {
  /// `checkout_progress`: a step of a checkout was taken.
  public static let checkoutProgress: EventName = "checkout_progress"
  /// `ecommerce_purchase`: a purchase was completed, now ``purchase``.
  public static let ecommercePurchase: EventName = "ecommerce_purchase"
  /// `present_offer`: an offer was shown.
  public static let presentOffer: EventName = "present_offer"
  /// `purchase_refund`: a purchase was refunded, now ``refund``.
  public static let purchaseRefund: EventName = "purchase_refund"
  /// `set_checkout_option`: an option of a checkout was chosen.
  public static let setCheckoutOption: EventName = "set_checkout_option"
}

// MARK: Groups

extension EventName {
  /// Collected without any code, on the web, in apps or both.
  public static let automaticallyCollected: [EventName] = [
    .firstVisit, .firstOpen, .sessionStart, .userEngagement, .screenView, .inAppPurchase,
    .adActiveview, .adClick, .adExposure, .adImpression, .adQuery, .adReward, .adUnitExposure,
    .appBackground, .appClearData, .appException, .appInstall, .appRemove, .appStoreRefund,
    .appStoreSubscriptionCancel, .appStoreSubscriptionConvert, .appStoreSubscriptionRenew,
    .appUpdate, .appUpgrade, .dynamicLinkAppOpen, .dynamicLinkAppUpdate, .dynamicLinkFirstOpen,
    .error, .firebaseCampaign, .firebaseInAppMessageAction, .firebaseInAppMessageDismiss,
    .firebaseInAppMessageImpression, .notificationDismiss, .notificationForeground,
    .notificationOpen, .notificationReceive, .notificationSend, .osUpdate,
    .sessionStartWithRollout,
  ]

  /// Collected on the web when enhanced measurement is on.
  public static let enhancedMeasurement: [EventName] = [
    .pageView, .scroll, .click, .viewSearchResults, .videoStart, .videoProgress, .videoComplete,
    .fileDownload, .formStart, .formSubmit,
  ]

  /// The recommended events of a shop, in the order in which a visit meets them.
  public static let ecommerce: [EventName] = [
    .viewPromotion, .selectPromotion, .viewItemList, .selectItem, .viewItem, .addToWishlist,
    .addToCart, .removeFromCart, .viewCart, .beginCheckout, .addShippingInfo, .addPaymentInfo,
    .purchase, .refund,
  ]

  /// The recommended events of lead generation, as in education, real estate or services.
  public static let leads: [EventName] = [
    .generateLead, .qualifyLead, .disqualifyLead, .workingLead, .closeConvertLead,
    .closeUnconvertLead,
  ]

  /// The recommended events of games.
  public static let games: [EventName] = [
    .tutorialBegin, .tutorialComplete, .levelStart, .levelEnd, .levelUp, .postScore,
    .unlockAchievement, .earnVirtualCurrency, .spendVirtualCurrency, .joinGroup,
  ]

  /// The recommended events of any site or app.
  public static let anyProperty: [EventName] = [
    .appOpen, .campaignDetails, .exception, .login, .signUp, .search, .selectContent, .share,
  ]

  /// Recommended once and still found in old exports.
  public static let superseded: [EventName] = [
    .checkoutProgress, .ecommercePurchase, .presentOffer, .purchaseRefund, .setCheckoutOption,
  ]

  /// The usual way to a purchase, the steps of a checkout funnel.
  public static let ecommerceFunnel: [EventName] = [
    .viewItem, .addToCart, .beginCheckout, .addShippingInfo, .addPaymentInfo, .purchase,
  ]

  /// Every event that GA4 documents, group by group.
  public static let known: [EventName] =
    automaticallyCollected + enhancedMeasurement + ecommerce + leads + games + anyProperty
    + superseded

  /// Whether GA4 documents this event; one of your own is not known.
  ///
  /// ```swift
  /// EventName.purchase.isKnown                  // true
  /// EventName("newsletter_signup").isKnown      // false
  /// ```
  public var isKnown: Bool { EventName.knownSet.contains(self) }

  private static let knownSet = Set(known)
}
