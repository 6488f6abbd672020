import Foundation
import StatisticsCore
import Testing

@Suite struct BinaryCodecTests {
  private static let format = BinaryFormat(kind: "TestState", version: 3)

  /// A state with every kind of value, and nothing that is not determined by its bytes.
  private struct Sample: Equatable {
    var bytes: [UInt8] = []
    var fixed: (UInt8, UInt16, UInt32, UInt64) = (0, 0, 0, 0)
    var signed: (Int32, Int64) = (0, 0)
    var small: (UInt64, Int64) = (0, 0)
    var flag = false
    var number = 0.0
    var text = ""
    var maybe: Int64?
    var names: [String] = []
    var doubles: [Double] = []
    var longs: [Int64] = []
    var ints: [Int32] = []
    var words: [UInt32] = []
    var sum = ExactSum()

    static func == (a: Sample, b: Sample) -> Bool {
      a.bytes == b.bytes && a.fixed == b.fixed && a.signed == b.signed && a.small == b.small
        && a.flag == b.flag && a.number.bitPattern == b.number.bitPattern && a.text == b.text
        && a.maybe == b.maybe && a.names == b.names
        && a.doubles.map(\.bitPattern) == b.doubles.map(\.bitPattern) && a.longs == b.longs
        && a.ints == b.ints && a.words == b.words && a.sum == b.sum
    }

    func write(_ writer: inout BinaryWriter) {
      writer.byteArray(bytes)
      writer.uint8(fixed.0)
      writer.uint16(fixed.1)
      writer.uint32(fixed.2)
      writer.uint64(fixed.3)
      writer.int32(signed.0)
      writer.int64(signed.1)
      writer.varint(small.0)
      writer.signedVarint(small.1)
      writer.bool(flag)
      writer.double(number)
      writer.string(text)
      writer.optional(maybe) { $0.signedVarint($1) }
      writer.block { writer in
        writer.array(names) { $0.string($1) }
        writer.block { $0.doubles(doubles) }
      }
      writer.int64s(longs)
      writer.int32s(ints)
      writer.uint32s(words)
      sum.encode(into: &writer)
    }

    init() {}

    init(_ reader: inout BinaryReader) throws(BinaryDecodingError) {
      bytes = try reader.byteArray()
      fixed = try (reader.uint8(), reader.uint16(), reader.uint32(), reader.uint64())
      signed = try (reader.int32(), reader.int64())
      small = try (reader.varint(), reader.signedVarint())
      flag = try reader.bool()
      number = try reader.double()
      text = try reader.string()
      maybe = try reader.optional { reader throws(BinaryDecodingError) in
        try reader.signedVarint()
      }
      (names, doubles) = try reader.block { reader throws(BinaryDecodingError) in
        let names = try reader.array { reader throws(BinaryDecodingError) in try reader.string() }
        let doubles = try reader.block { reader throws(BinaryDecodingError) in
          try reader.doubles()
        }
        return (names, doubles)
      }
      longs = try reader.int64s()
      ints = try reader.int32s()
      words = try reader.uint32s()
      sum = try ExactSum(from: &reader)
    }

    init(random: inout SeededGenerator) {
      func many<T>(_ make: (inout SeededGenerator) -> T) -> [T] {
        (0..<random.integer(below: 6)).map { _ in make(&random) }
      }
      bytes = many { UInt8(truncatingIfNeeded: $0.next()) }
      fixed = (
        UInt8(truncatingIfNeeded: random.next()), UInt16(truncatingIfNeeded: random.next()),
        UInt32(truncatingIfNeeded: random.next()), random.next()
      )
      signed = (Int32(truncatingIfNeeded: random.next()), Int64(bitPattern: random.next()))
      small = (
        random.next() >> random.integer(below: 64 as UInt64),
        Int64(bitPattern: random.next()) >> Int64(random.integer(below: 64))
      )
      flag = random.bernoulli(0.5)
      number = Double(bitPattern: random.next())
      text = ["", "a", "été", "👩‍👩‍👧", "e\u{301}", "\u{0}"][random.integer(below: 6)]
      maybe = flag ? nil : -5
      names = many { "name \($0.integer(below: 1_000))" }
      doubles = many { Double(bitPattern: $0.next()) }
      longs = many { Int64(bitPattern: $0.next()) }
      ints = many { Int32(truncatingIfNeeded: $0.next()) }
      words = many { UInt32(truncatingIfNeeded: $0.next()) }
      for _ in 0..<5 { sum.add(random.normal() * 1e6) }
    }

