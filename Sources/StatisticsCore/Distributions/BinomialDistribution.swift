/// The number of successes in independent trials.
///
///     let heads = BinomialDistribution(trials: 10, probability: 0.3)
///     heads.lower(3).value   // 0.6496107184
///     heads.quantile(0.5)    // 3
package struct BinomialDistribution: Sendable, Hashable {
  /// The number of trials, up to 2⁵³.
  package let trials: Int
  /// The probability of success.
  package let probability: Double

  /// Creates the distribution of the successes in up to 2⁵³ trials.
  package init(trials: Int, probability: Double) {
    precondition(
      trials >= 0 && trials <= SaddlePoint.largestCount,
      "The number of trials must lie between 0 and 2⁵³.")
    precondition(
      probability >= 0 && probability <= 1, "A probability must lie between 0 and 1.")
    (self.trials, self.probability) = (trials, probability)
  }

  /// Returns the probability of exactly `count` successes.
  package func mass(_ count: Int) -> TailProbability {
    let mass = SaddlePoint.binomial(count, of: trials, probability: probability)
    return TailProbability(value: mass.value, log: mass.log)
  }

  /// Returns the probability of at most `count` successes.
  package func lower(_ count: Int) -> TailProbability {
    if count < 0 { return .zero }
    if count >= trials { return .one }
    return tails(below: count).upper
  }

  /// Returns the probability of at least `count` successes.
  package func upper(_ count: Int) -> TailProbability {
    if count <= 0 { return .one }
    if count > trials { return .zero }
    return tails(below: count - 1).lower
  }

  /// Returns the smallest count of which at most so many succeed with at least `probability`.
  package func quantile(_ level: Double) -> Int { quantile(QuantileTarget(lower: level)) }

  /// Returns the smallest count that is exceeded with at most `probability`.
  package func upperQuantile(_ level: Double) -> Int {
    quantile(QuantileTarget(lower: level).mirrored)
  }

  private func quantile(_ target: QuantileTarget) -> Int {
    let mean = Double(trials) * probability
    let deviation = (mean * (1 - probability)).squareRoot()
    let z = target.normal
    let guess = z.isFinite ? mean + z * deviation : z > 0 ? Double(trials) : 0
    return Int(
      target.firstCount(
        near: guess, limit: Double(trials), lower: { lower(Int($0)) },
        above: { upper(Int($0) + 1) }))
  }

  /// The beta distribution of the probability that would give more than `count` successes.
  private func tails(below count: Int) -> IncompleteBeta {
    IncompleteBeta(
      Double(count + 1), Double(trials - count), at: UnitPlace(probability))
  }
}
