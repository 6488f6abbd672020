import StatisticsCore

/// The z-test of one rate.
///
///     let test = OneProportionZTest(Proportion(5, of: 83), nullRate: 0.05)
///     test.statistic   // 0.4280…
///
/// The standard error is that of the null rate, as in the score test, or of the observed one.
/// Without trials the statistic is 0 and p is 1. Where the observed rate is 0 or 1 its own standard
/// error is 0; then that of the null rate is taken, as it is always above 0.
public struct OneProportionZTest: SignificanceTest {
  /// Whose standard error divides the difference.
  public enum StandardError: String, Sendable, Hashable, Codable, CaseIterable {
    /// That of the rate under the null hypothesis.
    case null
    /// That of the observed rate.
    case observed
  }

  /// The counts.
  public let proportion: Proportion
  /// The rate under the null hypothesis, between 0 and 1.
  public let nullRate: Double
  /// Whose standard error divides the difference.
  public let standardError: StandardError
  public let alternative: Alternative
  /// The difference in standard errors, z.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the true rate is `nullRate`, between 0 and 1.
  public init(
    _ proportion: Proportion, nullRate: Double, standardError: StandardError = .null,
    alternative: Alternative = .twoSided
  ) {
    precondition(
      nullRate > 0 && nullRate < 1, "The rate under a null hypothesis lies between 0 and 1.")
    (self.proportion, self.nullRate) = (proportion, nullRate)
    (self.standardError, self.alternative) = (standardError, alternative)
    guard let rate = proportion.rate else {
      (statistic, probability) = (0, .one)
      return
    }
    let own = standardError == .observed ? proportion.variance : 0
    let square = own > 0 ? own : nullRate * (1 - nullRate) / Double(proportion.trials)
    let z = (rate - nullRate) / square.squareRoot()
    statistic = z
    probability = alternative.normalTail(z)
  }

  public var method: String { "One-proportion z-test (\(standardError) standard error)" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
  /// The observed rate, or `nil` without trials.
  public var estimate: Double? { proportion.rate }

  /// Returns Wilson's interval, which holds the rates that the two-sided test with their own standard
  /// error does not reject; with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    if alternative == .twoSided { return proportion.confidenceInterval(level: level) }
    let both = proportion.confidenceInterval(level: max(2 * level - 1, 1e-300))
    return alternative == .less ? 0...both.upperBound : both.lowerBound...1
  }
}

/// The exact test of one rate.
///
///     let test = BinomialTest(Proportion(3, of: 15), nullRate: 0.1, alternative: .greater)
///     test.pValue                             // 0.18406106910639106
///     test.confidenceInterval(level: 0.95)    // 0.05684686759024681…1.0
///
/// The two-sided probability is that of all counts at most as probable as the observed one, where a
/// relative excess of 1e-7 counts as equal, as in R's `binom.test`. Without trials p is 1.
public struct BinomialTest: SignificanceTest {
  /// The counts.
  public let proportion: Proportion
  /// The rate under the null hypothesis, from 0 to 1.
  public let nullRate: Double
  public let alternative: Alternative
  private let probability: TailProbability

  /// Tests whether the true rate is `nullRate`, from 0 to 1.
  /// - Complexity: O(log *n*) evaluations of the binomial distribution, where *n* is the number of
  ///   trials.
  public init(
    _ proportion: Proportion, nullRate: Double, alternative: Alternative = .twoSided
  ) {
    precondition(
      nullRate >= 0 && nullRate <= 1, "The rate under a null hypothesis lies from 0 to 1.")
    (self.proportion, self.nullRate, self.alternative) = (proportion, nullRate, alternative)
    let distribution = BinomialDistribution(trials: proportion.trials, probability: nullRate)
    let count = proportion.successes
    probability = alternative.tail(
      lower: distribution.lower(count), upper: distribution.upper(count),
      both: Self.bothTails(distribution, count))
  }

  public var method: String { "Exact binomial test" }
  /// The number of successes.
  public var statistic: Double { Double(proportion.successes) }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
  /// The observed rate, or `nil` without trials.
  public var estimate: Double? { proportion.rate }

  /// Returns the interval of Clopper and Pearson, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    guard proportion.trials > 0 else { return 0...1 }
    let (x, y) = (Double(proportion.successes), Double(proportion.failures))
    let tail = alternative == .twoSided ? (1 - level) / 2 : 1 - level
    let low =
      x == 0 || alternative == .less ? 0 : BetaDistribution(x, y + 1).quantile(tail)
    let high =
      y == 0 || alternative == .greater ? 1 : BetaDistribution(x + 1, y).upperQuantile(tail)
    return low...high
  }

  private static func bothTails(
    _ distribution: BinomialDistribution, _ count: Int
  ) -> TailProbability {
    let limit = distribution.mass(count).log + 1e-7
    if limit == -.infinity { return .zero }
    let mean = Double(distribution.trials) * distribution.probability
    let isBelow = Double(count) <= mean
    // The masses fall from the mode outwards: the first count beyond it that is rare enough.
    var inside = min(max(Int(mean.rounded(.down)), 0), distribution.trials)
    var outside: Int
    if isBelow {
      inside = max(inside, count)
      outside = distribution.trials + 1
      while outside - inside > 1 {
        let middle = inside + (outside - inside) / 2
        if distribution.mass(middle).log <= limit { outside = middle } else { inside = middle }
      }
      if distribution.mass(inside).log <= limit, inside > count { outside = inside }
      let sum = distribution.lower(count) + distribution.upper(max(outside, count + 1))
      return sum
    }
    inside = min(inside, count)
    outside = -1
    while inside - outside > 1 {
      let middle = outside + (inside - outside) / 2
      if distribution.mass(middle).log <= limit { outside = middle } else { inside = middle }
    }
    if distribution.mass(inside).log <= limit, inside < count { outside = inside }
    return distribution.lower(min(outside, count - 1)) + distribution.upper(count)
  }
}
