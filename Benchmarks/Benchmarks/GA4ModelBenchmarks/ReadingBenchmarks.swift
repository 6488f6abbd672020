import Benchmark
import BenchmarkSample
import GA4Model

/// From bytes in memory to a sorted log, and back.
func readingBenchmarks() {
  let inputs: [(name: String, format: EventReader.Format, bytes: @Sendable () -> [UInt8])] = [
    ("NDJSON", .ndjson, { Sample.ndjson }),
    ("CSV", .csv(.skinny), { Sample.csv }),
  ]
  for input in inputs {
    for workers in [1, 2] {
      Benchmark("read \(input.name), \(workers == 1 ? "1 worker" : "\(workers) workers")") {
        benchmark in
        let bytes = input.bytes()
        let reader = EventReader(format: input.format)
        benchmark.startMeasurement()
        let result = try await reader.read(bytes: bytes, workers: workers)
        benchmark.stopMeasurement()
        blackHole(result)
      }
    }
  }

  Benchmark("write NDJSON") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    var size = 0
    NDJSONWriter().write(log) { size += $0.count }
    benchmark.stopMeasurement()
    blackHole(size)
  }

  Benchmark("write CSV") { benchmark in
    let log = Sample.log
    benchmark.startMeasurement()
    var size = 0
    CSVWriter(.skinny).write(log) { size += $0.count }
    benchmark.stopMeasurement()
    blackHole(size)
  }
}
