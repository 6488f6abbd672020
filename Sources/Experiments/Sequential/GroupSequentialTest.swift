import RealModule
import StatisticsCore

/// The result of an experiment with a ``GroupSequentialDesign`` after the looks so far.
///
/// ```swift
/// let design = GroupSequentialDesign(looks: 3)
/// let test = GroupSequentialTest(design, statistics: [1.2, 2.6])
/// test.decision                         // .reject: 2.6 is beyond 2.511
/// test.pValue                           // 0.0094, as if there had been that much evidence in one look
/// ```
///
/// The p-value and the interval order outcomes by stage: crossing earlier is more extreme, and at one
/// look the larger z. They are valid at the look at which the experiment stopped, and the interval
/// holds 0 just where the p-value is above the level.
///
/// Source: K. Kim and D. L. DeMets, *Confidence Intervals Following Group Sequential Tests in Clinical
/// Trials*, Biometrics 43 (1987), 857–864; the ordering is that of A. A. Tsiatis, G. L. Rosner and
/// C. R. Mehta, Biometrics 40 (1984), 797–803.
public struct GroupSequentialTest: SignificanceTest {
  /// What the bounds say.
  public enum Decision: String, Sendable, Hashable, Codable, CustomStringConvertible {
    /// No bound is crossed and looks are left.
    case goOn = "go on"
    /// The null hypothesis is rejected.
    case reject
    /// Stop: success has become unlikely.
    case futile
    /// The last look is over and did not reject.
    case accept

    public var description: String { rawValue }
  }

  /// The design.
  public let design: GroupSequentialDesign
  /// The z statistics of the looks so far, up to the one that stopped the experiment.
  public let statistics: [Double]
  /// What the bounds say.
  public let decision: Decision
  public let pValue: Double
  public let logP: Double
  /// The drift, that is the z statistic expected of all data, which the result exceeds with a
  /// probability of one half: a median-unbiased estimate.
  public let drift: Double
  /// The drifts that the result does not contradict, with the confidence 1 − ``GroupSequentialDesign/level``.
  public let driftInterval: ClosedRange<Double>

  /// Makes the test.
  ///
  /// - Parameters:
  ///   - design: The design that was fixed before the first look.
  ///   - statistics: The z statistic of all data at each look so far; at least one, none NaN. What
  ///     follows a look that stopped the experiment is disregarded.
  public init(_ design: GroupSequentialDesign, statistics: [Double]) {
    precondition(
      !statistics.isEmpty && statistics.count <= design.information.count,
      "A group sequential test needs one z statistic for each look so far.")
    precondition(
      statistics.allSatisfy { $0.isFinite }, "The z statistics of a test must be finite numbers.")
    self.design = design
    var decision = Decision.goOn
    var count = 0
    for (look, z) in statistics.enumerated() {
      count += 1
      let reached = design.alternative == .twoSided ? abs(z) : z
      if reached >= design.efficacy[look] {
        decision = .reject
      } else if look == design.information.count - 1 {
        decision = .accept
      } else if !design.futilityBounds.isEmpty, z < design.futilityBounds[look] {
        decision = .futile
      }
      if decision != .goOn { break }
    }
    self.decision = decision
    self.statistics = Array(statistics.prefix(count))
    let z = self.statistics[count - 1]
    let above = Self.above(design, count, z, drift: 0)
    if design.alternative == .twoSided {
      let below = Self.below(design, count, z, drift: 0)
      pValue = min(1, 2 * min(above, below))
    } else {
      pValue = min(1, above)
    }
    logP = pValue > 0 ? .log(pValue) : -Double.greatestFiniteMagnitude
    let tail = design.level / (design.alternative == .twoSided ? 2 : 1)
    let (low, high) = (min(z, 0) - 12, max(z, 0) + 12)
    func drift(_ probability: Double) -> Double {
      RootFinder.root(in: low...(4 * high)) { drift in
        probability - Self.above(design, count, z, drift: drift)
      }
    }
    self.drift = drift(0.5)
    driftInterval = drift(tail)...(design.alternative == .twoSided ? drift(1 - tail) : .infinity)
  }

  public var method: String { "group sequential test after \(statistics.count) looks" }
  public var statistic: Double { statistics[statistics.count - 1] }
  public var alternative: Alternative { design.alternative }

  public var description: String {
    "look \(statistics.count) of \(design.information.count): \(decision),"
      + " p = \(ProbabilityText.short(pValue, log: logP))"
  }

  /// The probability to stop above earlier or to lie above `z` at look `count`.
  private static func above(
    _ design: GroupSequentialDesign, _ count: Int, _ z: Double, drift: Double
  ) -> Double {
    tail(design, count, drift) {
      $0.above
    } last: {
      $0.probability(above: z)
    }
  }

  private static func below(
    _ design: GroupSequentialDesign, _ count: Int, _ z: Double, drift: Double
  ) -> Double {
    tail(design, count, drift) {
      $0.below
    } last: {
      $0.probability(below: z)
    }
  }

  private static func tail(
    _ design: GroupSequentialDesign, _ count: Int, _ drift: Double,
    _ side: (SequentialIntegration.Exit) -> Double, last: (SequentialIntegration) -> Double
  ) -> Double {
    var integration = SequentialIntegration(information: design.information, drift: drift)
    var sum = 0.0
    for look in 0..<(count - 1) {
      let upper = design.efficacy[look]
      // Futility bounds that need not be obeyed do not count here.
      let lower =
        design.alternative == .twoSided
        ? -upper
        : design.futility?.isBinding == true ? design.futilityBounds[look] : -.infinity
      sum += side(integration.advance(lower: lower, upper: upper))
    }
    return sum + last(integration)
  }
}
