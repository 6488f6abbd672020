import StatisticsCore

/// How the probability of a rank test is found.
public enum RankTestMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Exact for small samples, and normal with continuity correction for others.
  case automatic
  /// By all ways to share the observed ranks, ties included.
  case exact
  /// By the normal distribution, with continuity correction and the variance of tied ranks.
  case corrected
  /// By the normal distribution without continuity correction.
  case asymptotic
}

/// The Mann–Whitney (Wilcoxon rank-sum) test: whether values of one sample tend to be greater.
///
///     let test = MannWhitneyTest([19, 22, 16, 29, 24], [20, 11, 17, 12])
///     test.statistic                 // 17.0
///     test.pValue                    // 0.1111111111111111
///     test.probabilityOfSuperiority  // 0.85
///
/// The exact distribution is conditional on the observed ties; without ties it is the classic one.
/// Infinite values are ranked like any others. If a sample is empty or all values are equal nothing
/// speaks against the hypothesis, and p is 1.
///
/// Source: H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947), 50–60.
public struct MannWhitneyTest: SignificanceTest {
  /// The sizes of the samples.
  public let firstCount: Int
  public let secondCount: Int
  /// How the probability was found: never ``RankTestMethod/automatic``.
  public let kind: RankTestMethod
  public let alternative: Alternative
  /// How many pairs of values have the greater one in the first sample, equal ones counted half: U.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the first sample tends to be greater or smaller than the second.
  ///
  /// - Parameters:
  ///   - first: The values of the first sample.
  ///   - second: The values of the second sample.
  ///   - method: ``RankTestMethod/automatic`` is exact for up to 10,000 pairs without ties, or up to
  ///     60 values with ties.
  ///   - alternative: ``Alternative/greater`` if only greater values in the first sample count.
  /// - Complexity: O(*N* log *N*), where *N* is the number of values; exact O(*m²n*) without ties,
  ///   where *m* and *n* are the sizes and *m* the smaller one, and O(*m N²*) steps for each value with ties.
  public init(
    _ first: [Double], _ second: [Double], method: RankTestMethod = .automatic,
    alternative: Alternative = .twoSided
  ) {
    let ranking = Ranking(first + second)
    let (m, n) = (first.count, second.count)
    (firstCount, secondCount, self.alternative) = (m, n, alternative)
    let sum = ranking.ranks.prefix(m).reduce(0, +)
    let u = sum - Double(m) * Double(m + 1) / 2
    statistic = u
    let isFree = ranking.tieSizes.isEmpty
    let isSmall = isFree ? m * n <= 10_000 : m + n <= 60
    kind = method == .automatic ? (isSmall ? .exact : .corrected) : method
    if kind == .exact, m > 0, n > 0 {
      if isFree, let counted = OrderCount(m, n) {
        let (lower, upper) = (counted.share(atMost: Int(u)), counted.share(atMost: m * n - Int(u)))
        probability = alternative.tail(
          lower: lower, upper: upper, both: (lower.log < upper.log ? lower : upper).doubled)
        return
      }
      let masses: [Double]
      let place: Int
      if isFree {
        masses = Self.masses(m, n)
        place = Int(u)
      } else {
        masses = Self.tiedMasses(ranking, m)
        place = Int((2 * sum).rounded()) - Int((2 * Self.leastSum(ranking, m)).rounded())
      }
      let lower = TailProbability(min(1, masses[...place].reduce(0, +)))
      let upper = TailProbability(min(1, masses[place...].reversed().reduce(0, +)))
      probability = alternative.tail(
        lower: lower, upper: upper, both: (lower.log < upper.log ? lower : upper).doubled)
      return
    }
    let (a, b) = (Double(m), Double(n))
    let total = a + b
    let variance =
      total > 1
      ? a * b / 12 * ((total + 1) - ranking.tieSum / (total * (total - 1))) : 0
    guard variance > 0 else {
      probability = .one
      return
    }
    probability = rankTail(
      u - a * b / 2, deviation: variance.squareRoot(), isCorrected: kind == .corrected,
      alternative)
  }

