import StatisticsCore

/// How many of a number of trials succeeded: the users of an arm that converted.
///
///     let control = Proportion(8, of: 10)
///     control.rate                               // 0.8
///     control.confidenceInterval(level: 0.95)    // 0.4901…0.9433 (Wilson)
public struct Proportion: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of successes, from 0 to the number of trials.
  public let successes: Int
  /// The number of trials, up to 2⁵³.
  public let trials: Int

  /// Takes a number of successes of up to 2⁵³ trials.
  public init(_ successes: Int, of trials: Int) {
    precondition(
      successes >= 0 && trials >= successes,
      "The successes must be from 0 to the number of trials.")
    precondition(trials <= 1 << 53, "There can be 2⁵³ trials at most.")
    (self.successes, self.trials) = (successes, trials)
  }

  /// The share of successes, or `nil` without trials.
  public var rate: Double? { trials == 0 ? nil : Double(successes) / Double(trials) }

  /// The trials that did not succeed.
  public var failures: Int { trials - successes }

  public var description: String { "\(successes) of \(trials)" }

  private enum CodingKeys: String, CodingKey { case successes, trials }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let successes = try container.decode(Int.self, forKey: .successes)
    let trials = try container.decode(Int.self, forKey: .trials)
    guard successes >= 0, trials >= successes, trials <= 1 << 53 else {
      throw DecodingError.dataCorruptedError(
        forKey: .successes, in: container,
        debugDescription: "The successes must be from 0 to the number of trials, at most 2⁵³.")
    }
    (self.successes, self.trials) = (successes, trials)
  }

  /// Returns the rate minus that of another, of which both have trials, rounded once or twice.
  func rateDifference(_ other: Proportion) -> Double {
    let (n, m) = (Double(trials), Double(other.trials))
    let first = Double(successes) * m
    let second = Double(other.successes) * n
    if first < 0x1p53, second < 0x1p53 { return (first - second) / (n * m) }
    let difference =
      Int128(successes) * Int128(other.trials) - Int128(other.successes) * Int128(trials)
    return Double(difference) / n / m
  }

  /// The estimated variance of the rate, r (1 − r) / n.
  var variance: Double {
    let n = Double(trials)
    return Double(successes) / n * (Double(failures) / n) / n
  }
}
