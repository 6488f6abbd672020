import StatisticsCore
import Testing

@Suite struct ChecksumTests {
  /// The pseudo-random bytes over which xxHash publishes its vectors.
  static let sanityBytes: [UInt8] = {
    var generator: UInt64 = 2_654_435_761
    return (0..<2_367).map { _ in
      let byte = UInt8(generator >> 56)
      generator &*= 11_400_714_785_074_694_797
      return byte
    }
  }()

  // From XSUM_sanityCheck in cli/xsum_sanity_check.c of https://github.com/Cyan4973/xxHash.
  @Test(
    arguments: [
      (0, 0, 0xef46_db37_51d8_e999),
      (0, 2_654_435_761, 0xac75_fda2_929b_17ef),
      (1, 0, 0xe934_a84a_db05_2768),
      (1, 2_654_435_761, 0x5014_6076_43a9_b4c3),
      (4, 0, 0x9136_a0dc_a574_57ee),
      (14, 0, 0x8282_dcc4_994e_35c8),
      (14, 2_654_435_761, 0xc3bd_6bf6_3deb_6df0),
      (222, 0, 0xb641_ae8c_b691_c174),
      (222, 2_654_435_761, 0x20cb_8ab7_ae10_c14a),
    ] as [(Int, UInt64, UInt64)])
  func `the published vectors of XXH64 hold`(count: Int, seed: UInt64, expected: UInt64) {
    #expect(Checksum.of(Array(Self.sanityBytes[..<count]), seed: seed) == expected)
    #expect(Checksum.of(Self.sanityBytes[..<count], seed: seed) == expected)
  }

  @Test func `the checksum of a well-known text is the published one`() {
    // https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md and the Python xxhash README.
    #expect(Checksum.of(Array("a".utf8)) == 0xd24e_c4f1_a98c_6e5b)
    #expect(Checksum.of(Array("abc".utf8)) == 0x44bc_2cf5_ad77_0999)
  }

  @Test func `the checksum agrees with a plain transcription of the specification`() {
    for count in 0...300 {
      for seed: UInt64 in [0, 1, .max] {
        let bytes = Array(Self.sanityBytes[..<count])
        #expect(Checksum.of(bytes, seed: seed) == plainXXH64(bytes, seed: seed))
      }
    }
  }

  @Test func `pieces of any size give the checksum of the whole`() {
    for count in [0, 1, 7, 31, 32, 33, 63, 64, 65, 100, 222] {
      let whole = Array(Self.sanityBytes[..<count])
      let expected = Checksum.of(whole, seed: 5)
      for piece in 1...40 {
        var checksum = Checksum(seed: 5)
        for start in stride(from: 0, to: count, by: piece) {
          checksum.update(Array(whole[start..<min(start + piece, count)]))
          checksum.update([])
        }
        #expect(checksum.value == expected)
        #expect(checksum.value == expected)
      }
    }
  }

  /// The specification's steps in order, one byte at a time.
  private func plainXXH64(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
    let p1: UInt64 = 11_400_714_785_074_694_791
    let p2: UInt64 = 14_029_467_366_897_019_727
    let p3: UInt64 = 1_609_587_929_392_839_161
    let p4: UInt64 = 9_650_029_242_287_828_579
    let p5: UInt64 = 2_870_177_450_012_600_261
    func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x << n | x >> (64 - n) }
    func round(_ a: UInt64, _ w: UInt64) -> UInt64 { rotate(a &+ w &* p2, 31) &* p1 }
    func read(_ at: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
    var at = 0
    var hash = seed &+ p5
    if bytes.count >= 32 {
      var lanes = [seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1]
      while at + 32 <= bytes.count {
        for lane in 0..<4 { lanes[lane] = round(lanes[lane], read(at + 8 * lane, 8)) }
        at += 32
      }
      hash =
        rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
      for lane in lanes { hash = (hash ^ round(0, lane)) &* p1 &+ p4 }
    }
    hash &+= UInt64(bytes.count)
    while at + 8 <= bytes.count {
      hash = rotate(hash ^ round(0, read(at, 8)), 27) &* p1 &+ p4
      at += 8
    }
    if at + 4 <= bytes.count {
      hash = rotate(hash ^ (read(at, 4) &* p1), 23) &* p2 &+ p3
      at += 4
    }
    while at < bytes.count {
      hash = rotate(hash ^ (UInt64(bytes[at]) &* p5), 11) &* p1
      at += 1
    }
    hash = (hash ^ hash >> 33) &* p2
    hash = (hash ^ hash >> 29) &* p3
    return hash ^ hash >> 32
  }
}
