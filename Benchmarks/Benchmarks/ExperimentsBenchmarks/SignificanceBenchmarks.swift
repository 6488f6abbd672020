import Benchmark
import Experiments

/// Registers a benchmark of a thousand tests with a first count that changes.
private func thousand(_ name: String, _ test: @escaping @Sendable (Int) -> Double) {
  Benchmark("\(name), 1,000 times") { _ in
    for index in 0..<1_000 { blackHole(test(index & 7)) }
  }
}

/// Registers the benchmarks of single tests.
func significanceBenchmarks() {
  thousand("pooled z-test") {
    TwoProportionZTest(Proportion(20_034 + $0, of: 44_700), Proportion(20_119, of: 45_489)).pValue
  }
  thousand("Fisher, 38 users") {
    FisherExactTest(Proportion(2 + $0, of: 13), Proportion(5, of: 25)).pValue
  }
  thousand("Fisher, 90,189 users") {
    FisherExactTest(Proportion(8_502 + $0, of: 44_700), Proportion(8_279, of: 45_489)).pValue
  }
  thousand("Fisher, 20 million users") {
    FisherExactTest(
      Proportion(2_000_000 + $0, of: 10_000_000), Proportion(2_001_500, of: 10_000_000)
    ).pValue
  }
  thousand("Welch from moments") {
    TwoSampleTTest(
      SampleMoments(count: 51_230, mean: 12.41 + 0.01 * Double($0), standardDeviation: 38.2),
      SampleMoments(count: 50_987, mean: 12.94, standardDeviation: 40.7)
    ).pValue
  }
  Benchmark("Boschloo, 120 v 90") { _ in
    blackHole(BoschlooTest(Proportion(31, of: 120), Proportion(14, of: 90)).pValue)
  }
  let first = (0..<400).map { Double(($0 * 7_919) % 100_003) }
  let second = (0..<550).map { Double(($0 * 104_729) % 100_019) + 100.5 }
  Benchmark("Mann–Whitney, 400 v 550") { _ in
    blackHole(MannWhitneyTest(first, second).pValue)
  }
  Benchmark("Kolmogorov–Smirnov of one sample, 400") { _ in
    blackHole(KolmogorovSmirnovTest(first, distribution: { $0 / 100_003 }).pValue)
  }
}
