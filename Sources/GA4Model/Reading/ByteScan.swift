/// Scanning of bytes that are followed by at least ``padding`` zero bytes.
///
/// The zeros let every loop run without a check for the end: no loop passes a zero, and loads of a
/// whole word never leave the buffer. Callers own that promise; see ``RecordBuffer``.
enum ByteScan {
  /// The zero bytes that must follow the data.
  static let padding = 64

  typealias Cursor = UnsafePointer<UInt8>

  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func word(_ cursor: Cursor) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
  }

  /// The high bit of every byte of `word` that is zero; bits above the first may be false.
  @inline(__always)
  static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

  /// How a run of string bytes ended.
  @safe
  struct StringEnd {
    /// At the quote, the backslash, or the control character.
    var end: Cursor
    /// Whether any byte was outside ASCII.
    var hasHighBytes: Bool
  }

  /// Runs from inside a JSON string to the first quote, backslash or control character.
  @inline(__always)
  static func stringEnd(_ start: Cursor) -> StringEnd {
    var cursor = unsafe start
    var high: UInt64 = 0
    while true {
      let word = unsafe word(cursor)
      let quote = zeros(word ^ (ones &* 0x22))
      let backslash = zeros(word ^ (ones &* 0x5C))
      let control = (word &- (ones &* 0x20)) & ~word & highs
      let stop = quote | backslash | control
      if stop != 0 {
        let offset = stop.trailingZeroBitCount &>> 3
        // Bytes before the stop only.
        high |= word & highs & ((stop & (0 &- stop)) &- 1)
        return unsafe StringEnd(end: cursor + offset, hasHighBytes: high != 0)
      }
      high |= word & highs
      unsafe cursor += 8
    }
  }

  /// Whether the bytes are well-formed UTF-8 (Unicode 16, table 3-7).
  static func isUTF8(_ start: Cursor, _ count: Int) -> Bool {
    var index = 0
    while index < count {
      let first = unsafe start[index]
      if first < 0x80 {
        index += 1
        continue
      }
      let length: Int
      var lowest: UInt8 = 0x80
      var highest: UInt8 = 0xBF
      switch first {
      case 0xC2...0xDF: length = 2
      case 0xE0:
        length = 3
        lowest = 0xA0
      case 0xED:
        length = 3
        highest = 0x9F
      case 0xE1...0xEF: length = 3
      case 0xF0:
        length = 4
        lowest = 0x90
      case 0xF4:
        length = 4
        highest = 0x8F
      case 0xF1...0xF3: length = 4
      default: return false
      }
      guard index + length <= count, unsafe (lowest...highest).contains(start[index + 1]) else {
        return false
      }
      for next in 2..<max(2, length) where unsafe start[index + next] & 0xC0 != 0x80 {
        return false
      }
      index += length
    }
    return true
  }

  /// The number that eight ASCII digits spell, `nil` when any is none.
  ///
  /// Neighbours are joined in three steps: digits to pairs, pairs to fours, fours to eight.
  @inline(__always)
  static func eightDigits(_ word: UInt64) -> UInt64? {
    let digits = word &- (ones &* 0x30)
    guard (digits | (digits &+ (ones &* 0x76))) & highs == 0 else { return nil }
    let pairs = (digits &* 10 &+ digits &>> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs &>> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours &>> 32) & 0xFFFF_FFFF
  }

  /// The whole number that the bytes spell, `nil` when they do not or it needs more than 64 bits.
  @inline(__always)
  static func integer(_ start: Cursor, _ count: Int) -> Int64? {
    guard count > 0 else { return nil }
    var index = 0
    let isNegative = unsafe start[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < count else { return nil }
    // 18 digits never overflow; only longer numbers pay for the checks.
    var value: UInt64 = 0
    let digits = count - index
    if digits <= 18 {
      while index + 8 <= count {
        guard let eight = unsafe eightDigits(word(start + index)) else { return nil }
        value = value &* 100_000_000 &+ eight
        index += 8
      }
      while index < count {
        let digit = unsafe start[index] &- 48
        if digit > 9 { return nil }
        value = value &* 10 &+ UInt64(digit)
        index += 1
      }
    } else {
      while index < count {
        let digit = unsafe start[index] &- 48
        if digit > 9 { return nil }
        let (product, high) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if high || carry { return nil }
        value = sum
        index += 1
      }
    }
    if isNegative {
      return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil
    }
    return value < 1 << 63 ? Int64(value) : nil
  }

  /// The day that the bytes spell as YYYYMMDD or YYYY-MM-DD.
  @inline(__always)
  static func day(_ start: Cursor, _ count: Int) -> CalendarDay? {
    if count == 8 { return unsafe CalendarDay(eightDigits: start) }
    return unsafe CalendarDay(utf8: Span(_unsafeStart: start, count: count))
  }

  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The number that the bytes spell in JSON's grammar, correctly rounded; infinite when it is out
  /// of a double's range, `nil` when they spell none.
  static func double(_ start: Cursor, _ count: Int) -> Double? {
    var index = 0
    var isNegative = false
    if index < count, unsafe start[index] == UInt8(ascii: "-") {
      isNegative = true
      index += 1
    }
    var mantissa: UInt64 = 0
    var significant = 0
    var exponent = 0
    let firstDigit = index
    while index < count, case let digit = unsafe start[index] &- 48, digit <= 9 {
      if significant < 19 {
        mantissa = mantissa * 10 + UInt64(digit)
        if mantissa > 0 { significant += 1 }
      } else {
        significant += 1
      }
      index += 1
    }
    guard index > firstDigit else { return nil }
    if index < count, unsafe start[index] == UInt8(ascii: ".") {
      index += 1
      let firstFraction = index
      while index < count, case let digit = unsafe start[index] &- 48, digit <= 9 {
        if significant < 19 {
          mantissa = mantissa * 10 + UInt64(digit)
          if mantissa > 0 { significant += 1 }
          exponent -= 1
        } else {
          significant += 1
        }
        index += 1
      }
      guard index > firstFraction else { return nil }
    }
    if index < count, unsafe start[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      var isNegativeExponent = false
      if index < count,
        unsafe start[index] == UInt8(ascii: "-") || start[index] == UInt8(ascii: "+")
      {
        isNegativeExponent = unsafe start[index] == UInt8(ascii: "-")
        index += 1
      }
      let firstPower = index
      var power = 0
      while index < count, case let digit = unsafe start[index] &- 48, digit <= 9 {
        power = min(power * 10 + Int(digit), 1 << 48)
        index += 1
      }
      guard index > firstPower else { return nil }
      exponent += isNegativeExponent ? -power : power
    }
    guard index == count else { return nil }
    // Both factors exact, so one rounding (Clinger 1990, the fast path).
    if significant <= 19, mantissa <= 1 << 53, (-22...22).contains(exponent) {
      let value = Double(mantissa)
      let result = exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
      return isNegative ? -result : result
    }
    return unsafe Double(
      String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
  }
}
