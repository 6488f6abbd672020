/// Where a value stands in an event.
package enum SlotScope: UInt8, Sendable {
  /// A field by its dotted path.
  case field
  /// An event parameter.
  case parameter
  /// A user property; its set time follows as ``userPropertyTime``.
  case userProperty
  /// The set time of the user property before it.
  case userPropertyTime
  /// A field of an item.
  case item
  /// A custom parameter of an item.
  case itemParameter
}

/// How the 64 bits of a stored value are to be read.
package enum SlotKind: UInt8, Sendable, BitwiseCopyable {
  /// A code of the string pool.
  case string
  /// A signed integer.
  case int
  /// The bits of a double.
  case double
  /// The bits of a double that stood in `float_value`.
  case float
  /// 0 or 1.
  case bool
  /// A key without a value.
  case empty

  static let count = 6
}

/// A key of one scope with the kind of its values: what a stored value is a value *of*.
///
/// Rows store a slot's 16-bit code beside 64 bits of value: ten bytes a parameter.
package struct Slot: Sendable, Hashable {
  package var scope: SlotScope
  package var kind: SlotKind
  /// The code of the key or path in the string pool.
  package var key: UInt32

  /// The slot in one word, for files and tables.
  var word: UInt64 {
    UInt64(scope.rawValue) << 40 | UInt64(kind.rawValue) << 32 | UInt64(key)
  }

  init(scope: SlotScope, kind: SlotKind, key: UInt32) {
    self.scope = scope
    self.kind = kind
    self.key = key
  }

  /// Reads a ``word``, `nil` when it is none.
  init?(word: UInt64) {
    guard let scope = SlotScope(rawValue: UInt8(truncatingIfNeeded: word >> 40)),
      let kind = SlotKind(rawValue: UInt8(truncatingIfNeeded: word >> 32)), word >> 48 == 0
    else { return nil }
    self.init(scope: scope, kind: kind, key: UInt32(truncatingIfNeeded: word))
  }
}

/// Gives every distinct slot of a part a code.
final class SlotInterner {
  private(set) var slots: [Slot] = []
  private var codes: [UInt64: UInt16] = [:]

  /// The most slots a log can hold.
  static let limit = 65_535

  /// The code of `slot`, `nil` when there are too many.
  func intern(_ slot: Slot) -> UInt16? {
    if let code = codes[slot.word] { return code }
    guard slots.count < Self.limit else { return nil }
    let code = UInt16(slots.count)
    slots.append(slot)
    codes[slot.word] = code
    return code
  }
}
