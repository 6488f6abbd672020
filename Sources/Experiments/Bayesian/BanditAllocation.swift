import StatisticsCore

/// Which arm the next unit gets when arms are to earn while they are learnt about.
///
/// ```swift
/// let bandit = BanditAllocation([
///   BetaPosterior(successes: 10, of: 100), BetaPosterior(successes: 16, of: 100),
/// ], policy: .topTwo())
/// bandit.shares                         // [0.5, 0.5]
/// bandit.arm(forUnit: 17)               // the same for the same unit and seed
/// ```
///
/// Shares are exact, by quadrature. ``arm(forUnit:)`` draws an arm for a unit with these shares, with
/// the same result in every run and on any number of workers. A bandit's arms have unequal sizes by
/// intent: neither a sample-ratio test nor a fixed-sample p-value applies to them.
public struct BanditAllocation<Arm: Posterior>: Sendable, Hashable {
  /// How shares follow from the beliefs.
  public enum Policy: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The chance of each arm to be the best.
    ///
    /// Source: W. R. Thompson, *On the Likelihood that One Unknown Probability Exceeds Another*,
    /// Biometrika 25 (1933), 285–294.
    case thompson
    /// The best of a draw with the probability `leader`, else the best of a draw that another arm
    /// leads; finds the best arm sooner, as the runner-up is not starved.
    ///
    /// Source: D. Russo, *Simple Bayesian Algorithms for Best-Arm Identification*, Operations Research
    /// 68 (2020), 1625–1647.
    case topTwo(leader: Double = 0.5)

    public var description: String {
      switch self {
      case .thompson: "Thompson sampling"
      case .topTwo(let leader): "top-two Thompson sampling, leader \(leader)"
      }
    }
  }

  /// The arms.
  public let arms: [Arm]
  /// How shares follow from the beliefs.
  public let policy: Policy
  /// Decides on the draws.
  public let seed: UInt64
  /// The chance of each arm to be the best.
  public let chancesToBeBest: [Double]
  /// The share of the next units that each arm gets.
  public let shares: [Double]

  /// Computes the shares.
  public init(_ arms: [Arm], policy: Policy = .thompson, seed: UInt64 = 0) {
    let chances = PosteriorComparison(arms).chancesToBeBest
    self.arms = arms
    self.policy = policy
    self.seed = seed
    chancesToBeBest = chances
    switch policy {
    case .thompson: shares = chances
    case .topTwo(let leader):
      precondition(leader > 0 && leader <= 1, "The share of the leader lies above 0, up to 1.")
      shares = chances.indices.map { arm in
        // As a second the arm follows each leader with its chance among those that do not lead.
        let second = chances.indices.reduce(0.0) { sum, other in
          guard other != arm else { return sum }
          let rest = chances.indices.reduce(0.0) { $1 == other ? $0 : $0 + chances[$1] }
          return rest > 0 ? sum + chances[other] * chances[arm] / rest : sum
        }
        return leader * chances[arm] + (1 - leader) * second
      }
    }
  }

  /// Returns the arm of a unit, drawn with the probabilities ``shares``.
  public func arm(forUnit unit: UInt64) -> Int {
    var generator = SeededGenerator(seed: seed, path: "bandit", unit)
    return generator.choose(weights: shares)
  }
}
