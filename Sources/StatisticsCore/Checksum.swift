/// A 64-bit checksum of bytes that finds damage in files and saved states.
///
/// This is XXH64 by Yann Collet, written from its specification
/// (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>, version 0.1.1). Feeding bytes
/// in any number of pieces gives the checksum of the whole. It protects against accidents, not
/// against someone who wants to forge it.
package struct Checksum: Sendable {
  private var lane0: UInt64
  private var lane1: UInt64
  private var lane2: UInt64
  private var lane3: UInt64
  private let seed: UInt64
  private var length: UInt64 = 0
  // Up to 31 bytes wait here until a stripe of 32 is full.
  private var waiting0: UInt64 = 0
  private var waiting1: UInt64 = 0
  private var waiting2: UInt64 = 0
  private var waiting3: UInt64 = 0
  private var waitingCount = 0

  /// Creates the checksum of no bytes.
  package init(seed: UInt64 = 0) {
    self.seed = seed
    lane0 = seed &+ Self.prime1 &+ Self.prime2
    lane1 = seed &+ Self.prime2
    lane2 = seed
    lane3 = seed &- Self.prime1
  }

  /// Returns the checksum of the bytes.
  package static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var checksum = Checksum(seed: seed)
    unsafe checksum.update(bytes)
    return checksum.value
  }

  /// Returns the checksum of the bytes.
  package static func of(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe of($0, seed: seed) }
  }

  /// Returns the checksum of the bytes.
  package static func of(_ bytes: ArraySlice<UInt8>, seed: UInt64 = 0) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe of($0, seed: seed) }
  }

  /// Takes more bytes.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Takes more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard var position = bytes.baseAddress, bytes.count > 0 else { return }
    var remaining = bytes.count
    length &+= UInt64(remaining)

    if waitingCount > 0 {
      let taken = min(32 - waitingCount, remaining)
      unsafe keep(position, taken)
      unsafe position += taken
      remaining -= taken
      guard waitingCount == 32 else { return }
      lane0 = Self.round(lane0, UInt64(littleEndian: waiting0))
      lane1 = Self.round(lane1, UInt64(littleEndian: waiting1))
      lane2 = Self.round(lane2, UInt64(littleEndian: waiting2))
      lane3 = Self.round(lane3, UInt64(littleEndian: waiting3))
      waitingCount = 0
    }

    if remaining >= 32 {
      // Local copies keep the four independent lanes in registers.
      var (a, b, c, d) = (lane0, lane1, lane2, lane3)
      repeat {
        a = unsafe Self.round(a, StableHash.load64(position))
        b = unsafe Self.round(b, StableHash.load64(position + 8))
        c = unsafe Self.round(c, StableHash.load64(position + 16))
        d = unsafe Self.round(d, StableHash.load64(position + 24))
        unsafe position += 32
        remaining &-= 32
      } while remaining >= 32
      (lane0, lane1, lane2, lane3) = (a, b, c, d)
    }
    if remaining > 0 { unsafe keep(position, remaining) }
  }

  /// The checksum of the bytes taken so far.
  package var value: UInt64 {
    var hash: UInt64
    if length >= 32 {
      hash =
        Self.rotate(lane0, 1) &+ Self.rotate(lane1, 7) &+ Self.rotate(lane2, 12)
        &+ Self.rotate(lane3, 18)
      hash = Self.merge(hash, lane0)
      hash = Self.merge(hash, lane1)
      hash = Self.merge(hash, lane2)
      hash = Self.merge(hash, lane3)
    } else {
      hash = seed &+ Self.prime5
    }
    hash &+= length

    let tail = (waiting0, waiting1, waiting2, waiting3)
    unsafe withUnsafeBytes(of: tail) { bytes in
      var offset = 0
      while waitingCount - offset >= 8 {
        let word = unsafe StableHash.load64(bytes.baseAddress! + offset)
        hash = Self.rotate(hash ^ Self.round(0, word), 27) &* Self.prime1 &+ Self.prime4
        offset += 8
      }
      if waitingCount - offset >= 4 {
        let word = unsafe StableHash.load32(bytes.baseAddress! + offset)
        hash = Self.rotate(hash ^ (word &* Self.prime1), 23) &* Self.prime2 &+ Self.prime3
        offset += 4
      }
      while offset < waitingCount {
        let byte = unsafe UInt64(bytes[offset])
        hash = Self.rotate(hash ^ (byte &* Self.prime5), 11) &* Self.prime1
        offset += 1
      }
    }

    hash ^= hash &>> 33
    hash &*= Self.prime2
    hash ^= hash &>> 29
    hash &*= Self.prime3
    hash ^= hash &>> 32
    return hash
  }

  /// Appends bytes to the unfinished stripe, which has room for them.
  private mutating func keep(_ bytes: UnsafeRawPointer, _ count: Int) {
    var tail = (waiting0, waiting1, waiting2, waiting3)
    unsafe withUnsafeMutableBytes(of: &tail) {
      unsafe ($0.baseAddress! + waitingCount).copyMemory(from: bytes, byteCount: count)
    }
    (waiting0, waiting1, waiting2, waiting3) = tail
    waitingCount += count
  }

  private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
  private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
  private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* prime2, 31) &* prime1
  }

  private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }
}
