/// The type of a field in the export.
package enum FieldKind: UInt8, Sendable {
  /// `STRING`.
  case string
  /// `INTEGER`, which BigQuery's JSON writes as text.
  case int
  /// `FLOAT`.
  case double
  /// `BOOLEAN`.
  case bool
}

/// The documented fields of the BigQuery export, daily and streaming.
///
/// It follows the tables as they are in 2026: where they disagree with their documentation
/// (`device.is_limited_ad_tracking` is `STRING`, not `BOOLEAN`), the tables are right. The repeated
/// records `event_params`, `user_properties`, `items` and `item_params` are not paths.
///
/// Source: "[GA4] BigQuery Export schema", Google Analytics help, answer 7029846.
package enum FieldSchema {
  /// The type of the event field at `path`, `nil` where it is not documented.
  package static func kind(of path: String) -> FieldKind? { kinds[path] }

  /// The type of the item field at `path`, such as `price`, `nil` where it is not documented.
  package static func itemKind(of path: String) -> FieldKind? { itemKinds[path] }

  /// Every documented field of an event.
  package static let documentedPaths: [(path: String, kind: FieldKind)] = [
    fields(of: "", .string, "event_date event_name"),
    fields(
      of: "", .int,
      """
      event_timestamp event_previous_timestamp event_original_occurrence_timestamp
      event_bundle_sequence_id event_server_timestamp_offset
      """),
    fields(of: "", .double, "event_value_in_usd"),
    fields(of: "", .string, "user_id user_pseudo_id"),
    fields(of: "", .bool, "is_active_user"),
    fields(of: "", .int, "user_first_touch_timestamp"),
    fields(of: "privacy_info", .string, "analytics_storage ads_storage uses_transient_token"),
    fields(of: "user_ltv", .double, "revenue"),
    fields(of: "user_ltv", .string, "currency"),
    fields(
      of: "device", .string,
      """
      category mobile_brand_name mobile_model_name mobile_marketing_name
      mobile_os_hardware_model operating_system operating_system_version vendor_id
      advertising_id language is_limited_ad_tracking browser browser_version
      """),
    fields(of: "device", .int, "time_zone_offset_seconds"),
    fields(of: "device.web_info", .string, "browser browser_version hostname"),
    fields(of: "geo", .string, "continent sub_continent country region city metro"),
    fields(of: "app_info", .string, "id version install_store firebase_app_id install_source"),
    fields(of: "traffic_source", .string, "name medium source"),
    fields(of: "", .string, "stream_id platform"),
    fields(of: "event_dimensions", .string, "hostname"),
    fields(of: "ecommerce", .int, "total_item_quantity unique_items"),
    fields(
      of: "ecommerce", .double,
      """
      purchase_revenue_in_usd purchase_revenue refund_value_in_usd refund_value
      shipping_value_in_usd shipping_value tax_value_in_usd tax_value
      """),
    fields(of: "ecommerce", .string, "transaction_id"),
    fields(
      of: "collected_traffic_source", .string,
      """
      manual_campaign_id manual_campaign_name manual_source manual_medium manual_term
      manual_content manual_source_platform manual_creative_format manual_marketing_tactic
      gclid dclid srsltid
      """),
    fields(of: "", .int, "batch_event_index batch_page_id batch_ordering_id"),
    fields(
      of: "session_traffic_source_last_click.manual_campaign", .string,
      """
      campaign_id campaign_name source medium term content source_platform creative_format
      marketing_tactic
      """),
    fields(
      of: "session_traffic_source_last_click.google_ads_campaign", .string,
      """
      customer_id account_name campaign_id campaign_name ad_group_id ad_group_name
      """),
    fields(
      of: "session_traffic_source_last_click.cross_channel_campaign", .string,
      """
      campaign_id campaign_name source medium source_platform default_channel_group
      primary_channel_group
      """),
    fields(
      of: "session_traffic_source_last_click.sa360_campaign", .string,
      """
      campaign_id campaign_name source medium ad_group_id ad_group_name creative_format
      engine_account_name engine_account_type manager_account_name
      """),
    fields(
      of: "session_traffic_source_last_click.cm360_campaign", .string,
      """
      campaign_id campaign_name source medium account_id account_name advertiser_id
      advertiser_name creative_id creative_format creative_name creative_type creative_type_id
      creative_version placement_id placement_cost_structure placement_name rendering_id
      site_id site_name
      """),
    fields(
      of: "session_traffic_source_last_click.dv360_campaign", .string,
      """
      campaign_id campaign_name source medium advertiser_id advertiser_name creative_id
      creative_format creative_name exchange_id exchange_name insertion_order_id
      insertion_order_name line_item_id line_item_name partner_id partner_name
      """),
    fields(of: "publisher", .double, "ad_revenue_in_usd"),
    fields(of: "publisher", .string, "ad_format ad_source_name ad_unit_id"),
  ].flatMap(\.self)

  /// Every documented field of an item.
  package static let documentedItemPaths: [(path: String, kind: FieldKind)] = [
    fields(
      of: "", .string,
      """
      item_id item_name item_brand item_variant item_category item_category2 item_category3
      item_category4 item_category5 coupon affiliation location_id item_list_id item_list_name
      item_list_index promotion_id promotion_name creative_name creative_slot
      """),
    fields(
      of: "", .double,
      """
      price price_in_usd item_revenue item_revenue_in_usd item_refund item_refund_in_usd
      """),
    fields(of: "", .int, "quantity"),
  ].flatMap(\.self)

  private static let kinds = Dictionary(uniqueKeysWithValues: documentedPaths.map { ($0, $1) })
  private static let itemKinds = Dictionary(
    uniqueKeysWithValues: documentedItemPaths.map { ($0, $1) })

  /// The fields `names`, divided by blanks or line ends, of one record and type.
  private static func fields(
    of record: String, _ kind: FieldKind, _ names: String
  ) -> [(path: String, kind: FieldKind)] {
    names.split(whereSeparator: \.isWhitespace)
      .map { (record.isEmpty ? String($0) : "\(record).\($0)", kind) }
  }
}
