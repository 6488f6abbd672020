/// The number of marked ones in a sample without replacement.
///
///     let hands = HypergeometricDistribution(population: 52, marked: 13, sample: 5)
///     hands.mass(2).value   // 0.27427971188475375
package struct HypergeometricDistribution: Sendable, Hashable {
  /// The size of the population, up to 2⁵³.
  package let population: Int
  /// How many of it are marked.
  package let marked: Int
  /// How many are drawn.
  package let sample: Int

  /// Creates the distribution of a sample from a population of up to 2⁵³.
  package init(population: Int, marked: Int, sample: Int) {
    precondition(
      population >= 0 && population <= SaddlePoint.largestCount
        && (0...population).contains(marked) && (0...population).contains(sample),
      "The marked and the drawn ones are part of a population of at most 2⁵³.")
    (self.population, self.marked, self.sample) = (population, marked, sample)
  }

  /// The counts that can occur.
  package var support: ClosedRange<Int> {
    max(0, sample + marked - population)...min(sample, marked)
  }

  /// Returns the probability of exactly `count` marked ones.
  package func mass(_ count: Int) -> TailProbability {
    guard support.contains(count) else { return .zero }
    let mass = SaddlePoint.hypergeometric(
      count, sample - count, marked - count, population - sample - marked + count)
    return TailProbability(value: mass.value, log: mass.log)
  }

  /// Returns the probability of at most `count` marked ones.
  /// - Complexity: O(√v), where v is the variance.
  package func lower(_ count: Int) -> TailProbability {
    if count < support.lowerBound { return .zero }
    if count >= support.upperBound { return .one }
    return table(count).less
  }

  /// Returns the probability of at least `count` marked ones.
  /// - Complexity: O(√v), where v is the variance.
  package func upper(_ count: Int) -> TailProbability {
    if count <= support.lowerBound { return .one }
    if count > support.upperBound { return .zero }
    return table(count).greater
  }

  /// Returns the smallest count of which at most so many are drawn with at least `probability`.
  package func quantile(_ level: Double) -> Int { quantile(QuantileTarget(lower: level)) }

  /// Returns the smallest count that is exceeded with at most `probability`.
  package func upperQuantile(_ level: Double) -> Int {
    quantile(QuantileTarget(lower: level).mirrored)
  }

  private func quantile(_ target: QuantileTarget) -> Int {
    let (low, high) = (support.lowerBound, support.upperBound)
    guard population > 1, low < high else { return low }
    let n = Double(population)
    let mean = Double(sample) * (Double(marked) / n)
    let variance =
      mean * (1 - Double(marked) / n) * (n - Double(sample)) / (n - 1)
    let z = target.normal
    let guess = z.isFinite ? mean + z * variance.squareRoot() : z > 0 ? Double(high) : 0
    let offset = target.firstCount(
      near: guess - Double(low), limit: Double(high - low),
      lower: { lower(low + Int($0)) }, above: { upper(low + Int($0) + 1) })
    return low + Int(offset)
  }

  private func table(_ count: Int) -> FisherTest {
    FisherTest(count, sample - count, marked - count, population - sample - marked + count)
  }
}
