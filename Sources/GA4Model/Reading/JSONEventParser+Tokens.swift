/// The tokens of JSON: strings, numbers, and what stands between them.
extension JSONEventParser {
  @inline(__always)
  func skipBlanks(_ cursor: inout Cursor) {
    while true {
      let byte = unsafe cursor.pointee
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == newline else { return }
      unsafe cursor += 1
    }
  }

  @inline(__always)
  func expect(_ byte: UInt8, _ cursor: inout Cursor, _ reason: StaticString)
    throws(Malformation)
  {
    unsafe skipBlanks(&cursor)
    guard unsafe cursor.pointee == byte else { throw unsafe Malformation(cursor, reason) }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
  }

  /// Reads a key with its colon, up to the value; the bytes are valid until the next key.
  @inline(__always)
  func parseKey(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    guard unsafe cursor.pointee == UInt8(ascii: "\"") else {
      throw unsafe Malformation(cursor, "expected a key in double quotes")
    }
    let (start, count) = try unsafe parseString(&cursor, into: keyPath)
    unsafe skipBlanks(&cursor)
    guard unsafe cursor.pointee == UInt8(ascii: ":") else {
      throw unsafe Malformation(cursor, "expected ':' after a key")
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    return unsafe (start, count)
  }

  /// How many bytes the key `name` takes with its quotes and colon from `open` on, `nil` where it has
  /// escapes or blanks between them.
  @inline(__always)
  func plainKeyLength(_ open: Cursor, _ name: Cursor, _ count: Int) -> Int? {
    let isPlain =
      unsafe name == open + 1 && name[count] == UInt8(ascii: "\"")
      && name[count + 1] == UInt8(ascii: ":")
    return isPlain ? count + 3 : nil
  }

  /// Whether the value at `cursor` is neither null nor a list nor an object.
  @inline(__always)
  func isScalar(_ cursor: Cursor) -> Bool {
    let byte = unsafe cursor.pointee
    return byte != UInt8(ascii: "n") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "{")
  }