    var document: [UInt8] { BinaryWriter.document(format) { write(&$0) } }

    static func decode(_ bytes: [UInt8]) throws(BinaryDecodingError) -> Sample {
      try BinaryReader.document(bytes, format) {
        (reader, version) throws(BinaryDecodingError) in
        try Sample(&reader)
      }
    }
  }

  @Test func `the bytes of small values are those of the formats they name`() {
    // LEB128 of 624485 and zigzag: DWARF 5, section 7.6, and the Protocol Buffers encoding guide.
    func bytes(_ write: (inout BinaryWriter) -> Void) -> [UInt8] {
      var writer = BinaryWriter()
      write(&writer)
      return writer.bytes
    }
    #expect(bytes { $0.varint(624_485) } == [0xe5, 0x8e, 0x26])
    #expect(bytes { $0.varint(0) } == [0])
    #expect(bytes { $0.varint(.max) } == [UInt8](repeating: 0xff, count: 9) + [1])
    #expect(bytes { $0.signedVarint(-1) } == [1])
    #expect(bytes { $0.signedVarint(1) } == [2])
    #expect(bytes { $0.signedVarint(-2) } == [3])
    #expect(bytes { $0.signedVarint(.min) } == [UInt8](repeating: 0xff, count: 9) + [1])
    #expect(bytes { $0.uint32(0x0102_0304) } == [4, 3, 2, 1])
    #expect(bytes { $0.double(1) } == [0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
    #expect(bytes { $0.string("é") } == [2, 0xc3, 0xa9])
    #expect(bytes { $0.uint32s([1, 2]) } == [2, 1, 0, 0, 0, 2, 0, 0, 0])
    #expect(bytes { $0.block { $0.uint8(7) } } == [1, 0, 0, 0, 0, 0, 0, 0, 7])
    #expect(bytes { $0.optional(nil as Int?) { $0.count($1) } } == [0])
  }

