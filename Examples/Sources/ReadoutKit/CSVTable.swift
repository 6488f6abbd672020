/// A CSV file as a header and rows (RFC 4180).
public struct CSVTable: Sendable, Hashable {
  /// The names of the columns.
  public let header: [String]
  /// The rows with the number of their line in the file.
  public let rows: [(line: Int, cells: [String])]

  public static func == (left: CSVTable, right: CSVTable) -> Bool {
    left.header == right.header && left.rows.elementsEqual(right.rows) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(header) }

  /// Reads a file.
  ///
  /// - Throws: ``TableError`` for a file without header, a row with too few or too many cells, or an
  ///   unclosed quote.
  public init(_ bytes: [UInt8]) throws(TableError) {
    var rows: [(line: Int, cells: [String])] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var (line, start) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0

    func finishCell() {
      cells.append(String(decoding: cell, as: UTF8.self))
      cell.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func finishRow() {
      // A blank line is no row.
      if cells.isEmpty, cell.isEmpty, !wasQuoted { return }
      finishCell()
      rows.append((start, cells))
      cells.removeAll(keepingCapacity: true)
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if index < bytes.count, bytes[index] == byte {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where cell.isEmpty: (isQuoted, wasQuoted) = (true, true)
      case UInt8(ascii: ","): finishCell()
      case UInt8(ascii: "\r") where index < bytes.count && bytes[index] == UInt8(ascii: "\n"): break
      case UInt8(ascii: "\n"):
        finishRow()
        start = line
      default: cell.append(byte)
      }
    }
    if isQuoted {
      throw TableError("Line \(start): a quoted cell has no end; close it with a quotation mark.")
    }
    finishRow()
    guard let first = rows.first else {
      throw TableError("The table is empty; its first line must name the columns.")
    }
    for row in rows where row.cells.count != first.cells.count {
      throw TableError(
        "Line \(row.line) has \(row.cells.count) cells and the header \(first.cells.count); quote"
          + " cells that hold commas.")
    }
    header = first.cells
    self.rows = Array(rows.dropFirst())
  }

  /// The place of the column of that name.
  ///
  /// - Throws: ``TableError`` that names the columns there are.
  public func column(_ name: String) throws(TableError) -> Int {
    guard let index = header.firstIndex(of: name) else {
      throw TableError(
        "There is no column \(name); the columns are \(header.joined(separator: ", ")).")
    }
    return index
  }

  /// The numbers of a column; true and false are 1 and 0.
  ///
  /// - Throws: ``TableError`` with the line of a cell that is neither.
  public func numbers(_ name: String) throws(TableError) -> [Double] {
    let index = try column(name)
    var numbers: [Double] = []
    numbers.reserveCapacity(rows.count)
    for row in rows {
      guard let number = Self.number(row.cells[index]) else {
        throw TableError(
          "Line \(row.line), column \(name): this is neither a number nor true or false; fill it, or"
            + " leave the row out.")
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "true", "yes": return 1
    case "false", "no": return 0
    default: return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }
}
