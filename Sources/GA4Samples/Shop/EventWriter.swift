import GA4Model
import StatisticsCore

/// Turns the drafts of one visit into events.
struct EventWriter: Sendable {
  private let script: Script
  private let schema: ExportSchema
  private let experimentID: String
  private let strippedKey: ParameterKey?
  private let pseudoID: String?
  private let userID: String
  private let fields: FieldSet
  private let userProperties: [UserProperty]

  init(
    _ script: Script, schema: ExportSchema, experiment: SampleExperiment?,
    trackingBreak: TrackingBreak?, seed: UInt64
  ) {
    self.script = script
    self.schema = schema
    experimentID = experiment?.id ?? ""
    strippedKey = if case .stripped(let key, of: _)? = trackingBreak?.fault { key } else { nil }
    let visit = script.visit
    let visitor = script.visitor
    pseudoID =
      script.isDenied ? nil : visitor.pseudoID(ofDevice: Int(visit.device), seed: seed)
    userID = visitor.userID
    fields = Self.fields(of: script, schema: schema, seed: seed)
    userProperties = [
      UserProperty(
        "customer_type", "member", setTime: EventTime(microseconds: visit.firstTouch))
    ]
  }

  /// The fields that all events of the visit share.
  private static func fields(of script: Script, schema: ExportSchema, seed: UInt64) -> FieldSet {
    let visit = script.visit
    let visitor = script.visitor
    let device = visitor.kind(ofDevice: Int(visit.device))
    let place = Place.all[visitor.place]
    let first = Channel.all[visitor.firstChannel]
    let isDenied = script.isDenied
    var elements: [FieldSet.Element] = []
    elements.reserveCapacity(48)
    func add(_ path: FieldPath, _ value: FieldValue) {
      elements.append(FieldSet.Element(path: path, value: value))
    }

    let isCurrent = schema == .current
    var bundle = visitor.stream(ofVisit: Int(visit.slot)).stream(Stream.clientID)
    // In the order of the paths, so that the set finds them sorted.
    if isCurrent {
      add("batch_event_index", 1)
      add("batch_ordering_id", 1)
      add("batch_page_id", 1)
    }
    add("device.category", .string(device.category))
    add("device.is_limited_ad_tracking", "No")
    add("device.language", .string(place.language))
    add("device.mobile_brand_name", .string(device.brand))
    add("device.mobile_model_name", .string(device.model))
    add("device.operating_system", .string(device.system))
    add("device.operating_system_version", .string(device.version))
    add("device.web_info.browser", .string(device.browser))
    add("device.web_info.browser_version", .string(device.browserVersion))
    if isCurrent { add("device.web_info.hostname", "shop.example") }
    add("event_bundle_sequence_id", .int(Int64(bundle.integer(below: UInt64(1) << 33))))
    if isCurrent { add("event_dimensions.hostname", "shop.example") }
    add("geo.city", .string(place.city))
    add("geo.continent", .string(place.continent))
    add("geo.country", .string(place.country))
    add("geo.region", .string(place.region))
    add("geo.sub_continent", .string(place.subContinent))
    if isCurrent { add("is_active_user", .bool(script.isEngaged)) }
    add("platform", "WEB")
    if isCurrent {
      add("privacy_info.ads_storage", isDenied ? "No" : "Yes")
      add("privacy_info.analytics_storage", isDenied ? "No" : "Yes")
    }
    add("privacy_info.uses_transient_token", isDenied ? "Yes" : "No")
    if isCurrent {
      let click = Channel.all[Int(visit.lastClick)]
      let (campaign, medium) = (FieldValue.string(click.campaign), FieldValue.string(click.medium))
      let (group, source) = (FieldValue.string(click.group), FieldValue.string(click.source))
      add("session_traffic_source_last_click.cross_channel_campaign.campaign_name", campaign)
      add("session_traffic_source_last_click.cross_channel_campaign.default_channel_group", group)
      add("session_traffic_source_last_click.cross_channel_campaign.medium", medium)
      add("session_traffic_source_last_click.cross_channel_campaign.primary_channel_group", group)
      add("session_traffic_source_last_click.cross_channel_campaign.source", source)
      add("session_traffic_source_last_click.manual_campaign.campaign_name", campaign)
      add("session_traffic_source_last_click.manual_campaign.medium", medium)
      add("session_traffic_source_last_click.manual_campaign.source", source)
    }
    add("stream_id", "2100450278")
    add("traffic_source.medium", .string(first.medium))
    add("traffic_source.name", .string(first.campaign))
    add("traffic_source.source", .string(first.source))
    if !isDenied { add("user_first_touch_timestamp", .int(visit.firstTouch)) }
    return FieldSet(elements)
  }

