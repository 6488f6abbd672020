import GA4Model
import Testing

struct FieldSchemaTests {
  @Test func `every path is documented once`() {
    let paths = FieldSchema.documentedPaths.map(\.path)
    #expect(Set(paths).count == paths.count)
    let itemPaths = FieldSchema.documentedItemPaths.map(\.path)
    #expect(Set(itemPaths).count == itemPaths.count)
  }

  // An events table of August 2026 has 217 field paths: 18 records, 7 paths of event_params,
  // 8 of user_properties, 34 of items (26 scalars, items itself, 7 of item_params), 150 scalars.
  @Test func `the schema has as many scalars as a table of 2026`() {
    #expect(FieldSchema.documentedPaths.count == 150)
    #expect(FieldSchema.documentedItemPaths.count == 26)
  }

  @Test func `a table of 2026 has 31 columns`() {
    var columns: Set<Substring> = ["event_params", "user_properties", "items"]
    for (path, _) in FieldSchema.documentedPaths { columns.insert(path.prefix { $0 != "." }) }
    #expect(columns.count == 31)
  }

  @Test(arguments: [
    ("event_date", FieldKind.string), ("event_timestamp", .int), ("event_value_in_usd", .double),
    ("user_pseudo_id", .string), ("is_active_user", .bool), ("user_ltv.revenue", .double),
    ("device.is_limited_ad_tracking", .string), ("device.time_zone_offset_seconds", .int),
    ("device.web_info.browser", .string), ("ecommerce.total_item_quantity", .int),
    ("ecommerce.tax_value_in_usd", .double), ("ecommerce.transaction_id", .string),
    ("batch_page_id", .int), ("collected_traffic_source.srsltid", .string),
    ("session_traffic_source_last_click.dv360_campaign.partner_name", .string),
    ("publisher.ad_revenue_in_usd", .double),
  ])
  func `a documented path has the type of the table`(path: String, kind: FieldKind) {
    #expect(FieldSchema.kind(of: path) == kind)
  }

  @Test(arguments: [
    ("item_id", FieldKind.string), ("item_category5", .string), ("item_list_index", .string),
    ("price", .double), ("quantity", .int), ("item_refund_in_usd", .double),
  ])
  func `a documented item path has the type of the table`(path: String, kind: FieldKind) {
    #expect(FieldSchema.itemKind(of: path) == kind)
  }

  @Test(arguments: [
    "", "device", "device.", ".platform", "device.colour", "items.price", "Geo.city",
  ])
  func `any other path has no type`(path: String) {
    #expect(FieldSchema.kind(of: path) == nil)
    #expect(FieldSchema.itemKind(of: path) == nil)
  }

  @Test func `every path with a name of its own is documented`() {
    let paths: [FieldPath] = [
      .platform, .streamID, .deviceCategory, .operatingSystem, .language, .browser, .continent,
      .subContinent, .country, .region, .city, .firstUserSource, .firstUserMedium,
      .firstUserCampaign, .transactionID, .purchaseRevenue, .purchaseRevenueInUSD,
      .eventValueInUSD, .userFirstTouchTimestamp, .batchPageID, .batchOrderingID, .batchEventIndex,
    ]
    for path in paths { #expect(FieldSchema.kind(of: path.rawValue) != nil, "\(path)") }
  }
}
