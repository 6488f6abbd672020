import StatisticsCore

/// How an interval of a ratio of rates or of odds is found.
public enum RatioIntervalMethod: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// The logarithm ± so many standard errors (Katz and others 1978 for rates, Woolf 1955 for odds):
  /// 0…∞ where a needed count is zero.
  case logarithm
  /// The same with half a success more in each arm, for odds half a failure too: never infinite.
  case adjustedLogarithm
  /// The ratios that the score test does not reject, with the variance of the best fit under each
  /// (Miettinen and Nurminen 1985).
  case score

  public var description: String {
    switch self {
    case .logarithm: "logarithm"
    case .adjustedLogarithm: "adjusted logarithm"
    case .score: "score"
    }
  }
}

/// The ratio of two rates (the relative risk) with its interval.
///
///     let risk = ProportionRatio(Proportion(3, of: 4), Proportion(1, of: 4))
///     risk.estimate                           // 3.0
///     risk.confidenceInterval(level: 0.95)    // 0.5012…17.95 (logarithm)
public struct ProportionRatio: Sendable, Hashable {
  /// The arm above the line.
  public let first: Proportion
  /// The arm below the line.
  public let second: Proportion

  /// Takes the first rate divided by the second.
  public init(_ first: Proportion, _ second: Proportion) {
    (self.first, self.second) = (first, second)
  }

  /// The first rate divided by the second: ∞ if only the second is zero, and `nil` if both are or an
  /// arm has no trials.
  public var estimate: Double? {
    guard first.trials > 0, second.trials > 0 else { return nil }
    if first.successes == 0, second.successes == 0 { return nil }
    return Double(first.successes) / Double(first.trials)
      * (Double(second.trials) / Double(second.successes))
  }

  /// Returns an interval of the ratio; 0…∞ if an arm has no trials.
  ///
  /// - Parameters:
  ///   - level: How often the interval should hold the true ratio, between 0 and 1.
  ///   - method: The logarithm's unless told otherwise.
  public func confidenceInterval(
    level: Double, method: RatioIntervalMethod = .logarithm
  ) -> ClosedRange<Double> {
    checkLevel(level)
    guard first.trials > 0, second.trials > 0 else { return 0...Double.infinity }
    let z = -NormalDistribution.quantile((1 - level) / 2)
    switch method {
    case .logarithm, .adjustedLogarithm:
      let prior = method == .logarithm ? 0 : 0.5
      let (x, n) = (Double(first.successes) + prior, Double(first.trials) + prior)
      let (y, m) = (Double(second.successes) + prior, Double(second.trials) + prior)
      if x == 0 || y == 0 { return 0...Double.infinity }
      let square = (n - x) / (n * x) + (m - y) / (m * y)
      return around(x / n * (m / y), factor: PortableMath.exp(z * square.squareRoot()))
    case .score:
      return scoreInterval(estimate) { ratio in
        let fit = RestrictedProportions(first, second, ratio: ratio)
        let distance = first.rate! - ratio * second.rate!
        return distance * distance - z * z * fit.weightedVariance(ratio)
      }
    }
  }
}

/// The odds ratio of two rates with its interval.
///
///     let odds = ProportionOddsRatio(Proportion(3, of: 4), Proportion(1, of: 4))
///     odds.estimate                           // 9.0
///     odds.confidenceInterval(level: 0.95)    // 0.3666…220.9 (logarithm)
///
/// The conditional estimate and its exact interval are those of ``FisherExactTest``.
public struct ProportionOddsRatio: Sendable, Hashable {
  /// The arm above the line.
  public let first: Proportion
  /// The arm below the line.
  public let second: Proportion

  /// Takes the odds of the first arm divided by those of the second.
  public init(_ first: Proportion, _ second: Proportion) {
    (self.first, self.second) = (first, second)
  }

  /// The odds ratio: ∞ or 0 where one diagonal has an empty cell, and `nil` if nothing or everything
  /// succeeded in both arms or an arm has no trials.
  public var estimate: Double? {
    OddsRatio(
      first.successes, first.failures, second.successes, second.failures, prior: 0
    ).estimate
  }

  /// Returns an interval of the odds ratio; 0…∞ if an arm has no trials.
  ///
  /// - Parameters:
  ///   - level: How often the interval should hold the true odds ratio, between 0 and 1.
  ///   - method: The logarithm's unless told otherwise.
  public func confidenceInterval(
    level: Double, method: RatioIntervalMethod = .logarithm
  ) -> ClosedRange<Double> {
    checkLevel(level)
    guard first.trials > 0, second.trials > 0 else { return 0...Double.infinity }
    switch method {
    case .logarithm, .adjustedLogarithm:
      return OddsRatio(
        first.successes, first.failures, second.successes, second.failures,
        prior: method == .logarithm ? 0 : 0.5
      ).interval(level: level)
    case .score:
      let z = -NormalDistribution.quantile((1 - level) / 2)
      let total = Double(first.trials) + Double(second.trials)
      let correction = total / (total - 1)
      return scoreInterval(estimate) { odds in
        let fit = RestrictedProportions(first, second, oddsRatio: odds)
        let distance = Double(first.successes) - Double(first.trials) * fit.first
        return distance * distance - z * z * correction * fit.oddsInformation
      }
    }
  }
}

/// Returns the interval of a factor around a ratio.
private func around(_ ratio: Double, factor: Double) -> ClosedRange<Double> {
  ratio / factor...ratio * factor
}

/// Returns the ratios at which a function of the ratio is not positive, around an estimate.
private func scoreInterval(
  _ estimate: Double?, _ excess: (Double) -> Double
) -> ClosedRange<Double> {
  guard let estimate else { return 0...Double.infinity }
  func limit(direction: Double) -> Double {
    // On the scale of the logarithm, from the estimate outwards until the test rejects.
    let end = direction < 0 ? 0 : Double.infinity
    if estimate == end { return end }
    var inner = estimate == 0 ? -700 : estimate == .infinity ? 700 : PortableMath.log(estimate)
    var step = 0.1
    while true {
      let outer = inner + direction * step
      if abs(outer) > 700 { return end }
      if excess(PortableMath.exp(outer)) > 0 {
        let root = RootFinder.root(in: min(inner, outer)...max(inner, outer)) {
          excess(PortableMath.exp($0))
        }
        return PortableMath.exp(root)
      }
      inner = outer
      step *= 2
    }
  }
  let low = limit(direction: -1)
  return low...max(low, limit(direction: 1))
}
