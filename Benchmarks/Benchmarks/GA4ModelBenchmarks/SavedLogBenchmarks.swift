import Benchmark
import BenchmarkSample
import GA4Model

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Saving a log and opening it again.
func savedLogBenchmarks() {
  Benchmark("save") { benchmark in
    let log = Sample.log
    let path = temporaryPath()
    benchmark.startMeasurement()
    try log.save(to: path)
    benchmark.stopMeasurement()
    _ = unsafe unlink(path)
  }

  for verifies in [true, false] {
    Benchmark("reopen \(verifies ? "with" : "without") checksums") { benchmark in
      let path = temporaryPath()
      try Sample.log.save(to: path)
      // The mapping outlives the name, so nothing is left behind when the run is interrupted later.
      defer { _ = unsafe unlink(path) }
      benchmark.startMeasurement()
      let log = try EventLog(contentsOf: path, verifiesChecksums: verifies)
      benchmark.stopMeasurement()
      blackHole(log.count)
    }
  }
}

private func temporaryPath() -> String {
  let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
  return "\(folder)/product-analytics-benchmark-\(getpid()).ga4log"
}
