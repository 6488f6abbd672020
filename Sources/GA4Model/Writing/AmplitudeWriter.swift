/// Writes events for Amplitude's HTTP V2 and batch endpoints, one JSON object a line.
///
/// ```swift
/// let report = try AmplitudeWriter(properties: .skinny).write(log, toPath: "amplitude.ndjson")
/// // {"user_id":"customer-7","device_id":"1003697.9625","event_type":"purchase",
/// //  "time":1608484805027,"insert_id":"…","event_properties":{"country":"Canada",…},
/// //  "user_properties":{"country":"Canada","device_category":"mobile"}}    (one line)
/// report.skippedWithoutUser                 // events that Amplitude cannot take
/// ```
///
/// The lines of a request are joined by commas into the array `events` beside your API key.
/// `user_id` becomes the user, `user_pseudo_id` the device; an event without either cannot be told.
///
/// Source: Amplitude, "HTTP V2 API" and "Batch Event Upload API".
public struct AmplitudeWriter: EventWriter, Hashable {
  /// What is told about event and user.
  public var properties: ExportProperties
  /// Whether every event carries an ``InsertID``, by which Amplitude drops what it already has.
  public var hasInsertIDs: Bool
  /// The fewest characters of an id.
  ///
  /// Amplitude drops shorter ones unless the request sets `min_id_length`, so here they are left
  /// out and counted, as are placeholders such as `unknown`.
  public var minimumIDLength: Int

  /// Makes a writer.
  public init(
    properties: ExportProperties = .all, hasInsertIDs: Bool = true, minimumIDLength: Int = 5
  ) {
    self.properties = properties
    self.hasInsertIDs = hasInsertIDs
    self.minimumIDLength = minimumIDLength
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

extension AmplitudeWriter: RowWriter {
  private static let serviceFields: [ExportColumn] = [
    .field(.platform), .field("app_info.version", as: "app_version"),
    .field(.operatingSystem, as: "os_name"),
    .field("device.operating_system_version", as: "os_version"),
    .field("device.mobile_brand_name", as: "device_brand"),
    .field("device.mobile_model_name", as: "device_model"),
    .field(.country, as: "country"), .field(.region, as: "region"), .field(.city, as: "city"),
    .field(.language, as: "language"),
  ]

  var rowShape: RowShape {
    RowShape(
      columns: Self.serviceFields + properties.event + properties.user,
      refusedParameters: Set(properties.event.map(\.name)),
      refusedUserProperties: Set(properties.user.map(\.name)))
  }

  func encode(
    _ row: inout some ExportRow, insertID: InsertID?, to output: inout [UInt8],
    report: inout ExportReport
  ) {
    let minimum = minimumIDLength
    let ids = ServiceText.ids(of: row, &report) {
      !ServiceText.isLonger($0, than: minimum - 1) || PlaceholderID.contains($0)
    }
    guard let ids else { return }
    let spelling = JSONSpelling()
    let own = Self.serviceFields.count
    let user = own + properties.event.count
    output.append(UInt8(ascii: "{"))
    if let id = ids.user { ServiceText.append("user_id", id, to: &output) }
    if let id = ids.device { ServiceText.append("device_id", id, to: &output) }
    ServiceText.appendKey("event_type", to: &output)
    row.appendName(spelling, to: &output)
    ServiceText.appendKey("time", to: &output)
    JSONText.append(ServiceText.milliseconds(row.microseconds), to: &output)
    if let insertID { ServiceText.append(insertID, "insert_id", to: &output) }
    if properties.includesServiceFields {
      ServiceText.append(0..<own, of: &row, spelling, to: &output)
    }

    ServiceText.appendKey("event_properties", to: &output)
    output.append(UInt8(ascii: "{"))
    ServiceText.append(own..<user, of: &row, spelling, to: &output)
    if properties.includesParameters {
      ServiceText.appendPairs(to: &output) { row.appendParameters(spelling, to: &$0) }
    }
    output.append(UInt8(ascii: "}"))
    ServiceText.appendKey("user_properties", to: &output)
    output.append(UInt8(ascii: "{"))
    ServiceText.append(
      user..<user + properties.user.count, of: &row, spelling, to: &output)
    if properties.includesUserProperties {
      ServiceText.appendPairs(to: &output) { row.appendUserProperties(spelling, to: &$0) }
    }
    JSONText.append(ascii: "}}\n", to: &output)
    report.written += 1
  }
}
