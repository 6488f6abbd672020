/// How customers are put into tiers by their revenue.
///
/// ```swift
/// TierRule.byQuantiles                      // VIP from the 95 % quantile, High from 67 %, …
/// TierRule.thresholds([500, 5_000], names: ["Bronze", "Silver", "Gold"])
/// ```
public struct TierRule: Sendable, Hashable, Codable {
  /// What the tiers begin at.
  public enum Borders: Sendable, Hashable, Codable {
    /// Quantiles of the customers' revenue (type 7, linear), as probabilities.
    case quantiles([Double])
    /// Sums of revenue.
    case thresholds([Double])
  }

  /// What the second and every higher tier begin at, ascending.
  public let borders: Borders
  /// The names of the tiers, the lowest first; one more than borders.
  public let names: [String]

  private init(_ borders: Borders, _ names: [String]) {
    self.borders = borders
    self.names = names
    if let problem { preconditionFailure(problem) }
  }

  /// Tiers that begin at quantiles.
  ///
  /// - Parameters:
  ///   - probabilities: Ascending, between 0 and 1.
  ///   - names: The names of the tiers, the lowest first; one more than probabilities.
  public static func quantiles(_ probabilities: [Double], names: [String]) -> TierRule {
    TierRule(.quantiles(probabilities), names)
  }

  /// Tiers that begin at sums of revenue.
  ///
  /// - Parameters:
  ///   - sums: Ascending.
  ///   - names: The names of the tiers, the lowest first; one more than sums.
  public static func thresholds(_ sums: [Double], names: [String]) -> TierRule {
    TierRule(.thresholds(sums), names)
  }

  private static let usualNames = ["Low", "Medium", "High", "VIP"]

  /// VIP from the 95 % quantile on, High from 67 %, Medium from 33 %, Low below.
  public static let byQuantiles = TierRule(.quantiles([0.33, 0.67, 0.95]), usualNames)

  /// VIP from 2,000 on, High from 1,000, Medium from 200, Low below.
  public static let byThresholds = TierRule(.thresholds([200, 1_000, 2_000]), usualNames)

  /// Reads a rule back.
  ///
  /// - Throws: `DecodingError` with a sentence when it makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    borders = try container.decode(Borders.self, forKey: .borders)
    names = try container.decode([String].self, forKey: .names)
    if let problem { throw DecodingError.senseless(problem, decoder) }
  }

  /// What is wrong with the rule, `nil` when it makes sense.
  private var problem: String? {
    let values: [Double]
    switch borders {
    case .quantiles(let probabilities):
      values = probabilities
      guard values.allSatisfy({ (0...1).contains($0) }) else {
        return "The quantiles of tiers must lie between 0 and 1"
      }
    case .thresholds(let sums): values = sums
    }
    guard !values.contains(where: \.isNaN),
      zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
    else { return "The borders of tiers must be numbers in ascending order" }
    guard names.count == values.count + 1, names.count <= 255, Set(names).count == names.count
    else { return "Tiers need distinct names, one more than there are borders" }
    return nil
  }
}

extension TierRule: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    let borders: [String]
    switch self.borders {
    case .quantiles(let probabilities): borders = probabilities.map { "quantile \($0)" }
    case .thresholds(let sums): borders = sums.map { "\($0)" }
    }
    let higher = zip(names.dropFirst(), borders).map { "\($0) from \($1)" }.reversed()
    return (higher + ["\(names[0]) below"]).joined(separator: ", ")
  }
}
