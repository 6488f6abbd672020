import GA4Model
import RealModule
import StatisticsCore

/// Whether a metric differs between two arms, by how much and by how many per cent.
///
/// ```swift
/// let test = MetricComparison(
///   control: MetricEstimate(.mean(0), of: control), treatment: MetricEstimate(.mean(0), of: treatment))
/// test.difference                       // -0.9947
/// test.interval                         // -10.8459...8.8566
/// test.lift                             // -0.0504
/// test.pValue                           // 0.8405
/// ```
///
/// The test is Welch's t-test on the estimates, which may be means, ratios, adjusted or weighted; with
/// thousands of units the central limit theorem makes it right for any distribution with a variance.
///
/// Where an arm has fewer than two units, or a ratio has no denominator, nothing is known: the
/// p-value is 1 and the intervals are unbounded. Where nothing varies in either arm, equal values give
/// the p-value 1 and different ones 0. A lift needs a control that is not zero.
public struct MetricComparison: SignificanceTest {
  /// The distribution of the statistic under the null hypothesis.
  public enum Reference: String, Sendable, Hashable, Codable, CaseIterable {
    /// Student's t with Welch's degrees of freedom.
    case welch
    /// Student's t with one variance for both arms.
    case student
    /// The normal distribution, as if the variances were known.
    case normal
  }

  /// The estimate of the control.
  public let control: MetricEstimate
  /// The estimate of the treatment.
  public let treatment: MetricEstimate
  public let alternative: Alternative
  /// The distribution of the statistic.
  public let reference: Reference
  /// The difference under the null hypothesis: 0, or a margin.
  public let nullDifference: Double
  /// The confidence of the intervals.
  public let confidence: Double
  /// How the interval of the lift was made.
  public let relativeInterval: RelativeInterval

  /// Treatment minus control; 0 where either is unknown.
  public let difference: Double
  /// The standard error of the difference, ∞ where it is unknown.
  public let standardError: Double
  /// Degrees of freedom, ∞ for the normal distribution.
  public let degreesOfFreedom: Double
  public let statistic: Double
  public let pValue: Double
  public let logP: Double
  /// The differences that the data do not contradict; one-sided if the alternative is.
  public let interval: ClosedRange<Double>
  /// The difference over the control, `nil` for a control of zero.
  public let lift: Double?
  /// The standard error of the lift by the delta method; of its logarithm for
  /// ``RelativeInterval/logarithmic``.
  public let liftStandardError: Double?
  /// The lifts that the data do not contradict.
  public let liftInterval: ClosedRange<Double>?
  /// The p-value of the lift by its own standard error, `nil` without a lift.
  ///
  /// GrowthBook reports this one for relative effects. It goes with ``liftInterval`` and differs a
  /// little from ``pValue``, which tests whether there is any difference and is the better one for
  /// that.
  public let liftPValue: Double?

  /// Compares two independent estimates.
  ///
  /// - Parameters:
  ///   - control: The estimate of the control.
  ///   - treatment: The estimate of the treatment.
  ///   - alternative: Which differences count as evidence; a one-sided one has one-sided intervals.
  ///   - reference: The distribution of the statistic.
  ///   - nullDifference: The difference under the null hypothesis.
  ///   - confidence: The confidence of the intervals, above 0 and below 1.
  ///   - relativeInterval: How the interval of the lift is made.
  public init(
    control: MetricEstimate, treatment: MetricEstimate, alternative: Alternative = .twoSided,
    reference: Reference = .welch, nullDifference: Double = 0, confidence: Double = 0.95,
    relativeInterval: RelativeInterval = .logarithmic
  ) {
    precondition(confidence > 0 && confidence < 1, "The confidence must lie between 0 and 1.")
    precondition(nullDifference.isFinite, "The difference of the null hypothesis must be finite.")
    self.control = control
    self.treatment = treatment
    self.alternative = alternative
    self.reference = reference
    self.nullDifference = nullDifference
    self.confidence = confidence
    self.relativeInterval = relativeInterval
    guard let a = control.value, let b = treatment.value, let varianceA = control.variance,
      let varianceB = treatment.variance
    else {
      difference = (treatment.value ?? 0) - (control.value ?? treatment.value ?? 0)
      standardError = .infinity
      degreesOfFreedom = reference == .normal ? .infinity : 0
      statistic = 0
      (pValue, logP) = (1, 0)
      interval = -Double.infinity...Double.infinity
      lift = nil
      liftStandardError = nil
      liftInterval = nil
      liftPValue = nil
      return
    }
    let scale = Scale(reference, control.units, treatment.units, varianceA, varianceB)
    difference = b - a
    standardError = scale.standardError
    degreesOfFreedom = scale.degreesOfFreedom
    statistic = Alternative.statistic(b - a - nullDifference, scale.standardError)
    let p = alternative.probability(statistic, scale.degreesOfFreedom)
    (pValue, logP) = (p.value, p.log)
    interval = alternative.interval(
      around: difference, scale.standardError, scale.degreesOfFreedom, confidence)
    lift = a == 0 ? nil : (b - a) / a
    guard let lift else {
      liftStandardError = nil
      liftInterval = nil
      liftPValue = nil
      return
    }
    let quotient = b / a
    switch relativeInterval {
    case .logarithmic where a > 0 && b > 0:
      let logScale = Scale(
        reference, control.units, treatment.units, varianceA / (a * a), varianceB / (b * b))
      let range = alternative.interval(
        around: Double.log(quotient), logScale.standardError, logScale.degreesOfFreedom, confidence)
      liftStandardError = logScale.standardError
      liftInterval =
        Double.expMinusOne(range.lowerBound)...Double.expMinusOne(range.upperBound)
      liftPValue = alternative.pValue(
        Double.log(quotient), logScale.standardError, logScale.degreesOfFreedom)
    case .logarithmic, .linear, .fieller:
      let error = Scale(
        reference, control.units, treatment.units, varianceA * quotient * quotient / (a * a),
        varianceB / (a * a)
      ).standardError
      liftStandardError = error
      liftPValue = alternative.pValue(lift, error, scale.degreesOfFreedom)
      liftInterval =
        relativeInterval == .fieller
        ? Self.fieller(
          a, b, varianceA / Double(control.units), varianceB / Double(treatment.units),
          alternative.criticalValue(scale.degreesOfFreedom, confidence), alternative)
        : alternative.interval(around: lift, error, scale.degreesOfFreedom, confidence)
    }
  }

