/// The number of independent events in a given time.
///
///     PoissonDistribution(mean: 2.5).upper(5).value   // 0.1088219810851069
package struct PoissonDistribution: Sendable, Hashable {
  /// The mean, finite and not negative.
  package let mean: Double

  /// Creates the distribution of a finite mean that is not negative.
  package init(mean: Double) {
    precondition(
      mean >= 0 && mean < .infinity, "The mean of a Poisson distribution is not negative.")
    self.mean = mean
  }

  /// Returns the probability of exactly `count` events.
  package func mass(_ count: Int) -> TailProbability {
    if count < 0 { return .zero }
    if mean == 0 { return count == 0 ? .one : .zero }
    if count == 0 { return TailProbability(log: -mean) }
    let mass = IncompleteGamma.mass(shape: Double(count), at: mean)
    return mass.times(1 / Double(count))
  }

  /// Returns the probability of at most `count` events.
  package func lower(_ count: Int) -> TailProbability {
    count < 0 ? .zero : IncompleteGamma(shape: Double(count) + 1, at: mean).upper
  }

  /// Returns the probability of at least `count` events.
  package func upper(_ count: Int) -> TailProbability {
    count <= 0 ? .one : IncompleteGamma(shape: Double(count), at: mean).lower
  }

  /// Returns the smallest count of which at most so many happen with at least `probability`.
  ///
  /// It must be less than 1, as no count is never exceeded.
  package func quantile(_ level: Double) -> Int {
    precondition(level < 1 || mean == 0, "No count of events is never exceeded.")
    return quantile(QuantileTarget(lower: level))
  }

  /// Returns the smallest count that is exceeded with at most `probability`, above 0.
  package func upperQuantile(_ level: Double) -> Int {
    precondition(level > 0 || mean == 0, "No count of events is never exceeded.")
    return quantile(QuantileTarget(lower: level).mirrored)
  }

  private func quantile(_ target: QuantileTarget) -> Int {
    if mean == 0 { return 0 }
    let z = target.normal
    let guess = z.isFinite ? mean + z * mean.squareRoot() + (z * z - 1) / 6 : 0
    return Int(
      target.firstCount(
        near: guess, limit: 0x1p53, lower: { lower(Int($0)) }, above: { upper(Int($0) + 1) }))
  }
}
