import GA4Model
import StatisticsCore
import TestSupport
import Testing

/// What a reading came to.
enum Reading {
  case read(EventReader.Result)
  case refused(ReadError)

  init(_ body: () throws -> EventReader.Result) {
    do {
      self = .read(try body())
    } catch {
      self = .refused(error as! ReadError)
    }
  }

  init(_ body: () async throws -> EventReader.Result) async {
    do {
      self = .read(try await body())
    } catch {
      self = .refused(error as! ReadError)
    }
  }
}

extension EventReader {
  /// This reader with sizes that cut even a small input often.
  func cut(_ generator: inout SeededGenerator) -> EventReader {
    var reader = self
    // Every share is a part with dictionaries of its own, so very many cost time.
    reader.tuning.share =
      generator.bernoulli(0.03) ? generator.integer(in: 1...10) : generator.integer(in: 150...900)
    reader.tuning.block = generator.integer(in: 1...200)
    reader.tuning.streamBlock = generator.integer(in: 1...900)
    reader.tuning.head = generator.integer(in: 1...100)
    return reader
  }
}

/// Reads `bytes` in every way, expects that all come to the same, and returns it.
func readInEveryWay(
  _ bytes: [UInt8], _ reader: EventReader, _ generator: inout SeededGenerator,
  _ location: SourceLocation = #_sourceLocation
) async -> Reading {
  let whole = Reading { () throws in try reader.read(bytes: bytes) }
  if case .read(let result) = whole {
    #expect(
      result.log.count + result.report.skipped == result.report.lines, sourceLocation: location)
    #expect(result.report.bytes == Int64(bytes.count), sourceLocation: location)
    #expect(
      result.report.problems.count == min(100, result.report.skipped), sourceLocation: location)
  }
  for workers in [1, 2, 7] {
    let cut = reader.cut(&generator)
    let other = await Reading { try await cut.read(bytes: bytes, workers: workers) }
    expect(other, isTheSameAs: whole, location)
    let random = generator
    let streamed = await Reading {
      try await cut.read(chunks: chunks(bytes, random), workers: workers)
    }
    _ = generator.next()
    expect(streamed, isTheSameAs: whole, location)
  }
  return whole
}

/// `bytes` in chunks of random sizes, some of them empty.
func chunks(_ bytes: [UInt8], _ random: SeededGenerator) -> AsyncStream<[UInt8]> {
  var generator = random
  let most = generator.choose(from: [1, 7, 100, 100_000])
  return AsyncStream { stream in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = generator.integer(below: most + 1)
      stream.yield(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    stream.finish()
  }
}

func expect(_ reading: Reading, isTheSameAs other: Reading, _ location: SourceLocation) {
  switch (reading, other) {
  case (.read(let a), .read(let b)):
    #expect(a.report == b.report, sourceLocation: location)
    expect(a.log, isTheSameAs: b.log, location)
  case (.refused(let a), .refused(let b)):
    #expect(a == b, sourceLocation: location)
  default:
    Issue.record(
      "one reading succeeded and one failed: \(reading), \(other)", sourceLocation: location)
  }
}
