import StatisticsCore

/// Yuen's test of two trimmed means, which a few extreme values cannot decide.
///
/// The same share of values is cut off at both ends of each sample; the variance is that of the
/// sample with the cut-off values replaced by the last ones kept. Without trimming it is Welch's
/// test. If fewer than two values of a sample are kept the statistic is 0 and p is 1; without
/// variance the answer is as of ``TwoSampleTTest``.
///
/// Source: K. K. Yuen, *The two-sample trimmed t for unequal population variances*, Biometrika 61
/// (1974), 165–170.
public struct YuenTest: SignificanceTest {
  /// The share cut off at each end, from 0 and below ½.
  public let trim: Double
  public let alternative: Alternative
  public let statistic: Double
  /// The degrees of freedom; 0 if too few values are kept.
  public let degreesOfFreedom: Double
  /// The first trimmed mean minus the second, or `nil` if a sample is empty.
  public let estimate: Double?
  /// The standard error of the difference.
  public let standardError: Double
  private let probability: TailProbability

  /// Tests whether two trimmed means of finite values are equal.
  /// - Complexity: O(*n* log *n*), where *n* is the number of values.
  public init(
    _ first: some Sequence<Double>, _ second: some Sequence<Double>, trim: Double = 0.2,
    alternative: Alternative = .twoSided
  ) {
    precondition(trim >= 0 && trim < 0.5, "The share to cut off at each end is below one half.")
    (self.trim, self.alternative) = (trim, alternative)
    let a = TrimmedSample(first.sorted(), trim: trim)
    let b = TrimmedSample(second.sorted(), trim: trim)
    estimate = a.kept > 0 && b.kept > 0 ? a.mean - b.mean : nil
    let (error, other) = (a.squaredError, b.squaredError)
    standardError = (error + other).squareRoot()
    let sum = error + other
    let (share, rest) = sum > 0 ? (error / sum, other / sum) : (0.5, 0.5)
    degreesOfFreedom =
      a.kept > 1 && b.kept > 1
      ? 1
        / (share * share / Double(a.kept - 1) + rest * rest / Double(b.kept - 1))
      : 0
    (statistic, probability) = studentAnswer(
      difference: estimate ?? 0, standardError: standardError,
      degreesOfFreedom: degreesOfFreedom, alternative)
  }

  public var method: String { "Yuen's test of trimmed means" }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// Returns the interval of the difference of the trimmed means.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    studentInterval(
      estimate, standardError: standardError, degreesOfFreedom: degreesOfFreedom, level: level,
      alternative)
  }
}

/// What a trimmed mean and its error need.
private struct TrimmedSample {
  var kept: Int
  var mean: Double
  var squaredError: Double

  init(_ sorted: [Double], trim: Double) {
    let cut = Int(trim * Double(sorted.count))
    let middle = sorted[cut..<sorted.count - cut]
    kept = middle.count
    mean = SampleMoments(middle).mean
    guard let first = middle.first, let last = middle.last, kept > 1 else {
      squaredError = 0
      return
    }
    let ends = Array(repeating: first, count: cut) + Array(repeating: last, count: cut)
    let winsorised = Moments(ends + middle)
    squaredError =
      winsorised.centredSumOfSquares / (Double(kept) * Double(kept - 1))
  }
}
