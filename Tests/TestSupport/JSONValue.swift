import Foundation

/// JSON as Foundation reads it: the oracle of the readers, and the values of reference files.
package enum JSONValue: Decodable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  package init(_ text: [UInt8]) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(text))
  }

  /// The text with exponents of one digit.
  ///
  /// Foundation takes a number beyond all doubles for a fault of the syntax, which it is not.
  package static func withSmallExponents(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    var isExponent = false
    for byte in text {
      let isDigit = (48...57).contains(byte)
      if isExponent, isDigit, let last = result.last, (48...57).contains(last) { continue }
      if isQuoted {
        if byte == 0x22, !isEscaped { isQuoted = false }
        isEscaped = byte == 0x5C && !isEscaped
      } else {
        isQuoted = byte == 0x22
        isExponent = byte | 0x20 == 0x65 || isExponent && (isDigit || byte == 0x2B || byte == 0x2D)
      }
      result.append(byte)
    }
    return result
  }

  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self, let value = members[key], !value.isNull {
      value
    } else {
      nil
    }
  }

  package var isNull: Bool { if case .null = self { true } else { false } }
  package var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }
  package var members: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }
  package var text: String? {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    default: nil
    }
  }
  package var whole: Int64? {
    switch self {
    case .string(let text): Int64(text)
    case .int(let number): number
    default: nil
    }
  }
  package var number: Double? {
    switch self {
    case .string(let text): Double(text)
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
