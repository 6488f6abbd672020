import StatisticsCore

/// Wilcoxon's signed-rank test: whether differences lie symmetrically around zero.
///
///     let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
///     let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
///     let test = WilcoxonSignedRankTest(pairs: zip(before, after), alternative: .greater)
///     test.statistic   // 40.0
///     test.pValue      // 0.01953125
///
/// Differences of zero are left out, as Wilcoxon did. The exact distribution is conditional on the
/// observed ties. Without differences other than zero p is 1.
///
/// Source: F. Wilcoxon, Biometrics Bulletin 1 (1945), 80–83.
public struct WilcoxonSignedRankTest: SignificanceTest {
  /// The number of differences other than zero.
  public let count: Int
  /// How the probability was found: never ``RankTestMethod/automatic``.
  public let kind: RankTestMethod
  public let alternative: Alternative
  /// The sum of the ranks of the positive differences.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the differences are symmetric around zero.
  ///
  /// - Parameters:
  ///   - differences: The differences, one for each pair.
  ///   - method: ``RankTestMethod/automatic`` is exact for fewer than 50 differences without ties
  ///     and zeros.
  ///   - alternative: ``Alternative/greater`` if only positive differences count.
  /// - Complexity: O(*n* log *n*), exact O(*n*³), where *n* is the number of differences.
  public init(
    _ differences: [Double], method: RankTestMethod = .automatic,
    alternative: Alternative = .twoSided
  ) {
    let used = differences.filter { $0 != 0 }
    let ranking = Ranking(used.map { abs($0) })
    let n = used.count
    (count, self.alternative) = (n, alternative)
    statistic = zip(used, ranking.ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    let isClean = ranking.tieSizes.isEmpty && n == differences.count
    kind = method == .automatic ? (isClean && n < 50 ? .exact : .corrected) : method
    guard n > 0 else {
      probability = .one
      return
    }
    if kind == .exact {
      // Each rank is positive or not, with even chances.
      let doubled = ranking.ranks.map { Int((2 * $0).rounded()) }
      var masses = [1.0]
      for rank in doubled {
        var next = Array(repeating: 0.0, count: masses.count + rank)
        for (place, mass) in masses.enumerated() {
          next[place] += mass / 2
          next[place + rank] += mass / 2
        }
        masses = next
      }
      let place = Int((2 * statistic).rounded())
      let lower = TailProbability(min(1, masses[...place].reduce(0, +)))
      let upper = TailProbability(min(1, masses[place...].reversed().reduce(0, +)))
      probability = alternative.tail(
        lower: lower, upper: upper, both: (lower.log < upper.log ? lower : upper).doubled)
      return
    }
    let size = Double(n)
    let variance = size * (size + 1) * (2 * size + 1) / 24 - ranking.tieSum / 48
    probability = rankTail(
      statistic - size * (size + 1) / 4, deviation: variance.squareRoot(),
      isCorrected: kind == .corrected, alternative)
  }

  /// Tests whether the first of each pair minus the second is symmetric around zero.
  public init(
    pairs: some Sequence<(Double, Double)>, method: RankTestMethod = .automatic,
    alternative: Alternative = .twoSided
  ) {
    self.init(pairs.map { $0.0 - $0.1 }, method: method, alternative: alternative)
  }

  public var method: String {
    switch kind {
    case .exact: "Wilcoxon signed-rank test (exact)"
    case .asymptotic: "Wilcoxon signed-rank test"
    default: "Wilcoxon signed-rank test with continuity correction"
    }
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}
