import StatisticsCore

/// The distinct texts of a log, each with a code; code 0 stands for "absent" and has no text.
package struct StringPool: Sendable {
  /// `offsets[code] ..< offsets[code + 1]` are the bytes of a text.
  package let offsets: Column<Int64>
  package let bytes: Column<UInt8>

  /// The code that means "no value".
  package static let absent: UInt32 = 0

  /// How many codes there are, including 0.
  package var count: Int { offsets.count - 1 }

  /// The text of `code`; the empty text for ``absent``.
  package subscript(code: UInt32) -> String {
    unsafe withBytes(of: code) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The text of `code`, `nil` for ``absent``.
  package func text(_ code: UInt32) -> String? { code == Self.absent ? nil : self[code] }

  /// Calls `body` with the bytes of `code`.
  @inline(__always)
  package func withBytes<Result>(
    of code: UInt32, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let start = Int(offsets[Int(code)])
    let end = Int(offsets[Int(code) + 1])
    // Offsets may come from a file that was opened without verification.
    precondition(start >= 0 && start <= end && end <= bytes.count, "Text outside the string pool")
    return try unsafe body(UnsafeBufferPointer(start: bytes.base + start, count: end - start))
  }

  /// The code of `text`, or `nil` when no row ever held it.
  ///
  /// - Complexity: O(*n*), where *n* is the number of codes; lengths are compared first.
  package func code(of text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { wanted in
      offsets.withValues { offsets in
        for code in 1..<max(1, offsets.count - 1)
        where Int(offsets[code + 1] - offsets[code]) == wanted.count {
          if unsafe withBytes(of: UInt32(code), { unsafe $0.elementsEqual(wanted) }) {
            return UInt32(code)
          }
        }
        return nil
      }
    }
  }

  /// Whether the bytes of `left` come before those of `right`.
  package func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
    unsafe withBytes(of: left) { a in
      unsafe withBytes(of: right) { b in unsafe a.lexicographicallyPrecedes(b) }
    }
  }
}

/// Gives every distinct text a code, in the order in which texts first appear.
@safe
final class StringInterner {
  // Unchecked exclusivity: an interner belongs to one part, which one worker fills.
  @exclusivity(unchecked) private var offsets = MutableColumn<Int64>(capacity: 1024)
  @exclusivity(unchecked) private var bytes = MutableColumn<UInt8>(capacity: 1 << 14)
  @exclusivity(unchecked) private var hashes = MutableColumn<UInt64>(capacity: 1024)
  /// Open addressing: the high half of the hash beside the code, 0 where free.
  @exclusivity(unchecked) private var table: UnsafeMutablePointer<UInt64>
  @exclusivity(unchecked) private var mask: Int

  /// Makes an interner without texts.
  ///
  /// - Parameter expected: about how many texts will come.
  init(expecting expected: Int = 0) {
    var capacity = 2048
    while capacity < expected * 2 { capacity *= 2 }
    unsafe table = .allocate(capacity: capacity)
    unsafe table.initialize(repeating: 0, count: capacity)
    unsafe mask = capacity - 1
    unsafe offsets.append(0)
    unsafe offsets.append(0)
    unsafe hashes.append(0)
  }

  deinit { unsafe table.deallocate() }

  /// How many codes there are, including 0.
  var count: Int { unsafe hashes.count }

  /// The bytes that all texts take.
  var byteCount: Int { unsafe bytes.count }

  /// The code of the text of `count` bytes at `start`.
  @inline(__always)
  func intern(_ start: UnsafePointer<UInt8>, count: Int) -> UInt32 {
    unsafe intern(start, count: count, hash: StableHash.hash(start, count: count))
  }

  /// The code of the text of `count` bytes at `start` whose ``StableHash`` is `hash`.
  @inline(__always)
  func intern(_ start: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32 {
    let tag = hash & 0xFFFF_FFFF_0000_0000
    var slot = unsafe Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = unsafe table[slot]
      if entry == 0 { return unsafe insert(start, count: count, hash: hash, slot: slot) }
      if entry & 0xFFFF_FFFF_0000_0000 == tag {
        let code = Int(entry & 0xFFFF_FFFF)
        let from = unsafe offsets.base[code]
        let to = unsafe offsets.base[code + 1]
        if Int(to - from) == count, unsafe equal(bytes.base + Int(from), start, count) {
          return UInt32(code)
        }
      }
      slot = unsafe (slot + 1) & mask
    }
  }

  /// The code of `text`.
  func intern(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { buffer in
      guard let start = buffer.baseAddress else {
        var none: UInt8 = 0
        return unsafe intern(&none, count: 0)
      }
      return unsafe intern(start, count: buffer.count)
    }
  }

  /// The codes here of all texts of `pool`, by their code there.
  func intern(_ pool: StringPool) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: pool.count)
    for code in codes.indices.dropFirst() {
      codes[code] = unsafe pool.withBytes(of: UInt32(code)) { buffer in
        unsafe intern(pool.bytes.base + Int(pool.offsets[code]), count: buffer.count)
      }
    }
    return codes
  }

  @inline(never)
  private func insert(_ start: UnsafePointer<UInt8>, count: Int, hash: UInt64, slot: Int) -> UInt32
  {
    let code = unsafe hashes.count
    // A user is twice the code of its id, plus one for a user id: a code has 31 bits.
    precondition(code <= Int(Int32.max), "A log can hold 2,147,483,647 distinct texts")
    unsafe bytes.append(start, count: count)
    unsafe offsets.append(Int64(bytes.count))
    unsafe hashes.append(hash)
    unsafe table[slot] = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(code)
    // Half full at most: probes stay short.
    if unsafe hashes.count * 2 > mask { enlarge() }
    return UInt32(code)
  }

  private func enlarge() {
    let capacity = unsafe (mask + 1) * 4
    unsafe table.deallocate()
    unsafe table = .allocate(capacity: capacity)
    unsafe table.initialize(repeating: 0, count: capacity)
    unsafe mask = capacity - 1
    for code in unsafe 1..<hashes.count {
      enter(unsafe hashes[code], code)
    }
  }

  /// Enters a code that the table does not know.
  private func enter(_ hash: UInt64, _ code: Int) {
    var slot = unsafe Int(truncatingIfNeeded: hash) & mask
    while unsafe table[slot] != 0 { slot = unsafe (slot + 1) & mask }
    unsafe table[slot] = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(code)
  }

  /// Whether `count` bytes at `a` and `b` are the same; words first, since most texts are short.
  @inline(__always)
  private func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var index = 0
    while index + 8 <= count {
      let x = unsafe UnsafeRawPointer(a + index).loadUnaligned(as: UInt64.self)
      let y = unsafe UnsafeRawPointer(b + index).loadUnaligned(as: UInt64.self)
      if x != y { return false }
      index += 8
    }
    while index < count {
      if unsafe a[index] != b[index] { return false }
      index += 1
    }
    return true
  }

  /// Ends the interning and hands over the texts.
  func sealed() -> StringPool {
    unsafe StringPool(offsets: offsets.sealed(), bytes: bytes.sealed())
  }
}
