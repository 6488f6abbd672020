/// The one way numbers become text and text becomes numbers.
package enum NumberText {
  /// The shortest text that reads back as the same double; whole numbers carry no fraction.
  package static func shortest(_ value: Double) -> String {
    let isNegativeZero = value == 0 && value.sign == .minus
    guard let whole = Int64(exactly: value), whole.magnitude < 1 << 53, !isNegativeZero else {
      return value.description
    }
    return String(whole)
  }

  /// A whole number with commas between groups of three digits: 1,234,567.
  package static func grouped(_ value: Int) -> String {
    var text = value < 0 ? "-" : ""
    let digits = String(value.magnitude)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// The double that `text` spells in full, ASCII decimal only; `nil` for anything else.
  ///
  /// Hexadecimal floats, surrounding blanks, words such as "inf" and numbers beyond the largest
  /// double are refused, as CSV and JSON writers never mean them.
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
    guard seen, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
