import StatisticsCore
import TestSupport
import Testing

@testable import GA4Model

struct ByteScanTests {
  /// Calls `body` with `bytes` and the zeros behind them that every scan may rely on.
  private func padded<Result>(
    _ bytes: [UInt8], _ body: (UnsafePointer<UInt8>, Int) -> Result
  ) -> Result {
    let whole = bytes + Array(repeating: 0, count: ByteScan.padding)
    return unsafe whole.withUnsafeBufferPointer { unsafe body($0.baseAddress!, bytes.count) }
  }

  private func bytes(_ generator: inout SeededGenerator, _ alphabet: [UInt8]) -> [UInt8] {
    (0..<generator.integer(below: 40)).map { _ in generator.choose(from: alphabet) }
  }

  @Test(arguments: Rounds.parts)
  func `a string ends at the first quote, backslash or control character`(part: Int) {
    for var generator in Rounds.generators("string end", part: part) {
      let text =
        bytes(&generator, [0x61, 0x7F, 0x80, 0xFF, 0x21, 0x20, 0x23, 0x5B, 0x5D, 0x61, 0x61])
        + bytes(&generator, [0x22, 0x5C, 0x1F, 0x00, 0x0A, 0x61, 0xFF])
      let expected = text.firstIndex { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 } ?? text.count
      let found = unsafe padded(text) { start, _ in
        let found = unsafe ByteScan.stringEnd(start)
        return unsafe (found.end - start, found.hasHighBytes)
      }
      #expect(found.0 == expected)
      #expect(found.1 == text[..<expected].contains { $0 >= 0x80 })
    }
  }

  @Test(arguments: Rounds.parts)
  func `bytes are found, first, last and counted`(part: Int) {
    for var generator in Rounds.generators("bytes", part: part) {
      let text = bytes(&generator, [0x0A, 0x0B, 0x8A, 0x00, 0x61, 0x61])
      unsafe padded(text) { start, count in
        #expect(
          unsafe ByteScan.first(0x0A, start, count).map { unsafe $0 - start }
            == text.firstIndex(of: 0x0A))
        #expect(
          unsafe ByteScan.last(0x0A, start, count).map { unsafe $0 - start }
            == text.lastIndex(of: 0x0A))
        #expect(unsafe ByteScan.occurrences(of: 0x0A, start, count) == text.count { $0 == 0x0A })
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `UTF-8 is what Swift takes for it`(part: Int) {
    let alphabet: [UInt8] = [
      0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED,
      0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for var generator in Rounds.generators("utf8", part: part, perPart: 2_000) {
      let text = (0..<generator.integer(below: 7)).map { _ in generator.choose(from: alphabet) }
      let found = unsafe padded(text) { unsafe ByteScan.isUTF8($0, $1) }
      #expect(found == (String(validating: text, as: UTF8.self) != nil), "\(text)")
    }
  }

  @Test(arguments: Rounds.parts)
  func `whole numbers are what Swift takes for them`(part: Int) {
    for var generator in Rounds.generators("integers", part: part, perPart: 500) {
      var text = generator.bernoulli(0.3) ? "-" : ""
      if generator.bernoulli(0.2) {
        text += generator.choose(from: [
          "9223372036854775807", "9223372036854775808", "9223372036854775809",
          "18446744073709551615", "18446744073709551616", "00000000000000000000000000001", "",
        ])
      } else {
        for _ in 0..<generator.integer(below: 22) { text += "\(generator.integer(below: 10))" }
      }
      if generator.bernoulli(0.2), !text.isEmpty {
        var bytes = Array(text.utf8)
        bytes[generator.integer(below: bytes.count)] = generator.choose(from: [
          0x2F, 0x3A, 0x2D, 0x2E, 0xB0, 0x00, 0x80,
        ])
        let found = unsafe padded(bytes) { unsafe ByteScan.integer($0, $1) }
        #expect(found == String(validating: bytes, as: UTF8.self).flatMap { Int64($0) }, "\(bytes)")
        continue
      }
      let found = unsafe padded(Array(text.utf8)) { unsafe ByteScan.integer($0, $1) }
      #expect(found == Int64(text), "\(text)")
    }
  }

  @Test(arguments: [
    "", "-", "+1", ".5", "1.", "1.e2", "e2", "1e", "1e+", "0x1", "inf", "nan", "1 ", " 1", "1,5",
    "--1", "1-2",
  ])
  func `what is no number in JSON is none here`(text: String) {
    unsafe #expect(padded(Array(text.utf8)) { unsafe ByteScan.double($0, $1) } == nil)
  }

  @Test func `numbers beyond a double are infinite`() {
    for text in ["1e309", "-1e309", "1" + String(repeating: "0", count: 400)] {
      unsafe #expect(
        padded(Array(text.utf8)) { unsafe ByteScan.double($0, $1) }?.isInfinite == true)
    }
    unsafe #expect(padded(Array("1e-400".utf8)) { unsafe ByteScan.double($0, $1) } == 0)
  }
}
