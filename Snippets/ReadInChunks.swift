// Reading what arrives piece by piece, such as a download or a decompressor's output.

// snippet.hide
import GA4Model
import GA4Samples

let bytes = NDJSONWriter().bytes(of: SampleShop.small.events)

// snippet.show
let chunks = AsyncStream<[UInt8]> { continuation in
  // Pieces may be cut anywhere, also in the middle of a character.
  for start in stride(from: 0, to: bytes.count, by: 65_536) {
    continuation.yield(Array(bytes[start..<min(start + 65_536, bytes.count)]))
  }
  continuation.finish()
}
let result = try await EventReader(format: .ndjson).read(chunks: chunks, workers: 2)
print(result.report)
