import Benchmark
import BenchmarkSample
import Experiments
import GA4Model
import GA4Samples

/// A million units with eight metrics: shares, counts and amounts of money.
private let units: ExperimentUnits = {
  // A generator of Knuth's, which needs no other module.
  var state: UInt64 = 1
  func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }
  let count = 1_000_000
  let columns = (0..<8).map { place in
    ExperimentUnits.Column(
      "metric \(place)",
      values: (0..<count).map { _ in
        let u = uniform()
        switch place % 3 {
        case 0: return u < 0.1 ? 1 : 0
        case 1: return (30 * u * u).rounded(.down)
        default: return u < 0.7 ? 0 : (100_000 * u).rounded() / 100
        }
      }, role: place == 0 ? .primary : .secondary)
  }
  let codes = (0..<count).map { _ -> UInt8 in uniform() < 0.5 ? 0 : 1 }
  return ExperimentUnits(names: ["control", "treatment"], codes: codes, columns: columns)
}()

/// Registers the benchmarks of whole experiments.
func readoutBenchmarks() {
  for workers in [1, 2] {
    let suffix = workers == 1 ? "1 worker" : "\(workers) workers"
    Benchmark("readout of columns, \(suffix)") { benchmark in
      let units = units
      benchmark.startMeasurement()
      let readout = ExperimentReadout(await units.summary(workers: workers))
      benchmark.stopMeasurement()
      blackHole(readout)
    }
  }
  measure(
    "readout of events",
    ExperimentQuery(
      exposure: EventPredicate { $0.name == "experiment_impression" },
      variants: SampleExperiment.variants,
      metrics: [
        .conversion("Buyers", role: .primary) { $0.name == .purchase },
        ExperimentMetric("Purchases", .purchases()),
        .revenue("Revenue").adjusted(byDaysBefore: 7),
      ]))
}
