// What `Scripts/fuzz` runs: libFuzzer calls the function below with inputs that it grows by the
// code they reach. The first two bytes choose format and sizes, the rest is the input.

import Dispatch
import GA4Model

/// The outcome of a reading as text: two of one input must agree in every letter.
private func outcome(_ body: () throws -> EventReader.Result) -> String {
  do {
    let result = try body()
    precondition(result.log.count + result.report.skipped == result.report.lines)
    return "\(result.report)\n" + result.log.map { "\($0)" }.joined(separator: "\n")
      + result.log.sessions.map { "\($0)" }.joined(separator: "\n")
  } catch {
    return "\(error)"
  }
}

private final class Box: @unchecked Sendable { var text = "" }

/// The outcome of an asynchronous reading, waited for.
private func outcome(
  _ body: @escaping @Sendable () async throws -> EventReader.Result
) -> String {
  let done = DispatchSemaphore(value: 0)
  let box = Box()
  Task {
    do {
      let result = try await body()
      box.text = outcome { result }
    } catch {
      box.text = "\(error)"
    }
    done.signal()
  }
  done.wait()
  return box.text
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 2 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 2, count: count - 2))
  let (choice, size) = (Int(start[0]), Int(start[1]))
  let formats: [EventReader.Format] = [.automatic, .ndjson, .jsonArray, .csv(.automatic)]
  var reader = EventReader(format: formats[choice % 4])
  if choice & 4 == 0 { reader.malformed = .skip(limit: .max) }
  if choice & 8 != 0 { reader.limits.recordBytes = 1 + size }
  if choice & 16 != 0 { reader.parameters = .only(["value", "page_title"]) }
  let whole = outcome { try reader.read(bytes: bytes) }
  reader.tuning.share = 20 + size
  reader.tuning.block = 1 + size / 3
  reader.tuning.streamBlock = 1 + size
  reader.tuning.head = 1 + size / 5
  let cut = reader
  let parallel = outcome { try await cut.read(bytes: bytes, workers: 3) }
  precondition(parallel == whole, "workers:\n\(parallel)\nwhole:\n\(whole)")
  let streamed = outcome {
    let chunks = AsyncStream<[UInt8]> { stream in
      var rest = bytes[...]
      while !rest.isEmpty {
        stream.yield(Array(rest.prefix(1 + size / 2)))
        rest = rest.dropFirst(1 + size / 2)
      }
      stream.finish()
    }
    return try await cut.read(chunks: chunks, workers: 2)
  }
  precondition(streamed == whole, "streamed:\n\(streamed)\nwhole:\n\(whole)")
  return 0
}
