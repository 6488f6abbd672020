/// Reads what `BinaryWriter` wrote, and throws on anything else.
///
/// Whatever the bytes, a reader neither traps nor allocates more than a fixed multiple of their
/// number: every count is compared with the bytes that are left before memory is reserved.
package struct BinaryReader: Sendable {
  private let bytes: BinaryData
  private let end: Int
  /// The place of the next byte, counted from the beginning of all the bytes.
  package private(set) var offset: Int

  /// Creates a reader of a part without header and checksum.
  package init(_ bytes: [UInt8]) {
    self.bytes = BinaryData(bytes)
    offset = 0
    end = bytes.count
  }

  private init(_ bytes: BinaryData, offset: Int, end: Int) {
    self.bytes = bytes
    self.offset = offset
    self.end = end
  }

  /// Reads a complete saved state: checks mark, kind, version and checksum, and that `body`, which
  /// gets the version found, reads everything.
  package static func document<Value>(
    _ bytes: [UInt8], _ format: BinaryFormat,
    _ body: (inout BinaryReader, _ version: Int) throws(BinaryDecodingError) -> Value
  ) throws(BinaryDecodingError) -> Value {
    try document(BinaryData(bytes), format, body)
  }

  /// The kind of a complete saved state, of which nothing behind the kind is looked at.
  package static func kind(of bytes: BinaryData) throws(BinaryDecodingError) -> String {
    var reader = try BinaryReader(afterMagic: bytes)
    return try reader.string("name of the kind")
  }

  private init(afterMagic bytes: BinaryData) throws(BinaryDecodingError) {
    let magic = BinaryFormat.magic
    guard zip(magic, 0..<bytes.count).allSatisfy({ $0 == bytes[$1] }) else { throw .badMagic }
    self.init(bytes, offset: 0, end: bytes.count)
    for _ in magic { _ = try uint8() }
  }

  /// Reads a complete saved state, of which nothing is copied before it is read.
  package static func document<Value>(
    _ bytes: BinaryData, _ format: BinaryFormat,
    _ body: (inout BinaryReader, _ version: Int) throws(BinaryDecodingError) -> Value
  ) throws(BinaryDecodingError) -> Value {
    var reader = try BinaryReader(afterMagic: bytes)
    // Kind and version come before the checksum, whose place a newer version might change.
    let kind = try reader.string("name of the kind")
    guard kind == format.kind else { throw .wrongKind(expected: format.kind) }
    let versionOffset = reader.offset
    let version = try Int(reader.uint16())
    if version == 0 { throw .valueOutOfRange(name: "version", offset: versionOffset) }
    if version > format.version {
      throw .newerVersion(found: version, newestKnown: format.version)
    }
    try reader.require(8)
    let bodyEnd = bytes.count - 8
    var trailer = BinaryReader(bytes, offset: bodyEnd, end: bytes.count)
    let checksum = unsafe bytes.withUnsafeBytes(0..<bodyEnd) { unsafe Checksum.of($0) }
    guard try trailer.uint64() == checksum else { throw .checksumMismatch }
    var content = BinaryReader(bytes, offset: reader.offset, end: bodyEnd)
    let value = try body(&content, version)
    try content.finish()
    return value
  }

  /// How many bytes are left.
  package var remaining: Int { end - offset }
  /// Whether no byte is left.
  package var isAtEnd: Bool { offset == end }

  /// Throws if a byte is left.
  package func finish() throws(BinaryDecodingError) {
    if !isAtEnd { throw .trailingBytes(offset: offset, count: remaining) }
  }

  /// Throws unless `count` bytes are left.
  package func require(_ count: Int) throws(BinaryDecodingError) {
    if count > remaining { throw .truncated(offset: end, needed: count - remaining) }
  }

  /// Reads one byte.
  package mutating func uint8() throws(BinaryDecodingError) -> UInt8 {
    try require(1)
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Reads two bytes.
  package mutating func uint16() throws(BinaryDecodingError) -> UInt16 { try fixed() }
  /// Reads four bytes.
  package mutating func uint32() throws(BinaryDecodingError) -> UInt32 { try fixed() }
  /// Reads eight bytes.
  package mutating func uint64() throws(BinaryDecodingError) -> UInt64 { try fixed() }
  /// Reads four bytes.
  package mutating func int32() throws(BinaryDecodingError) -> Int32 { try fixed() }
  /// Reads eight bytes.
  package mutating func int64() throws(BinaryDecodingError) -> Int64 { try fixed() }

  /// Reads one byte, which must be 0 or 1.
  package mutating func bool(
    _ name: String = "yes-or-no value"
  ) throws(BinaryDecodingError) -> Bool {
    let start = offset
    let byte = try uint8()
    if byte > 1 { throw .valueOutOfRange(name: name, offset: start) }
    return byte == 1
  }

  /// Reads eight bytes as the bit pattern of any double.
  package mutating func double() throws(BinaryDecodingError) -> Double {
    Double(bitPattern: try fixed())
  }

  /// Reads a varint in its shortest form.
  package mutating func varint(
    _ name: String = "number"
  ) throws(BinaryDecodingError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try uint8()
      // The tenth byte has room for the highest bit only.
      if shift == 63, byte > 1 { throw .valueOutOfRange(name: name, offset: start) }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { throw .valueOutOfRange(name: name, offset: start) }
        return value
      }
      shift += 7
    }
  }

  /// Reads a zigzag varint in its shortest form.
  package mutating func signedVarint(
    _ name: String = "number"
  ) throws(BinaryDecodingError) -> Int64 {
    let value = try varint(name)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Reads a varint that must lie in the range.
  package mutating func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(BinaryDecodingError) -> Int {
    let start = offset
    guard let value = Int(exactly: try varint(name)), range.contains(value) else {
      throw .valueOutOfRange(name: name, offset: start)
    }
    return value
  }

  /// Reads the number of elements that follow, each of at least `minimumBytes` (1 or more), and
  /// throws if the bytes left cannot hold them.
  package mutating func count(
    _ name: String = "number of elements", minimumBytes: Int = 1
  ) throws(BinaryDecodingError) -> Int {
    precondition(minimumBytes >= 1, "An element takes at least one byte.")
    let start = offset
    guard let count = Int(exactly: try varint(name)) else {
      throw .valueOutOfRange(name: name, offset: start)
    }
    let (needed, overflow) = count.multipliedReportingOverflow(by: minimumBytes)
    if overflow { throw .valueOutOfRange(name: name, offset: start) }
    try require(needed)
    return count
  }

  /// Reads text, which must be UTF-8.
  package mutating func string(_ name: String = "text") throws(BinaryDecodingError) -> String {
    let start = offset
    let length = try count("length of the \(name)")
    defer { offset += length }
    let text = unsafe bytes.withUnsafeBytes(offset..<offset + length) {
      unsafe String(validating: $0, as: UTF8.self)
    }
    guard let text else {
      throw .invalidText(name: name, offset: start)
    }
    return text
  }

  /// Reads a number of bytes and the bytes.
  package mutating func byteArray(
    _ name: String = "bytes"
  ) throws(BinaryDecodingError) -> [UInt8] {
    let length = try count("length of the \(name)")
    defer { offset += length }
    return bytes.array(offset..<offset + length)
  }

  /// Reads bytes whose number is known, and which are not copied.
  package mutating func data(_ count: Int) throws(BinaryDecodingError) -> BinaryData {
    if count < 0 { throw .valueOutOfRange(name: "number of bytes", offset: offset) }
    try require(count)
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// Reads a number of bytes, zeros up to a multiple of eight, and the bytes, which are not copied.
  package mutating func alignedBytes(
    _ name: String = "bytes"
  ) throws(BinaryDecodingError) -> BinaryData {
    let length = try count("length of the \(name)")
    while offset % 8 != 0 {
      let place = offset
      if try uint8() != 0 { throw .valueOutOfRange(name: name, offset: place) }
    }
    return try data(length)
  }

  /// Reads whether there is a value and, if so, the value.
  package mutating func optional<Value>(
    _ read: (inout BinaryReader) throws(BinaryDecodingError) -> Value
  ) throws(BinaryDecodingError) -> Value? {
    guard try bool() else { return nil }
    return try read(&self)
  }

  /// Reads the number of elements, each of at least `minimumBytes`, and each of them.
  package mutating func array<Element>(
    _ name: String = "number of elements", minimumBytes: Int = 1,
    _ read: (inout BinaryReader) throws(BinaryDecodingError) -> Element
  ) throws(BinaryDecodingError) -> [Element] {
    let count = try count(name, minimumBytes: minimumBytes)
    var elements: [Element] = []
    // An element may be far larger in memory than in bytes: grow as they are really read.
    elements.reserveCapacity(min(count, 1_024))
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// Reads a number of elements and their bit patterns.
  package mutating func doubles() throws(BinaryDecodingError) -> [Double] {
    try fixedArray { Double(bitPattern: $0) }
  }
  /// Reads a number of elements and eight bytes each.
  package mutating func int64s() throws(BinaryDecodingError) -> [Int64] {
    try fixedArray { (value: Int64) in value }
  }
  /// Reads a number of elements and four bytes each.
  package mutating func int32s() throws(BinaryDecodingError) -> [Int32] {
    try fixedArray { (value: Int32) in value }
  }
  /// Reads a number of elements and four bytes each.
  package mutating func uint32s() throws(BinaryDecodingError) -> [UInt32] {
    try fixedArray { (value: UInt32) in value }
  }

  /// Reads a block, all of which `body` must read.
  package mutating func block<Value>(
    _ body: (inout BinaryReader) throws(BinaryDecodingError) -> Value
  ) throws(BinaryDecodingError) -> Value {
    var content = try blockReader()
    let value = try body(&content)
    try content.finish()
    return value
  }

  /// Passes over a block.
  package mutating func skipBlock() throws(BinaryDecodingError) {
    _ = try blockReader()
  }

  private mutating func blockReader() throws(BinaryDecodingError) -> BinaryReader {
    let start = offset
    guard let length = Int(exactly: try uint64()) else {
      throw .valueOutOfRange(name: "length of a block", offset: start)
    }
    try require(length)
    defer { offset += length }
    return BinaryReader(bytes, offset: offset, end: offset + length)
  }

  private mutating func fixed<Value: FixedWidthInteger>() throws(BinaryDecodingError) -> Value {
    let size = MemoryLayout<Value>.size
    try require(size)
    defer { offset += size }
    return unsafe bytes.withUnsafeBytes(offset..<offset + size) {
      unsafe Value(littleEndian: $0.loadUnaligned(as: Value.self))
    }
  }

  private mutating func fixedArray<Stored: FixedWidthInteger, Element>(
    _ convert: (Stored) -> Element
  ) throws(BinaryDecodingError) -> [Element] {
    fixedElements(try count(minimumBytes: MemoryLayout<Stored>.size), convert)
  }

  /// Reads elements for which the bytes are there.
  private mutating func fixedElements<Stored: FixedWidthInteger, Element>(
    _ count: Int, _ convert: (Stored) -> Element
  ) -> [Element] {
    let size = MemoryLayout<Stored>.size
    defer { offset += count * size }
    return unsafe bytes.withUnsafeBytes(offset..<offset + count * size) { bytes in
      (0..<count).map { index in
        convert(
          unsafe Stored(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self)))
      }
    }
  }
}
