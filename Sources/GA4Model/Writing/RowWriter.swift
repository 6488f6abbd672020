/// A format that is written against ``ExportRow``, so that one function serves events and logs.
protocol RowWriter: EventWriter {
  /// What ``encode(_:insertID:to:report:)`` asks a row for.
  var rowShape: RowShape { get }
  /// Whether rows carry an insert id.
  var hasInsertIDs: Bool { get }

  /// Appends `row` or leaves it out, and counts which.
  func encode(
    _ row: inout some ExportRow, insertID: InsertID?, to output: inout [UInt8],
    report: inout ExportReport)
}

extension RowWriter {
  /// Writes `event` as a row.
  func encode(
    _ event: Event, insertID: InsertID?, to output: inout [UInt8], report: inout ExportReport
  ) {
    var row = EventRow(event: event, shape: rowShape)
    encode(&row, insertID: insertID, to: &output, report: &report)
  }

  /// Writes the rows of `log` from its columns.
  func encode<Failure: Error>(
    _ log: EventLog, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> ExportReport {
    let storage = log.storage
    var row = LogRow(storage, shape: rowShape)
    var chunks = ExportChunks()
    var report = ExportReport()
    writeHeader(to: &chunks.bytes)

    var lines = hasInsertIDs ? NDJSONLogEncoder(storage) : nil
    var line: [UInt8] = []
    var occurrences = InsertID.Occurrences()
    // Exact duplicates have one user and one time, so they stand side by side; only stitching can
    // part events of one pseudo id.
    let isGrouped = storage.options.users != .stitched
    var user = 0
    for position in 0..<storage.rowCount {
      row.row = position
      var id: InsertID?
      if lines != nil {
        var isNewRun = position > 0 && storage.time[position] != storage.time[position - 1]
        while user <= storage.userCount, position == Int(storage.userOffsets[user]) {
          isNewRun = true
          user += 1
        }
        if isNewRun, isGrouped { occurrences.removeAll() }
        line.removeAll(keepingCapacity: true)
        lines?.append(position, to: &line)
        id = occurrences.number(InsertID(line: line))
      }
      encode(&row, insertID: id, to: &chunks.bytes, report: &report)
      try chunks.flush(to: sink)
    }
    try chunks.finish(to: sink)
    return report
  }
}
