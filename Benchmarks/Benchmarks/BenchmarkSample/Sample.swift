import Benchmark
public import GA4Model
public import GA4Samples

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The data of all benchmarks, generated when first needed.
public enum Sample {
  /// `PRODUCT_ANALYTICS_BENCHMARK_USERS`, or else 20,000, which is about 290,000 events.
  public static let users: Int = {
    guard let text = unsafe getenv("PRODUCT_ANALYTICS_BENCHMARK_USERS") else { return 20_000 }
    guard let users = Int(unsafe String(cString: text)), users > 0 else {
      preconditionFailure("PRODUCT_ANALYTICS_BENCHMARK_USERS must be a positive whole number")
    }
    return users
  }()

  /// The shop of so many users.
  public static let shop = SampleShop(seed: 1, users: users, days: SampleShop.benchmark.days)

  /// Its log.
  public static let log: EventLog = {
    do { return try shop.log() } catch { fatalError("The sample cannot be built: \(error)") }
  }()
}

/// Measures `query` over the sample with one worker and with two.
public func measure(_ name: String, _ query: some EventQuery) {
  for workers in [1, 2] {
    Benchmark("\(name), \(workers == 1 ? "1 worker" : "\(workers) workers")") { benchmark in
      let log = Sample.log
      benchmark.startMeasurement()
      let report = await query.evaluate(log, workers: workers)
      benchmark.stopMeasurement()
      blackHole(report)
    }
  }
}
