import StatisticsCore

/// A quantile of a sample with its standard error, also where the values come in clusters: page
/// loads of the same user, say.
///
///     let load = QuantileEstimate(milliseconds, probability: 0.9)
///     let byUser = QuantileEstimate(clusters: millisecondsOfEachUser, probability: 0.9)
///
/// The standard error of the share of values below the quantile, from the clusters, is turned into
/// one of the quantile by the quantiles at the ends of the share's 95 % interval (Woodruff). It is 0
/// where the sample does not vary around the quantile, and with fewer than two clusters.
///
/// Source: R. S. Woodruff, Journal of the American Statistical Association 47 (1952), 635–646; for
/// clusters A. Deng, U. Knoblich and J. Lu, *Applying the Delta Method in Metric Analytics*, KDD
/// 2018.
public struct QuantileEstimate: Sendable, Hashable {
  /// The share of values below, between 0 and 1.
  public let probability: Double
  /// The number of values.
  public let count: Int
  /// The number of clusters, or of values if each stands for itself.
  public let clusterCount: Int
  /// The quantile (type 7, as in R and NumPy), or `nil` without values.
  public let value: Double?
  /// The standard error of the quantile.
  public let standardError: Double

  /// Takes the quantile of independent finite values.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(_ values: some Sequence<Double>, probability: Double) {
    let sorted = values.sorted()
    let variance = probability * (1 - probability) / max(1, Double(sorted.count))
    self.init(
      sorted: sorted, clusters: sorted.count, probability: probability, variance: { _ in variance })
  }

  /// Takes the quantile of the finite values of independent clusters.
  public init(clusters: [[Double]], probability: Double) {
    let used = clusters.filter { !$0.isEmpty }
    self.init(
      sorted: used.flatMap { $0 }.sorted(), clusters: used.count, probability: probability
    ) { quantile in
      // The share is a ratio of two sums over clusters.
      var moments = CoMoments()
      for cluster in used {
        let below = cluster.reduce(0.0) { $1 <= quantile ? $0 + 1 : $0 }
        moments.add(below, Double(cluster.count))
      }
      guard let covariance = moments.covariance, let size = moments.y.mean else { return 0 }
      let share = moments.x.mean! / size
      let spread =
        moments.x.variance! - 2 * share * covariance + share * share * moments.y.variance!
      return max(0, spread) / (size * size) / Double(moments.count)
    }
  }

  private init(
    sorted: [Double], clusters: Int, probability: Double, variance: (Double) -> Double
  ) {
    precondition(
      probability > 0 && probability < 1, "The probability of a quantile lies between 0 and 1.")
    precondition(
      sorted.allSatisfy { $0.isFinite }, "The values of a sample must be finite.")
    self.probability = probability
    (count, clusterCount) = (sorted.count, clusters)
    value = Quantiles.quantile(probability, ofSorted: sorted)
    guard let value, clusters > 1 else {
      standardError = 0
      return
    }
    let z = 1.959963984540054
    let reach = z * variance(value).squareRoot()
    let low = Quantiles.quantile(max(0, probability - reach), ofSorted: sorted)!
    let high = Quantiles.quantile(min(1, probability + reach), ofSorted: sorted)!
    // An end beyond all values leaves only the other half.
    let isLowCut = probability - reach < 0
    let isHighCut = probability + reach > 1
    standardError =
      isLowCut == isHighCut
      ? (high - low) / (2 * z) : (isLowCut ? high - value : value - low) / z
  }
}

/// The test of the difference of two quantiles.
///
/// If a sample has fewer than two clusters (or values) the statistic is 0, p is 1 and the interval
/// −∞…∞. If neither sample varies around its quantile p is 1 for equal quantiles, and otherwise 0
/// with an infinite statistic.
public struct QuantileTest: SignificanceTest {
  /// The first quantile.
  public let first: QuantileEstimate
  /// The second quantile.
  public let second: QuantileEstimate
  /// The difference under the null hypothesis.
  public let nullDifference: Double
  public let alternative: Alternative
  /// The difference in standard errors, z.
  public let statistic: Double
  private let probability: TailProbability

  /// Tests whether the first quantile minus the second is `nullDifference`.
  public init(
    _ first: QuantileEstimate, _ second: QuantileEstimate, nullDifference: Double = 0,
    alternative: Alternative = .twoSided
  ) {
    precondition(
      first.probability == second.probability,
      "A test of two quantiles compares those of the same probability.")
    (self.first, self.second) = (first, second)
    (self.nullDifference, self.alternative) = (nullDifference, alternative)
    guard let a = first.value, let b = second.value, first.clusterCount > 1,
      second.clusterCount > 1
    else {
      (statistic, probability) = (0, .one)
      return
    }
    (statistic, probability) = studentAnswer(
      difference: a - b - nullDifference, standardError: Self.error(first, second),
      degreesOfFreedom: .infinity, alternative)
  }

  public var method: String { "Test of two quantiles" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The first quantile minus the second, or `nil` if a sample is empty.
  public var estimate: Double? {
    guard let a = first.value, let b = second.value else { return nil }
    return a - b
  }

  /// Returns the interval of the difference, with one end for a one-sided question.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    let isKnown = first.clusterCount > 1 && second.clusterCount > 1
    return studentInterval(
      estimate, standardError: Self.error(first, second),
      degreesOfFreedom: isKnown ? .infinity : 0, level: level, alternative)
  }

  private static func error(_ first: QuantileEstimate, _ second: QuantileEstimate) -> Double {
    (first.standardError * first.standardError + second.standardError * second.standardError)
      .squareRoot()
  }
}
