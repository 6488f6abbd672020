import StatisticsCore
import TestSupport
import Testing

@testable import GA4Model

struct RecordBatcherTests {
  /// The records of `text` as batches over `ranges` give them, with the sizes of those passed over.
  private func records(
    _ text: [UInt8], _ boundary: RecordBoundary, _ ranges: [Range<Int>], limit: Int, block: Int
  ) throws -> (kept: [UInt8], passed: [Int]) {
    var kept: [UInt8] = []
    var passed: [Int] = []
    for range in ranges {
      let isQuoted = text[..<max(0, range.lowerBound - 1)].count { $0 == 0x22 } % 2 == 1
      let batcher = RecordBatcher(
        MemorySource(bytes: text), range: range, boundary: boundary, isQuoted: isQuoted,
        limit: limit, blockSize: block)
      if range.lowerBound > 0 { try batcher.skipToRecord() }
      while let batch = try batcher.next() {
        if batch.isTooLong {
          passed.append(batch.passed.count)
          continue
        }
        let bytes = unsafe UnsafeBufferPointer(
          start: batch.start, count: batch.count + ByteScan.padding)
        unsafe kept += bytes.prefix(batch.count)
        // Every batch may be scanned beyond its end, up to a line end or the zeros of the padding.
        unsafe #expect(bytes.contains { $0 == 0 || $0 == 0x0A })
      }
    }
    return (kept, passed)
  }

  private func ranges(of count: Int, _ generator: inout SeededGenerator) -> [Range<Int>] {
    var cuts = [0, count]
    for _ in 0..<generator.integer(below: 6) where count > 1 {
      cuts.append(generator.integer(in: 1...(count - 1)))
    }
    let sorted = Set(cuts).sorted()
    return zip(sorted, sorted.dropFirst()).map { $0..<$1 }
  }

  @Test(arguments: Rounds.parts)
  func `ranges side by side share lines without gap or overlap`(part: Int) throws {
    for var generator in Rounds.generators("line ranges", part: part) {
      let text = (0..<generator.integer(below: 60)).map { _ in
        generator.choose(from: [0x0A, 0x61, 0x62, 0x22] as [UInt8])
      }
      for boundary in [RecordBoundary.line, .quotedLine] {
        let limit = generator.choose(from: [3, 8, 1000])
        var naive: (kept: [UInt8], passed: [Int]) = ([], [])
        var record: [UInt8] = []
        var isQuoted = false
        func end(_ hasLineEnd: Bool) {
          if record.count - (hasLineEnd ? 1 : 0) > limit {
            naive.passed.append(record.count)
          } else {
            naive.kept += record
          }
          record = []
        }
        for byte in text {
          record.append(byte)
          if byte == 0x22, boundary == .quotedLine { isQuoted.toggle() }
          if byte == 0x0A && !isQuoted { end(true) }
        }
        if !record.isEmpty { end(false) }
        let found = try records(
          text, boundary, ranges(of: text.count, &generator), limit: limit,
          block: generator.integer(in: 1...4))
        // With blocks this small nothing over the limit by more than a block slips in.
        let whole = try records(text, boundary, [0..<text.count], limit: 1000, block: 7)
        #expect(whole.kept == text)
        #expect(found.kept.count + found.passed.reduce(0, +) == text.count)
        if limit == 1000 { #expect(found.kept == text) }
        #expect(found.passed.allSatisfy(naive.passed.contains))
      }
    }
  }

  @Test func `what was passed over is measured`() {
    var passed = PassedBytes()
    for bytes: [UInt8] in [[0x61], [0x0A, 0x62, 0x63], [0x64], [0x0A], [], [0x65]] {
      unsafe bytes.withUnsafeBufferPointer {
        if let start = $0.baseAddress { unsafe passed.add(start, $0.count) }
      }
    }
    #expect(passed.count == 7)
    #expect(passed.lines == 2)
    #expect(passed.tail == 1)
  }
}
