/// A fixed, seedable 64-bit hash for short byte strings that is the same on every machine and run.
///
/// The function is wyhash, final version 3, by Wang Yi (public domain,
/// <https://github.com/wangyi-fudan/wyhash>), with its default constants: 64 × 64 → 128 bit
/// multiplications whose halves are folded with exclusive or. It is quick and well spread but not
/// cryptographic: someone who chooses the strings can make them collide, so a table that takes
/// strangers' strings must stay correct, and bounded in time, when hashes are equal.
package enum StableHash {
  // Computed, not stored: a stored static would be loaded from another module's memory.
  @inlinable static var secret0: UInt64 { 0xa076_1d64_78bd_642f }
  @inlinable static var secret1: UInt64 { 0xe703_7ed1_a0b4_28db }
  @inlinable static var secret2: UInt64 { 0x8ebc_6af0_9c88_c6e3 }
  @inlinable static var secret3: UInt64 { 0x5899_65cc_7537_4cc3 }

  /// Returns the hash of `count` bytes at `bytes`; reads no byte outside them.
  @inlinable
  package static func hash(
    _ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64 = 0
  ) -> UInt64 {
    unsafe hash(UnsafeRawPointer(bytes), count: count, seed: seed)
  }

  /// Returns the hash of `count` bytes at `start`; reads no byte outside them.
  @inlinable
  package static func hash(
    _ start: UnsafeRawPointer, count: Int, seed: UInt64 = 0
  ) -> UInt64 {
    // The published constants are mixed into the seed once; for a constant seed the compiler folds
    // this line away.
    var state = seed ^ fold(seed ^ secret0, secret1)
    var a: UInt64
    var b: UInt64
    if count <= 16 {
      if count >= 4 {
        // Four 4-byte loads cover 4…16 bytes without a branch on the length: two from the front,
        // two from the back, `step` (0, 4 or 8) apart. They overlap unless count is 16.
        let step = (count &>> 3) &<< 2
        let last = unsafe start + (count &- 4)
        a = unsafe load32(start) &<< 32 | load32(start + step)
        b = unsafe load32(last) &<< 32 | load32(last - step)
      } else if count > 0 {
        // One to three bytes: first, middle and last, which may be the same byte.
        let first = unsafe UInt64(start.load(as: UInt8.self))
        let middle = unsafe UInt64(start.load(fromByteOffset: count &>> 1, as: UInt8.self))
        let last = unsafe UInt64(start.load(fromByteOffset: count &- 1, as: UInt8.self))
        a = first &<< 16 | middle &<< 8 | last
        b = 0
      } else {
        a = 0
        b = 0
      }
    } else {
      var position = unsafe start
      var remaining = count
      if remaining > 48 {
        var second = state
        var third = state
        repeat {
          state = unsafe fold(
            load64(position) ^ secret1, load64(position + 8) ^ state)
          second = unsafe fold(
            load64(position + 16) ^ secret2, load64(position + 24) ^ second)
          third = unsafe fold(
            load64(position + 32) ^ secret3, load64(position + 40) ^ third)
          unsafe position += 48
          remaining &-= 48
        } while remaining > 48
        state ^= second ^ third
      }
      while remaining > 16 {
        state = unsafe fold(
          load64(position) ^ secret1, load64(position + 8) ^ state)
        unsafe position += 16
        remaining &-= 16
      }
      // The last 16 bytes, which overlap bytes already taken unless 16 remain.
      a = unsafe load64(position + (remaining &- 16))
      b = unsafe load64(position + (remaining &- 8))
    }
    let product = (a ^ secret1).multipliedFullWidth(by: b ^ state)
    return fold(
      product.low ^ secret0 ^ UInt64(truncatingIfNeeded: count),
      product.high ^ secret1)
  }

  /// Returns the hash of the bytes.
  @inlinable
  package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    guard let start = bytes.baseAddress else { return emptyHash(seed: seed) }
    return unsafe hash(start, count: bytes.count, seed: seed)
  }

  /// Returns the hash of the bytes.
  @inlinable
  package static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, seed: seed) }
  }

  /// Returns the hash of the string's UTF-8 bytes.
  @inlinable
  package static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
    var text = text
    return text.withUTF8 { unsafe hash(UnsafeRawBufferPointer($0), seed: seed) }
  }

  /// Returns the hash of no bytes, for a buffer without an address.
  @inlinable
  static func emptyHash(seed: UInt64) -> UInt64 {
    unsafe withUnsafeBytes(of: seed) { unsafe hash($0.baseAddress!, count: 0, seed: seed) }
  }

  /// Returns the exclusive or of the two halves of the 128-bit product.
  @inlinable
  package static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.low ^ product.high
  }

  @inlinable
  static func load64(_ pointer: UnsafeRawPointer) -> UInt64 {
    unsafe UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
  }

  @inlinable
  static func load32(_ pointer: UnsafeRawPointer) -> UInt64 {
    unsafe UInt64(UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self)))
  }
}
