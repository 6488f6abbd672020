public import GA4Model

extension RetentionMatrix: CustomStringConvertible {
  /// The triangle as a text table, shares in percent or sums and means; an asterisk marks cells that
  /// the end of the data cuts.
  public var description: String {
    var parts = [Self.table(query, columns, rows, averages)]
    for group in groups {
      let label =
        switch group.label {
        case .value(let value): value ?? "(missing)"
        case .other: "(other)"
        }
      parts.append(
        "\(query.breakdown!.dimension): \(label)\n"
          + Self.table(query, columns, group.rows, group.averages))
    }
    var last = query.description
    if parts.contains(where: { $0.contains("*") }) { last += "; * cut by the end of the data" }
    parts.append(last)
    if let words = leftOut.words { parts.append(words) }
    return parts.joined(separator: "\n")
  }

  private static func table(
    _ query: RetentionQuery, _ columns: [String], _ rows: [Row], _ averages: [Average?]
  ) -> String {
    // The size says what column 0 does, unless that counts returns or numbers.
    let shown =
      query.firstColumn == .returns || query.measure != .users
      ? columns.indices : columns.indices.dropFirst()
    var table = TextTable(
      ["cohort", "users"] + columns[shown], numbers: Set(1..<shown.count + 2))
    func text(_ rate: Double?, _ value: Double?) -> String {
      query.measure == .users
        ? NumberFormat.percent(rate) : value.map { NumberFormat.fixed($0, 2) } ?? "—"
    }
    for row in rows {
      table.append(
        [row.label, NumberFormat.grouped(row.size)]
          + row.cells[shown].map { cell in
            cell.map { text($0.rate, $0.value) + ($0.isPartial ? "*" : "") } ?? ""
          })
    }
    table.append(
      ["average", NumberFormat.grouped(rows.reduce(0) { $0 + $1.size })]
        + averages[shown].map { average in average.map { text($0.rate, $0.value) } ?? "" })
    return "\(table)"
  }

  /// What the cells of a CSV table hold.
  public enum CSVContent: String, Sendable, Hashable, Codable, CaseIterable {
    /// How many users.
    case units
    /// The share of the cohort.
    case rates
    /// The sum or mean.
    case values
  }

  /// The triangle as CSV: the cohort, its size, and a column for each column; what is not known is
  /// empty.
  ///
  /// ```swift
  /// matrix.csv()                              // cohort,size,0,1,2…
  /// ```
  ///
  /// - Parameters:
  ///   - content: What cells hold.
  ///   - includesPartial: Whether cells that the end of the data cuts are written as far as they are
  ///     known; otherwise they are empty.
  ///   - format: How the text is written.
  public func csv(
    _ content: CSVContent = .units, includesPartial: Bool = true, format: CSVFormat = CSVFormat()
  ) -> String {
    var table = CSVTable(header: ["cohort", "size"] + columns)
    for row in rows {
      table.append(
        [.text(row.label), .int(Int64(row.size))]
          + row.cells.map { cell in
            guard let cell, includesPartial || !cell.isPartial else { return .absent }
            switch content {
            case .units: return .int(Int64(cell.units))
            case .rates: return cell.rate.map { .number($0) } ?? .absent
            case .values: return cell.value.map { .number($0) } ?? .absent
            }
          })
    }
    return String(decoding: table.bytes(format), as: UTF8.self)
  }
}
