import Benchmark
import BenchmarkSample
import GA4Model
import ProductMetrics

// The package manager asks for this name.
let benchmarks: @Sendable () -> Void = {
  // Nothing else runs before all benchmarks are registered.
  unsafe Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(2),
    maxIterations: 100)
  measure("daily active users", DailyActiveUsersQuery())
  measure("sessions by gap", GapSessionsQuery())
  measure("fact table by events", StarSchemaQuery(channels: .simple, counting: .events))
  measure("fact table by sessions", StarSchemaQuery())
  measure("top items", TopItemsQuery())
  measure("key figures", MetricsQuery())
  measure("key figures by day", MetricsQuery(by: [.day]))
  measure("key figures by channel and device", MetricsQuery(by: [.channel, .deviceCategory]))
}
