import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct ResamplingTests {
  @Sendable private static func mean(_ samples: [[Double]]) -> Double {
    samples[0].reduce(0, +) / Double(samples[0].count)
  }

  @Test func `intervals do not depend on the workers`() async {
    var generator = SeededGenerator(seed: 2)
    let arms = (0..<2).map { _ in (0..<40).map { _ in generator.exponential() } }
    let ratio: @Sendable ([[Double]]) -> Double = { arms in
      Self.mean([arms[1]]) / Self.mean([arms[0]])
    }
    for method in Bootstrap.Method.allCases {
      let bootstrap = Bootstrap(rounds: 300, seed: 4, method: method)
      let one = bootstrap.interval(of: arms, statistic: ratio)
      for workers in [1, 2, 5] {
        #expect(await bootstrap.interval(of: arms, workers: workers, statistic: ratio) == one)
      }
      #expect(one.interval.contains(one.estimate))
    }
  }

  @Test func `the standard error of a mean is that of the formula`() {
    var generator = SeededGenerator(seed: 3)
    let sample = (0..<100).map { _ in generator.normal(mean: 5, standardDeviation: 2) }
    let result = Bootstrap(rounds: 4_000, seed: 1, method: .percentile)
      .interval(of: [sample], statistic: Self.mean)
    // Without Bessel's correction, and with the error of 4,000 rounds.
    let error = (Moments(sample).populationVariance! / 100).squareRoot()
    #expect(near(result.standardError!, error, 0.05 * error))
    #expect(near(result.interval.lowerBound, result.estimate - 1.96 * error, 0.15 * error))
    #expect(near(result.interval.upperBound, result.estimate + 1.96 * error, 0.15 * error))
  }

  @Test func `corrected intervals cover a skewed mean better`() {
    let rounds = Rounds.isDeep ? 2_000 : 150
    var covered: [Bootstrap.Method: Int] = [:]
    for round in 0..<rounds {
      var generator = SeededGenerator(seed: UInt64(round), path: "skewed")
      let sample = (0..<30).map { _ in generator.exponential() }
      for method in Bootstrap.Method.allCases {
        let interval = Bootstrap(rounds: 400, seed: UInt64(round), method: method, confidence: 0.9)
          .interval(of: [sample], statistic: Self.mean).interval
        if interval.contains(1) { covered[method, default: 0] += 1 }
      }
    }
    // Efron and Tibshirani: BCa errs less; neither reaches the level with 30 exponential units.
    #expect(covered[.biasCorrected]! + 2 >= covered[.percentile]!)
    #expect(Double(covered[.biasCorrected]!) / Double(rounds) > 0.8)
  }

  @Test func `a statistic that is often undefined has no interval`() {
    let result = Bootstrap(rounds: 100).interval(of: [[1, 2, 3]]) { samples in
      samples[0][0] == 3 ? 1 : .nan
    }
    #expect(result.interval == -Double.infinity...Double.infinity)
    #expect(result.undefinedRounds + result.replicates.count == 100)
    let one = Bootstrap(rounds: 50).interval(of: [[7]], statistic: Self.mean)
    #expect(one.interval == 7...7)
  }

  @Test func `a Poisson bootstrap merges and has the error of the formula`() {
    var generator = SeededGenerator(seed: 7)
    var whole = PoissonBootstrap(variables: 2, replicates: 400, seed: 5)
    var parts = [whole, whole]
    var moments = MetricMoments(variables: 2)
    for unit in 0..<2_000 {
      let views = Double(1 + generator.poisson(mean: 3))
      let values = [views * generator.uniform(), views]
      whole.add("user-\(unit)", values)
      parts[unit % 2].add("user-\(unit)", values)
      moments.add(values)
    }
    parts[1].merge(parts[0])
    #expect(parts[1] == whole)
    for form in [MetricForm.mean(0), .ratio(0, over: 1)] {
      let estimate = MetricEstimate(form, of: moments)
      #expect(whole.estimate(form) == estimate.value)
      let error = Moments(whole.values(form)).standardDeviation!
      // The relative error of 400 replicates is 3.5 %.
      #expect(near(error / estimate.standardError!, 1, 0.15))
      #expect(whole.interval(form)!.contains(estimate.value!))
    }
    #expect(PoissonBootstrap(variables: 1).interval(.mean(0)) == nil)
    let zero = PoissonBootstrap.difference(.mean(0), control: whole, treatment: whole)
    #expect(zero == 0...0)
  }

  @Test func `all dealings of a small table are tried`() {
    let test = PermutationTest(control: [1, 2, 3], treatment: [4, 5, 6])
    #expect(test.isExact && test.statistic == 3 && near(test.pValue, 0.1, 1e-15))
    func p(_ alternative: Alternative) -> Double {
      PermutationTest(control: [1, 2, 3], treatment: [4, 5, 6], alternative: alternative).pValue
    }
    #expect(near(p(.greater), 0.05, 1e-15) && p(.less) == 1)
    #expect(test.description == "exact permutation test, two-sided: difference 3.0000, p = 0.1000")
    #expect(PermutationTest(control: [], treatment: [1]).pValue == 1)
    #expect(PermutationTest(control: [0.1, 0.2], treatment: [0.3, 0]).pValue == 1)
  }

  @Test func `drawn dealings come near to all dealings on any number of workers`() async {
    var generator = SeededGenerator(seed: 1)
    let control = (0..<9).map { _ in generator.normal() }
    let treatment = (0..<8).map { _ in generator.normal(mean: 0.7) }
    let exact = PermutationTest(control: control, treatment: treatment, limit: 30_000)
    #expect(exact.isExact)
    let drawn = PermutationTest(control: control, treatment: treatment, limit: 20_000, seed: 3)
    #expect(!drawn.isExact)
    #expect(near(count: Int(drawn.pValue * 20_001), of: 20_001, share: exact.pValue))
    for workers in [1, 3] {
      let same = await PermutationTest(
        control: control, treatment: treatment, limit: 20_000, seed: 3, workers: workers)
      #expect(same == drawn)
    }
  }

  @Test func `a permutation test keeps its level`() {
    let rounds = Rounds.isDeep ? 4_000 : 300
    var rejected = 0
    for round in 0..<rounds {
      var generator = SeededGenerator(seed: UInt64(round), path: "level")
      let values = (0..<20).map { _ in generator.logNormal(mean: 0, standardDeviation: 1.5) }
      let test = PermutationTest(
        control: Array(values[..<10]), treatment: Array(values[10...]), limit: 199,
        seed: UInt64(round))
      if test.pValue <= 0.1 { rejected += 1 }
    }
    #expect(near(count: rejected, of: rounds, share: 0.1))
  }
}
