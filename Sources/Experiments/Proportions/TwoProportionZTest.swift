import StatisticsCore

/// Which standard error a test of two rates divides by.
public enum ProportionVariance: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// Both arms share one rate, as the null hypothesis says: all successes of all trials.
  case pooled
  /// Each arm has its own rate.
  case unpooled

  public var description: String { rawValue }
}

/// The z-test of the difference of two rates.
///
///     let test = TwoProportionZTest(Proportion(2, of: 13), Proportion(5, of: 25))
///     test.statistic   // -0.3481861644
///     test.pValue      // 0.7277003776
///     test.estimate    // -0.0461538…, the first rate minus the second
///
/// The pooled test takes the rate of all trials for both arms, as the null hypothesis of no
/// difference does; its square is Pearson's χ². The unpooled test takes each arm's own, like Wald's
/// interval, which ``confidenceInterval(level:)`` returns for both.
///
/// Degenerate cases: without trials in one of the arms nothing speaks against the hypothesis, and
/// the statistic is 0 and p is 1. If each arm succeeds always or never the unpooled variance is 0;
/// then the variance under the null hypothesis is taken (the pooled one, or with a null difference
/// the one of Miettinen and Nurminen), and if that is 0 too, both rates are equal and p is 1.
///
/// - Complexity: O(1), without allocations.
public struct TwoProportionZTest: SignificanceTest {
  /// The first arm.
  public let first: Proportion
  /// The second arm.
  public let second: Proportion
  /// Which standard error the statistic is divided by.
  public let variance: ProportionVariance
  /// The difference of the rates under the null hypothesis.
  public let nullDifference: Double
  public let alternative: Alternative
  /// The difference in standard errors, z.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the first rate minus the second is `nullDifference`.
  ///
  /// - Parameters:
  ///   - first: The first arm, often the treatment.
  ///   - second: The second arm, often the control.
  ///   - variance: ``ProportionVariance/pooled``, which holds the level for no difference, unless
  ///     told otherwise; a null difference other than 0 always takes the unpooled one.
  ///   - nullDifference: The difference under the null hypothesis, between −1 and 1.
  ///   - alternative: ``Alternative/greater`` if only a greater first rate counts.
  public init(
    _ first: Proportion, _ second: Proportion, variance: ProportionVariance = .pooled,
    nullDifference: Double = 0, alternative: Alternative = .twoSided
  ) {
    precondition(
      nullDifference > -1 && nullDifference < 1,
      "The difference of two rates under a null hypothesis lies between −1 and 1.")
    (self.first, self.second, self.alternative) = (first, second, alternative)
    self.nullDifference = nullDifference
    self.variance = nullDifference == 0 ? variance : .unpooled
    guard first.trials > 0, second.trials > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    let difference = first.rateDifference(second) - nullDifference
    var square =
      self.variance == .pooled
      ? Self.pooledVariance(first, second) : first.variance + second.variance
    if square == 0 {
      square =
        nullDifference == 0
        ? Self.pooledVariance(first, second)
        : RestrictedProportions(first, second, difference: nullDifference).variance
    }
    let z = square == 0 ? 0 : difference / square.squareRoot()
    statistic = z
    probability = square == 0 ? .one : alternative.normalTail(z)
  }

  public var method: String { "Two-proportion z-test (\(variance))" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The first rate minus the second, or `nil` if an arm has no trials.
  public var estimate: Double? {
    first.trials > 0 && second.trials > 0 ? first.rateDifference(second) : nil
  }

  /// Returns Wald's interval of the difference, from −1 to 1; one-sided for a one-sided question.
  ///
  /// It shrinks to a point if each arm succeeds always or never: prefer
  /// ``ProportionDifference/confidenceInterval(level:method:)``, whose methods do not.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    guard let estimate else { return -1...1 }
    return alternative.interval(
      estimate, standardError: (first.variance + second.variance).squareRoot(), level: level,
      quantile: { -NormalDistribution.quantile($0) }, within: -1...1)
  }

  /// Returns the squared standard error of the difference if both rates are that of all trials.
  private static func pooledVariance(_ first: Proportion, _ second: Proportion) -> Double {
    let (n, m) = (Double(first.trials), Double(second.trials))
    let successes = Double(first.successes) + Double(second.successes)
    let failures = Double(first.failures) + Double(second.failures)
    return successes / (n + m) * (failures / n) / m
  }
}
