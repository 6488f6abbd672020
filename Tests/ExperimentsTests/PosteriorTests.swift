import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct PosteriorTests {
  @Test(arguments: ExperimentVector.of("beta_binomial"))
  func `chances and losses are those of the closed form`(_ vector: ExperimentVector) {
    let prior = vector.numbers("prior")
    func arm(_ name: String) -> BetaPosterior {
      BetaPosterior(
        successes: Int(vector.number("x" + name)), of: Int(vector.number("n" + name)),
        prior: BetaPosterior(alpha: prior[0], beta: prior[1]))
    }
    let comparison = PosteriorComparison([arm("A"), arm("B")])
    vector.check(comparison.chanceToBeat(1, 0), "p_B_beats_A")
    vector.check(comparison.expectedLoss(choosing: 1, over: 0), "expected_loss_choose_B")
    vector.check(comparison.expectedLoss(choosing: 0, over: 1), "expected_loss_choose_A")
    vector.check(comparison.expectedLoss(choosing: 1), "expected_loss_choose_B")
    vector.check(comparison.arms[0].mean, "posterior_mean_A")
    vector.check(comparison.arms[1].mean, "posterior_mean_B")
    vector.check(comparison.logChanceToBeat(0, 1) / log(10), "log10_p_A_beats_B")
  }

  @Test(arguments: ExperimentVector.of("bandit_prob_best"))
  func `chances to be the best are those of quadrature elsewhere`(_ vector: ExperimentVector) {
    let arms = vector.inputs["beta_params"]!.elements!.map { pair in
      BetaPosterior(alpha: pair.elements![0].number!, beta: pair.elements![1].number!)
    }
    let chances = PosteriorComparison(arms).chancesToBeBest
    vector.check(chances, "p_best")
    #expect(near(chances.reduce(0, +), 1, 1e-11))
  }

  @Test(arguments: ExperimentVector.of("growthbook_bayes"))
  func `posteriors of effects are those of GrowthBook`(_ vector: ExperimentVector) {
    let comparison = MetricComparison(
      control: MetricComparisonTests.growthBookEstimate(vector.inputs["a"]!),
      treatment: MetricComparisonTests.growthBookEstimate(vector.inputs["b"]!),
      relativeInterval: .linear)
    let isRelative = vector.inputs["difference_type"]!.text == "relative"
    // A prior is one of the relative effect; for an absolute one it is scaled by the control.
    let scale = isRelative ? 1 : comparison.control.value!
    let prior = vector.inputs["prior"].map { prior in
      NormalPosterior(
        mean: prior["mean"]!.number! * scale, standardDeviation: prior["sd"]!.number! * scale)
    }
    let effect = NormalPosterior(
      estimate: isRelative ? comparison.lift! : comparison.difference,
      standardError: isRelative ? comparison.liftStandardError! : comparison.standardError,
      prior: prior)
    vector.check(effect.chanceAboveZero, "chance_to_win")
    vector.check(effect.mean, "expected")
    vector.check(effect.standardDeviation, "sd")
    vector.check(effect.interval(0.95), "ci")
    vector.check([effect.expectedGain, effect.expectedLoss], "risk")
  }

  @Test func `normal posteriors agree with their closed forms`() {
    let arms = [
      NormalPosterior(mean: 1, standardDeviation: 0.5),
      NormalPosterior(mean: 2, standardDeviation: 0.1),
    ]
    let comparison = PosteriorComparison(arms)
    let difference = NormalPosterior(mean: 1, standardDeviation: (0.25 + 0.01).squareRoot())
    #expect(near(comparison.chanceToBeat(1, 0), difference.chanceAboveZero, 1e-12))
    #expect(near(comparison.expectedLoss(choosing: 1), difference.expectedLoss, 1e-13))
    #expect(near(comparison.expectedLoss(choosing: 0), difference.expectedGain, 1e-12))
    // Where the closed form cancels, the quadrature does not; the series takes over without a step.
    let far = PosteriorComparison([
      NormalPosterior(mean: 0, standardDeviation: 0.6),
      NormalPosterior(mean: 30, standardDeviation: 0.8),
    ])
    let loss = NormalPosterior(mean: 30, standardDeviation: 1).expectedLoss
    #expect(near(far.expectedLoss(choosing: 1) / loss, 1, 1e-10))
    let below = NormalPosterior(mean: 7.9999999, standardDeviation: 1).expectedLoss
    let above = NormalPosterior(mean: 8.0000001, standardDeviation: 1).expectedLoss
    #expect(near(below / above, 1, 1e-5))
  }

  @Test(arguments: Rounds.parts)
  func `chances of rates are those of the binomial sum`(part: Int) {
    for var generator in Rounds.generators("gamma", part: part, perPart: 10) {
      let counts = [generator.integer(in: 1...30), generator.integer(in: 1...30)]
      let rates = [generator.uniform(in: 1..<50), generator.uniform(in: 1..<50)]
      let arms = [0, 1].map { GammaPosterior(shape: Double(counts[$0]), rate: rates[$0]) }
      // The later of two Poisson clocks: P(λ₁ > λ₀) = P(Bin(n₀ + n₁ − 1, b₀/(b₀ + b₁)) ≥ n₀).
      let n = counts[0] + counts[1] - 1
      let p = rates[0] / (rates[0] + rates[1])
      var sum = 0.0
      for k in counts[0]...n {
        let choose = lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
        sum += exp(choose + Double(k) * log(p) + Double(n - k) * log(1 - p))
      }
      let comparison = PosteriorComparison(arms)
      #expect(near(comparison.chanceToBeat(1, 0), sum, 1e-11))
      // E (A − B)⁺ − E (B − A)⁺ = E A − E B.
      let balance = comparison.expectedLoss(choosing: 1) - comparison.expectedLoss(choosing: 0)
      #expect(near(balance, arms[0].mean - arms[1].mean, 1e-11))
    }
  }

  @Test func `intervals hold their probability and the shortest is the shortest`() {
    func check(_ posterior: some Posterior, _ lower: (Double) -> Double) {
      let central = posterior.interval(0.9)
      let shortest = posterior.shortestInterval(0.9)
      for interval in [central, shortest] {
        #expect(near(lower(interval.upperBound) - lower(interval.lowerBound), 0.9, 1e-9))
      }
      let width = shortest.upperBound - shortest.lowerBound
      #expect(width <= central.upperBound - central.lowerBound + 1e-12)
      for start in stride(from: 0.001, to: 0.1, by: 0.001) {
        #expect(posterior.quantile(start + 0.9) - posterior.quantile(start) >= width - 1e-9)
      }
    }
    check(BetaPosterior(alpha: 3, beta: 9)) { BetaDistribution(3, 9).lower($0).value }
    check(BetaPosterior(alpha: 1, beta: 21)) { BetaDistribution(1, 21).lower($0).value }
    check(BetaPosterior(alpha: 30, beta: 0.5)) { BetaDistribution(30, 0.5).lower($0).value }
    check(GammaPosterior(shape: 2, rate: 3)) {
      GammaDistribution(shape: 2, rate: 3).lower($0).value
    }
    check(GammaPosterior(shape: 0.5, rate: 3)) {
      GammaDistribution(shape: 0.5, rate: 3).lower($0).value
    }
    check(NormalPosterior(mean: 1, standardDeviation: 3)) {
      NormalDistribution.lower(($0 - 1) / 3).value
    }
    #expect(BetaPosterior(successes: 0, of: 20).shortestInterval(0.95).lowerBound == 0)
  }

  @Test func `a chance below the smallest double has its logarithm`() {
    let comparison = PosteriorComparison([
      BetaPosterior(successes: 1_000, of: 100_000), BetaPosterior(successes: 9_000, of: 100_000),
    ])
    #expect(comparison.chanceToBeat(0, 1) == 0 && comparison.chanceToBeat(1, 0) == 1)
    let log = comparison.logChanceToBeat(0, 1)
    #expect(log < -1_000 && log.isFinite)
  }

  @Test func `Thompson and top-two allocations have their exact shares`() {
    let arms = [(11.0, 91.0), (13, 89), (16, 86)].map { BetaPosterior(alpha: $0, beta: $1) }
    let thompson = BanditAllocation(arms)
    #expect(thompson.shares == thompson.chancesToBeBest)
    let topTwo = BanditAllocation(arms, policy: .topTwo(leader: 0.5), seed: 7)
    #expect(near(topTwo.shares.reduce(0, +), 1, 1e-12))
    #expect(topTwo.shares[2] < thompson.shares[2] && topTwo.shares[0] > thompson.shares[0])
    // By simulation of the rule itself.
    let rounds = 20_000
    var counts = [0, 0, 0]
    var drawn = [0, 0, 0]
    var generator = SeededGenerator(seed: 4)
    func best() -> Int {
      let values = arms.map { arm in
        let x = generator.gamma(shape: arm.alpha)
        return x / (x + generator.gamma(shape: arm.beta))
      }
      return values.indices.max { values[$0] < values[$1] }!
    }
    for unit in 0..<rounds {
      let leader = best()
      if generator.bernoulli(0.5) {
        counts[leader] += 1
      } else {
        var second = best()
        while second == leader { second = best() }
        counts[second] += 1
      }
      drawn[topTwo.arm(forUnit: UInt64(unit))] += 1
    }
    for arm in 0..<3 {
      #expect(near(count: counts[arm], of: rounds, share: topTwo.shares[arm]))
      #expect(near(count: drawn[arm], of: rounds, share: topTwo.shares[arm]))
    }
    #expect(BanditAllocation<BetaPosterior>.Policy.thompson.description == "Thompson sampling")
  }
}