  public var method: String {
    switch kind {
    case .exact: "Mann–Whitney test (exact)"
    case .asymptotic: "Mann–Whitney test"
    default: "Mann–Whitney test with continuity correction"
    }
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The probability that a value of the first sample is greater than one of the second, equal ones
  /// counted half; `nil` if a sample is empty.
  public var probabilityOfSuperiority: Double? {
    firstCount > 0 && secondCount > 0
      ? statistic / (Double(firstCount) * Double(secondCount)) : nil
  }

  /// Returns the probability of each U from 0 to m n without ties.
  ///
  /// The greatest value of all belongs to the first sample with probability m / (m + n), and then
  /// exceeds all n of the second: sums of positive terms only.
  private static func masses(_ m: Int, _ n: Int) -> [Double] {
    if m > n { return masses(n, m).reversed() }
    // table[j] are the probabilities for i of the first sample and j of the second.
    var table = Array(repeating: [1.0], count: n + 1)
    for i in 1...max(1, m) where i <= m {
      table[0] = [1]
      for j in 1...n {
        let share = Double(i) / Double(i + j)
        let (before, left) = (table[j], table[j - 1])
        var next = Array(repeating: 0.0, count: i * j + 1)
        for (place, mass) in before.enumerated() { next[place + j] += share * mass }
        for (place, mass) in left.enumerated() { next[place] += (1 - share) * mass }
        table[j] = next
      }
    }
    return table[n]
  }

  /// Returns the probabilities of twice the sum of `m` of the ranks, from the least sum on.
  private static func tiedMasses(_ ranking: Ranking, _ m: Int) -> [Double] {
    let doubled = ranking.ranks.map { Int((2 * $0).rounded()) }.sorted()
    let least = doubled.prefix(m).reduce(0, +)
    let most = doubled.suffix(m).reduce(0, +)
    // ways[k][s]: the probability that k are chosen so far with the sum s.
    var ways = Array(repeating: Array(repeating: 0.0, count: most + 1), count: m + 1)
    ways[0][0] = 1
    for (index, rank) in doubled.enumerated() {
      let left = Double(doubled.count - index)
      var next = Array(repeating: Array(repeating: 0.0, count: most + 1), count: m + 1)
      for k in 0...m {
        let share = Double(m - k) / left
        for s in 0...most where ways[k][s] > 0 {
          if share < 1 { next[k][s] += (1 - share) * ways[k][s] }
          if share > 0, s + rank <= most { next[k + 1][s + rank] += share * ways[k][s] }
        }
      }
      ways = next
    }
    return Array(ways[m][least...])
  }

  private static func leastSum(_ ranking: Ranking, _ m: Int) -> Double {
    ranking.ranks.sorted().prefix(m).reduce(0, +)
  }
}

/// The numbers of orders of two samples without ties, counted by U, in whole numbers.
///
/// Their generating function is the Gaussian binomial coefficient Π (1 − qⁿ⁺ⁱ) / (1 − qⁱ).
private struct OrderCount {
  private let smaller: Int
  private let larger: Int
  /// The number of all orders.
  private let total: Int128

  /// Takes the sizes, or returns `nil` if the numbers are too large.
  init?(_ m: Int, _ n: Int) {
    (smaller, larger) = (min(m, n), max(m, n))
    guard
      GammaFunctions.logGammaDifference(Double(larger) + 1, plus: Double(smaller))
        - GammaFunctions.logGamma(Double(smaller) + 1) < 83
    else { return nil }
    var total: Int128 = 1
    for i in 1...smaller { total = total * Int128(larger + i) / Int128(i) }
    self.total = total
  }

  /// Returns the share of the orders with at most so large a U.
  func share(atMost u: Int) -> TailProbability {
    let most = smaller * larger
    if u >= most { return .one }
    if u < 0 { return .zero }
    // The distribution is symmetric: the shorter side is counted.
    let isShort = 2 * u < most
    let limit = isShort ? u : most - u - 1
    var counts = Array(repeating: Int128(0), count: limit + 1)
    counts[0] = 1
    for i in 1...smaller {
      for place in stride(from: limit, through: larger + i, by: -1) {
        counts[place] -= counts[place - larger - i]
      }
      if i <= limit {
        for place in i...limit { counts[place] += counts[place - i] }
      }
    }
    let sum = counts.reduce(0, +)
    let tail = TailProbability(Double(sum) / Double(total))
    return isShort ? tail : tail.complement
  }
}

/// Returns the normal tail of a rank statistic's distance from its mean.
func rankTail(
  _ distance: Double, deviation: Double, isCorrected: Bool, _ alternative: Alternative
) -> TailProbability {
  let half = isCorrected ? 0.5 : 0
  switch alternative {
  case .less: return NormalDistribution.lower((distance + half) / deviation)
  case .greater: return NormalDistribution.upper((distance - half) / deviation)
  case .twoSided:
    return NormalDistribution.twoSided(max(0, abs(distance) - half) / deviation)
  }
}
