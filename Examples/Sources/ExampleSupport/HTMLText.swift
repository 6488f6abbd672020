/// HTML in which every value that is put in is escaped.
///
/// ```swift
/// let name = "<Other>"
/// let cell: HTMLText = "<td>\(name)</td>"   // <td>&lt;Other&gt;</td>
/// ```
public struct HTMLText: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  public private(set) var markup: String

  public init(stringLiteral value: String) { markup = value }
  /// Takes over what is markup already, such as a figure.
  public init(markup: String) { self.markup = markup }
  public init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  /// No markup.
  public static let empty: HTMLText = ""

  public static func + (left: HTMLText, right: HTMLText) -> HTMLText {
    var result = left
    result.markup += right.markup
    return result
  }

  public static func += (left: inout HTMLText, right: HTMLText) { left.markup += right.markup }

  /// Literal parts are markup, values are text.
  public struct StringInterpolation: StringInterpolationProtocol {
    var markup = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { markup += literal }
    public mutating func appendInterpolation(_ text: String) { markup += HTMLText.escaped(text) }
    public mutating func appendInterpolation(_ number: Int) { markup += "\(number)" }
    public mutating func appendInterpolation(_ html: HTMLText) { markup += html.markup }
    public mutating func appendInterpolation(_ parts: [HTMLText]) {
      for part in parts { markup += part.markup }
    }
  }

  /// `text` with everything replaced that means something in elements and attributes, or that no
  /// document may hold.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
