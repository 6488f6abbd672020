/// Writes events for Mixpanel's import endpoint as newline-delimited JSON.
///
/// ```swift
/// let report = try MixpanelWriter().write(log, toPath: "mixpanel.ndjson")
/// // {"event":"purchase","properties":{"time":1608484805027,"distinct_id":"customer-7",
/// //  "$device_id":"1003697.9625","$user_id":"customer-7","$insert_id":"…",…}}   (one line)
/// ```
///
/// `user_id` becomes `$user_id`, `user_pseudo_id` becomes `$device_id`, and the distinct id is what
/// Mixpanel's simplified id merge makes of them. Placeholders that Mixpanel refuses, such as
/// `anonymous`, and ids of more than 255 characters are left out and counted. Parameters called
/// `time`, `distinct_id`, `$device_id`, `$user_id` or `$insert_id` are told with `event.` before
/// their key. User properties that the event carries are told as `user.` and their key;
/// ``ExportProperties/user`` is not used, since Mixpanel takes profiles by another call.
///
/// Source: Mixpanel, "Import Events" and "Simplified ID Merge".
public struct MixpanelWriter: EventWriter, Hashable {
  /// What is told about the event.
  public var properties: ExportProperties
  /// Whether every event carries an ``InsertID``; Mixpanel's import endpoint demands one.
  public var hasInsertIDs: Bool
  /// Whether events without any id are written with an empty distinct id, which Mixpanel counts as
  /// events of nobody, rather than left out.
  public var includesEventsWithoutUser: Bool

  /// Makes a writer.
  public init(
    properties: ExportProperties = .all, hasInsertIDs: Bool = true,
    includesEventsWithoutUser: Bool = false
  ) {
    self.properties = properties
    self.hasInsertIDs = hasInsertIDs
    self.includesEventsWithoutUser = includesEventsWithoutUser
  }

  public func insertID(of event: Event) -> InsertID? { hasInsertIDs ? InsertID(event) : nil }

  public func write(
    _ event: Event, insertID: InsertID?, to output: inout [UInt8], report: inout ExportReport
  ) {
    encode(event, insertID: insertID, to: &output, report: &report)
  }

  /// Writes `log` to `sink` in chunks of about a megabyte, from its columns.
  @discardableResult
  public func write<Failure: Error>(
    _ log: EventLog, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    try encode(log, to: sink)
  }
}

extension MixpanelWriter: RowWriter {
  private static let serviceFields: [ExportColumn] = [
    .field(.operatingSystem, as: "$os"), .field(.browser, as: "$browser"),
    .field("device.mobile_brand_name", as: "$manufacturer"),
    .field("device.mobile_model_name", as: "$model"),
    .field(.region, as: "$region"), .field(.city, as: "$city"),
  ]

  private static let reserved: Set<String> = [
    "time", "distinct_id", "$device_id", "$user_id", "$insert_id",
  ]
  private static let movedParameters: [ExportColumn] = reserved.sorted().map {
    .parameter(ParameterKey(rawValue: $0), as: "event.\($0)")
  }

  var rowShape: RowShape {
    ServiceText.shape(
      of: properties, more: Self.serviceFields + Self.movedParameters,
      reserved: Self.reserved.union(Self.serviceFields.map(\.name)))
  }

  func encode(
    _ row: inout some ExportRow, insertID: InsertID?, to output: inout [UInt8],
    report: inout ExportReport
  ) {
    var (user, device): (String?, String?) = (nil, nil)
    if !includesEventsWithoutUser || row.userID != nil || row.userPseudoID != nil {
      let ids = ServiceText.ids(of: row, &report) {
        ServiceText.isLonger($0, than: 255) || PlaceholderID.contains($0)
      }
      guard let ids else { return }
      (user, device) = ids
    }
    let spelling = JSONSpelling()
    output.append(UInt8(ascii: "{"))
    ServiceText.appendKey("event", to: &output)
    row.appendName(spelling, to: &output)
    JSONText.append(ascii: #","properties":{"time":"#, to: &output)
    JSONText.append(ServiceText.milliseconds(row.microseconds), to: &output)
    ServiceText.append("distinct_id", user ?? device.map { "$device:" + $0 } ?? "", to: &output)
    if let device { ServiceText.append("$device_id", device, to: &output) }
    if let user { ServiceText.append("$user_id", user, to: &output) }
    if let insertID { ServiceText.append(insertID, "$insert_id", to: &output) }
    let own = properties.event.count
    let moved = own + Self.serviceFields.count
    if properties.includesServiceFields {
      ServiceText.append(own..<moved, of: &row, spelling, to: &output)
    }
    ServiceText.appendProperties(properties, of: &row, spelling, to: &output)
    if properties.includesParameters {
      ServiceText.append(
        moved..<moved + Self.movedParameters.count, of: &row, spelling, to: &output)
    }
    JSONText.append(ascii: "}}\n", to: &output)
    report.written += 1
  }
}
