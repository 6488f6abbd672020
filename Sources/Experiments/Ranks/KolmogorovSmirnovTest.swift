import StatisticsCore

/// The Kolmogorov–Smirnov test: whether two samples have the same distribution, or whether one has a
/// distribution that is known.
///
///     KolmogorovSmirnovTest(before, after).pValue
///     KolmogorovSmirnovTest(waits, distribution: { 1 - exp(-$0) }).pValue
///
/// The statistic is the greatest distance between the two distributions: the empirical ones of both
/// samples, or that of the sample and the known one. One-sided, ``Alternative/greater`` asks only
/// where the distribution of the first sample lies *above* the other one, which it does where its values
/// are *smaller*, as in R and SciPy; ``Alternative/less`` asks where it lies below. The exact
/// probability of two samples is conditional on the observed ties; the asymptotic one is that of
/// Kolmogorov's limit, one-sided Smirnov's. If a sample is empty the statistic is 0 and p is 1.
///
/// Source: N. V. Smirnov 1939; for two samples the exact probability by a walk through all orders of
/// the values, as in P. J. Kim and R. I. Jennrich 1973, here of those that reach the distance, so that
/// small probabilities keep their digits; for one sample Z. W. Birnbaum and F. H. Tingey 1951
/// (one-sided), and a walk from place to place in the same way.
public struct KolmogorovSmirnovTest: SignificanceTest {
  /// How the probability is found.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Exact for up to a million pairs of values, or a thousand values of one sample (a hundred
    /// thousand one-sided).
    case automatic
    /// By all orders of the values.
    case exact
    /// By the limit for large samples, too large for small ones.
    case asymptotic
  }

  /// How the probability was found: never ``Method/automatic``.
  public let kind: Method
  public let alternative: Alternative
  public let statistic: Double
  private let probability: TailProbability
  /// Whether the other distribution is known.
  private let hasOneSample: Bool

  /// Tests whether two samples have the same distribution.
  ///
  /// - Parameters:
  ///   - first: The first sample, without NaN.
  ///   - second: The second sample, without NaN.
  ///   - alternative: ``Alternative/greater`` if only a distribution of the first sample above that of
  ///     the second counts: smaller values.
  ///   - method: How the probability is found.
  /// - Complexity: O(*N* log *N*), where *N* is the number of values; exact O(*mn*), where *m* and *n*
  ///   are the sizes.
  public init(
    _ first: [Double], _ second: [Double], alternative: Alternative = .twoSided,
    method: Method = .automatic
  ) {
    let (m, n) = (first.count, second.count)
    kind = method == .automatic ? (m * n <= 1_000_000 ? .exact : .asymptotic) : method
    self.alternative = alternative
    hasOneSample = false
    let marked = first.map { ($0, true) } + second.map { ($0, false) }
    precondition(
      marked.allSatisfy { !$0.0.isNaN }, "The values of a rank test must be numbers.")
    let sorted = marked.sorted { $0.0 < $1.0 }
    func distance(_ i: Int, _ j: Int) -> Int { alternative.distance(i * n - j * m) }
    // Distances are whole multiples of 1 / (m n).
    var isEnd = Array(repeating: true, count: sorted.count + 1)
    var (i, j, most) = (0, 0, 0)
    for (place, value) in sorted.enumerated() {
      if value.1 { i += 1 } else { j += 1 }
      if place + 1 < sorted.count, sorted[place + 1].0 == value.0 {
        isEnd[place + 1] = false
      } else {
        most = max(most, distance(i, j))
      }
    }
    guard m > 0, n > 0, most > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    statistic = Double(most) / (Double(m) * Double(n))
    if kind == .asymptotic {
      let size = Double(m) * (Double(n) / Double(m + n))
      probability = alternative.limit(statistic * size.squareRoot())
      return
    }
    // reached[j]: the share of the ways to (i, j) that were that far apart somewhere.
    var reached = Array(repeating: 0.0, count: n + 1)
    for i in 0...m {
      for j in 0...n where i + j > 0 {
        if isEnd[i + j], distance(i, j) >= most {
          reached[j] = 1
          continue
        }
        let share = Double(i) / Double(i + j)
        let above = i > 0 ? share * reached[j] : 0
        reached[j] = above + (j > 0 ? (1 - share) * reached[j - 1] : 0)
      }
    }
    probability = TailProbability(min(1, reached[n]))
  }

  /// Tests whether a sample has a distribution that is known in full.
  ///
  /// Parameters of the distribution that were estimated from the same sample make p too large; for
  /// normal values take ``ShapiroWilkTest``.
  ///
  /// - Parameters:
  ///   - sample: The values, without NaN.
  ///   - distribution: The probability of a value at most as large, from 0 to 1; continuous, or p is
  ///     too large.
  ///   - alternative: ``Alternative/greater`` if only a distribution of the sample above the known one
  ///     counts: smaller values.
  ///   - method: How the probability is found.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values; exact and two-sided O(*n*²).
  public init(
    _ sample: [Double], distribution: (Double) -> Double, alternative: Alternative = .twoSided,
    method: Method = .automatic
  ) {
    precondition(
      sample.allSatisfy { !$0.isNaN }, "The values of a rank test must be numbers.")
    let largest = alternative == .twoSided ? 1_000 : 100_000
    kind = method == .automatic ? (sample.count <= largest ? .exact : .asymptotic) : method
    self.alternative = alternative
    hasOneSample = true
    let n = Double(sample.count)
    var most = 0.0
    for (place, value) in sample.sorted().enumerated() {
      let share = distribution(value)
      precondition(
        share >= 0 && share <= 1, "A distribution gives probabilities between 0 and 1.")
      let (above, below) = (Double(place + 1) / n - share, Double(place) / n - share)
      most = max(
        most, alternative.distance(above), alternative.distance(below))
    }
    guard most > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    statistic = most
    if kind == .asymptotic {
      probability = alternative.limit(most * n.squareRoot())
    } else {
      probability =
        alternative == .twoSided
        ? KolmogorovDistribution.upper(most, size: sample.count)
        : KolmogorovDistribution.upperOneSided(most, size: sample.count)
    }
  }

  public var method: String {
    (hasOneSample ? "One-sample " : "") + "Kolmogorov–Smirnov test"
      + (kind == .exact ? " (exact)" : "")
  }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}

extension Alternative {
  /// Returns the part of a difference of distributions that counts.
  fileprivate func distance<Number: Comparable & SignedNumeric>(_ difference: Number) -> Number {
    switch self {
    case .twoSided: max(difference, -difference)
    case .greater: difference
    case .less: -difference
    }
  }

  /// Returns the probability that √n times the distance is as large in large samples.
  fileprivate func limit(_ x: Double) -> TailProbability {
    self == .twoSided
      ? KolmogorovDistribution.upper(x) : TailProbability(log: -2 * x * x)
  }
}
