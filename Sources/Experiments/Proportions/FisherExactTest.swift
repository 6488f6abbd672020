import StatisticsCore

/// Fisher's exact test of two rates.
///
///     let test = FisherExactTest(Proportion(3, of: 4), Proportion(1, of: 4))
///     test.pValue                             // 0.4857…
///     test.estimate                           // 6.4083…, the conditional odds ratio
///     test.confidenceInterval(level: 0.95)    // 0.2117…626.2
///
/// Given the number of successes in both arms together, those of the first follow the hypergeometric
/// distribution if the rates are equal. The two-sided probability is that of all tables at most as
/// probable as the observed one, where a relative excess of 1e-7 counts as equal, as in R's
/// `fisher.test`. If an arm has no trials, or nothing or everything succeeded, only one table is
/// possible: p is 1, no odds ratio exists, and the interval is 0…∞.
///
/// - Complexity: O(1) for the probabilities, about a microsecond for any number of users, and no
///   allocations.
public struct FisherExactTest: SignificanceTest {
  public let alternative: Alternative
  private let test: FisherTest

  /// Tests whether the first arm's rate is the second's.
  public init(
    _ first: Proportion, _ second: Proportion, alternative: Alternative = .twoSided
  ) {
    self.init(
      first.successes, first.failures, second.successes, second.failures,
      alternative: alternative)
  }

  /// Tests the table [[a, b], [c, d]] of counts that are not negative and sum to 2⁵³ at most.
  public init(
    _ a: Int, _ b: Int, _ c: Int, _ d: Int, alternative: Alternative = .twoSided
  ) {
    self.alternative = alternative
    test = FisherTest(a, b, c, d)
  }

  private var probability: TailProbability {
    alternative.tail(lower: test.less, upper: test.greater, both: test.twoSided)
  }

  public var method: String { "Fisher's exact test" }
  /// The first arm's successes.
  public var statistic: Double { Double(test.a) }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The odds ratio under which the observed table is most probable given its margins: 0 or ∞ at the
  /// ends, and `nil` if only one table is possible.
  /// - Complexity: O(√v) for each of about five steps, where v is the variance of the first arm's
  ///   successes.
  public var estimate: Double? { test.conditionalOddsRatio }

  /// The odds ratio a d / (b c) of the table: ∞ if only b c is zero, `nil` if a row or column is
  /// empty.
  public var sampleOddsRatio: Double? { test.sampleOddsRatio }

  /// Returns the exact interval of the odds ratio (Cornfield 1956), with one end for a one-sided
  /// question.
  /// - Complexity: as of ``estimate``.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    switch alternative {
    case .twoSided: return test.confidenceInterval(level: level)
    case .less: return 0...test.upperBound(level: level)
    case .greater: return test.lowerBound(level: level)...Double.infinity
    }
  }
}
