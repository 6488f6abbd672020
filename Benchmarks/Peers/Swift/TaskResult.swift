#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A reading of the clock and of the processor time of this process, in seconds.
struct Instant {
  let seconds = Instant.read(CLOCK_MONOTONIC)
  let cpu = Instant.read(CLOCK_PROCESS_CPUTIME_ID)

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The times of a task and its answer, which prints itself as a line of JSON.
struct TaskResult: CustomStringConvertible {
  /// A value of an answer.
  enum Cell {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  var task: BenchmarkTask
  /// By the clock, for each run.
  var seconds: [Double] = []
  /// Of all processors together, for each run.
  var cpu: [Double] = []
  /// Rows to compare with the other engines'.
  var answer: [[Cell]] = []

  mutating func add(since start: Instant) {
    let now = Instant()
    seconds.append(now.seconds - start.seconds)
    cpu.append(now.cpu - start.cpu)
  }

  var best: Double { seconds.min() ?? 0 }

  var median: Double {
    let sorted = seconds.sorted()
    if sorted.isEmpty { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var description: String {
    let rows = answer.map { "[" + $0.map(\.json).joined(separator: ",") + "]" }
    return #"{"task":"\#(task.rawValue)","best":\#(best),"median":\#(median),"#
      + #""seconds":\#(seconds),"cpu":\#(cpu),"answer":[\#(rows.joined(separator: ","))]}"#
  }
}

extension TaskResult.Cell {
  var json: String {
    switch self {
    case .integer(let value): return "\(value)"
    case .number(let value): return "\(value)"
    case .text(let text):
      // The sample has no control characters.
      let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
      return "\"" + String(escaped) + "\""
    }
  }
}
