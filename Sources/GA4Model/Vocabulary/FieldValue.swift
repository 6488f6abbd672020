/// A scalar of the export: the value of a parameter, a user property or any other field.
///
/// ```swift
/// let engaged: FieldValue = .string("1")
/// engaged.int          // 1: GA4 exports some numbers as text
/// engaged.text         // "1"
/// ```
///
/// The export writes a parameter's value into one of four typed columns, so `.float` and
/// `.double` are kept apart to be written back where they were. Two NaNs are equal here, so that
/// a value read back always equals the value written.
public enum FieldValue: Sendable, Codable {
  /// Text, possibly empty.
  case string(String)
  /// A 64-bit integer.
  case int(Int64)
  /// A number of the export's `double_value` or of a `FLOAT` field.
  case double(Double)
  /// A number of the export's `float_value`.
  case float(Double)
  /// A truth value.
  case bool(Bool)
  /// A key that is present without a value (`"value": {}`).
  case empty

  /// The value as text: numbers in their shortest form, `nil` for ``empty``.
  public var text: String? {
    switch self {
    case .string(let value): value
    case .int(let value): String(value)
    case .double(let value), .float(let value): NumberText.shortest(value)
    case .bool(let value): value ? "true" : "false"
    case .empty: nil
    }
  }

  /// The value as a number; text that spells a number counts, other text is `nil`.
  public var number: Double? {
    switch self {
    case .string(let value): NumberText.double(value)
    case .int(let value): Double(value)
    case .double(let value), .float(let value): value
    case .bool(let value): value ? 1 : 0
    case .empty: nil
    }
  }

  /// The value as an integer; text that spells one counts, a number with a fraction is `nil`.
  public var int: Int64? {
    switch self {
    case .string(let value): Int64(value)
    case .int(let value): value
    case .double(let value), .float(let value): Int64(exactly: value)
    case .bool(let value): value ? 1 : 0
    case .empty: nil
    }
  }

  /// The value as a truth value: numbers 1 and 0, and text that says `true`, `yes` or `1`, or
  /// `false`, `no` or `0`, in any case of its letters; anything else is `nil`.
  public var bool: Bool? {
    switch self {
    case .string(let value):
      switch value.lowercased() {
      case "true", "yes", "1": true
      case "false", "no", "0": false
      default: nil
      }
    case .int(let value): value == 1 ? true : value == 0 ? false : nil
    case .double(let value), .float(let value): value == 1 ? true : value == 0 ? false : nil
    case .bool(let value): value
    case .empty: nil
    }
  }
}

extension FieldValue: Hashable {
  public static func == (left: FieldValue, right: FieldValue) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): a == b && a.utf8.elementsEqual(b.utf8)
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)), (.float(let a), .float(let b)):
      a == b || (a.isNaN && b.isNaN)
    case (.bool(let a), .bool(let b)): a == b
    case (.empty, .empty): true
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .string(let value):
      hasher.combine(0)
      hasher.combine(value)
    case .int(let value):
      hasher.combine(1)
      hasher.combine(value)
    case .double(let value):
      hasher.combine(2)
      hasher.combine(value.isNaN ? .nan : value)
    case .float(let value):
      hasher.combine(3)
      hasher.combine(value.isNaN ? .nan : value)
    case .bool(let value):
      hasher.combine(4)
      hasher.combine(value)
    case .empty:
      hasher.combine(5)
    }
  }
}

extension FieldValue: CustomStringConvertible {
  public var description: String { text ?? "" }
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