  @Test func `varints of every length come back and their longer forms are refused`() throws {
    for bit in 0..<64 {
      for value in [UInt64(1) << bit, (UInt64(1) << bit) - 1, UInt64.max >> UInt64(bit)] {
        var writer = BinaryWriter()
        writer.varint(value)
        writer.signedVarint(Int64(bitPattern: value))
        var reader = BinaryReader(writer.bytes)
        let (unsigned, signed) = try (reader.varint(), reader.signedVarint())
        #expect(unsigned == value && signed == Int64(bitPattern: value))
        #expect(reader.isAtEnd)
      }
    }
    for bytes: [UInt8] in [
      [0x80, 0], [0xff, 0x80, 0], [UInt8](repeating: 0xff, count: 9) + [2],
      [UInt8](repeating: 0x80, count: 10) + [1],
    ] {
      var reader = BinaryReader(bytes)
      #expect(throws: BinaryDecodingError.valueOutOfRange(name: "number", offset: 0)) {
        try reader.varint()
      }
    }
  }

  @Test func `every kind of value comes back`() throws {
    var random = SeededGenerator(seed: 1, path: "codec")
    for _ in 0..<200 {
      let sample = Sample(random: &random)
      let decoded = try Sample.decode(sample.document)
      #expect(decoded == sample)
      #expect(decoded.document == sample.document)
    }
    #expect(try Sample.decode(Sample().document) == Sample())
  }

  @Test func `every truncation and every changed byte of a document is refused`() {
    var random = SeededGenerator(seed: 2, path: "codec")
    let document = Sample(random: &random).document
    for count in 0..<document.count {
      #expect(throws: BinaryDecodingError.self) { try Sample.decode(Array(document[..<count])) }
    }
    for index in document.indices {
      var changed = document
      changed[index] ^= UInt8(truncatingIfNeeded: random.integer(in: 1...255))
      #expect(throws: BinaryDecodingError.self) { try Sample.decode(changed) }
    }
    #expect(throws: BinaryDecodingError.checksumMismatch) { try Sample.decode(document + [0]) }
  }

  @Test func `random damage under a right checksum throws or gives a state, and never traps`() {
    var random = SeededGenerator(seed: 3, path: "codec")
    var thrown = 0
    var read = 0
    for _ in 0..<4_000 {
      var writer = BinaryWriter()
      Sample(random: &random).write(&writer)
      var bytes = writer.bytes
      for _ in 0..<random.integer(in: 1...4) {
        switch random.integer(below: 5) {
        case 0 where !bytes.isEmpty: bytes.remove(at: random.integer(below: bytes.count))
        case 1:
          bytes.insert(
            UInt8(truncatingIfNeeded: random.next()), at: random.integer(below: bytes.count + 1))
        case 2 where !bytes.isEmpty: bytes.removeLast(random.integer(below: bytes.count))
        case 3 where !bytes.isEmpty: bytes[random.integer(below: bytes.count)] = 0xff
        default:
          guard !bytes.isEmpty else { continue }
          bytes[random.integer(below: bytes.count)] ^= 1 << UInt8(random.integer(below: 8))
        }
      }
      do {
        var reader = BinaryReader(bytes)
        let sample = try Sample(&reader)
        read += 1
        // What was read is a proper value: it can be written, and read back the same.
        var again = BinaryWriter()
        sample.write(&again)
        var second = BinaryReader(again.bytes)
        #expect(try Sample(&second) == sample)
      } catch {
        thrown += 1
        #expect(error.description.hasSuffix("."))
      }
    }
    #expect(thrown > 500 && read > 100)
  }

  @Test func `random bytes throw or give a state, and never trap`() {
    var random = SeededGenerator(seed: 4, path: "codec")
    var thrown = 0
    for _ in 0..<4_000 {
      let bytes = (0..<random.integer(below: 60)).map { _ in
        random.bernoulli(0.5) ? 0 : UInt8(truncatingIfNeeded: random.next())
      }
      var reader = BinaryReader(bytes)
      do { _ = try Sample(&reader) } catch { thrown += 1 }
      reader = BinaryReader(bytes)
      do { _ = try ExactSum(from: &reader) } catch { thrown += 1 }
      do { _ = try Sample.decode(BinaryFormatMark.bytes + bytes) } catch { thrown += 1 }
    }
    #expect(thrown > 6_000)
  }

  @Test func `a count beyond the bytes that are left is refused before memory is reserved`() {
    for count in [1, 1_000, UInt64(Int.max) / 8, UInt64(Int.max), UInt64.max] {
      var writer = BinaryWriter()
      writer.varint(count)
      let bytes = writer.bytes
      #expect(throws: BinaryDecodingError.self) {
        var reader = BinaryReader(bytes)
        return try reader.doubles()
      }
      #expect(throws: BinaryDecodingError.self) {
        var reader = BinaryReader(bytes)
        return try reader.string()
      }
      #expect(throws: BinaryDecodingError.self) {
        var reader = BinaryReader(bytes)
        return try reader.array { reader throws(BinaryDecodingError) in try reader.uint8() }
      }
    }
    #expect(throws: BinaryDecodingError.self) {
      var reader = BinaryReader([UInt8](repeating: 0xff, count: 8))
      try reader.skipBlock()
    }
  }

  @Test func `a block must be read to its end and not beyond, or be skipped`() throws {
    var writer = BinaryWriter()
    writer.block { $0.uint32(1) }
    writer.uint8(9)
    let bytes = writer.bytes
    var reader = BinaryReader(bytes)
    try reader.skipBlock()
    let after = try reader.uint8()
    #expect(after == 9)
    #expect(throws: BinaryDecodingError.trailingBytes(offset: 10, count: 2)) {
      var reader = BinaryReader(bytes)
      return try reader.block { reader throws(BinaryDecodingError) in try reader.uint16() }
    }
    #expect(throws: BinaryDecodingError.truncated(offset: 12, needed: 4)) {
      var reader = BinaryReader(bytes)
      return try reader.block { reader throws(BinaryDecodingError) in try reader.uint64() }
    }
  }

  @Test func `each error says what was wrong, where, and what to do`() {
    func message(_ body: () throws(BinaryDecodingError) -> Void) -> String {
      do {
        try body()
        return "nothing was thrown"
      } catch { return error.description }
    }
    let document = BinaryWriter.document(Self.format) { $0.uint8(5) }
    func open(_ bytes: [UInt8], _ format: BinaryFormat = Self.format) -> String {
      message { () throws(BinaryDecodingError) in
        _ = try BinaryReader.document(bytes, format) {
          (reader, version) throws(BinaryDecodingError) in
          try reader.integer("step", in: 0...4)
        }
      }
    }
    #expect(
      open(document)
        == "The data are damaged: the step at byte 20 is out of range. Restore them from a copy, "
        + "or compute the state again.")
    #expect(
      open(Array(document[..<5]))
        == "The data end too early: 1 more byte was expected at byte 5. Save the state again; the "
        + "file may have been cut short while it was written or copied.")
    #expect(
      open(Array("{\"kind\": 1}".utf8))
        == "The data are not a saved state: they do not begin with its mark. Check that this is "
        + "the right file.")
    #expect(
      open(document, BinaryFormat(kind: "FunnelState", version: 3))
        == "The data hold another kind of state than FunnelState. Open them with the type that "
        + "saved them.")
    #expect(
      open(document, BinaryFormat(kind: "TestState", version: 2))
        == "The data have format version 3, and this version of the library reads versions up to "
        + "2. Update the library.")
    var changed = document
    changed[20] = 4
    #expect(
      open(changed)
        == "The data were changed after they were saved: their checksum does not match. Restore "
        + "them from a copy, or compute the state again.")
    #expect(
      open(BinaryWriter.document(Self.format) { $0.uint16(2) })
        == "The data go on after their end: 1 more byte follows at byte 21. Check that the file "
        + "holds one state only.")
    #expect(
      message { () throws(BinaryDecodingError) in
        var reader = BinaryReader([1, 0xff])
        _ = try reader.string("name")
      }
        == "The data are damaged: the name at byte 0 is not UTF-8 text. Restore them from a copy, "
        + "or compute the state again.")
    #expect(
      message { () throws(BinaryDecodingError) in
        var reader = BinaryReader([2])
        _ = try reader.bool("flag")
      }
        == "The data are damaged: the flag at byte 0 is out of range. Restore them from a copy, "
        + "or compute the state again.")
  }

  @Test func `an older version is passed to the reader`() throws {
    let old = BinaryWriter.document(BinaryFormat(kind: "TestState", version: 1)) { $0.uint8(5) }
    let found = try BinaryReader.document(old, Self.format) {
      (reader, version) throws(BinaryDecodingError) in
      _ = try reader.uint8()
      return version
    }
    #expect(found == 1)
  }

  @Test func `an exact sum that is not in its one form is refused`() {
    let refused: [[UInt8]] = [
      [16], [3, 0, 0], [6], [9], [8, 0, 0], [0, 5, 0],  // kinds that do not exist, minus zero
      [0, 66, 1, 0, 0, 0, 0],  // a digit of zero
      [0, 135, 1, 1, 0, 0, 0],  // beyond the top
    ]
    for bytes in refused {
      #expect(throws: BinaryDecodingError.self) {
        var reader = BinaryReader(bytes)
        return try ExactSum(from: &reader)
      }
    }
  }
}

