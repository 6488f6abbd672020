/// The MD5 digest of bytes, which every warehouse computes.
///
/// It spreads ids evenly and is the same everywhere, and that is all that it is used for: nothing here
/// is a secret, and MD5 must not guard one.
///
/// Source: R. Rivest, *The MD5 Message-Digest Algorithm*, RFC 1321, 1992.
struct MD5: Sendable, Hashable {
  /// The 16 bytes of the digest.
  let bytes: [UInt8]

  /// Digests the bytes.
  ///
  /// - Complexity: O(*n*), where *n* is the number of bytes.
  init(_ message: some Sequence<UInt8>) {
    var block = [UInt8]()
    block.reserveCapacity(64)
    var words = (UInt32(0x6745_2301), UInt32(0xefcd_ab89), UInt32(0x98ba_dcfe), UInt32(0x1032_5476))
    var length: UInt64 = 0
    for byte in message {
      block.append(byte)
      length &+= 8
      if block.count == 64 {
        Self.mix(block, into: &words)
        block.removeAll(keepingCapacity: true)
      }
    }
    block.append(0x80)
    if block.count > 56 {
      block.append(contentsOf: repeatElement(0, count: 64 - block.count))
      Self.mix(block, into: &words)
      block.removeAll(keepingCapacity: true)
    }
    block.append(contentsOf: repeatElement(0, count: 56 - block.count))
    for shift in stride(from: 0, to: 64, by: 8) {
      block.append(UInt8(truncatingIfNeeded: length &>> UInt64(shift)))
    }
    Self.mix(block, into: &words)
    bytes = [words.0, words.1, words.2, words.3].flatMap { word in
      stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: word &>> UInt32($0)) }
    }
  }

  /// The first 32 bits as a number, as they stand in the hexadecimal text of the digest.
  var prefix: UInt32 { bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

  private static func mix(_ block: [UInt8], into state: inout (UInt32, UInt32, UInt32, UInt32)) {
    func word(_ index: Int) -> UInt32 {
      let start = index * 4
      return UInt32(block[start]) | UInt32(block[start + 1]) << 8 | UInt32(block[start + 2]) << 16
        | UInt32(block[start + 3]) << 24
    }
    var (a, b, c, d) = state
    for step in 0..<64 {
      let mixed: UInt32
      let index: Int
      switch step {
      case 0..<16: (mixed, index) = (b & c | ~b & d, step)
      case 16..<32: (mixed, index) = (b & d | c & ~d, (5 * step + 1) % 16)
      case 32..<48: (mixed, index) = (b ^ c ^ d, (3 * step + 5) % 16)
      default: (mixed, index) = (c ^ (b | ~d), 7 * step % 16)
      }
      let sum = a &+ mixed &+ sines[step] &+ word(index)
      let turn = turns[step / 16][step % 4]
      (a, b, c, d) = (d, b &+ (sum &<< turn | sum &>> (32 - turn)), b, c)
    }
    state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d)
  }

  private static let turns: [[UInt32]] = [
    [7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21],
  ]

  /// The whole parts of 2³² times the absolute sines of 1, 2, 3 and so on.
  private static let sines: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a,
    0xa830_4613, 0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be,
    0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340,
    0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8,
    0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c,
    0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92,
    0xffef_f47d, 0x8584_5dd1, 0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
    0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
  ]
}
