/// Writes columns of events as CSV (RFC 4180).
///
/// ```swift
/// try CSVWriter(.skinny).write(log, toPath: "events.csv")
///
/// let columns: [ExportColumn] = [.isoTime, .eventName, .parameter(.pageTitle, as: "title")]
/// String(decoding: CSVWriter(columns).bytes(of: log), as: UTF8.self)
/// // event_time,event_name,title
/// // 2020-12-20T17:20:05.027497Z,page_view,"Bags, Cups"
/// ```
///
/// An absent value is written as nothing, an empty text as `""`. Numbers are written in the fewest
/// digits that read back as the same number.
public struct CSVWriter: EventWriter, Hashable {
  /// What is written, from left to right.
  public var columns: [ExportColumn]
  /// Quoting, line ends and header.
  public var format: CSVFormat

  /// Makes a writer of `columns`.
  public init(_ columns: [ExportColumn], format: CSVFormat = CSVFormat()) {
    self.columns = columns
    self.format = format
  }

  public func writeHeader(to output: inout [UInt8]) {
    guard format.hasHeader else { return }
    for (index, column) in columns.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      CSVText.append(column.name, format, to: &output)
    }
    CSVText.endLine(format, to: &output)
  }

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

extension CSVWriter: RowWriter {
  var rowShape: RowShape { RowShape(columns: columns) }
  var hasInsertIDs: Bool { false }

  func encode(
    _ row: inout some ExportRow, insertID: InsertID?, to output: inout [UInt8],
    report: inout ExportReport
  ) {
    let spelling = CSVSpelling(format: format)
    for column in columns.indices {
      if column > 0 { output.append(UInt8(ascii: ",")) }
      let isPresent = row.append(column, spelling, to: &output)
      // A line without a byte would be read as no row at all.
      if !isPresent, columns.count == 1 { CSVText.append("", format, to: &output) }
    }
    CSVText.endLine(format, to: &output)
    report.written += 1
  }
}