/// The first bytes of a document of the test's format, which the reader accepts.
private enum BinaryFormatMark {
  static let bytes = Array(
    BinaryWriter.document(BinaryFormat(kind: "TestState", version: 3)) { _ in }.dropLast(8))
}

@Suite struct BinaryDataTests {
  @Test func `bytes in memory and in a file are read alike`() throws {
    let bytes = BinaryWriter.document(BinaryFormat(kind: "Thing", version: 2)) { writer in
      writer.string("text")
      writer.doubles([1, .infinity])
      writer.alignedBytes([1, 2, 3])
      writer.uint64(7)
    }
    let path = NSTemporaryDirectory() + "/bytes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    for data in [BinaryData(bytes), BinaryData(try SavedBytes(path: path))] {
      #expect(try BinaryReader.kind(of: data) == "Thing")
      try BinaryReader.document(data, BinaryFormat(kind: "Thing", version: 2)) {
        (reader, version) throws(BinaryDecodingError) in
        #expect(version == 2)
        #expect(try reader.string() == "text")
        #expect(try reader.doubles() == [1, .infinity])
        let part = try reader.alignedBytes()
        #expect(part.array(0..<part.count) == [1, 2, 3] && part[2] == 3)
        #expect(part[1..<3].array(0..<2) == [2, 3])
        #expect(try reader.data(8).array(0..<8) == [7, 0, 0, 0, 0, 0, 0, 0])
      }
    }
    var beyond = BinaryReader([1, 2])
    #expect(throws: BinaryDecodingError.self) { try beyond.data(.max) }
    #expect(throws: BinaryDecodingError.self) { try beyond.data(-1) }
  }

  @Test func `an empty file has no bytes, and a folder is none`() throws {
    let path = NSTemporaryDirectory() + "/empty-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(try SavedBytes(path: path).count == 0)
    #expect(throws: SavedBytes.Failure.self) { try SavedBytes(path: NSTemporaryDirectory()) }
  }
}
