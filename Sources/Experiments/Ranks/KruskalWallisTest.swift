import StatisticsCore

/// The Kruskal–Wallis test: whether values of several samples tend to be equally great.
///
///     let groups = [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]
///     KruskalWallisTest(groups).statistic   // 0.7714285714285722
///
/// Empty groups are left out. With fewer than two groups, or if all values are equal, the statistic
/// is 0 and p is 1.
///
/// Source: W. H. Kruskal and W. A. Wallis, Journal of the American Statistical Association 47 (1952),
/// 583–621; p by the χ² distribution.
public struct KruskalWallisTest: SignificanceTest {
  public let statistic: Double
  /// The number of groups minus 1.
  public let degreesOfFreedom: Int
  private let probability: TailProbability

  /// Tests groups of values.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(_ groups: [[Double]]) {
    let groups = groups.filter { !$0.isEmpty }
    degreesOfFreedom = max(0, groups.count - 1)
    let ranking = Ranking(groups.flatMap { $0 })
    let n = Double(ranking.ranks.count)
    let correction = n > 1 ? 1 - ranking.tieSum / (n * n * n - n) : 0
    guard groups.count > 1, correction > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    var start = 0
    var sum = 0.0
    for group in groups {
      let ranks = ranking.ranks[start..<start + group.count]
      // Around the mean rank nothing large cancels.
      let distance = ranks.reduce(0) { $0 + ($1 - (n + 1) / 2) }
      sum += distance * distance / Double(group.count)
      start += group.count
    }
    statistic = 12 / (n * (n + 1)) * sum / correction
    probability = ChiSquareDistribution(degreesOfFreedom: Double(degreesOfFreedom))
      .upper(statistic)
  }

  public var method: String { "Kruskal–Wallis test" }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}
