import StatisticsCore

/// The value of a metric in one arm, and how precise it is.
///
/// ```swift
/// let arm = MetricMoments([13.33, 10.18, 37.44])
/// let estimate = MetricEstimate(.mean(0), of: arm)
/// estimate.value                        // 20.3167
/// estimate.standardError                // 8.6098
/// ```
public struct MetricEstimate: Sendable, Hashable, Codable {
  /// The number of units.
  public let units: Int
  /// The metric; after an adjustment the adjusted one; `nil` without units or with a denominator of
  /// zero.
  public let value: Double?
  /// The variance of what one unit adds to the metric, so that the squared standard error is this over
  /// ``units``; `nil` with fewer than two units.
  public let variance: Double?
  /// The share of the variance that an adjustment took away, 0 without one.
  public let varianceReduction: Double

  /// Makes an estimate of known numbers.
  public init(units: Int, value: Double?, variance: Double?, varianceReduction: Double = 0) {
    self.units = units
    self.value = value
    self.variance = variance
    self.varianceReduction = varianceReduction
  }

  /// Estimates a mean or, by the delta method, a ratio.
  public init(_ form: MetricForm, of arm: MetricMoments) {
    let variance: Double? =
      if arm.count > 1, let gradient = form.gradient(arm) {
        max(0, MetricForm.products(arm, gradient, gradient)) / Double(arm.count - 1)
      } else {
        nil
      }
    self.init(units: arm.count, value: form.value(of: arm), variance: variance)
  }

  /// The standard error, `nil` where the variance is unknown.
  public var standardError: Double? { variance.map { ($0 / Double(units)).squareRoot() } }
}