  private static func fieller(
    _ a: Double, _ b: Double, _ squareA: Double, _ squareB: Double, _ critical: Double,
    _ alternative: Alternative
  ) -> ClosedRange<Double> {
    // The quotients r with (b − r a)² ≤ c² (s_b² + r² s_a²).
    let c = critical * critical
    let (square, half, rest) = (a * a - c * squareA, a * b, b * b - c * squareB)
    let root = half * half - square * rest
    guard square > 0, root >= 0 else { return -Double.infinity...Double.infinity }
    let (low, high) = ((half - root.squareRoot()) / square, (half + root.squareRoot()) / square)
    switch alternative {
    case .twoSided: return (low - 1)...(high - 1)
    case .less: return -Double.infinity...(high - 1)
    case .greater: return (low - 1)...Double.infinity
    }
  }

  public var method: String {
    switch reference {
    case .welch: "Welch's t-test"
    case .student: "Student's t-test"
    case .normal: "z-test"
    }
  }

  public var description: String {
    let lift = lift.map { " (\(NumberFormat.percent($0, 2)))" } ?? ""
    return "\(method), \(alternative): difference \(NumberFormat.fixed(difference, 4))\(lift),"
      + " p = \(ProbabilityText.short(pValue, log: logP))"
  }
}

/// A standard error with its degrees of freedom.
private struct Scale {
  let standardError: Double
  let degreesOfFreedom: Double

  init(
    _ reference: MetricComparison.Reference, _ first: Int, _ second: Int, _ varianceA: Double,
    _ varianceB: Double
  ) {
    let (m, n) = (Double(first), Double(second))
    let (a, b) = (varianceA / m, varianceB / n)
    switch reference {
    case .normal:
      standardError = (a + b).squareRoot()
      degreesOfFreedom = .infinity
    case .student:
      let pooled = ((m - 1) * varianceA + (n - 1) * varianceB) / (m + n - 2)
      standardError = (pooled * (1 / m + 1 / n)).squareRoot()
      degreesOfFreedom = m + n - 2
    case .welch:
      standardError = (a + b).squareRoot()
      // As shares, since squares of tiny variances would vanish.
      let share = a + b > 0 ? a / (a + b) : 0.5
      degreesOfFreedom = 1 / (share * share / (m - 1) + (1 - share) * (1 - share) / (n - 1))
    }
  }
}

extension Alternative {
  /// A deviation in standard errors; where nothing varies 0 or infinite.
  static func statistic(_ deviation: Double, _ standardError: Double) -> Double {
    standardError > 0
      ? deviation / standardError : deviation == 0 ? 0 : deviation > 0 ? .infinity : -.infinity
  }

  /// The p-value of a deviation.
  func pValue(
    _ deviation: Double, _ standardError: Double, _ degreesOfFreedom: Double
  ) -> Double {
    probability(Self.statistic(deviation, standardError), degreesOfFreedom).value
  }

  /// The p-value of a statistic with Student's t distribution.
  func probability(_ statistic: Double, _ degreesOfFreedom: Double) -> TailProbability {
    let student = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
    return switch self {
    case .greater: student.upper(statistic)
    case .less: student.lower(statistic)
    case .twoSided: student.twoSided(statistic)
    }
  }

  /// How many standard errors an interval reaches.
  func criticalValue(_ degreesOfFreedom: Double, _ confidence: Double) -> Double {
    let tail = self == .twoSided ? (1 - confidence) / 2 : 1 - confidence
    return StudentDistribution(degreesOfFreedom: degreesOfFreedom).upperQuantile(tail)
  }

  /// An interval of the given confidence, one-sided if the alternative is.
  func interval(
    around value: Double, _ standardError: Double, _ degreesOfFreedom: Double, _ confidence: Double
  ) -> ClosedRange<Double> {
    let reach = standardError == 0 ? 0 : criticalValue(degreesOfFreedom, confidence) * standardError
    return
      (self == .less ? -.infinity : value - reach)...(self == .greater
      ? .infinity : value + reach)
  }
}
