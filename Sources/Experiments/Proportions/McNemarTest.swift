import StatisticsCore

/// McNemar's test of two answers of the same users.
///
///     let votes = McNemarTest([[794, 86], [150, 570]], method: .exact)
///     votes.pValue     // 3.7159361395713866e-05
///
/// Only the users whose answers differ count: if the two rates are equal, each of the two kinds is
/// as likely as the other. Without such users p is 1.
///
/// Source: Q. McNemar, Psychometrika 12 (1947), 153–157; the mid-p value as in M. W. Fagerland,
/// S. Lydersen and P. Laake, BMC Medical Research Methodology 13 (2013), 91.
public struct McNemarTest: SignificanceTest {
  /// How the probability is found.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the binomial distribution: never rejects too often.
    case exact
    /// By the binomial distribution, with half the probability of the observed counts.
    case midP
    /// By the χ² distribution.
    case asymptotic
    /// By the χ² distribution, with Edwards' correction for continuity.
    case corrected
  }

  /// The users with the first answer only.
  public let firstOnly: Int
  /// The users with the second answer only.
  public let secondOnly: Int
  /// How the probability is found.
  public let kind: Method
  public let statistic: Double
  private let probability: TailProbability

  /// Takes the users with the first answer only and with the second answer only.
  public init(firstOnly: Int, secondOnly: Int, method: Method = .exact) {
    precondition(min(firstOnly, secondOnly) >= 0, "The counts of a table must not be negative.")
    (self.firstOnly, self.secondOnly, kind) = (firstOnly, secondOnly, method)
    let total = firstOnly + secondOnly
    let smaller = min(firstOnly, secondOnly)
    switch method {
    case .exact, .midP:
      statistic = Double(smaller)
      let distribution = BinomialDistribution(trials: total, probability: 0.5)
      if firstOnly == secondOnly {
        let mass = distribution.mass(smaller)
        probability =
          method == .exact || total == 0 ? .one : TailProbability(complement: mass.value / 2)
      } else if method == .exact {
        probability = distribution.lower(smaller).doubled
      } else {
        // 2 P(X < k) + P(X = k).
        probability = distribution.lower(smaller - 1).doubled + distribution.mass(smaller)
      }
    case .asymptotic, .corrected:
      guard total > 0 else {
        (statistic, probability) = (0, .one)
        return
      }
      let distance =
        Double(abs(firstOnly - secondOnly)) - (method == .corrected ? 1 : 0)
      let square = distance <= 0 ? 0 : distance * distance / Double(total)
      statistic = square
      probability = ChiSquareDistribution(degreesOfFreedom: 1).upper(square)
    }
  }

  /// Takes the table of both answers, rows by the first and columns by the second.
  public init(_ table: [[Int]], method: Method = .exact) {
    precondition(
      table.count == 2 && table.allSatisfy { $0.count == 2 },
      "The answers of the same users fill a table of two rows and two columns.")
    self.init(firstOnly: table[0][1], secondOnly: table[1][0], method: method)
  }

  public var method: String {
    switch kind {
    case .exact: "McNemar's test (exact)"
    case .midP: "McNemar's test (mid-p)"
    case .asymptotic: "McNemar's test"
    case .corrected: "McNemar's test with continuity correction"
    }
  }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// The ratio of the two discordant counts, which estimates the odds ratio: `nil` without any.
  public var estimate: Double? {
    firstOnly + secondOnly == 0 ? nil : Double(firstOnly) / Double(secondOnly)
  }

  /// Returns the exact interval of the odds ratio, from that of Clopper and Pearson.
  public func confidenceInterval(level: Double) -> ClosedRange<Double> {
    let share = Proportion(firstOnly, of: firstOnly + secondOnly)
      .confidenceInterval(level: level, method: .clopperPearson)
    func odds(_ share: Double) -> Double { share / (1 - share) }
    return odds(share.lowerBound)...odds(share.upperBound)
  }
}
