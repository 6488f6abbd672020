import StatisticsCore

/// Tukey's comparison of all pairs of several means, at one error rate for all of them.
///
///     let arms = [[24.5, 23.5, 26.4, 27.1, 29.9], [28.4, 34.2, 29.5, 32.2, 30.1],
///                 [26.1, 28.3, 24.3, 26.2, 27.8]]
///     TukeyTest(arms).comparisons[0].pValue   // 0.01444832673640073
///
/// Groups of different sizes are compared after Kramer. Empty groups are compared with none. Without
/// degrees of freedom within the groups every p is 1 and every interval −∞…∞; without variance p is
/// 1 for equal means and 0 for others.
///
/// Source: J. W. Tukey 1953; C. Y. Kramer, Biometrics 12 (1956), 307–310.
public struct TukeyTest: Sendable, Hashable {
  /// The comparison of two groups.
  public struct Comparison: Sendable, Hashable {
    /// The index of the group whose mean is taken.
    public let first: Int
    /// The index of the group whose mean is subtracted.
    public let second: Int
    /// The first mean minus the second.
    public let estimate: Double
    /// The difference in standard errors of a mean: the studentised range.
    public let statistic: Double
    /// The probability, adjusted for all pairs.
    public let pValue: Double
    /// The natural logarithm of ``pValue``.
    public let logP: Double
    fileprivate let error: Double
  }

  /// The comparisons of each group with each later one.
  public let comparisons: [Comparison]
  /// The degrees of freedom within the groups.
  public let degreesOfFreedom: Double
  private let groups: Int

  /// Compares the moments of groups.
  /// - Complexity: O(*k*²) double integrals of some thousand steps, where *k* is the number of
  ///   groups.
  public init(_ groups: [SampleMoments]) {
    let used = groups.indices.filter { groups[$0].count > 0 }
    let total = used.reduce(0) { $0 + groups[$1].count }
    let freedom = Double(max(0, total - used.count))
    let within = used.reduce(0.0) {
      $0 + groups[$1].variance * Double(groups[$1].count - 1)
    }
    let square = freedom > 0 ? within / freedom : 0
    self.groups = used.count
    degreesOfFreedom = freedom
    var comparisons: [Comparison] = []
    for (position, i) in used.enumerated() {
      for j in used[(position + 1)...] {
        let difference = groups[i].mean - groups[j].mean
        let error =
          (square / 2 * (1 / Double(groups[i].count) + 1 / Double(groups[j].count)))
          .squareRoot()
        let tail: TailProbability
        var q = 0.0
        if freedom == 0 || (error == 0 && difference == 0) {
          tail = .one
        } else if error == 0 {
          (q, tail) = (.infinity, .zero)
        } else {
          q = abs(difference) / error
          tail = StudentizedRangeDistribution(
            groups: used.count, degreesOfFreedom: freedom
          ).upper(q)
        }
        comparisons.append(
          Comparison(
            first: i, second: j, estimate: difference, statistic: q, pValue: tail.value,
            logP: tail.log, error: error))
      }
    }
    self.comparisons = comparisons
  }

  /// Compares groups of finite values.
  public init(_ groups: [[Double]]) {
    self.init(groups.map { SampleMoments($0) })
  }

  /// Returns the intervals of the differences that hold all together at a level, in the order of
  /// ``comparisons``.
  public func confidenceIntervals(level: Double) -> [ClosedRange<Double>] {
    checkLevel(level)
    guard degreesOfFreedom > 0, groups > 1 else {
      return comparisons.map { _ in -Double.infinity...Double.infinity }
    }
    let q = StudentizedRangeDistribution(groups: groups, degreesOfFreedom: degreesOfFreedom)
      .upperQuantile(1 - level)
    return comparisons.map { $0.estimate - q * $0.error...$0.estimate + q * $0.error }
  }
}
