/// What a product-analytics service is told about an event and its user.
///
/// ```swift
/// AmplitudeWriter(properties: .skinny)
/// AmplitudeWriter(properties: ExportProperties(event: [.parameter(.pageTitle, as: "title")]))
/// ```
///
/// A column takes the place of a parameter of its name. Of a parameter that occurs twice the first
/// value is told, and one without a value is not.
public struct ExportProperties: Sendable, Hashable {
  /// Values told as properties of the event.
  public var event: [ExportColumn]
  /// Values told as properties of the user.
  public var user: [ExportColumn]
  /// Whether all parameters of the event are told too.
  public var includesParameters: Bool
  /// Whether all user properties that the event carries are told too.
  public var includesUserProperties: Bool
  /// Whether values that the service has a field of its own for, such as the operating system, go
  /// into that field.
  public var includesServiceFields: Bool

  /// Makes a choice of properties.
  public init(
    event: [ExportColumn] = [], user: [ExportColumn] = [], includesParameters: Bool = false,
    includesUserProperties: Bool = false, includesServiceFields: Bool = false
  ) {
    self.event = event
    self.user = user
    self.includesParameters = includesParameters
    self.includesUserProperties = includesUserProperties
    self.includesServiceFields = includesServiceFields
  }

  /// All parameters and user properties, and the main fields by their paths.
  ///
  /// Items are only counted, as `item_count`.
  public static let all = ExportProperties(
    event: [
      .field(.platform), .field("event_dimensions.hostname"), .field(.deviceCategory),
      .field(.operatingSystem), .field(.browser), .field(.language), .field(.country),
      .field(.region), .field(.city), .field(.firstUserSource), .field(.firstUserMedium),
      .field(.firstUserCampaign), .field(.transactionID), .field(.purchaseRevenue),
      .field(.purchaseRevenueInUSD), .field(.eventValueInUSD), .itemCount,
    ],
    includesParameters: true, includesUserProperties: true, includesServiceFields: true)

  /// Country, device, source, medium, transaction and revenue of the event; country and device of
  /// the user.
  public static let skinny = ExportProperties(
    event: [
      .field(.country, as: "country"), .field(.deviceCategory, as: "device_category"),
      .field(.firstUserSource, as: "source"), .field(.firstUserMedium, as: "medium"),
      .field(.transactionID, as: "transaction_id"),
      .field(.purchaseRevenueInUSD, as: "purchase_revenue_usd"),
    ],
    user: [
      .field(.country, as: "country"), .field(.deviceCategory, as: "device_category"),
    ])
}

/// Ids that services refuse, since they are placeholders that would join strangers into one user.
///
/// Source: the ids that Mixpanel's import refuses; they name nobody at any other service either.
enum PlaceholderID {
  private static let texts: Set<String> = [
    "", "0", "-1", "<nil>", "[]", "{}", "anon", "anonymous", "false", "lmy47d", "n/a", "na", "nil",
    "none",
    "null", "true", "undefined", "unknown", "00000000-0000-0000-0000-000000000000",
  ]

  /// Whether `id` is a placeholder, in any case of its letters.
  static func contains(_ id: String) -> Bool {
    // No placeholder is longer, so that ordinary ids need no copy in lower case.
    guard id.utf8.count <= 9 || id.utf8.count == 36 else { return false }
    return texts.contains(id.lowercased())
  }
}

/// Pieces of JSON objects that the services share.
enum ServiceText {
  /// Appends `"key":` after a comma where one is due.
  static func appendKey(_ key: String, to output: inout [UInt8]) {
    if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
    JSONText.append(key, to: &output)
    output.append(UInt8(ascii: ":"))
  }

  /// Appends `"key":"text"`.
  static func append(_ key: String, _ text: String, to output: inout [UInt8]) {
    appendKey(key, to: &output)
    JSONText.append(text, to: &output)
  }

  /// Appends the columns `columns` of `row` under their names, without absent ones.
  static func append(
    _ columns: Range<Int>, of row: inout some ExportRow, _ spelling: JSONSpelling,
    to output: inout [UInt8]
  ) {
    for column in columns { row.appendProperty(column, spelling, to: &output) }
  }

  /// Appends what `spell` spells as `"key":value,` pairs.
  static func appendPairs(to output: inout [UInt8], _ spell: (inout [UInt8]) -> Void) {
    let start = output.count
    if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
    let before = output.count
    spell(&output)
    if output.count == before { output.removeSubrange(start...) } else { output.removeLast() }
  }

  /// Appends `id` under `key`.
  static func append(_ id: InsertID, _ key: String, to output: inout [UInt8]) {
    appendKey(key, to: &output)
    output.append(UInt8(ascii: "\""))
    id.appendText(to: &output)
    output.append(UInt8(ascii: "\""))
  }

  /// The ids of `row` that `isRefused` lets pass, and counts the others; `nil` when the event
  /// cannot be told.
  static func ids(
    of row: some ExportRow, _ report: inout ExportReport, isRefused: (String) -> Bool
  ) -> (user: String?, device: String?)? {
    let (user, device) = (row.userID, row.userPseudoID)
    let ids = (
      user: user.flatMap { isRefused($0) ? nil : $0 },
      device: device.flatMap { isRefused($0) ? nil : $0 }
    )
    if ids.user == nil, ids.device == nil {
      if user == nil, device == nil {
        report.skippedWithoutUser += 1
      } else {
        report.skippedWithRefusedID += 1
      }
      return nil
    }
    if user != nil, ids.user == nil { report.refusedIDs += 1 }
    if device != nil, ids.device == nil { report.refusedIDs += 1 }
    return ids
  }

  /// Whether `id` has more than `limit` characters.
  static func isLonger(_ id: String, than limit: Int) -> Bool {
    // No text has more characters than bytes, and bytes need no counting.
    id.utf8.count > limit && id.count > limit
  }

  /// Milliseconds since 1970, rounded down.
  static func milliseconds(_ microseconds: Int64) -> Int64 {
    microseconds >= 0 ? microseconds / 1000 : (microseconds + 1) / 1000 - 1
  }
}
