/// 32 bytes in a row as four words, to compare short texts whole; see ``ByteScan`` for the padding that
/// loads rely on.
struct ByteBlock: BitwiseCopyable, Sendable {
  static let size = 32

  private var a: UInt64 = 0
  private var b: UInt64 = 0
  private var c: UInt64 = 0
  private var d: UInt64 = 0

  /// Nothing but zeros.
  init() {}

  /// The bytes at `start`.
  @inline(__always)
  init(_ start: UnsafePointer<UInt8>) {
    a = unsafe ByteScan.word(start)
    b = unsafe ByteScan.word(start + 8)
    c = unsafe ByteScan.word(start + 16)
    d = unsafe ByteScan.word(start + 24)
  }

  /// Ones in the first `count` bytes, of which there may be more than ``size``, and zeros behind.
  init(onesIn count: Int) {
    func word(_ index: Int) -> UInt64 {
      let bits = min(64, max(0, (count - index * 8) * 8))
      return bits == 64 ? .max : (1 << UInt64(bits)) &- 1
    }
    a = word(0)
    b = word(1)
    c = word(2)
    d = word(3)
  }

  /// The bytes that are ones in `mask`, the others zeros.
  @inline(__always)
  func masked(_ mask: ByteBlock) -> ByteBlock {
    var result = self
    result.a &= mask.a
    result.b &= mask.b
    result.c &= mask.c
    result.d &= mask.d
    return result
  }

  /// Whether the bytes that are ones in `mask` stand at `start`; the others here must be zeros.
  @inline(__always)
  func stands(at start: UnsafePointer<UInt8>, _ mask: ByteBlock) -> Bool {
    // Most that differ do so at once.
    if unsafe ByteScan.word(start) & mask.a != a { return false }
    let second = unsafe ByteScan.word(start + 8) & mask.b ^ b
    let third = unsafe ByteScan.word(start + 16) & mask.c ^ c
    let fourth = unsafe ByteScan.word(start + 24) & mask.d ^ d
    return second | third | fourth == 0
  }

  @inline(__always)
  static func == (left: ByteBlock, right: ByteBlock) -> Bool {
    (left.a ^ right.a) | (left.b ^ right.b) | (left.c ^ right.c) | (left.d ^ right.d) == 0
  }

  /// A number that tells most blocks apart in its high bits.
  @inline(__always)
  var mixed: UInt64 {
    (a ^ (b &* 0xE703_7ED1_A0B4_28DB) ^ (c &* 0x8EBC_6AF0_9C88_C6E3)
      ^ (d &* 0x5899_65CC_7537_4CC3)) &* 0xA076_1D64_78BD_642F
  }
}
