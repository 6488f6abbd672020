import Benchmark
import BenchmarkSample
import Funnel
import GA4Model

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
