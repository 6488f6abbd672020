import StatisticsCore

/// The test of a correlation between two variables: Pearson's, Spearman's or Kendall's.
///
/// Pearson's and Spearman's probabilities are Student's with n − 2 degrees of freedom. Kendall's τ-b
/// is exact for up to 170 pairs without ties, and normal with the variance of tied ranks otherwise.
/// With fewer than three pairs (two for Kendall), or if a variable does not vary, there is no
/// correlation: the estimate is `nil`, the statistic 0 and p 1. A perfect correlation has an infinite
/// statistic and p = 0 for Pearson and Spearman.
public struct CorrelationTest: SignificanceTest {
  /// Which correlation.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Of the values.
    case pearson
    /// Of the ranks.
    case spearman
    /// Of the order within pairs of pairs, τ-b.
    case kendall
  }

  /// Which correlation.
  public let kind: Kind
  /// The number of pairs.
  public let count: Int
  public let alternative: Alternative
  /// The correlation from −1 to 1, or `nil` if there is none.
  public let estimate: Double?
  /// Student's t, or Kendall's S: concordant minus discordant pairs of pairs.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether two variables of the same finite number of values are uncorrelated.
  ///
  /// - Complexity: O(*n* log *n*), for Kendall O(*n*²), where *n* is the number of pairs.
  public init(
    _ x: [Double], _ y: [Double], kind: Kind = .pearson, alternative: Alternative = .twoSided
  ) {
    precondition(x.count == y.count, "Both variables of a correlation have as many values.")
    (self.kind, count, self.alternative) = (kind, x.count, alternative)
    if kind == .kendall {
      let kendall = Kendall(x, y)
      statistic = Double(kendall.score)
      estimate = kendall.correlation
      probability = estimate == nil ? .one : kendall.probability(alternative)
      return
    }
    let isRanked = kind == .spearman
    let (a, b) = isRanked ? (Ranking(x).ranks, Ranking(y).ranks) : (x, y)
    var moments = CoMoments()
    for (x, y) in zip(a, b) { moments.add(x, y) }
    let (squares, others) = (moments.x.centredSumOfSquares, moments.y.centredSumOfSquares)
    let products = moments.centredSumOfProducts
    guard x.count > 2, squares > 0, others > 0 else {
      (estimate, statistic, probability) = (nil, 0, .one)
      return
    }
    precondition(
      squares.isFinite && others.isFinite, "The values of a correlation must be finite.")
    // 1 − r² without cancellation; what is left by the rounding of the three sums is a perfect line.
    let (whole, lost) = PortableMath.twoProduct(squares, others)
    let (explained, lostToo) = PortableMath.twoProduct(products, products)
    let rest = (whole - explained + (lost - lostToo)) / whole
    let isPerfect = rest < 4 * Double.ulpOfOne
    let r =
      isPerfect
      ? (products < 0 ? -1 : 1) : max(-1, min(1, products / whole.squareRoot()))
    estimate = r
    let freedom = Double(x.count - 2)
    (statistic, probability) = studentAnswer(
      difference: r * freedom.squareRoot(),
      standardError: isPerfect ? 0 : rest.squareRoot(), degreesOfFreedom: freedom, alternative)
  }

  public var method: String {
    switch kind {
    case .pearson: "Pearson's correlation"
    case .spearman: "Spearman's rank correlation"
    case .kendall: "Kendall's rank correlation"
    }
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// Returns Fisher's interval of Pearson's or Spearman's correlation (for the latter with the
  /// variance of Bonett and Wright 2000), or that of Fieller, Hartley and Pearson 1957 for Kendall's;
  /// −1…1 with fewer than five pairs or without a correlation.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    checkLevel(level)
    guard let estimate, count > 4 else { return -1...1 }
    if abs(estimate) == 1 { return estimate...estimate }
    let n = Double(count)
    let variance =
      switch kind {
      case .pearson: 1 / (n - 3)
      case .spearman: (1 + estimate * estimate / 2) / (n - 3)
      case .kendall: 0.437 / (n - 4)
      }
    // artanh r = ½ log((1 + r) / (1 − r)).
    let place =
      (PortableMath.log1p(estimate) - PortableMath.log1p(-estimate)) / 2
    let ends = alternative.interval(
      place, standardError: variance.squareRoot(), level: level,
      quantile: { -NormalDistribution.quantile($0) })
    func tanh(_ z: Double) -> Double {
      if z.isInfinite { return z < 0 ? -1 : 1 }
      let growth = PortableMath.expm1(-2 * abs(z))
      return z < 0 ? growth / (growth + 2) : -growth / (growth + 2)
    }
    return tanh(ends.lowerBound)...tanh(ends.upperBound)
  }
}

