import StatisticsCore

/// A format in which events leave the library.
///
/// ```swift
/// let bytes = NDJSONWriter().bytes(of: log)
/// try CSVWriter(.skinny).write(log, toPath: "events.csv")
/// let report = AmplitudeWriter().write(log) { chunk in upload(chunk) }
/// report.skippedWithoutUser                 // events that Amplitude cannot take
/// ```
///
/// Events are written in the order given, a log's in the order of the log; memory stays at about a
/// megabyte beside tables of the log's distinct values. Insert ids of a sequence that is no log are
/// remembered until its end, to number exact duplicates. To write a format of your own, conform a
/// type and give it ``write(_:insertID:to:report:)``.
public protocol EventWriter: Sendable {
  /// Appends what stands before the first event; nothing by default.
  func writeHeader(to output: inout [UInt8])

  /// The id by which the destination knows an event it already has; `nil` by default, for formats
  /// without one.
  func insertID(of event: Event) -> InsertID?

  /// Appends `event`, or leaves it out, and counts in `report` which of the two.
  ///
  /// - Parameters:
  ///   - event: the event.
  ///   - insertID: what ``insertID(of:)`` gave, numbered among exact duplicates.
  ///   - output: the bytes to append to.
  ///   - report: where to count.
  func write(
    _ event: Event, insertID: InsertID?, to output: inout [UInt8], report: inout ExportReport)

  /// Writes `log` to `sink` in chunks of about a megabyte.
  ///
  /// By default event by event; a format that can walk the columns overrides it.
  @discardableResult
  func write<Failure: Error>(
    _ log: EventLog, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport
}

/// What an export wrote and what it left out.
public struct ExportReport: Sendable, Hashable, Codable {
  /// Events written.
  public var written = 0
  /// Events left out because they have neither `user_id` nor `user_pseudo_id` and the destination
  /// needs one.
  public var skippedWithoutUser = 0
  /// Events left out because every id they have is one that the destination refuses.
  public var skippedWithRefusedID = 0
  /// Ids left out of written events because the destination refuses them.
  public var refusedIDs = 0

  /// Makes a report of nothing.
  public init() {}

  /// Events left out for any reason.
  public var skipped: Int { skippedWithoutUser + skippedWithRefusedID }
}

extension ExportReport: CustomStringConvertible {
  /// What was written and left out, in words.
  public var description: String {
    var parts = ["\(written) events written"]
    if skippedWithoutUser > 0 { parts.append("\(skippedWithoutUser) left out without user") }
    if skippedWithRefusedID > 0 {
      parts.append("\(skippedWithRefusedID) left out because the destination refuses their ids")
    }
    if refusedIDs > 0 { parts.append("\(refusedIDs) ids left out that the destination refuses") }
    return parts.joined(separator: ", ")
  }
}

extension EventWriter {
  public func writeHeader(to output: inout [UInt8]) {}

  public func insertID(of event: Event) -> InsertID? { nil }

  @discardableResult
  public func write<Failure: Error>(
    _ log: EventLog, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    try writeEach(of: log, to: sink)
  }

  /// Appends one event without a header, and says whether the format could take it.
  ///
  /// Exact duplicates get the same insert id this way; only a whole sequence can number them.
  @discardableResult
  public func write(_ event: Event, to output: inout [UInt8]) -> Bool {
    var report = ExportReport()
    write(event, insertID: insertID(of: event), to: &output, report: &report)
    return report.written > 0
  }

  /// Writes `events` with the header to `sink` in chunks of about a megabyte.
  @discardableResult
  public func write<Failure: Error>(
    _ events: some Sequence<Event>, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    if let log = events as? EventLog { return try write(log, to: sink) }
    return try writeEach(of: events, to: sink)
  }

  /// `events` with the header.
  ///
  /// - Complexity: O(*n*) memory, where *n* is the size of the result; use a sink for large logs.
  public func bytes(of events: some Sequence<Event>) -> [UInt8] {
    var output: [UInt8] = []
    write(events) { chunk in output += chunk }
    return output
  }

  /// Writes `events` with the header to the file at `path`, which appears complete or not at all;
  /// a file that was there is replaced.
  ///
  /// - Throws: ``WriteError`` when the system refuses.
  @discardableResult
  public func write(_ events: some Sequence<Event>, toPath path: String) throws(WriteError)
    -> ExportReport
  {
    do {
      let file = try ReplacementFile(path: path)
      let report = try write(events) { (chunk: [UInt8]) throws(ReplacementFile.Failure) in
        try file.write(chunk)
      }
      try file.finish()
      return report
    } catch {
      throw WriteError(path: path, error)
    }
  }

  private func writeEach<Failure: Error>(
    of events: some Sequence<Event>, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    var chunks = ExportChunks()
    var report = ExportReport()
    var occurrences = InsertID.Occurrences()
    writeHeader(to: &chunks.bytes)
    for event in events {
      let id = insertID(of: event).map { occurrences.number($0) }
      write(event, insertID: id, to: &chunks.bytes, report: &report)
      try chunks.flush(to: sink)
    }
    try chunks.finish(to: sink)
    return report
  }
}

/// Bytes that go to a sink about a megabyte at a time.
struct ExportChunks {
  /// What has not gone out yet.
  var bytes: [UInt8] = []

  static let size = 1 << 20

  init() { bytes.reserveCapacity(Self.size + 1 << 14) }

  /// Hands the bytes to `sink` when there are enough.
  @inline(__always)
  mutating func flush<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    if bytes.count >= Self.size { try finish(to: sink) }
  }

  /// Hands over what is left.
  mutating func finish<Failure: Error>(
    to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    guard !bytes.isEmpty else { return }
    try sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
