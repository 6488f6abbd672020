import StatisticsCore

/// How many events happened in how much exposure: crashes in user hours.
///
///     let crashes = PoissonRate(60, per: 51477.5)
///     crashes.confidenceInterval(level: 0.95)   // 0.000889…0.001500
public struct PoissonRate: Sendable, Hashable, Codable {
  /// The number of events, up to 2⁵³.
  public let count: Int
  /// The exposure: finite and above 0.
  public let exposure: Double

  /// Takes a number of events in a finite exposure above 0.
  public init(_ count: Int, per exposure: Double) {
    precondition(
      count >= 0 && count <= 1 << 53, "The number of events must lie between 0 and 2⁵³.")
    precondition(
      exposure > 0 && exposure.isFinite, "The exposure of a rate is finite and above zero.")
    (self.count, self.exposure) = (count, exposure)
  }

  private enum CodingKeys: String, CodingKey { case count, exposure }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try container.decode(Int.self, forKey: .count)
    let exposure = try container.decode(Double.self, forKey: .exposure)
    guard count >= 0, count <= 1 << 53, exposure > 0, exposure.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .exposure, in: container,
        debugDescription: "A rate needs a count from 0 to 2⁵³ and a finite exposure above zero.")
    }
    (self.count, self.exposure) = (count, exposure)
  }

  /// The events for each unit of exposure.
  public var rate: Double { Double(count) / exposure }

  /// Returns the exact interval of the rate, which covers at least as often as its level says.
  ///
  /// Source: F. Garwood, Biometrika 28 (1936), 437–442.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    let tail = (1 - level) / 2
    let low = count == 0 ? 0 : GammaDistribution(shape: Double(count)).quantile(tail)
    let high = GammaDistribution(shape: Double(count) + 1).upperQuantile(tail)
    return low / exposure...high / exposure
  }
}

/// The exact test of one Poisson rate.
///
/// The two-sided probability is that of all counts at most as probable as the observed one, where a
/// relative excess of 1e-7 counts as equal, as in R's `poisson.test`.
public struct PoissonRateTest: SignificanceTest {
  /// The observed rate.
  public let rate: PoissonRate
  /// The rate under the null hypothesis, finite and not negative.
  public let nullRate: Double
  public let alternative: Alternative
  private let probability: TailProbability

  /// Tests whether the true rate is `nullRate`.
  /// - Complexity: O(log *c*) evaluations of the Poisson distribution, where *c* is the count or its
  ///   expectation.
  public init(_ rate: PoissonRate, nullRate: Double, alternative: Alternative = .twoSided) {
    precondition(
      nullRate >= 0 && nullRate.isFinite, "A rate under a null hypothesis is not negative.")
    (self.rate, self.nullRate, self.alternative) = (rate, nullRate, alternative)
    let distribution = PoissonDistribution(mean: nullRate * rate.exposure)
    probability = alternative.tail(
      lower: distribution.lower(rate.count), upper: distribution.upper(rate.count),
      both: Self.bothTails(distribution, rate.count))
  }

  public var method: String { "Exact Poisson test" }
  /// The number of events.
  public var statistic: Double { Double(rate.count) }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
  /// The observed rate.
  public var estimate: Double { rate.rate }

  /// Returns the exact interval of the rate, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    if alternative == .twoSided { return rate.confidenceInterval(level: level) }
    let both = rate.confidenceInterval(level: max(2 * level - 1, 1e-300))
    return alternative == .less
      ? 0...both.upperBound : both.lowerBound...Double.infinity
  }

  private static func bothTails(
    _ distribution: PoissonDistribution, _ count: Int
  ) -> TailProbability {
    let mean = distribution.mean
    if mean == 0 { return count == 0 ? .one : .zero }
    let limit = distribution.mass(count).log + 1e-7
    if Double(count) <= mean {
      // The first count beyond the mode that is rare enough.
      var (inside, outside) = (max(count, Int(mean)), max(count, Int(mean)) + 1)
      var step = 1
      while distribution.mass(outside).log > limit {
        inside = outside
        outside += step
        step *= 2
      }
      while outside - inside > 1 {
        let middle = inside + (outside - inside) / 2
        if distribution.mass(middle).log <= limit { outside = middle } else { inside = middle }
      }
      if inside > count, distribution.mass(inside).log <= limit { outside = inside }
      return distribution.lower(count) + distribution.upper(outside)
    }
    var (inside, outside) = (min(count, Int(mean)), -1)
    while inside - outside > 1 {
      let middle = outside + (inside - outside) / 2
      if distribution.mass(middle).log <= limit { outside = middle } else { inside = middle }
    }
    if inside < count, inside >= 0, distribution.mass(inside).log <= limit { outside = inside }
    return distribution.lower(min(outside, count - 1)) + distribution.upper(count)
  }
}
