/// The one way numbers become text and text becomes numbers.
package enum NumberText {
  /// The shortest text that reads back as the same double; whole numbers carry no fraction.
  package static func shortest(_ value: Double) -> String {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, !(whole == 0 && value.sign == .minus) {
      return String(whole)
    }
    return value.description
  }

  /// The double that `text` spells in full, ASCII decimal only; `nil` for anything else.
  ///
  /// Hexadecimal floats, surrounding blanks and words such as "inf" are refused, as CSV and JSON
  /// writers never mean them.
  package static func double(_ text: String) -> Double? {
    var seen = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): seen = true
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        break
      default: return nil
      }
    }
    return seen ? Double(text) : nil
  }
}
