/// A table for a terminal: text to the left, numbers to the right.
public struct TextColumns: CustomStringConvertible {
  private let header: [String]
  private let isNumeric: [Bool]
  private var rows: [[String]] = []
  private let widest: Int

  /// Makes a table; the columns after the first `texts` ones are numbers.
  ///
  /// - Parameter widest: the most characters of a text; longer ones end in an ellipsis.
  public init(_ header: [String], texts: Int = 1, widest: Int = 36) {
    self.header = header
    self.widest = widest
    isNumeric = header.indices.map { $0 >= texts }
  }

  public mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "A row must have as many cells as the header")
    rows.append(row.map { Self.clipped(Self.printable($0), widest) })
  }

  public var description: String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "  " : "   ") + (isNumeric[column] ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// `text` without what could move a terminal's cursor or colour it.
  public static func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isHarmless =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
      result.append(isHarmless ? scalar : "\u{FFFD}")
    }
    return String(result)
  }

  private static func clipped(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : String(text.prefix(count - 1)) + "…"
  }
}
