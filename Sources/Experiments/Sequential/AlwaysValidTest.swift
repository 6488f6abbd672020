import GA4Model
import RealModule
import StatisticsCore

/// A test and an interval that hold at every look, however often and whenever one looks.
///
/// ```swift
/// let test = AlwaysValidTest(
///   difference: -0.0082, standardError: 0.00259, units: 90_189, mixing: .tuned(units: 1000))
/// test.interval                         // -0.0174...0.00099
/// test.pValue                           // 0.18, where a fixed test has 0.0016
/// ```
///
/// The chance that the interval *ever* misses the true difference is at most 1 − ``confidence``, to the
/// accuracy of the normal approximation; so one may stop as soon as it excludes 0. The price is an
/// interval about half as wide again. ``Mixing`` says where it is narrowest, and must be fixed before
/// the first look.
///
/// It is the mixture sequential probability ratio test: the likelihood under normally distributed
/// effects over that without effect, whose inverse is the p-value. The interval is the normal-mixture
/// confidence sequence that GrowthBook has; `mixing: .variance` is Optimizely's parametrisation.
/// ``AlwaysValidRun`` keeps the smallest p-value of all looks.
///
/// Source: R. Johari, P. Koomen, L. Pekelis and D. Walsh, *Always Valid Inference*, Operations Research
/// 70 (2022), 1806–1821; I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas,
/// *Time-uniform Central Limit Theory and Asymptotic Confidence Sequences*, Annals of Statistics 52
/// (2024), 2613–2640.
public struct AlwaysValidTest: SignificanceTest {
  /// Where the interval is narrowest.
  public enum Mixing: Sendable, Hashable, Codable, CustomStringConvertible {
    /// At so many units of both arms together.
    case tuned(units: Int)
    /// For effects with this variance, in squared units of the metric.
    case variance(Double)

    public var description: String {
      switch self {
      case .tuned(let units): "tuned for \(NumberFormat.grouped(units)) units"
      case .variance(let variance): "for effects with the variance \(variance)"
      }
    }
  }

  /// Treatment minus control.
  public let difference: Double
  /// Its standard error.
  public let standardError: Double
  /// The number of units of both arms.
  public let units: Int
  /// Where the interval is narrowest.
  public let mixing: Mixing
  /// The confidence of the interval over all looks together.
  public let confidence: Double
  public let pValue: Double
  public let logP: Double
  /// The differences that the data do not contradict, at this and any other look.
  public let interval: ClosedRange<Double>

  /// Makes the test.
  ///
  /// - Parameters:
  ///   - difference: Treatment minus control, of all data so far.
  ///   - standardError: Its standard error, 0 or more; ∞ where nothing is known.
  ///   - units: The number of units of both arms so far.
  ///   - mixing: Where the interval is narrowest; fixed before the first look.
  ///   - confidence: The confidence over all looks together.
  public init(
    difference: Double, standardError: Double, units: Int, mixing: Mixing, confidence: Double = 0.95
  ) {
    precondition(standardError >= 0, "A standard error must not be negative or NaN.")
    precondition(confidence > 0 && confidence < 1, "The confidence must lie between 0 and 1.")
    precondition(units >= 0, "The number of units must not be negative.")
    self.difference = difference
    self.standardError = standardError
    self.units = units
    self.mixing = mixing
    self.confidence = confidence
    let level = 1 - confidence
    // How many times the variance of the estimate the variance of the mixed effects is.
    let ratio: Double
    switch mixing {
    case .tuned(let best):
      precondition(best >= 1, "The mixing must be tuned for at least one unit.")
      let spread = -2 * Double.log(level)
      ratio = Double(units) * (spread + .log(onePlus: spread)) / Double(best)
    case .variance(let variance):
      precondition(
        variance > 0 && variance < .infinity, "The variance of effects must be finite and above 0.")
      ratio = variance / (standardError * standardError)
    }
    guard standardError.isFinite, units > 0 else {
      (pValue, logP) = (1, 0)
      interval = -Double.infinity...Double.infinity
      return
    }
    guard standardError > 0 else {
      (pValue, logP) = difference == 0 ? (1, 0) : (0, -.infinity)
      interval = difference...difference
      return
    }
    let z = difference / standardError
    // A ratio beyond all doubles is one of effects without bound.
    let share = ratio == .infinity ? 1 : ratio / (1 + ratio)
    let growth = Double.log(onePlus: ratio) / 2
    logP = min(0, growth - z * z * share / 2)
    pValue = .exp(logP)
    let reach = standardError * (2 / share * (growth - .log(level))).squareRoot()
    interval =
      reach.isFinite
      ? (difference - reach)...(difference + reach)
      : -Double.infinity...Double.infinity
  }

  /// Makes the test from a comparison of two arms.
  public init(_ comparison: MetricComparison, mixing: Mixing) {
    self.init(
      difference: comparison.difference, standardError: comparison.standardError,
      units: comparison.control.units + comparison.treatment.units, mixing: mixing,
      confidence: comparison.confidence)
  }

  public var method: String { "always-valid mixture test \(mixing)" }
  public var alternative: Alternative { .twoSided }
  /// The difference in standard errors.
  public var statistic: Double {
    standardError > 0 ? difference / standardError : difference == 0 ? 0 : .infinity
  }

  public var description: String {
    "\(method): difference \(NumberFormat.fixed(difference, 4)),"
      + " p = \(ProbabilityText.short(pValue, log: logP))"
  }
}

/// What several looks with an ``AlwaysValidTest`` say together.
///
/// ```swift
/// var run = AlwaysValidRun()
/// run.look(monday)
/// run.look(tuesday)
/// run.pValue                            // the smallest so far, still valid
/// run.interval                          // what all intervals have in common
/// ```
public struct AlwaysValidRun: Sendable, Hashable {
  /// The number of looks.
  public private(set) var looks = 0
  /// The logarithm of ``pValue``.
  public private(set) var logP = 0.0
  /// What the intervals of all looks have in common; where nothing is, the point between them.
  public private(set) var interval = -Double.infinity...Double.infinity

  /// Begins before the first look.
  public init() {}

  /// Takes up a look; all looks must have one mixing and confidence.
  public mutating func look(_ test: AlwaysValidTest) {
    looks += 1
    logP = min(logP, test.logP)
    let low = max(interval.lowerBound, test.interval.lowerBound)
    let high = min(interval.upperBound, test.interval.upperBound)
    // Intervals without anything in common mean an error of theirs, or that the effect has changed.
    interval = low <= high ? low...high : (low + high) / 2...(low + high) / 2
  }

  /// The smallest p-value of all looks.
  public var pValue: Double { .exp(logP) }
}