  /// The event of `draft`.
  func event(_ draft: Draft) -> Event {
    var event = Event(
      draft.action.name, at: EventTime(microseconds: draft.time), by: pseudoID,
      userID: draft.isSignedIn && !script.isDenied ? userID : nil,
      date: CalendarDay(
        daysSinceEpoch: Int32(truncatingIfNeeded: draft.time / VisitPlan.microsecondsPerDay)),
      fields: fields)
    if event.userID != nil { event.userProperties = userProperties }
    var list = ParameterList(isText: draft.has(.wrongType))
    if draft.action != .refund { addVisit(of: draft, to: &list) }
    addContent(of: draft, to: &event, &list)
    if let value = list.value { event.fields[.eventValueInUSD] = .double(value) }
    if draft.has(.trackingBreak), let strippedKey {
      list.elements.removeAll { $0.key == strippedKey }
      strip(strippedKey, from: &event)
    }
    event.parameters = Parameters(list.elements)

    if schema == .current {
      event.fields["batch_page_id"] = .int(draft.pageTime / 1000)
      event.fields["batch_event_index"] = .int(Int64(draft.pageIndex))
      if draft.action == .pageView, script.isLanding(draft) { collect(&event) }
    }
    if !draft.defects.isEmpty { spoil(&event, draft) }
    return event
  }

  /// The parameters of the page and the session.
  private func addVisit(of draft: Draft, to list: inout ParameterList) {
    let visit = script.visit
    list.add(.pageLocation, .string(PageText.location(of: draft.page)))
    list.add(.pageTitle, .string(PageText.title(of: draft.page)))
    if !script.isDenied {
      list.number(.sessionID, visit.start / 1_000_000)
      list.number(.sessionNumber, Int64(visit.number))
    }
    if draft.action != .firstVisit, draft.action != .sessionStart {
      // The real export says so in text, except when it does not.
      let says: FieldValue =
        draft.has(.wrongType)
        ? .int(draft.isEngaged ? 1 : 0) : .string(draft.isEngaged ? "1" : "0")
      list.add(.sessionEngaged, says)
    }
    if draft.isEngaged { list.number(.engagedSessionEvent, 1) }
    guard script.isLanding(draft) else { return }
    let channel = Channel.all[Int(visit.channel)]
    list.add(.pageReferrer, channel.referrer.map(FieldValue.string) ?? .empty)
    if draft.action == .pageView { list.number(.entrances, 1) }
    if draft.action != .firstVisit, visit.channel != Channel.direct {
      list.add(.source, .string(channel.source))
      list.add(.medium, .string(channel.medium))
      list.add(.campaign, .string(channel.campaign))
      if visit.channel == Channel.paidSearch { list.add(.gclid, .string(gclid)) }
    }
  }