/// The order within pairs of pairs.
private struct Kendall {
  var score = 0
  var correlation: Double?
  private var count: Int
  private var first: Ranking
  private var second: Ranking

  init(_ x: [Double], _ y: [Double]) {
    count = x.count
    (first, second) = (Ranking(x), Ranking(y))
    for i in x.indices {
      for j in 0..<i {
        let (a, b) = (x[i] - x[j], y[i] - y[j])
        if a * b > 0 || (a > 0 && b > 0) || (a < 0 && b < 0) {
          score += 1
        } else if a != 0, b != 0 {
          score -= 1
        }
      }
    }
    let pairs = Double(count) * Double(count - 1) / 2
    let (free, freeToo) = (pairs - first.tiedPairs, pairs - second.tiedPairs)
    if free > 0, freeToo > 0 {
      correlation = max(
        -1, min(1, Double(score) / (free * freeToo).squareRoot()))
    }
  }

  func probability(_ alternative: Alternative) -> TailProbability {
    let isFree = first.tiedPairs == 0 && second.tiedPairs == 0
    if isFree, count <= 170 { return exact(alternative) }
    // The variance of S with ties (Kendall 1970).
    let n = Double(count)
    func sum(_ ranking: Ranking, _ body: (Double) -> Double) -> Double {
      ranking.tieSizes.reduce(0) { $0 + body(Double($1)) }
    }
    let base = n * (n - 1) * (2 * n + 5)
    let first18 = sum(first) { $0 * ($0 - 1) * (2 * $0 + 5) }
    let second18 = sum(second) { $0 * ($0 - 1) * (2 * $0 + 5) }
    let first2 = sum(first) { $0 * ($0 - 1) }
    let second2 = sum(second) { $0 * ($0 - 1) }
    let first9 = sum(first) { $0 * ($0 - 1) * ($0 - 2) }
    let second9 = sum(second) { $0 * ($0 - 1) * ($0 - 2) }
    var variance = (base - first18 - second18) / 18 + first2 * second2 / (2 * n * (n - 1))
    if count > 2 { variance += first9 * second9 / (9 * n * (n - 1) * (n - 2)) }
    return variance > 0
      ? alternative.normalTail(Double(score) / variance.squareRoot()) : .one
  }

  /// The number of inversions is a sum of independent uniform counts.
  private func exact(_ alternative: Alternative) -> TailProbability {
    let pairs = count * (count - 1) / 2
    var masses = [1.0]
    for size in 2...max(2, count) where size <= count {
      var next = Array(repeating: 0.0, count: masses.count + size - 1)
      for (place, mass) in masses.enumerated() {
        for step in 0..<size { next[place + step] += mass / Double(size) }
      }
      masses = next
    }
    let inversions = (pairs - score) / 2
    func tail(_ count: Int) -> TailProbability {
      TailProbability(min(1, masses[...count].reduce(0, +)))
    }
    // Many inversions are a small correlation; the distribution is symmetric.
    let (lower, upper) = (tail(pairs - inversions), tail(inversions))
    return alternative.tail(
      lower: lower, upper: upper, both: (lower.log < upper.log ? lower : upper).doubled)
  }
}
