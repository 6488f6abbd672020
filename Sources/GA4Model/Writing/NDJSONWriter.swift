/// Writes events as BigQuery exports them: one JSON object a line.
///
/// ```swift
/// var event = Event(.purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "a.1")
/// event.parameters[.currency] = "EUR"
/// event.ecommerce.purchaseRevenue = 54
/// String(decoding: NDJSONWriter().bytes(of: [event]), as: UTF8.self)
/// // {"event_timestamp":"1608484805027497","event_name":"purchase","user_pseudo_id":"a.1",
/// //  "event_params":[{"key":"currency","value":{"string_value":"EUR"}}],
/// //  "ecommerce":{"purchase_revenue":54.0}}          (one line)
/// ```
///
/// What is written reads back as the same events, byte for byte the same whether it comes from
/// events or from a log. Integers that the export documents stand as text, as BigQuery writes
/// 64-bit integers; absent fields are left out; dotted paths become nested objects.
///
/// A few values that only code can make have no place in the export:
/// - NaN and infinities become `"NaN"`, `"Infinity"` and `"-Infinity"`, as in BigQuery's JSON;
/// - a parameter that is a truth value stands as `"value":true`, which reads back here but is
///   nothing BigQuery knows; a user property that is one *and* has a set time becomes the text
///   `"true"`;
/// - a field whose value is of another type than the export documents is converted where that
///   loses nothing, and otherwise written as it is; `.float` reads back as `.double` outside of
///   parameters;
/// - a field whose path begins with a column that is not a field (`event_name`, `items.…`), or that
///   is itself the name of a record (`device`), is left out.
public struct NDJSONWriter: EventWriter, Hashable {
  /// Makes a writer.
  public init() {}

  public func write(
    _ event: Event, insertID: InsertID?, to output: inout [UInt8], report: inout ExportReport
  ) {
    NDJSONText.append(event, to: &output)
    output.append(UInt8(ascii: "\n"))
    report.written += 1
  }

  /// Writes `log` to `sink` in chunks of about a megabyte, from its columns.
  ///
  /// - Complexity: O(*n*), where *n* is the size of the result; devices, places and other shared
  ///   records are spelled once.
  @discardableResult
  public func write<Failure: Error>(
    _ log: EventLog, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    var encoder = NDJSONLogEncoder(log.storage)
    var chunks = ExportChunks()
    var report = ExportReport()
    for row in 0..<log.storage.rowCount {
      encoder.append(row, to: &chunks.bytes)
      chunks.bytes.append(UInt8(ascii: "\n"))
      report.written += 1
      try chunks.flush(to: sink)
    }
    try chunks.finish(to: sink)
    return report
  }
}
