import StatisticsCore

/// The one-way analysis of variance: whether several means are equal.
///
///     let groups = [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]
///     AnalysisOfVariance(groups).statistic   // 0.56007326007326
///
/// Empty groups are left out. If fewer than two groups or no degrees of freedom within them remain
/// (for unequal variances: if a group has one value) the statistic is 0 and p is 1. If no value
/// differs from its group's mean, p is 1 if the means are equal, and otherwise 0 with an infinite
/// statistic.
///
/// Source: R. A. Fisher 1925; for unequal variances B. L. Welch, Biometrika 38 (1951), 330–336.
public struct AnalysisOfVariance: SignificanceTest {
  /// Whether the variances are taken to be equal.
  public let variances: VarianceAssumption
  public let statistic: Double
  /// The degrees of freedom between the groups.
  public let degreesBetween: Double
  /// The degrees of freedom within the groups.
  public let degreesWithin: Double
  /// The share of the variance that the groups explain (η²), or `nil` without variance.
  public let explainedShare: Double?
  private let probability: TailProbability

  /// Tests the moments of groups.
  public init(_ groups: [SampleMoments], variances: VarianceAssumption = .equal) {
    self.variances = variances
    let groups = groups.filter { $0.count > 0 }
    let total = groups.reduce(0.0) { $0 + Double($1.count) }
    let mean = groups.reduce(0.0) { $0 + $1.mean * (Double($1.count) / total) }
    let between = groups.reduce(0.0) {
      $0 + Double($1.count) * ($1.mean - mean) * ($1.mean - mean)
    }
    let within = groups.reduce(0.0) { $0 + $1.variance * Double($1.count - 1) }
    explainedShare = between + within > 0 ? between / (between + within) : nil
    let freedom = Double(groups.count - 1)
    degreesBetween = max(0, freedom)
    switch variances {
    case .equal:
      degreesWithin = max(0, total - Double(groups.count))
      let isFlat = groups.allSatisfy { $0.mean == groups[0].mean }
      (statistic, probability) = fAnswer(
        isFlat ? 0 : between / freedom, within / degreesWithin, freedom, degreesWithin)
    case .unequal:
      guard freedom > 0, groups.allSatisfy({ $0.count > 1 }) else {
        (statistic, probability, degreesWithin) = (0, .one, 0)
        return
      }
      if groups.contains(where: { $0.variance == 0 }) {
        // A group without variance weighs infinitely much.
        let fixed = Set(groups.filter { $0.variance == 0 }.map(\.mean))
        let isFlat = fixed.count == 1 && groups.allSatisfy { fixed.contains($0.mean) }
        (statistic, probability) = isFlat ? (0, .one) : (.infinity, .zero)
        degreesWithin = groups.reduce(Double.infinity) { min($0, Double($1.count - 1)) }
        return
      }
      let weights = groups.map { Double($0.count) / $0.variance }
      let sum = weights.reduce(0, +)
      let centre = zip(weights, groups).reduce(0.0) { $0 + $1.0 / sum * $1.1.mean }
      let spread = zip(weights, groups).reduce(0.0) {
        $0 + $1.0 * ($1.1.mean - centre) * ($1.1.mean - centre)
      }
      let shares = zip(weights, groups).reduce(0.0) {
        let rest = 1 - $1.0 / sum
        return $0 + rest * rest / Double($1.1.count - 1)
      }
      let k = freedom + 1
      degreesWithin = (k * k - 1) / (3 * shares)
      let divisor = 1 + 2 * (k - 2) / (k * k - 1) * shares
      (statistic, probability) = fAnswer(spread / freedom, divisor, freedom, degreesWithin)
    }
  }

  /// Tests groups of finite values.
  /// - Complexity: O(*n*), where *n* is the number of values.
  public init(_ groups: [[Double]], variances: VarianceAssumption = .equal) {
    self.init(groups.map { SampleMoments($0) }, variances: variances)
  }

  public var method: String {
    variances == .equal ? "One-way analysis of variance" : "Welch's analysis of variance"
  }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}

/// Returns the statistic of two mean squares and its probability.
func fAnswer(
  _ above: Double, _ below: Double, _ numerator: Double, _ denominator: Double
) -> (Double, TailProbability) {
  guard numerator > 0, denominator > 0, above > 0 else { return (0, .one) }
  guard below > 0 else { return (.infinity, .zero) }
  let f = above / below
  return (f, FDistribution(numerator, denominator).upper(f))
}

/// Levene's test of equal variances, around medians (Brown and Forsythe) or means.
///
/// It is the analysis of variance of the distances from each group's centre, with its degenerate
/// cases.
///
/// Source: M. B. Brown and A. B. Forsythe, Journal of the American Statistical Association 69 (1974),
/// 364–367.
public struct LeveneTest: SignificanceTest {
  /// The centre from which distances are taken.
  public enum Centre: String, Sendable, Hashable, Codable, CaseIterable {
    /// The median, which skewed values do not move: Brown and Forsythe's choice.
    case median
    /// The mean: Levene's own choice.
    case mean
  }

  /// The centre from which distances are taken.
  public let centre: Centre
  private let analysis: AnalysisOfVariance

  /// Tests groups of finite values.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(_ groups: [[Double]], centre: Centre = .median) {
    self.centre = centre
    analysis = AnalysisOfVariance(
      groups.map { group in
        let middle =
          centre == .mean
          ? SampleMoments(group).mean : Quantiles.median(ofSorted: group.sorted()) ?? 0
        return group.map { abs($0 - middle) }
      })
  }

  public var method: String {
    centre == .median ? "Levene's test (Brown–Forsythe)" : "Levene's test"
  }
  public var statistic: Double { analysis.statistic }
  /// The degrees of freedom between the groups.
  public var degreesBetween: Double { analysis.degreesBetween }
  /// The degrees of freedom within the groups.
  public var degreesWithin: Double { analysis.degreesWithin }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { analysis.pValue }
  public var logP: Double { analysis.logP }
}
