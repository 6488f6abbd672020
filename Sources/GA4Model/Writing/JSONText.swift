/// The one place where text and numbers become JSON (RFC 8259).
///
/// ```swift
/// var output: [UInt8] = []
/// JSONText.append("say \"hi\"", to: &output)      // "say \"hi\"", with its quotes
/// JSONText.append(Int64(42), to: &output)         // 42
/// JSONText.append(0.1, to: &output)               // 0.1
/// ```
///
/// Text keeps everything but quote, backslash and control characters as it is, also U+2028 and
/// U+2029, which JSON allows. ``Escaping/html`` makes the result safe inside `<script>`.
package enum JSONText {
  /// What is escaped beside quote, backslash and control characters.
  package enum Escaping: Sendable {
    /// Nothing else: the shortest JSON.
    case minimal
    /// `<` becomes `\u003C`, so that `</script>` and `<!--` cannot occur.
    case html
  }

  /// Appends `text` as a JSON string with its quotes.
  package static func append(
    _ text: String, escaping: Escaping = .minimal, to output: inout [UInt8]
  ) {
    var text = text
    text.withUTF8 { unsafe append($0, escaping: escaping, to: &output) }
  }

  /// Appends the UTF-8 `bytes` as a JSON string with its quotes.
  package static func append(
    _ bytes: UnsafeBufferPointer<UInt8>, escaping: Escaping = .minimal, to output: inout [UInt8]
  ) {
    output.append(UInt8(ascii: "\""))
    let count = bytes.count
    let isHTML = escaping == .html
    var start = 0
    var index = 0
    while index < count {
      // Eight bytes at once as long as none of them can need an escape.
      if !isHTML, index + 8 <= count {
        let word = unsafe ByteScan.word(bytes.baseAddress.unsafelyUnwrapped + index)
        let quote = ByteScan.zeros(word ^ (ByteScan.ones &* 0x22))
        let backslash = ByteScan.zeros(word ^ (ByteScan.ones &* 0x5C))
        let control = (word &- (ByteScan.ones &* 0x20)) & ~word & ByteScan.highs
        if quote | backslash | control == 0 {
          index += 8
          continue
        }
      }
      let byte = unsafe bytes[index]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        || (isHTML && byte == UInt8(ascii: "<"))
      {
        unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
        appendEscape(of: byte, to: &output)
        start = index + 1
      }
      index += 1
    }
    unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<count]))
    output.append(UInt8(ascii: "\""))
  }

  private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x09: output.append(UInt8(ascii: "t"))
    case 0x0A: output.append(UInt8(ascii: "n"))
    case 0x0C: output.append(UInt8(ascii: "f"))
    case 0x0D: output.append(UInt8(ascii: "r"))
    default:
      append(ascii: "u00", to: &output)
      output.append(hexDigit(byte >> 4))
      output.append(hexDigit(byte & 15))
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

  /// Appends `value` in decimal.
  package static func append(_ value: Int64, to output: inout [UInt8]) {
    var rest = value.magnitude
    if value < 0 { output.append(UInt8(ascii: "-")) }
    var count = 1
    var bound: UInt64 = 10
    while rest >= bound {
      count += 1
      if count == 20 { break }
      bound *= 10
    }
    let end = output.count + count
    output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
    var index = end - 1
    while rest > 0 {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      output[index] = 48 + UInt8(truncatingIfNeeded: digit)
      rest = quotient
      index -= 1
    }
  }

  /// Appends `value` in the fewest digits that read back as the same double, always with a point
  /// or an exponent, so that a reader can tell it from an integer.
  ///
  /// JSON has no NaN and no infinity: they become the texts `"NaN"`, `"Infinity"` and
  /// `"-Infinity"`, as in BigQuery's export.
  package static func append(_ value: Double, to output: inout [UInt8]) {
    guard value.isFinite else { return append(nonFinite(value), to: &output) }
    append(ascii: value.description, to: &output)
  }

  /// Appends `value` in the fewest digits; whole numbers carry no fraction.
  package static func append(shortest value: Double, to output: inout [UInt8]) {
    guard value.isFinite else { return append(nonFinite(value), to: &output) }
    append(ascii: NumberText.shortest(value), to: &output)
  }

  /// Appends `true` or `false`.
  package static func append(_ value: Bool, to output: inout [UInt8]) {
    append(ascii: value ? "true" : "false", to: &output)
  }

  /// How BigQuery spells a double that is no number of JSON.
  package static func nonFinite(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  /// Appends `text` as it is.
  package static func append(ascii text: String, to output: inout [UInt8]) {
    output.append(contentsOf: text.utf8)
  }
}
