import GA4Model
import StatisticsCore

/// Several treatments against one control, with p-values that count them all.
///
/// ```swift
/// let test = DunnettTest(control: control, treatments: [drugA, drugB])
/// test.adjustedP                        // [0.6201, 0.0058]
/// ```
///
/// The comparisons share the control and so depend on each other; Dunnett's p-values use exactly that
/// and are smaller than Bonferroni's or Holm's. All arms are taken to have one variance.
///
/// With fewer than two units in an arm, or no variance at all, an equal mean has the p-value 1 and
/// another one 0; a treatment without units has the p-value 1.
///
/// Source: C. W. Dunnett, *A Multiple Comparison Procedure for Comparing Several Treatments with a
/// Control*, Journal of the American Statistical Association 50 (1955), 1096–1121.
public struct DunnettTest: Sendable, Hashable, CustomStringConvertible {
  /// Which differences count.
  public let alternative: Alternative
  /// Treatment minus control in units of its standard error, for each treatment.
  public let statistics: [Double]
  /// The degrees of freedom of the common variance.
  public let degreesOfFreedom: Double
  /// For each treatment the chance that any of them would differ as much if none did.
  public let adjustedP: [Double]

  /// Compares.
  ///
  /// - Parameters:
  ///   - control: The estimate of the control, with its variance.
  ///   - treatments: The estimates of the treatments.
  ///   - alternative: Which differences count.
  /// - Complexity: O(*k*²) integrals over a plane for *k* treatments, a few milliseconds each.
  public init(
    control: MetricEstimate, treatments: [MetricEstimate], alternative: Alternative = .twoSided
  ) {
    self.alternative = alternative
    let arms = ([control] + treatments).filter { $0.units > 0 }
    let freedom = Double(arms.reduce(0) { $0 + $1.units - 1 })
    degreesOfFreedom = freedom
    let squares = arms.reduce(0.0) { $0 + Double($1.units - 1) * ($1.variance ?? 0) }
    let variance = freedom > 0 ? squares / freedom : .infinity
    let n = Double(control.units)
    statistics = treatments.map { arm in
      guard let a = control.value, let b = arm.value, variance.isFinite else { return 0 }
      let error = (variance * (1 / n + 1 / Double(arm.units))).squareRoot()
      return Alternative.statistic(b - a, error)
    }
    // How much of each comparison is the common control.
    let shares = treatments.map { arm in
      arm.units > 0 && n > 0 ? (Double(arm.units) / (n + Double(arm.units))).squareRoot() : 0
    }
    adjustedP = zip(statistics, treatments).map { statistic, arm in
      guard arm.units > 0, n > 0, freedom > 0 else { return 1 }
      return Self.tail(statistic, shares.filter { $0 > 0 }, freedom, alternative)
    }
  }

  /// Compares arms by their moments.
  public init(
    control: MetricMoments, treatments: [MetricMoments], alternative: Alternative = .twoSided
  ) {
    self.init(
      control: MetricEstimate(.mean(0), of: control),
      treatments: treatments.map { MetricEstimate(.mean(0), of: $0) }, alternative: alternative)
  }

  /// The probability that any statistic is as extreme.
  static func tail(
    _ statistic: Double, _ shares: [Double], _ freedom: Double, _ alternative: Alternative
  ) -> Double {
    if statistic.isInfinite {
      return alternative == .twoSided || (statistic > 0) == (alternative == .greater) ? 0 : 1
    }
    let bound =
      switch alternative {
      case .twoSided: abs(statistic)
      case .greater: statistic
      case .less: -statistic
      }
    if alternative == .twoSided, bound == 0 { return 1 }
    let rests = shares.map { (1 - $0 * $0).squareRoot() }
    /// Given the scale of the standard deviation, over the common control.
    func given(_ scale: Double) -> Double {
      let limit = bound * scale
      var sum = 0.0
      let step = 0.125
      // Beyond the bound only the density of the control is left, which nine more make vanish.
      let last = Int((min(38, max(0, limit) + 9) / step).rounded(.up))
      for index in -last...last {
        let z = Double(index) * step
        var none = 0.0
        for (share, rest) in zip(shares, rests) {
          var out = NormalDistribution.upper((limit - share * z) / rest).value
          if alternative == .twoSided {
            out += NormalDistribution.lower((-limit - share * z) / rest).value
          }
          none += out < 1 ? PortableMath.log1p(-out) : -.infinity
        }
        sum += NormalDistribution.density(z) * -PortableMath.expm1(none)
      }
      return sum * step
    }
    if freedom > 1e7 { return min(1, given(1)) }
    return min(1, NoncentralStudent(degreesOfFreedom: freedom, noncentrality: 0).mean(given))
  }

  public var description: String {
    "Dunnett's test, \(alternative): p = "
      + adjustedP.map { ProbabilityText.short($0) }.joined(separator: ", ")
  }
}
