import StatisticsCore

/// Count, mean and variance of a sample: all that tests of means need.
///
///     let revenue = SampleMoments(count: 51230, mean: 12.41, standardDeviation: 38.2)
///     let orders = SampleMoments([3, 0, 2, 0, 3])
///     orders.mean       // 1.6
///     orders.variance   // 2.3
public struct SampleMoments: Sendable, Hashable, Codable {
  /// The number of values.
  public let count: Int
  /// The mean; 0 without values.
  public let mean: Double
  /// The variance, divided by count − 1; 0 with fewer than two values.
  public let variance: Double

  /// Takes known moments.
  ///
  /// - Parameters:
  ///   - count: The number of values, not negative.
  ///   - mean: Their mean, finite.
  ///   - variance: Their variance, divided by count − 1; finite and not negative.
  public init(count: Int, mean: Double, variance: Double) {
    precondition(count >= 0, "The number of values is not negative.")
    precondition(
      mean.isFinite && variance.isFinite && variance >= 0,
      "A mean and a variance must be finite, and the variance not negative.")
    self.count = count
    self.mean = count > 0 ? mean : 0
    self.variance = count > 1 ? variance : 0
  }

  /// Takes known moments with the standard deviation.
  public init(count: Int, mean: Double, standardDeviation: Double) {
    precondition(standardDeviation >= 0, "A standard deviation is not negative.")
    self.init(count: count, mean: mean, variance: standardDeviation * standardDeviation)
  }

  /// Takes the moments of finite values, without any rounding before the last step.
  /// - Complexity: O(*n*), where *n* is the number of values.
  public init(_ values: some Sequence<Double>) {
    let moments = Moments(values)
    let variance = moments.variance ?? 0
    precondition(variance.isFinite, "The values of a sample must be finite.")
    self.init(count: moments.count, mean: moments.mean ?? 0, variance: variance)
  }

  /// The square root of the variance.
  public var standardDeviation: Double { variance.squareRoot() }

  /// The squared standard error of the mean; 0 without values.
  var squaredError: Double { count > 0 ? variance / Double(count) : 0 }
}
