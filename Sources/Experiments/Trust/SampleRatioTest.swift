import GA4Model
import StatisticsCore

/// Whether arms have the sizes that they were meant to have: the first question to any experiment.
///
/// ```swift
/// let test = SampleRatioTest([821_588, 815_482])     // meant to be equal
/// test.pValue                           // 1.8e-6
/// test.isMismatch                       // true: do not read the results
/// ```
///
/// A mismatch means that units were lost or counted otherwise in one arm, nearly always those that
/// behave differently, so that no metric can be trusted until it is explained. Since the check is made
/// for every experiment, the level is small: 0.01 by default, and smaller ones are common where there are
/// thousands of experiments.
///
/// It is Pearson's χ² test against the shares. An arm with a share of zero that has units contradicts
/// it with the p-value 0; without any units, or with one arm only, there is nothing to contradict, and
/// the p-value is 1.
///
/// Source: A. Fabijan, J. Gupchup, S. Gupta, J. Omhover, W. Qin, L. Vermeer and P. Dmitriev,
/// *Diagnosing Sample Ratio Mismatch in Online Controlled Experiments*, KDD 2019.
public struct SampleRatioTest: SignificanceTest, Codable {
  /// The units of each arm.
  public let observed: [Int]
  /// The share that each arm was meant to have.
  public let shares: [Double]
  /// The level below which a p-value is a mismatch.
  public let level: Double
  public let statistic: Double
  /// The number of arms with a share, minus 1.
  public let degreesOfFreedom: Int
  public let pValue: Double
  public let logP: Double

  /// Tests.
  ///
  /// - Parameters:
  ///   - observed: The units of each arm.
  ///   - weights: What each arm was meant to have, in proportion to their sum; equal by default.
  ///   - level: The level below which a p-value is a mismatch.
  public init(_ observed: [Int], weights: [Double]? = nil, level: Double = 0.01) {
    let weights = weights ?? observed.map { _ in 1 }
    precondition(weights.count == observed.count, "Each arm needs a weight.")
    precondition(
      observed.allSatisfy { $0 >= 0 }, "The number of units of an arm must not be negative.")
    let total = weights.reduce(0, +)
    precondition(
      weights.allSatisfy { $0 >= 0 } && total > 0 && total < .infinity || observed.isEmpty,
      "The weights of arms must have a finite sum above zero, and none be negative.")
    self.observed = observed
    self.level = level
    shares = weights.map { $0 / total }
    let units = observed.reduce(0, +)
    degreesOfFreedom = max(0, weights.count { $0 > 0 } - 1)
    guard !zip(observed, weights).contains(where: { $0 > 0 && $1 == 0 }) else {
      statistic = .greatestFiniteMagnitude
      (pValue, logP) = (0, -.greatestFiniteMagnitude)
      return
    }
    var sum = 0.0
    for (count, share) in zip(observed, shares) where share > 0 && units > 0 {
      let expected = Double(units) * share
      sum += (Double(count) - expected) * (Double(count) - expected) / expected
    }
    statistic = sum
    guard degreesOfFreedom > 0, units > 0 else {
      (pValue, logP) = (1, 0)
      return
    }
    let tail = ChiSquareDistribution(degreesOfFreedom: Double(degreesOfFreedom)).upper(sum)
    (pValue, logP) = (tail.value, tail.log)
  }

  /// Whether the p-value is below the level.
  public var isMismatch: Bool { pValue < level }

  public var method: String { "χ² test of the sample ratio" }
  public var alternative: Alternative { .twoSided }

  /// The counts, the shares and what follows, in a sentence.
  public var description: String {
    let units = max(1, observed.reduce(0, +))
    let parts = zip(observed, shares).map { count, share in
      "\(NumberFormat.grouped(count)) (\(NumberFormat.percent(Double(count) / Double(units), 2))"
        + " of \(NumberFormat.percent(share, 2)))"
    }
    return (isMismatch ? "sample ratio mismatch" : "sample ratio as planned") + ": "
      + parts.joined(separator: ", ") + ", p = \(ProbabilityText.short(pValue, log: logP))"
  }
}

/// A sample-ratio check that may be looked at after every unit.
///
/// ```swift
/// var check = SequentialSampleRatioTest(weights: [1, 1])
/// check.look([105, 95])
/// check.look([1_130, 970])
/// check.pValue                          // the smallest so far, valid at any time
/// ```
///
/// It compares the planned shares with a Dirichlet mixture of others around them; the inverse of the
/// largest Bayes factor so far is a p-value that holds at every look.
///
/// Source: M. Lindon and A. Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022.
public struct SequentialSampleRatioTest: SignificanceTest {
  /// The share that each arm was meant to have.
  public let shares: [Double]
  /// How near to the planned shares other ones are expected: the weight of so many units.
  public let concentration: Double
  /// The number of looks.
  public private(set) var looks = 0
  public private(set) var logP = 0.0
  /// The logarithm of the Bayes factor at the last look.
  public private(set) var statistic = 0.0

  /// Begins before the first unit.
  ///
  /// - Parameters:
  ///   - weights: What each arm is meant to have, in proportion to their sum; above zero.
  ///   - concentration: Small finds large mismatches soon, large finds small ones later.
  public init(weights: [Double], concentration: Double = 100) {
    let total = weights.reduce(0, +)
    precondition(
      weights.count > 1 && weights.allSatisfy { $0 > 0 } && total < .infinity,
      "A sample ratio needs two arms or more with weights above zero.")
    precondition(
      concentration > 0 && concentration < .infinity,
      "The concentration must be finite and above zero.")
    shares = weights.map { $0 / total }
    self.concentration = concentration
  }

  /// Takes up the number of units in each arm so far.
  public mutating func look(_ observed: [Int]) {
    precondition(
      observed.count == shares.count && observed.allSatisfy { $0 >= 0 },
      "A look needs the number of units of each arm.")
    looks += 1
    let units = Double(observed.reduce(0, +))
    var factor = -GammaFunctions.logGammaDifference(concentration, plus: units)
    for (count, share) in zip(observed, shares) where count > 0 {
      factor +=
        GammaFunctions.logGammaDifference(concentration * share, plus: Double(count))
        - Double(count) * PortableMath.log(share)
    }
    statistic = factor
    logP = min(logP, -factor)
  }

  /// The smallest p-value of all looks.
  public var pValue: Double { PortableMath.exp(logP) }
  public var method: String { "sequential test of the sample ratio" }
  public var alternative: Alternative { .twoSided }

  public var description: String {
    "\(method): p = \(ProbabilityText.short(pValue, log: logP)) after \(looks) looks"
  }
}