  /// What the action itself says.
  private func addContent(
    of draft: Draft, to event: inout Event, _ list: inout ParameterList
  ) {
    switch draft.action {
    case .firstVisit, .sessionStart, .pageView: break
    case .experimentImpression:
      list.add("experiment_id", .string(experimentID))
      list.add("variant", .string(SampleExperiment.variants[script.visitor.variant]))
    case .viewPromotion, .selectPromotion:
      let category = categories[Int(draft.detail)]
      list.add(.creativeSlot, "hero")
      event.items = [
        Item(fields: [
          "creative_slot": "hero", "promotion_id": .string("PROMO-" + category),
          "promotion_name": .string(category + " Week"),
        ])
      ]
    case .scroll:
      list.number(.percentScrolled, 90)
      list.number(.engagementTime, Int64(draft.detail))
    case .userEngagement: list.number(.engagementTime, Int64(draft.detail))
    case .viewSearchResults:
      if case .search(let term) = draft.page {
        list.add(.searchTerm, .string(PageText.searchTerms[Int(term)]))
      }
    case .viewItemList:
      let category = categories[Int(draft.detail)]
      list.add(.itemListName, .string(category))
      event.items = Self.lists[Int(draft.detail)]
    case .selectItem: event.items = [Item(fields: goods[Int(draft.detail)].shown)]
    case .viewItem:
      let product = goods[Int(draft.detail)]
      list.money(product.product.price)
      event.items = [Item(fields: product.shown)]
    case .addToCart:
      let line = script.cart[Int(draft.detail)]
      let product = goods[line.product]
      list.money(Double(product.quarters * line.quantity) / 4)
      var item = Item(fields: product.shown)
      item.quantity = line.quantity
      event.items = [item]
    case .signUp, .login: list.add(.method, script.visitor.number % 3 == 0 ? "google" : "email")
    case .beginCheckout, .addShippingInfo, .addPaymentInfo:
      list.money(Double(script.revenue) / 4)
      if script.hasCoupon { list.add(.coupon, "SAVE10") }
      if draft.action == .addShippingInfo {
        list.add(.shippingTier, script.visitor.number % 4 == 0 ? "express" : "ground")
      }
      if draft.action == .addPaymentInfo {
        list.add(.paymentType, script.visitor.number % 5 < 2 ? "wallet" : "credit card")
      }
      event.items = script.cart.map { item(of: $0) }
    case .purchase: addPurchase(of: draft, to: &event, &list)
    case .refund: addRefund(of: draft, to: &event, &list)
    }
  }

  private func addPurchase(
    of draft: Draft, to event: inout Event, _ list: inout ParameterList
  ) {
    let revenue = Double(script.revenue) / 4
    let shipping = Double(script.shipping) / 4
    let tax = Double(script.tax) / 4
    let transaction: FieldValue =
      draft.has(.unsetTransaction) ? "(not set)" : .string(script.transactionID)
    list.money(revenue)
    list.add(.transactionID, transaction)
    list.add(.shipping, .double(shipping))
    list.amount(.tax, tax)
    if script.hasCoupon { list.add(.coupon, "SAVE10") }
    event.fields["ecommerce.purchase_revenue"] = .double(revenue)
    event.fields["ecommerce.purchase_revenue_in_usd"] = .double(revenue)
    event.fields["ecommerce.shipping_value"] = .double(shipping)
    event.fields["ecommerce.shipping_value_in_usd"] = .double(shipping)
    event.fields["ecommerce.tax_value"] = .double(tax)
    event.fields["ecommerce.tax_value_in_usd"] = .double(tax)
    event.fields["ecommerce.total_item_quantity"] =
      .int(script.cart.reduce(0) { $0 + $1.quantity })
    event.fields["ecommerce.transaction_id"] = transaction
    event.fields["ecommerce.unique_items"] = .int(Int64(script.cart.count))
    event.items = script.cart.map { line in
      var item = item(of: line)
      item.revenue = Double(line.total) / 4
      return item
    }
  }

  private func addRefund(
    of draft: Draft, to event: inout Event, _ list: inout ParameterList
  ) {
    let revenue = Double(script.revenue) / 4
    list.money(revenue)
    list.add(.transactionID, .string(script.transactionID))
    event.fields["ecommerce.refund_value"] = .double(revenue)
    event.fields["ecommerce.refund_value_in_usd"] = .double(revenue)
    event.fields["ecommerce.transaction_id"] = .string(script.transactionID)
    event.items = script.cart.map { line in
      var item = item(of: line)
      item.refund = Double(line.total) / 4
      return item
    }
  }

  private func item(of line: CartLine) -> Item {
    var item = Item(fields: goods[line.product].shown)
    item.price = Double(line.price) / 4
    item.quantity = line.quantity
    if script.hasCoupon { item.coupon = "SAVE10" }
    return item
  }

