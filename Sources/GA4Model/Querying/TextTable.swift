/// Rows of text under a header, aligned for people: text to the left, numbers to the right.
package struct TextTable: CustomStringConvertible {
  private var header: [String]
  private var rows: [[String]] = []
  private var isNumeric: [Bool]

  /// Makes a table with `columns`; those of `numbers` are aligned to the right.
  package init(_ columns: [String], numbers: Set<Int>) {
    header = columns
    isNumeric = columns.indices.map(numbers.contains)
  }

  package mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "A row must have as many cells as the header")
    rows.append(row)
  }

  package var description: String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    func text(_ row: [String]) -> String {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? padding + row[column] : row[column] + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([text(header), rule] + rows.map(text)).joined(separator: "\n")
  }
}

/// Numbers as people read them.
package enum NumberFormat {
  /// A whole number with a comma before every third digit.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A number with `places` decimals, halves away from zero, and grouped digits.
  package static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return NumberText.shortest(value) }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value.magnitude * scale).rounded())
    let whole = grouped(scaled / Int(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + whole }
    let fraction = String(scaled % Int(scale))
    return sign + whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A share as a percentage, an em dash for none.
  package static func percent(_ value: Double?, _ places: Int = 1) -> String {
    value.map { fixed($0 * 100, places) + "%" } ?? "—"
  }
}

extension NumberFormat {
  /// A duration in seconds as people say it: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.
  package static func duration(_ seconds: Double) -> String {
    if seconds < 60 { return fixed(seconds, seconds < 10 ? 1 : 0) + " s" }
    let whole = Int(seconds.rounded())
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
    let first = units.firstIndex { whole >= $0.0 }!
    var text = "\(grouped(whole / units[first].0)) \(units[first].1)"
    if first + 1 < units.count {
      let rest = whole % units[first].0 / units[first + 1].0
      if rest > 0 { text += " \(rest) \(units[first + 1].1)" }
    }
    return text
  }
}
