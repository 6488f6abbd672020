/// A JSON document whose keys keep their order.
///
/// ```swift
/// let value: JSONValue = ["users": 3, "rate": 0.5, "channel": nil]
/// print(value)                              // {"users": 3, "rate": 0.5, "channel": null}
/// ```
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  /// A number; infinities and NaN, which JSON lacks, are written as null.
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A name with its value.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// An object of `members` in their order.
  public static func object(_ members: some Sequence<(String, JSONValue)>) -> JSONValue {
    .object(members.map { Member($0.0, $0.1) })
  }

  /// Adds a member at the end of an object.
  public mutating func append(_ name: String, _ value: JSONValue) {
    guard case .object(let members) = self else {
      preconditionFailure("Only an object takes up members")
    }
    self = .object(members + [Member(name, value)])
  }

  /// The number, or null for none.
  public static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.double) ?? .null }

  /// The text, or null for none.
  public static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: CustomStringConvertible {
  /// The document on one line.
  public var description: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The document for people: one member or element a line; elements without structure inside stay
  /// on theirs.
  public var prettyText: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private var isFlat: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  /// Whether nothing inside has structure of its own.
  private var isShallow: Bool {
    if case .array(let elements) = self { elements.allSatisfy(\.isFlat) } else { isFlat }
  }

  /// - Parameter indent: the depth, `nil` for one line.
  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += "\(value)"
    case .double(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let elements):
      Self.writeList("[", elements, "]", to: &text, indent: indent) { element, text, indent in
        // A row of a table reads best on one line.
        let isRow =
          if case .object(let members) = element { members.allSatisfy(\.value.isShallow) } else {
            false
          }
        element.write(to: &text, indent: isRow ? nil : indent)
      }
    case .object(let members):
      Self.writeList("{", members, "}", to: &text, indent: indent) { member, text, indent in
        Self.quote(member.name, to: &text)
        text += ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func writeList<Element>(
    _ open: String, _ elements: [Element], _ close: String, to text: inout String, indent: Int?,
    write: (Element, inout String, Int?) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += indent == nil ? ", " : "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      write(element, &text, indent.map { $0 + 1 })
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Line separators end a line of JavaScript, so that pages which embed the text stay whole.
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
