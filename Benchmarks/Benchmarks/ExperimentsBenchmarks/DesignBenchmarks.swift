import Benchmark
import Experiments

/// Registers the benchmarks of plans, resampling and beliefs.
func designBenchmarks() {
  Benchmark("sample size of a share") { _ in
    let analysis = PowerAnalysis(.proportion(baseline: 0.05))
    blackHole(analysis.sampleSize(detecting: .relative(0.1)))
  }
  Benchmark("group sequential design, 4 looks") { _ in
    blackHole(GroupSequentialDesign(looks: 4))
  }
  Benchmark("chance to be the best of four") { _ in
    let arms = (0..<4).map {
      BetaPosterior(alpha: 101 + 5 * Double($0), beta: 901 - 5 * Double($0))
    }
    blackHole(PosteriorComparison(arms).expectedLoss(choosing: 3))
  }
  let values = (0..<500).map { Double(($0 * 7_919) % 1_009) }
  Benchmark("bootstrap interval, 500 values, 2,000 rounds") { _ in
    let result = Bootstrap().interval(of: [values]) { samples in
      samples[0].reduce(0, +) / Double(samples[0].count)
    }
    blackHole(result)
  }
}
