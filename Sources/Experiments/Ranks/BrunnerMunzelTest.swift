import StatisticsCore

/// Brunner and Munzel's test: whether a value of one sample is as likely the greater one as the
/// smaller one, whatever the two spreads.
///
///     let pain = [1.0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
///     let other = [3.0, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
///     BrunnerMunzelTest(pain, other).pValue   // 0.005786208666151538
///
/// The statistic is positive if the second sample tends to be greater, as in the source; `greater`
/// asks whether the first does. If a sample has fewer than two values p is 1. If the samples do not
/// overlap the statistic is infinite and has no distribution; then p is that of the exact
/// Mann–Whitney test.
///
/// Source: E. Brunner and U. Munzel, Biometrical Journal 42 (2000), 17–25.
public struct BrunnerMunzelTest: SignificanceTest {
  public let alternative: Alternative
  public let statistic: Double
  /// The degrees of freedom; 0 where the statistic has no distribution.
  public let degreesOfFreedom: Double
  /// The probability that a value of the first sample is greater than one of the second, equal ones
  /// counted half; `nil` if a sample is empty.
  public let estimate: Double?
  private let standardError: Double
  private let probability: TailProbability

  /// Tests whether neither sample tends to be greater.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(
    _ first: [Double], _ second: [Double], alternative: Alternative = .twoSided
  ) {
    self.alternative = alternative
    let (n, m) = (Double(first.count), Double(second.count))
    let all = Ranking(first + second).ranks
    let (a, b) = (Array(all.prefix(first.count)), Array(all.suffix(second.count)))
    let (x, y) = (SampleMoments(a), SampleMoments(b))
    estimate = n > 0 && m > 0 ? (x.mean - (n + 1) / 2) / m : nil
    // How many of the other sample lie below each value.
    let xs = SampleMoments(zip(a, Ranking(first).ranks).map { $0.0 - $0.1 })
    let ys = SampleMoments(zip(b, Ranking(second).ranks).map { $0.0 - $0.1 })
    let (v, w) = (n * xs.variance, m * ys.variance)
    guard n > 1, m > 1 else {
      (statistic, degreesOfFreedom, standardError, probability) = (0, 0, 0, .one)
      return
    }
    guard v + w > 0 else {
      let isApart = x.mean != y.mean
      statistic = isApart ? (y.mean > x.mean ? .infinity : -.infinity) : 0
      (degreesOfFreedom, standardError) = (0, 0)
      if isApart {
        let exact = MannWhitneyTest(
          first, second, method: .exact, alternative: alternative)
        probability = TailProbability(value: exact.pValue, log: exact.logP)
      } else {
        probability = .one
      }
      return
    }
    let total = n + m
    statistic = n * m * (y.mean - x.mean) / (total * (v + w).squareRoot())
    let (share, rest) = (v / (v + w), w / (v + w))
    degreesOfFreedom = 1 / (share * share / (n - 1) + rest * rest / (m - 1))
    standardError = (v + w).squareRoot() / (n * m)
    probability = alternative.studentTail(-statistic, degreesOfFreedom: degreesOfFreedom)
  }

  public var method: String { "Brunner–Munzel test" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// Returns the interval of ``estimate``, from 0 to 1; 0…1 where the statistic has no distribution.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    guard let estimate, degreesOfFreedom > 0 else { return 0...1 }
    let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
    return alternative.interval(
      estimate, standardError: standardError, level: level,
      quantile: { student.upperQuantile($0) }, within: 0...1)
  }
}
