import Benchmark
import Funnel
import GA4Model
import GA4Samples

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The log of all benchmarks, generated when first needed, of as many users as
/// `PRODUCT_ANALYTICS_BENCHMARK_USERS` says, or else 20,000, which is about 290,000 events.
private let sample: EventLog = {
  let text = unsafe getenv("PRODUCT_ANALYTICS_BENCHMARK_USERS").map { unsafe String(cString: $0) }
  guard let users = Int(text ?? "20000"), users > 0 else {
    preconditionFailure("PRODUCT_ANALYTICS_BENCHMARK_USERS must be a positive whole number")
  }
  do {
    return try SampleShop(seed: 1, users: users, days: SampleShop.benchmark.days).log()
  } catch {
    fatalError("The sample cannot be built: \(error)")
  }
}()

/// Measures `query` over the sample with one worker and with two.
private func measure(_ name: String, _ query: some EventQuery) {
  for workers in [1, 2] {
    Benchmark("\(name), \(workers == 1 ? "1 worker" : "\(workers) workers")") { benchmark in
      let log = sample
      benchmark.startMeasurement()
      let report = await query.evaluate(log, workers: workers)
      benchmark.stopMeasurement()
      blackHole(report)
    }
  }
}

// The package manager asks for this name.
let benchmarks: @Sendable () -> Void = {
  // Nothing else runs before all benchmarks are registered.
  unsafe Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(2),
    maxIterations: 100)
  let names: [EventName] = [.viewItem, .addToCart, .beginCheckout, .addPaymentInfo, .purchase]
  let steps = names.map { Step($0) }
  let week = FunnelWindow.fromFirstStep(.seconds(7 * 86_400))
  measure("5 steps, 7 days", FunnelQuery(steps, window: week))
  measure("sessions", FunnelQuery(steps, unit: .sessions))
  measure(
    "by country", FunnelQuery(steps, window: week, breakdown: FunnelBreakdown(by: .country)))
  measure(
    "from the step before",
    FunnelQuery(steps, window: .fromPreviousStep(.seconds(86_400))))
  measure(
    "an exclusion",
    FunnelQuery(
      steps, window: week,
      exclusions: [
        FunnelExclusion(EventPredicate { $0.name == "remove_from_cart" }, from: 1, to: 4)
      ])
  )
  measure("why units stop", FunnelQuery(steps, window: week, explainsStops: true))
  measure("any order", FunnelQuery(steps, window: week, order: .anyOrder))
}
