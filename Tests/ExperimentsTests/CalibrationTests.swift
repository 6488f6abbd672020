import Experiments
import StatisticsCore
import TestSupport
import Testing

/// How often tests reject a true null hypothesis, and intervals hold the truth, in simulations.
///
/// A deep run repeats each experiment 20,000 times, a plain one 400 times.
@Suite struct CalibrationTests {
  private static let rounds = Rounds.isDeep ? 20_000 : 400

  /// Returns the share of rounds in which something happens.
  private func share(_ name: String, _ happens: (inout SeededGenerator) -> Bool) -> Double {
    var count = 0
    for round in 0..<Self.rounds {
      var random = SeededGenerator(seed: 20_261_121, path: name, UInt64(round))
      if happens(&random) { count += 1 }
    }
    let share = Double(count) / Double(Self.rounds)
    if Rounds.isDeep { print("\(name): \(share)") }
    return share
  }

  /// Five standard errors of a share that is near `level`.
  private func slack(_ level: Double) -> Double {
    5 * (level * (1 - level) / Double(Self.rounds)).squareRoot()
  }

  private func arm(_ trials: Int, _ rate: Double, _ random: inout SeededGenerator) -> Proportion {
    Proportion(
      BinomialDistribution(trials: trials, probability: rate).quantile(random.uniform()), of: trials
    )
  }

  @Test func `tests of two equal rates hold their level`() {
    let level = 0.05
    let pooled = share("pooled z-test, 500 v 500 at 10 %") {
      TwoProportionZTest(arm(500, 0.1, &$0), arm(500, 0.1, &$0)).pValue <= level
    }
    #expect(abs(pooled - level) < slack(level) + 0.003)
    let fisher = share("Fisher, 60 v 40 at 20 %") {
      FisherExactTest(arm(60, 0.2, &$0), arm(40, 0.2, &$0)).pValue <= level
    }
    #expect(fisher <= level + slack(level))
    let boschloo = share("Boschloo, 12 v 9 at 30 %") {
      BoschlooTest(arm(12, 0.3, &$0), arm(9, 0.3, &$0), alternative: .greater).pValue <= level
    }
    #expect(boschloo <= level + slack(level))
    let square = share("chi-square, three arms of 300 at 15 %") { random in
      ChiSquareTest((0..<3).map { _ in arm(300, 0.15, &random) }).pValue <= level
    }
    #expect(abs(square - level) < slack(level) + 0.004)
  }

  @Test func `tests of two equal samples hold their level`() {
    let level = 0.05
    func sample(
      _ count: Int, _ deviation: Double, _ random: inout SeededGenerator
    ) -> [Double] {
      (0..<count).map { _ in random.normal(standardDeviation: deviation) }
    }
    let welch = share("Welch, 12 v 30, deviations 3 and 1") {
      TwoSampleTTest(sample(12, 3, &$0), sample(30, 1, &$0)).pValue <= level
    }
    #expect(abs(welch - level) < slack(level) + 0.004)
    let student = share("Student, 12 v 30, equal deviations") {
      TwoSampleTTest(sample(12, 1, &$0), sample(30, 1, &$0), variances: .equal).pValue <= level
    }
    #expect(abs(student - level) < slack(level))
    let ranks = share("Mann–Whitney exact, 9 v 11") {
      MannWhitneyTest(sample(9, 1, &$0), sample(11, 1, &$0)).pValue <= level
    }
    #expect(ranks <= level + slack(level))
    let munzel = share("Brunner–Munzel, 25 v 40, deviations 3 and 1") {
      BrunnerMunzelTest(sample(25, 3, &$0), sample(40, 1, &$0)).pValue <= level
    }
    #expect(abs(munzel - level) < slack(level) + 0.012)
    let shape = share("Shapiro–Wilk, 30 normal values") {
      ShapiroWilkTest(sample(30, 1, &$0)).pValue <= level
    }
    #expect(abs(shape - level) < slack(level) + 0.004)
    let poisson = share("E-test, means 8 and 8") { random in
      PoissonRatioTest(
        PoissonRate(random.poisson(mean: 8), per: 1), PoissonRate(random.poisson(mean: 8), per: 1),
        method: .parametric
      ).pValue <= level
    }
    #expect(abs(poisson - level) < slack(level) + 0.01)
  }

  @Test func `intervals cover the truth`() {
    let level = 0.95
    let exact = share("Clopper–Pearson, 40 at 7 %") {
      arm(40, 0.07, &$0).confidenceInterval(level: level, method: .clopperPearson).contains(0.07)
    }
    #expect(exact >= level - slack(level))
    let wilson = share("Wilson, 200 at 30 %") {
      arm(200, 0.3, &$0).confidenceInterval(level: level).contains(0.3)
    }
    #expect(abs(wilson - level) < slack(level) + 0.01)
    for method in [DifferenceIntervalMethod.newcombe, .agrestiCaffo, .miettinenNurminen] {
      let covered = share("\(method), 60 v 80 at 20 % and 35 %") {
        ProportionDifference(arm(60, 0.2, &$0), arm(80, 0.35, &$0))
          .confidenceInterval(level: level, method: method).contains(0.2 - 0.35)
      }
      #expect(abs(covered - level) < slack(level) + 0.01)
    }
    let mean = share("Welch's interval of skewed values") { random in
      func sample(_ count: Int) -> [Double] {
        (0..<count).map { _ in random.exponential() }
      }
      return TwoSampleTTest(sample(80), sample(120))
        .confidenceInterval(level: level).contains(0)
    }
    #expect(abs(mean - level) < slack(level) + 0.01)
    let quantile = share("medians of 150 clusters") { random in
      func clusters() -> [[Double]] {
        (0..<150).map { _ in
          let own = random.normal()
          return (0..<3).map { _ in own + random.normal() }
        }
      }
      let (a, b) = (
        QuantileEstimate(clusters: clusters(), probability: 0.5),
        QuantileEstimate(clusters: clusters(), probability: 0.5)
      )
      return QuantileTest(a, b).confidenceInterval(level: level).contains(0)
    }
    #expect(abs(quantile - level) < slack(level) + 0.015)
  }
}
