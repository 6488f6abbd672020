import StatisticsCore

/// CUPED: a metric of which the part that was known before the experiment is taken out.
///
/// ```swift
/// // Per user the revenue in the experiment and that of the weeks before it.
/// let adjustment = CovariateAdjustment(.mean(0), covariates: [.mean(1)], arms: [control, treatment])
/// adjustment.coefficients[0]            // revenue now per revenue before
/// adjustment.estimates[1].varianceReduction
/// ```
///
/// From each unit the coefficients times its covariates' deviation from the mean of all arms are
/// subtracted, which leaves the expected difference between arms as it is and makes its error smaller
/// by the share that the covariates explain. The covariates must be known before the exposure:
/// anything that the treatment may change biases the result. Metric and covariates may be ratios. A
/// covariate that does not vary, or follows from those before it, has the coefficient 0.
///
/// Source: A. Deng, Y. Xu, R. Kohavi and T. Walker, *Improving the Sensitivity of Online Controlled
/// Experiments by Utilizing Pre-Experiment Data*, WSDM 2013.
public struct CovariateAdjustment: Sendable, Hashable {
  /// Of which units the coefficients are the regression.
  public enum Pooling: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
    /// All units as one sample, as tea-tasting and GrowthBook have it; the effect itself blurs it a
    /// little.
    case overall
    /// The deviations from the means of each arm, as in an analysis of covariance.
    case withinArms

    public var description: String { self == .overall ? "overall" : "within arms" }
  }

  /// The metric.
  public let form: MetricForm
  /// The covariates.
  public let covariates: [MetricForm]
  /// How many units of the metric go with one of each covariate.
  public let coefficients: [Double]
  /// The adjusted estimate of each arm, in the order of the arguments.
  public let estimates: [MetricEstimate]

  /// Adjusts.
  ///
  /// - Parameters:
  ///   - form: The metric.
  ///   - covariates: Means or ratios of variables known before the exposure.
  ///   - arms: The moments of each arm.
  ///   - pooling: Of which units the coefficients are the regression.
  public init(
    _ form: MetricForm, covariates: [MetricForm], arms: [MetricMoments],
    pooling: Pooling = .overall
  ) {
    self.form = form
    self.covariates = covariates
    var all = arms[0]
    for arm in arms.dropFirst() { all.merge(arm) }
    let parts = pooling == .overall ? [all] : arms
    let forms = [form] + covariates
    // The slopes at the means of all units, so that arms share one linear form.
    let slopes = forms.map { $0.gradient(all) }
    func product(_ first: Int, _ second: Int) -> Double {
      guard let a = slopes[first], let b = slopes[second] else { return 0 }
      return parts.reduce(0) { $0 + MetricForm.products($1, a, b) }
    }
    let usable = Self.independent(covariates.count) { product($0 + 1, $1 + 1) }
    var coefficients = [Double](repeating: 0, count: covariates.count)
    if slopes[0] != nil,
      let factor = CholeskyFactor(usable.map { i in usable.map { product(i + 1, $0 + 1) } })
    {
      let solution = factor.solve(usable.map { product($0 + 1, 0) })
      for (place, index) in usable.enumerated() { coefficients[index] = solution[place] }
    }
    self.coefficients = coefficients
    let means = covariates.map { $0.value(of: all) }
    estimates = arms.map { arm in
      Self.estimate(arm, form, covariates, coefficients, means)
    }
  }

  /// The covariates that do not follow from those before them.
  private static func independent(
    _ count: Int, _ product: (Int, Int) -> Double
  ) -> [Int] {
    var chosen: [Int] = []
    for index in 0..<count where product(index, index) > 0 {
      let candidate = chosen + [index]
      // Scaled to a diagonal of 1, since revenue and visits differ by orders of magnitude.
      let scales = candidate.map { product($0, $0).squareRoot() }
      let matrix = candidate.indices.map { i in
        candidate.indices.map { j in
          i == j ? 1 : product(candidate[i], candidate[j]) / (scales[i] * scales[j])
        }
      }
      if CholeskyFactor(matrix) != nil { chosen = candidate }
    }
    return chosen
  }

  private static func estimate(
    _ arm: MetricMoments, _ form: MetricForm, _ covariates: [MetricForm], _ coefficients: [Double],
    _ means: [Double?]
  ) -> MetricEstimate {
    let plain = MetricEstimate(form, of: arm)
    guard var value = plain.value, let before = plain.variance, var slopes = form.gradient(arm)
    else { return plain }
    for (index, covariate) in covariates.enumerated() where coefficients[index] != 0 {
      guard let own = covariate.value(of: arm), let mean = means[index],
        let gradient = covariate.gradient(arm)
      else { return plain }
      value -= coefficients[index] * (own - mean)
      slopes += gradient.map { ($0.variable, -coefficients[index] * $0.slope) }
    }
    let variance = max(0, MetricForm.products(arm, slopes, slopes)) / Double(arm.count - 1)
    return MetricEstimate(
      units: arm.count, value: value, variance: variance,
      varianceReduction: before > 0 ? 1 - variance / before : 0)
  }
}
