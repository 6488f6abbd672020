/// The kind and version of a saved state, written at its beginning.
package struct BinaryFormat: Sendable, Hashable {
  /// The name of the kind, such as "FunnelState": 1 to 255 bytes of UTF-8.
  package let kind: String
  /// The version that is written and the newest that can be read, from 1 to 65,535.
  package let version: Int

  /// Creates the format of a kind of state.
  package init(kind: String, version: Int) {
    precondition((1...255).contains(kind.utf8.count), "A kind needs a name of 1 to 255 bytes.")
    precondition((1...65_535).contains(version), "A version lies between 1 and 65,535.")
    self.kind = kind
    self.version = version
  }

  /// The first bytes of every saved state.
  ///
  /// The high bit, the line ends and the control character show damage by programs that treat the
  /// file as text (as the signature of PNG does).
  static let magic: [UInt8] = [0x89, 0x53, 0x50, 0x41, 0x0d, 0x0a, 0x1a, 0x0a]
}

/// Writes values as little-endian bytes.
///
///     var writer = BinaryWriter()
///     writer.varint(300)
///     writer.string("a")
///     writer.bytes                            // [0xac, 0x02, 0x01, 0x61]
package struct BinaryWriter: Sendable {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  /// Creates a writer without a header, for a part of something larger.
  package init() {}

  /// Returns a complete saved state: header, what `body` writes, and the checksum of both.
  package static func document(
    _ format: BinaryFormat, _ body: (inout BinaryWriter) -> Void
  ) -> [UInt8] {
    var writer = BinaryWriter()
    writer.bytes = BinaryFormat.magic
    writer.string(format.kind)
    writer.uint16(UInt16(format.version))
    body(&writer)
    writer.uint64(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// Makes room for `count` more bytes.
  package mutating func reserve(_ count: Int) {
    bytes.reserveCapacity(bytes.count + count)
  }

  /// Writes one byte.
  package mutating func uint8(_ value: UInt8) { bytes.append(value) }
  /// Writes two bytes.
  package mutating func uint16(_ value: UInt16) { fixed(value) }
  /// Writes four bytes.
  package mutating func uint32(_ value: UInt32) { fixed(value) }
  /// Writes eight bytes.
  package mutating func uint64(_ value: UInt64) { fixed(value) }
  /// Writes four bytes.
  package mutating func int32(_ value: Int32) { fixed(value) }
  /// Writes eight bytes.
  package mutating func int64(_ value: Int64) { fixed(value) }
  /// Writes one byte, 0 or 1.
  package mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }
  /// Writes the eight bytes of the bit pattern, so that every NaN and −0 come back.
  package mutating func double(_ value: Double) { fixed(value.bitPattern) }

  /// Writes 1 to 10 bytes of 7 bits each, lowest first (LEB128): few for small values.
  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Writes a count, which is not negative, as a varint.
  package mutating func count(_ value: Int) {
    precondition(value >= 0, "A count must not be negative.")
    varint(UInt64(value))
  }

  /// Writes a varint of 2·|value|, less one if negative (zigzag): few bytes near zero.
  package mutating func signedVarint(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  /// Writes the number of UTF-8 bytes and the bytes.
  package mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      varint(UInt64(utf8.count))
      unsafe bytes.append(contentsOf: utf8)
    }
  }

  /// Writes the number of bytes and the bytes.
  package mutating func byteArray(_ value: [UInt8]) {
    count(value.count)
    bytes.append(contentsOf: value)
  }

  /// Writes the number of bytes, zeros up to a multiple of eight from the beginning, and the bytes.
  package mutating func alignedBytes(_ value: [UInt8]) {
    count(value.count)
    for _ in 0..<((8 - bytes.count % 8) % 8) { uint8(0) }
    bytes.append(contentsOf: value)
  }

  /// Writes the bytes alone.
  package mutating func raw(_ value: UnsafeRawBufferPointer) {
    unsafe bytes.append(contentsOf: value)
  }

  /// Writes whether there is a value and, if so, the value.
  package mutating func optional<Value>(
    _ value: Value?, _ write: (inout BinaryWriter, Value) -> Void
  ) {
    bool(value != nil)
    if let value { write(&self, value) }
  }

  /// Writes the number of elements and each of them.
  package mutating func array<Element>(
    _ elements: some Collection<Element>, _ write: (inout BinaryWriter, Element) -> Void
  ) {
    count(elements.count)
    for element in elements { write(&self, element) }
  }

  /// Writes the number of elements and their bit patterns.
  package mutating func doubles(_ elements: [Double]) { fixedArray(elements.map(\.bitPattern)) }
  /// Writes the number of elements and eight bytes each.
  package mutating func int64s(_ elements: [Int64]) { fixedArray(elements) }
  /// Writes the number of elements and four bytes each.
  package mutating func int32s(_ elements: [Int32]) { fixedArray(elements) }
  /// Writes the number of elements and four bytes each.
  package mutating func uint32s(_ elements: [UInt32]) { fixedArray(elements) }

  /// Writes the length in bytes of what `body` writes, and that: a part that a reader can skip, or
  /// refuse to read beyond.
  package mutating func block(_ body: (inout BinaryWriter) -> Void) {
    let start = bytes.count
    uint64(0)
    body(&self)
    let length = UInt64(bytes.count - start - 8)
    for byte in 0..<8 {
      bytes[start + byte] = UInt8(truncatingIfNeeded: length >> UInt64(8 * byte))
    }
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func fixedArray<Value: FixedWidthInteger>(_ elements: [Value]) {
    count(elements.count)
    reserve(elements.count * MemoryLayout<Value>.size)
    #if _endian(little)
      unsafe elements.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    #else
      for element in elements { fixed(element) }
    #endif
  }
}
