/// Writes events for Heap's bulk track endpoint, one JSON object a line.
///
/// ```swift
/// let report = try HeapWriter(properties: .skinny).write(log, toPath: "heap.ndjson")
/// // {"identity":"customer-7","event":"purchase","timestamp":"2020-12-20T17:20:05.027497Z",
/// //  "properties":{"country":"Canada",…},"idempotency_key":"…"}           (one line)
/// ```
///
/// The lines of a request, at most 1,000, are joined by commas into the array `events` beside your
/// `app_id`. The identity is `user_id`, otherwise `user_pseudo_id`; an event without either, or
/// whose identity has more than 255 characters, cannot be told. Heap takes texts and numbers only,
/// so truth values become `"true"` and `"false"`. It takes properties of users by another call:
/// those that the event carries are told as properties of the event, as `user.` and their key,
/// and ``ExportProperties/user`` is not used.
///
/// Source: Heap, "Track" and "Bulk Track".
public struct HeapWriter: EventWriter, Hashable {
  /// What is told about the event.
  public var properties: ExportProperties
  /// Whether every event carries an ``InsertID``, by which Heap drops what it already has.
  public var hasInsertIDs: Bool

  /// Makes a writer.
  public init(properties: ExportProperties = .all, hasInsertIDs: Bool = true) {
    self.properties = properties
    self.hasInsertIDs = hasInsertIDs
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

extension HeapWriter: RowWriter {
  var rowShape: RowShape { ServiceText.shape(of: properties) }

  func encode(
    _ row: inout some ExportRow, insertID: InsertID?, to output: inout [UInt8],
    report: inout ExportReport
  ) {
    let ids = ServiceText.ids(of: row, &report) {
      $0.isEmpty || ServiceText.isLonger($0, than: 255)
    }
    guard let ids, let identity = ids.user ?? ids.device else { return }
    let spelling = JSONSpelling(spellsBooleansAsText: true)
    output.append(UInt8(ascii: "{"))
    ServiceText.append("identity", identity, to: &output)
    ServiceText.appendKey("event", to: &output)
    row.appendName(spelling, to: &output)
    ServiceText.append(
      "timestamp", EventTime(microseconds: row.microseconds).description, to: &output)
    ServiceText.appendKey("properties", to: &output)
    output.append(UInt8(ascii: "{"))
    ServiceText.appendProperties(properties, of: &row, spelling, to: &output)
    output.append(UInt8(ascii: "}"))
    if let insertID { ServiceText.append(insertID, "idempotency_key", to: &output) }
    JSONText.append(ascii: "}\n", to: &output)
    report.written += 1
  }
}

extension ServiceText {
  /// What a service that has one object for the properties of event and user asks a row for: the
  /// columns of the event come first, and keys of user properties begin with `user.`.
  static func shape(
    of properties: ExportProperties, more columns: [ExportColumn] = [], reserved: Set<String> = []
  ) -> RowShape {
    let names = reserved.union(properties.event.map(\.name))
    return RowShape(
      columns: properties.event + columns, refusedParameters: names,
      refusedUserProperties: names, userPropertyPrefix: "user.")
  }

  /// Appends the properties of the event and those of the user that it carries.
  static func appendProperties(
    _ properties: ExportProperties, of row: inout some ExportRow, _ spelling: JSONSpelling,
    to output: inout [UInt8]
  ) {
    append(0..<properties.event.count, of: &row, spelling, to: &output)
    if properties.includesParameters {
      appendPairs(to: &output) { row.appendParameters(spelling, to: &$0) }
    }
    if properties.includesUserProperties {
      appendPairs(to: &output) { row.appendUserProperties(spelling, to: &$0) }
    }
  }
}
