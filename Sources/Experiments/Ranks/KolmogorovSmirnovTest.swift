import StatisticsCore

/// The Kolmogorov–Smirnov test of two samples: whether they have the same distribution.
///
/// The statistic is the greatest distance between the two empirical distributions. The exact
/// probability is conditional on the observed ties; the asymptotic one is that of Kolmogorov's
/// limit. If a sample is empty the statistic is 0 and p is 1.
///
/// Source: N. V. Smirnov 1939; the exact probability by a walk through all orders of the values, as
/// in P. J. Kim and R. I. Jennrich 1973, here of those that reach the distance, so that small
/// probabilities keep their digits.
public struct KolmogorovSmirnovTest: SignificanceTest {
  /// How the probability is found.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Exact for up to a million pairs of values.
    case automatic
    /// By all orders of the values.
    case exact
    /// By Kolmogorov's limit, too large for small samples.
    case asymptotic
  }

  /// How the probability was found: never ``Method/automatic``.
  public let kind: Method
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether two samples have the same distribution.
  /// - Complexity: O(*N* log *N*), where *N* is the number of values; exact O(*mn*), where *m* and *n*
  ///   are the sizes.
  public init(_ first: [Double], _ second: [Double], method: Method = .automatic) {
    let (m, n) = (first.count, second.count)
    kind = method == .automatic ? (m * n <= 1_000_000 ? .exact : .asymptotic) : method
    let marked = first.map { ($0, true) } + second.map { ($0, false) }
    precondition(
      marked.allSatisfy { !$0.0.isNaN }, "The values of a rank test must be numbers.")
    let sorted = marked.sorted { $0.0 < $1.0 }
    // Distances are whole multiples of 1 / (m n).
    var isEnd = Array(repeating: true, count: sorted.count + 1)
    var (i, j, distance) = (0, 0, 0)
    for (place, value) in sorted.enumerated() {
      if value.1 { i += 1 } else { j += 1 }
      if place + 1 < sorted.count, sorted[place + 1].0 == value.0 {
        isEnd[place + 1] = false
      } else {
        distance = max(distance, abs(i * n - j * m))
      }
    }
    guard m > 0, n > 0, distance > 0 else {
      (statistic, probability) = (0, .one)
      return
    }
    statistic = Double(distance) / (Double(m) * Double(n))
    if kind == .asymptotic {
      let size = Double(m) * (Double(n) / Double(m + n))
      probability = KolmogorovDistribution.upper(statistic * size.squareRoot())
      return
    }
    // reached[j]: the share of the ways to (i, j) that were that far apart somewhere.
    var reached = Array(repeating: 0.0, count: n + 1)
    for i in 0...m {
      for j in 0...n where i + j > 0 {
        if isEnd[i + j], abs(i * n - j * m) >= distance {
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

  public var method: String {
    kind == .exact ? "Kolmogorov–Smirnov test (exact)" : "Kolmogorov–Smirnov test"
  }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}
