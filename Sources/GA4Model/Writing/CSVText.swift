/// How a CSV file is written: quoting, line ends, and a guard for spreadsheets.
///
/// ```swift
/// var format = CSVFormat()
/// format.guardsAgainstFormulas = true        // for people who open the file in a spreadsheet
/// ```
///
/// Source: RFC 4180.
public struct CSVFormat: Sendable, Hashable, Codable {
  /// Which cells stand in quotes.
  public enum Quoting: String, Sendable, Hashable, Codable, CaseIterable {
    /// Those that hold a comma, a quote or a line end, and empty texts.
    case whenNeeded
    /// All that have a value.
    case always
  }

  /// What ends a line.
  public enum LineEnding: String, Sendable, Hashable, Codable, CaseIterable {
    /// A line feed, as most tools write it.
    case lineFeed
    /// Carriage return and line feed, as RFC 4180 has it.
    case carriageReturnLineFeed
  }

  /// Which cells stand in quotes; an absent value never does, so that it differs from an empty
  /// text, which is written `""`.
  public var quoting: Quoting
  /// What ends a line, also the last one.
  public var lineEnding: LineEnding
  /// Whether an apostrophe is put before texts that a spreadsheet could take for a formula.
  ///
  /// Those are texts that begin with `=`, `+`, `-`, `@` or their full-width forms, a tab or a line
  /// end, unless they spell a number such as -5. **This changes the data**: use it for files that
  /// people open in a spreadsheet, never for files that a program reads.
  ///
  /// Source: OWASP, "CSV Injection".
  public var guardsAgainstFormulas: Bool
  /// Whether the first line holds the names of the columns.
  public var hasHeader: Bool

  /// Makes a format; the defaults suit files for programs.
  public init(
    quoting: Quoting = .whenNeeded, lineEnding: LineEnding = .lineFeed,
    guardsAgainstFormulas: Bool = false, hasHeader: Bool = true
  ) {
    self.quoting = quoting
    self.lineEnding = lineEnding
    self.guardsAgainstFormulas = guardsAgainstFormulas
    self.hasHeader = hasHeader
  }
}

/// The one place where cells become CSV.
package enum CSVText {
  /// Appends the UTF-8 `bytes` as a cell.
  package static func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: CSVFormat, to output: inout [UInt8]
  ) {
    let isGuarded = unsafe format.guardsAgainstFormulas && looksLikeFormula(bytes)
    let isQuoted = unsafe format.quoting == .always || needsQuotes(bytes)
    if isQuoted { output.append(UInt8(ascii: "\"")) }
    if isGuarded { output.append(UInt8(ascii: "'")) }
    var start = 0
    if isQuoted {
      for index in 0..<bytes.count where unsafe bytes[index] == UInt8(ascii: "\"") {
        unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...index]))
        output.append(UInt8(ascii: "\""))
        start = index + 1
      }
    }
    unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    if isQuoted { output.append(UInt8(ascii: "\"")) }
  }

  /// Appends `text` as a cell.
  package static func append(_ text: String, _ format: CSVFormat, to output: inout [UInt8]) {
    var text = text
    text.withUTF8 { unsafe append($0, format, to: &output) }
  }

  /// Appends `value` as a cell.
  package static func append(_ value: Int64, _ format: CSVFormat, to output: inout [UInt8]) {
    if format.quoting == .always { output.append(UInt8(ascii: "\"")) }
    JSONText.append(value, to: &output)
    if format.quoting == .always { output.append(UInt8(ascii: "\"")) }
  }

  /// Appends `value` as a cell in the fewest digits that read back as the same double.
  package static func append(_ value: Double, _ format: CSVFormat, to output: inout [UInt8]) {
    guard value.isFinite else { return append(JSONText.nonFinite(value), format, to: &output) }
    append(NumberText.shortest(value), format, to: &output)
  }

  /// Ends a line.
  package static func endLine(_ format: CSVFormat, to output: inout [UInt8]) {
    if format.lineEnding == .carriageReturnLineFeed { output.append(0x0D) }
    output.append(0x0A)
  }

  private static func needsQuotes(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // An empty text takes quotes, since an absent value is written as nothing.
    if bytes.isEmpty { return true }
    for index in bytes.indices {
      let byte = unsafe bytes[index]
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return true
      default: continue
      }
    }
    return false
  }

  private static func looksLikeFormula(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = unsafe bytes.first else { return false }
    switch first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      return NumberText.double(unsafe String(decoding: bytes, as: UTF8.self)) == nil
    case 0xEF:
      // The full-width =, +, - and @ (U+FF1D, FF0B, FF0D, FF20).
      guard bytes.count >= 3, unsafe bytes[1] == 0xBC else { return false }
      return unsafe [0x8B, 0x8D, 0x9D, 0xA0].contains(bytes[2])
    default: return false
    }
  }
}

/// A cell of a table.
package enum CSVCell: Sendable, Hashable {
  /// Text, possibly empty.
  case text(String)
  /// A whole number.
  case int(Int64)
  /// A number.
  case number(Double)
  /// No value, which is not an empty text.
  case absent
}

/// A table with named columns, for small results; events are written by ``CSVWriter``.
///
/// ```swift
/// var table = CSVTable(header: ["day", "users"])
/// table.append([.text("2020-12-19"), .int(3236)])
/// String(decoding: table.bytes(), as: UTF8.self)      // "day,users\n2020-12-19,3236\n"
/// ```
package struct CSVTable: Sendable, Hashable {
  /// The names of the columns.
  package let header: [String]
  /// The rows, each with as many cells as the header.
  package private(set) var rows: [[CSVCell]] = []

  /// Makes a table without rows.
  package init(header: [String]) { self.header = header }

  /// Adds `row`, which must have as many cells as the header.
  package mutating func append(_ row: [CSVCell]) {
    precondition(row.count == header.count, "A row must have one cell for each column")
    rows.append(row)
  }

  /// Appends the table as CSV.
  package func write(_ format: CSVFormat = CSVFormat(), to output: inout [UInt8]) {
    if format.hasHeader { writeLine(header.map(CSVCell.text), format, to: &output) }
    for row in rows { writeLine(row, format, to: &output) }
  }

  /// The table as CSV.
  package func bytes(_ format: CSVFormat = CSVFormat()) -> [UInt8] {
    var output: [UInt8] = []
    write(format, to: &output)
    return output
  }

  private func writeLine(_ cells: [CSVCell], _ format: CSVFormat, to output: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      switch cell {
      case .text(let text): CSVText.append(text, format, to: &output)
      case .int(let value): CSVText.append(value, format, to: &output)
      case .number(let value): CSVText.append(value, format, to: &output)
      case .absent: break
      }
    }
    CSVText.endLine(format, to: &output)
  }
}
