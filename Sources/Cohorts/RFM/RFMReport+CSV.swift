public import GA4Model

extension RFMReport {
  /// The customers as CSV with a header: `user_id`, `user_pseudo_id`, `recency_days`, `orders`,
  /// `revenue`, `r`, `f`, `m`, `segment`.
  ///
  /// Of the two ids one is empty: that of the kind by which the user is not known.
  ///
  /// - Parameters:
  ///   - segments: The names of the segments that are written; all when `nil`.
  ///   - format: How the file is written.
  public func csv(segments: [String]? = nil, format: CSVFormat = CSVFormat()) -> String {
    let isWritten = customers.names.map { segments?.contains($0) ?? true }
    var table = CSVTable(header: [
      "user_id", "user_pseudo_id", "recency_days", "orders", "revenue", "r", "f", "m", "segment",
    ])
    for index in customers.indices where isWritten[Int(customers.segments[index])] {
      let row = customers[index]
      var (userID, pseudoID) = (CSVCell.absent, CSVCell.absent)
      switch row.user {
      case .userID(let id): userID = .text(id)
      case .pseudoID(let id): pseudoID = .text(id)
      }
      table.append([
        userID, pseudoID, .int(Int64(row.recency)), .int(Int64(row.orders)), .number(row.revenue),
        .int(Int64(row.score.recency)), .int(Int64(row.score.frequency)),
        .int(Int64(row.score.monetary)), .text(row.segment),
      ])
    }
    return String(decoding: table.bytes(format), as: UTF8.self)
  }
}
