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
  measure("a trend", FunnelQuery(steps, window: week, hasTrend: true))
  measure("times from the first entry", FunnelQuery(steps, window: week, times: .fromFirstEntry))
  measure(
    "three windows",
    FunnelWindowsQuery(
      FunnelQuery(steps), windows: [1, 24, 168].map { .fromFirstStep(.seconds($0 * 3_600)) }))
  measure("users in parts", FunnelPartsQuery(FunnelQuery(steps, window: week)))
  measure("next action", FunnelActionsQuery(FunnelQuery(steps, window: week), .next, step: 1))
  measure("correlation", FunnelCorrelationQuery(FunnelQuery(steps, window: week), of: .events))
  measure("paths of 4 steps", PathQuery(following: { $0.name == .addToCart }, depth: 4))
  measure(
    "a pattern",
    SequenceQuery(
      SequencePattern([.event(.viewItem), .gap(.atMost, .seconds(600)), .event(.addToCart)])))
}
