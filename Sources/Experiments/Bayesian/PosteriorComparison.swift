import GA4Model
import StatisticsCore

/// Which of several arms is the best, how likely, and what a wrong choice costs.
///
/// ```swift
/// let comparison = PosteriorComparison([
///   BetaPosterior(successes: 100, of: 1000), BetaPosterior(successes: 120, of: 1000),
/// ])
/// comparison.chanceToBeat(1, 0)         // 0.9232
/// comparison.expectedLoss(choosing: 1, over: 0)    // 0.00048
/// comparison.chancesToBeBest            // [0.0768, 0.9232]
/// ```
///
/// The integrals are computed by quadrature to about 12 digits and not by simulation, also where they
/// are tiny; ``logChanceToBeat(_:_:)`` tells 1e-400 from 0.
///
/// - Complexity: O(*p*) for each pair, O(*k*² *p*) for the best of *k* arms; *p*, the number of points,
///   is about a hundred for arms with similar spreads and grows with the ratio of the spreads.
public struct PosteriorComparison<Arm: Posterior>: Sendable, Hashable {
  /// The arms.
  public let arms: [Arm]

  /// Makes a comparison of two arms or more.
  public init(_ arms: [Arm]) {
    precondition(arms.count >= 2, "A comparison needs two arms or more.")
    self.arms = arms
  }

  private func integral(_ members: [Int], _ body: (Double) -> Double) -> Double {
    PosteriorIntegral.log(
      centres: members.map { arms[$0].centre }, spread: members.map { arms[$0].spread }.min()!, body
    )
  }

  /// Returns the natural logarithm of ``chanceToBeat(_:_:)``.
  public func logChanceToBeat(_ arm: Int, _ other: Int) -> Double {
    if arm == other { return PortableMath.log(0.5) }
    return min(
      0,
      integral([arm, other]) {
        arms[arm].logDensity(at: $0) + arms[other].logTails(at: $0).lower
      })
  }

  /// Returns the probability that the number of `arm` is greater than that of `other`.
  public func chanceToBeat(_ arm: Int, _ other: Int) -> Double {
    let (chance, opposite) = (logChanceToBeat(arm, other), logChanceToBeat(other, arm))
    return chance < opposite ? PortableMath.exp(chance) : 1 - PortableMath.exp(opposite)
  }

  /// Returns by how much `other` is expected to be above `arm`, counting 0 where it is below: what
  /// choosing `arm` costs on average.
  public func expectedLoss(choosing arm: Int, over other: Int) -> Double {
    // E (O − A)⁺ is the integral of P(O > t) P(A < t), which needs no difference.
    PortableMath.exp(
      integral([arm, other]) {
        arms[other].logTails(at: $0).upper + arms[arm].logTails(at: $0).lower
          + Arm.logSlope(at: $0)
      })
  }

  /// Returns by how much the best of the other arms is expected to be above `arm`, counting 0 where it
  /// is below.
  public func expectedLoss(choosing arm: Int) -> Double {
    let others = arms.indices.filter { $0 != arm }
    return PortableMath.exp(
      integral(Array(arms.indices)) { place in
        // P(best of the others > t) = 1 − Π P(other < t).
        let below = others.reduce(0.0) { $0 + arms[$1].logTails(at: place).lower }
        let above =
          others.count == 1
          ? arms[others[0]].logTails(at: place).upper
          : PortableMath.log(max(0, -PortableMath.expm1(below)))
        return above + arms[arm].logTails(at: place).lower + Arm.logSlope(at: place)
      })
  }

  /// The probability of each arm to be the greatest of all.
  public var chancesToBeBest: [Double] {
    if arms.count == 2 { return [chanceToBeat(0, 1), chanceToBeat(1, 0)] }
    return arms.indices.map { arm in
      PortableMath.exp(
        integral(Array(arms.indices)) { place in
          arms.indices.reduce(arms[arm].logDensity(at: place)) { sum, other in
            other == arm ? sum : sum + arms[other].logTails(at: place).lower
          }
        })
    }
  }
}