  /// Removes what the export fills from the parameter `key`.
  private func strip(_ key: ParameterKey, from event: inout Event) {
    if key == .transactionID { event.fields["ecommerce.transaction_id"] = nil }
    if key == .value {
      event.fields[.eventValueInUSD] = nil
      event.fields["ecommerce.purchase_revenue"] = nil
      event.fields["ecommerce.purchase_revenue_in_usd"] = nil
      event.fields["ecommerce.refund_value"] = nil
      event.fields["ecommerce.refund_value_in_usd"] = nil
    }
  }

  /// Sets `collected_traffic_source`.
  private func collect(_ event: inout Event) {
    let channel = Channel.all[Int(script.visit.channel)]
    guard channel.isTagged else { return }
    event.fields["collected_traffic_source.manual_campaign_name"] = .string(channel.campaign)
    event.fields["collected_traffic_source.manual_medium"] = .string(channel.medium)
    event.fields["collected_traffic_source.manual_source"] = .string(channel.source)
    if script.visit.channel == Channel.paidSearch {
      event.fields["collected_traffic_source.gclid"] = .string(gclid)
    }
  }

  private var gclid: String {
    "Cj0K" + String(UInt64(script.visit.start) &* 0x9e37_79b9_7f4a_7c15, radix: 36)
  }

  private func spoil(_ event: inout Event, _ draft: Draft) {
    let hidesPlace = draft.has(.placeholder) && draft.look & 1 == 1
    if draft.has(.missingField) {
      switch draft.look >> 1 & 3 {
      case 0 where draft.action != .refund: event.parameters[.pageTitle] = .empty
      case 1 where !hidesPlace:
        event.fields[.city] = nil
        event.fields[.region] = nil
      default: event.fields[.language] = nil
      }
    }
    if draft.has(.placeholder) {
      if hidesPlace {
        event.fields[.city] = "(not set)"
        event.fields[.region] = "(not set)"
      } else {
        let text: FieldValue = draft.look & 8 == 8 ? "<Other>" : "(data deleted)"
        event.fields[.firstUserSource] = text
        event.fields[.firstUserMedium] = text
        event.fields[.firstUserCampaign] = text
      }
      for index in event.items.indices { event.items[index].name = "(not set)" }
    }
    if draft.has(.repeatedParameter) { event.parameters.append(.pageTitle, "Untitled") }
  }

  /// The items of the lists by category.
  private static let lists: [[Item]] = categories.map { category in
    goods.filter { $0.product.category == category }.enumerated().map { index, product in
      var item = Item(fields: product.shown)
      item.listName = category
      item["item_list_index"] = .string(String(index + 1))
      return item
    }
  }
}

/// The parameters of an event as they are gathered.
private struct ParameterList {
  /// Whether numbers become text.
  let isText: Bool
  var elements: [Parameters.Element] = []
  /// The parameter `value`.
  var value: Double?

  init(isText: Bool) {
    self.isText = isText
    elements.reserveCapacity(16)
  }

  mutating func add(_ key: ParameterKey, _ value: FieldValue) {
    elements.append(Parameters.Element(key: key, value: value))
  }

  mutating func number(_ key: ParameterKey, _ value: Int64) {
    add(key, isText ? .string(String(value)) : .int(value))
  }

  mutating func amount(_ key: ParameterKey, _ value: Double) {
    add(key, isText ? .string(value.description) : .double(value))
  }

  mutating func money(_ value: Double) {
    add(.currency, "USD")
    amount(.value, value)
    self.value = value
  }
}

extension Draft {
  func has(_ defect: Defect) -> Bool { defects.contains(DefectSet(defect)) }
}

extension Script {
  /// Whether `draft` belongs to the opening of the first page, whose view is not its first event.
  func isLanding(_ draft: Draft) -> Bool {
    switch draft.action {
    case .firstVisit, .sessionStart: true
    case .pageView: draft.pageIndex > 1
    default: false
    }
  }
}
