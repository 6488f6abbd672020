import StatisticsCore
import Testing

@Suite struct StableHashTests {
  // The vectors of the author's test_vector.cpp at commit 77e50f267fbc7b8e2d09f2d455219adb70ad4749
  // of https://github.com/wangyi-fudan/wyhash, as the Zig standard library also tests them.
  @Test(
    arguments: [
      (0, "", 0x0409_638e_e2bd_e459),
      (1, "a", 0xa841_2d09_1b5f_e0a9),
      (2, "abc", 0x32dd_92e4_b291_5153),
      (3, "message digest", 0x8619_1240_89a3_a16b),
      (4, "abcdefghijklmnopqrstuvwxyz", 0x7a43_afb6_1d7f_5f40),
      (
        5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        0xff42_329b_90e5_0d58
      ),
      (
        6,
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        0xc39c_ab13_b115_aad3
      ),
    ] as [(UInt64, String, UInt64)])
  func `the published vectors of wyhash hold`(seed: UInt64, text: String, expected: UInt64) {
    #expect(StableHash.hash(text, seed: seed) == expected)
    #expect(StableHash.hash(Array(text.utf8), seed: seed) == expected)
  }

  @Test func `a buffer without an address hashes like no bytes`() {
    #expect(
      unsafe StableHash.hash(UnsafeRawBufferPointer(start: nil, count: 0)) == 0x0409_638e_e2bd_e459)
  }

  @Test func `the hash does not depend on what surrounds the bytes or on their alignment`() {
    for count in 0...100 {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let expected = StableHash.hash(message, seed: 9)
      for offset in 0..<8 {
        for filler: UInt8 in [0, 0xff] {
          var padded = [UInt8](repeating: filler, count: count + 16)
          padded.replaceSubrange(offset..<offset + count, with: message)
          let found = unsafe padded.withUnsafeBufferPointer {
            unsafe StableHash.hash($0.baseAddress! + offset, count: count, seed: 9)
          }
          #expect(found == expected)
        }
      }
    }
  }

  @Test func `changing any one bit changes about half of the hash`() {
    var flipped = 0
    var cases = 0
    for count in 1...64 {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 101 &+ 7) }
      let hash = StableHash.hash(message)
      for bit in 0..<(8 * count) {
        var changed = message
        changed[bit / 8] ^= 1 << (bit % 8)
        let difference = (hash ^ StableHash.hash(changed)).nonzeroBitCount
        #expect(difference > 8)
        flipped += difference
        cases += 1
      }
    }
    let mean = Double(flipped) / Double(cases)
    #expect(abs(mean - 32) < 0.2)
  }

  @Test func `a hundred thousand short names and two seeds give no equal hashes`() {
    var hashes: Set<UInt64> = []
    for index in 0..<50_000 {
      hashes.insert(StableHash.hash("user-\(index)"))
      hashes.insert(StableHash.hash("user-\(index)", seed: 1))
    }
    #expect(hashes.count == 100_000)
  }
}