  /// After a value: whether the object ends here; otherwise the next key follows.
  @inline(__always)
  func endsObject(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: ",") {
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      return false
    }
    guard unsafe cursor.pointee == UInt8(ascii: "}") else {
      throw unsafe Malformation(
        cursor, isEnd(cursor) ? "the record is cut short" : "expected ',' or '}'")
    }
    unsafe cursor += 1
    return true
  }

  /// Begins an array; `false` when it is empty.
  @inline(__always)
  func beginsArray(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    guard unsafe cursor.pointee == UInt8(ascii: "[") else {
      throw unsafe Malformation(cursor, "expected an array")
    }
    unsafe cursor += 1
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: "]") {
      unsafe cursor += 1
      return false
    }
    return true
  }

  @inline(__always)
  func endsArray(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    unsafe skipBlanks(&cursor)
    if unsafe cursor.pointee == UInt8(ascii: ",") {
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      return false
    }
    guard unsafe cursor.pointee == UInt8(ascii: "]") else {
      throw unsafe Malformation(
        cursor, isEnd(cursor) ? "the record is cut short" : "expected ',' or ']'")
    }
    unsafe cursor += 1
    return true
  }

  func isEnd(_ cursor: Cursor) -> Bool {
    unsafe cursor.pointee == 0 || cursor.pointee == 0x0A
  }

  /// Reads a string, or a number where text was expected.
  @inline(__always)
  func parseText(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    if unsafe cursor.pointee == UInt8(ascii: "\"") {
      return try unsafe parseString(&cursor, into: unescaped)
    }
    let byte = unsafe cursor.pointee
    if byte == UInt8(ascii: "-") || (48...57).contains(byte) {
      tally.numbersAsText += 1
      return try unsafe parseNumber(&cursor)
    }
    throw unsafe Malformation(cursor, "expected text in double quotes")
  }

  /// Reads a string; its bytes stand in the input or, where it has escapes, in `buffer`.
  @inline(__always)
  func parseString(_ cursor: inout Cursor, into buffer: ByteBuffer) throws(Malformation)
    -> (Cursor, Int)
  {
    let start = unsafe cursor + 1
    let found = unsafe ByteScan.stringEnd(start)
    guard unsafe found.end.pointee == UInt8(ascii: "\"") else {
      return try unsafe parseEscapedString(&cursor, into: buffer)
    }
    let count = unsafe found.end - start
    if found.hasHighBytes, unsafe !ByteScan.isUTF8(start, count) {
      throw unsafe Malformation(start, "the text is not valid UTF-8")
    }
    unsafe cursor = unsafe found.end + 1
    return unsafe (start, count)
  }

  @inline(never)
  func parseEscapedString(_ cursor: inout Cursor, into buffer: ByteBuffer)
    throws(Malformation) -> (Cursor, Int)
  {
    // A key noted for messages may stand in the buffer.
    if buffer === keyPath { unsafe innerKey = nil }
    buffer.removeAll()
    unsafe cursor += 1
    while true {
      let found = unsafe ByteScan.stringEnd(cursor)
      let count = unsafe found.end - cursor
      if found.hasHighBytes, unsafe !ByteScan.isUTF8(cursor, count) {
        throw unsafe Malformation(cursor, "the text is not valid UTF-8")
      }
      unsafe buffer.append(cursor, count: count)
      unsafe cursor = unsafe found.end
      switch unsafe cursor.pointee {
      case UInt8(ascii: "\""):
        unsafe cursor += 1
        return unsafe (Cursor(buffer.start), buffer.count)
      case UInt8(ascii: "\\"): try unsafe parseEscape(&cursor, into: buffer)
      default:
        throw unsafe Malformation(
          cursor,
          isEnd(cursor)
            ? "the record is cut short inside a string"
            : "a control character inside a string must be escaped")
      }
    }
  }

  func parseEscape(_ cursor: inout Cursor, into buffer: ByteBuffer) throws(Malformation) {
    let place = unsafe cursor
    let letter = unsafe cursor[1]
    unsafe cursor += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(letter)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try unsafe parseHex(&cursor, place)
      if (0xDC00...0xDFFF).contains(scalar) {
        throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
      }
      if (0xD800...0xDBFF).contains(scalar) {
        guard unsafe cursor[0] == UInt8(ascii: "\\"), unsafe cursor[1] == UInt8(ascii: "u") else {
          throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
        }
        unsafe cursor += 2
        let low = try unsafe parseHex(&cursor, place)
        guard (0xDC00...0xDFFF).contains(low) else {
          throw unsafe Malformation(place, "an unpaired surrogate in \\u escapes")
        }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      unsafe buffer.append(Character(Unicode.Scalar(scalar).unsafelyUnwrapped))
    default:
      throw unsafe Malformation(place, "an unknown escape in a string")
    }
  }

  func parseHex(_ cursor: inout Cursor, _ place: Cursor) throws(Malformation) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = unsafe cursor.pointee
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 65...70: digit = byte - 55
      case 97...102: digit = byte - 87
      default: throw unsafe Malformation(place, "\\u needs four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      unsafe cursor += 1
    }
    return value
  }

  /// The bytes of a number; whether they spell one is seen when they are converted.
  @inline(__always)
  func parseNumber(_ cursor: inout Cursor) throws(Malformation) -> (Cursor, Int) {
    let start = unsafe cursor
    unsafe cursor = unsafe numberEnd(start)
    let count = unsafe cursor - start
    guard count > 0 else {
      throw unsafe Malformation(
        start, isEnd(start) ? "the record is cut short" : "expected a value")
    }
    guard unsafe isNumber(start, count) else {
      throw unsafe Malformation(start, "expected a number as JSON spells it")
    }
    return unsafe (start, count)
  }

  /// Runs over all bytes that a number may have.
  @inline(__always)
  func numberEnd(_ start: Cursor) -> Cursor {
    var cursor = unsafe start
    while true {
      let byte = unsafe cursor.pointee
      let isPart =
        byte &- 48 <= 9 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
      if !isPart { return unsafe cursor }
      unsafe cursor += 1
    }
  }

  /// JSON's grammar: no leading zeros or plus, digits around a point.
  @inline(__always)
  func isNumber(_ start: Cursor, _ count: Int) -> Bool {
    if count == 0 { return false }
    var index = 0
    if unsafe start[0] == UInt8(ascii: "-") { index = 1 }
    let first = index
    while index < count, unsafe start[index] &- 48 <= 9 { index += 1 }
    let digits = index - first
    if digits == 0 { return false }
    if digits > 1, unsafe start[first] == 48 { return false }
    return unsafe index == count || ByteScan.double(start, count) != nil
  }

  /// Reads a whole number that may stand in quotes.
  @inline(__always)
  func parseInteger(_ cursor: inout Cursor, _ reason: StaticString) throws(Malformation)
    -> Int64
  {
    let place = unsafe cursor
    let (start, count): (Cursor, Int)
    if unsafe cursor.pointee == UInt8(ascii: "\"") {
      unsafe (start, count) = try unsafe parseString(&cursor, into: unescaped)
    } else {
      unsafe (start, count) = try unsafe parseNumber(&cursor)
    }
    guard let value = unsafe ByteScan.integer(start, count) else {
      throw unsafe Malformation(place, reason)
    }
    return value
  }

  func parseNull(_ cursor: inout Cursor) throws(Malformation) {
    guard unsafe hasWord(cursor, "null") else {
      throw unsafe Malformation(cursor, "expected a value")
    }
    unsafe cursor += 4
  }

  func parseBool(_ cursor: inout Cursor) throws(Malformation) -> Bool {
    if unsafe hasWord(cursor, "true") {
      unsafe cursor += 4
      return true
    }
    guard unsafe hasWord(cursor, "false") else {
      throw unsafe Malformation(cursor, "expected a value")
    }
    unsafe cursor += 5
    return false
  }

  func hasWord(_ cursor: Cursor, _ word: StaticString) -> Bool {
    unsafe matches(word.utf8Start, cursor, word.utf8CodeUnitCount)
  }

  @inline(__always)
  func equals(_ start: Cursor, _ count: Int, _ word: StaticString) -> Bool {
    unsafe count == word.utf8CodeUnitCount && matches(word.utf8Start, start, count)
  }

  @inline(__always)
  func matches(_ left: Cursor, _ right: Cursor, _ count: Int) -> Bool {
    var index = 0
    // Stops at the first difference, which is at the latest a zero of the padding.
    while index + 8 <= count {
      if unsafe ByteScan.word(left + index) != ByteScan.word(right + index) { return false }
      index += 8
    }
    while index < count {
      if unsafe left[index] != right[index] { return false }
      index += 1
    }
    return true
  }

  /// Passes over any value.
  func skipValue(_ cursor: inout Cursor, depth: Int) throws(Malformation) {
    guard depth <= nesting else {
      throw unsafe Malformation(cursor, "objects are nested too deeply; raise ReadLimits.nesting")
    }
    switch unsafe cursor.pointee {
    case UInt8(ascii: "{"):
      unsafe cursor += 1
      unsafe skipBlanks(&cursor)
      if unsafe cursor.pointee == UInt8(ascii: "}") {
        unsafe cursor += 1
        return
      }
      repeat {
        _ = try unsafe parseKey(&cursor)
        try unsafe skipValue(&cursor, depth: depth + 1)
      } while try unsafe !endsObject(&cursor)
    case UInt8(ascii: "["):
      guard try unsafe beginsArray(&cursor) else { return }
      repeat {
        try unsafe skipValue(&cursor, depth: depth + 1)
      } while try unsafe !endsArray(&cursor)
    case UInt8(ascii: "\""): _ = try unsafe parseString(&cursor, into: unescaped)
    case UInt8(ascii: "n"): try unsafe parseNull(&cursor)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try unsafe parseBool(&cursor)
    default: _ = try unsafe parseNumber(&cursor)
    }
  }
}
