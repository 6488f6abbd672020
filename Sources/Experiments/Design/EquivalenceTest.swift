import GA4Model
import StatisticsCore

/// Whether a difference is small enough not to matter: two one-sided tests.
///
/// ```swift
/// let test = EquivalenceTest(450, of: 1000, 445, of: 1000, margins: -0.05...0.05)
/// test.pValue                           // 0.0214: equivalent at 5 %
/// test.lowerP                           // 0.0067: not below −0.05
/// ```
///
/// A p-value above the level of an ordinary test never shows that nothing changed; this one does. It
/// is the larger one of two: against a difference at or below the lower margin, and at or above the
/// upper. Equivalence at a level α is the same as an interval of 1 − 2α within the margins. With
/// one margin infinite it is a test of non-inferiority.
///
/// Source: D. J. Schuirmann, *A Comparison of the Two One-Sided Tests Procedure and the Power Approach
/// for Assessing the Equivalence of Average Bioavailability*, Journal of Pharmacokinetics and
/// Biopharmaceutics 15 (1987), 657–680.
public struct EquivalenceTest: SignificanceTest {
  /// How the error of a difference of proportions is estimated.
  public enum ProportionError: String, Sendable, Hashable, Codable, CaseIterable {
    /// From the observed shares.
    case wald
    /// From one success and one failure more in each arm, which also moves the difference.
    ///
    /// Source: A. Agresti and B. Caffo, American Statistician 54 (2000), 280–288.
    case agrestiCaffo
  }

  /// The observed difference.
  public let difference: Double
  /// Its standard error.
  public let standardError: Double
  /// Degrees of freedom, ∞ for the normal distribution.
  public let degreesOfFreedom: Double
  /// The differences that do not matter.
  public let margins: ClosedRange<Double>
  /// The p-value against a difference at or below the lower margin.
  public let lowerP: Double
  /// The p-value against a difference at or above the upper margin.
  public let upperP: Double
  /// The statistic against the lower margin.
  public let lowerStatistic: Double
  /// The statistic against the upper margin.
  public let upperStatistic: Double
  public let pValue: Double
  public let logP: Double

  /// Tests a difference with a normal or t-distributed error.
  ///
  /// - Parameters:
  ///   - difference: The observed difference.
  ///   - standardError: Its standard error, 0 or more.
  ///   - degreesOfFreedom: Above 0; ∞ for the normal distribution.
  ///   - margins: The differences that do not matter.
  public init(
    difference: Double, standardError: Double, degreesOfFreedom: Double = .infinity,
    margins: ClosedRange<Double>
  ) {
    precondition(standardError >= 0, "A standard error must not be negative or NaN.")
    self.difference = difference
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
    self.margins = margins
    guard standardError.isFinite, degreesOfFreedom > 0 else {
      (lowerP, upperP, lowerStatistic, upperStatistic) = (1, 1, 0, 0)
      (pValue, logP) = (1, 0)
      return
    }
    lowerStatistic = Alternative.statistic(difference - margins.lowerBound, standardError)
    upperStatistic = Alternative.statistic(difference - margins.upperBound, standardError)
    let low = Alternative.greater.probability(lowerStatistic, degreesOfFreedom)
    let high = Alternative.less.probability(upperStatistic, degreesOfFreedom)
    (lowerP, upperP) = (low.value, high.value)
    (pValue, logP) = low.log >= high.log ? (low.value, low.log) : (high.value, high.log)
  }

  /// Tests the difference of a comparison.
  public init(_ comparison: MetricComparison, margins: ClosedRange<Double>) {
    self.init(
      difference: comparison.difference, standardError: comparison.standardError,
      degreesOfFreedom: comparison.degreesOfFreedom, margins: margins)
  }

  /// Tests whether a share lies within `margins`, with the error of the observed share.
  public init(_ successes: Int, of trials: Int, margins: ClosedRange<Double>) {
    precondition(
      successes >= 0 && trials >= successes, "The successes must be from 0 to the number of trials."
    )
    let share = trials > 0 ? Double(successes) / Double(trials) : 0
    self.init(
      difference: share,
      standardError: trials > 0 ? (share * (1 - share) / Double(trials)).squareRoot() : .infinity,
      margins: margins)
  }

  /// Tests the difference of two shares, the first minus the second.
  public init(
    _ successes: Int, of trials: Int, _ otherSuccesses: Int, of otherTrials: Int,
    margins: ClosedRange<Double>, error: ProportionError = .agrestiCaffo
  ) {
    precondition(
      successes >= 0 && trials >= successes && otherSuccesses >= 0 && otherTrials >= otherSuccesses,
      "The successes must be from 0 to the number of trials.")
    guard trials > 0, otherTrials > 0 else {
      self.init(difference: 0, standardError: .infinity, margins: margins)
      return
    }
    let more: Double = error == .agrestiCaffo ? 1 : 0
    let (n, m) = (Double(trials) + 2 * more, Double(otherTrials) + 2 * more)
    let (p, q) = ((Double(successes) + more) / n, (Double(otherSuccesses) + more) / m)
    self.init(
      difference: p - q, standardError: (p * (1 - p) / n + q * (1 - q) / m).squareRoot(),
      margins: margins)
  }

  /// The statistic of the margin that is harder to exclude.
  public var statistic: Double { lowerP >= upperP ? lowerStatistic : upperStatistic }
  public var alternative: Alternative { .twoSided }
  public var method: String { "two one-sided tests of equivalence" }

  public var description: String {
    "\(method): difference \(NumberFormat.fixed(difference, 4)), margins"
      + " \(margins.lowerBound)...\(margins.upperBound),"
      + " p = \(ProbabilityText.short(pValue, log: logP))"
  }
}
