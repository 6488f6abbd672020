import Benchmark

// The package manager asks for this name.
let benchmarks: @Sendable () -> Void = {
  // Nothing else runs before all benchmarks are registered.
  unsafe Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(2),
    maxIterations: 100)
  treeBenchmarks()
  tableBenchmarks()
  forecastBenchmarks()
}
