import StatisticsCore

/// How an interval of the difference of two rates is found.
public enum DifferenceIntervalMethod: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// The squares of the distances to the ends of Wilson's intervals, added (Newcombe 1998, method
  /// 10).
  case newcombe
  /// Wald's interval after one success and one failure more in each arm (Agresti and Caffo 2000); cut
  /// at −1 and 1.
  case agrestiCaffo
  /// The differences that the score test does not reject, with the variance of the best fit under
  /// each (Miettinen and Nurminen 1985).
  case miettinenNurminen
  /// The difference ± so many standard errors, cut at −1 and 1: a point if each arm succeeds always
  /// or never, for comparison only.
  case wald

  public var description: String {
    switch self {
    case .newcombe: "Newcombe"
    case .agrestiCaffo: "Agresti–Caffo"
    case .miettinenNurminen: "Miettinen–Nurminen"
    case .wald: "Wald"
    }
  }
}

/// The difference of two rates with its interval.
///
///     let lift = ProportionDifference(Proportion(56, of: 70), Proportion(48, of: 80))
///     lift.estimate                           // 0.2
///     lift.confidenceInterval(level: 0.95)    // 0.0524…0.3339 (Newcombe)
public struct ProportionDifference: Sendable, Hashable {
  /// The arm whose rate is taken.
  public let first: Proportion
  /// The arm whose rate is subtracted.
  public let second: Proportion

  /// Takes the first rate minus the second.
  public init(_ first: Proportion, _ second: Proportion) {
    (self.first, self.second) = (first, second)
  }

  /// The first rate minus the second, or `nil` if an arm has no trials.
  public var estimate: Double? {
    first.trials > 0 && second.trials > 0 ? first.rateDifference(second) : nil
  }

  /// Returns an interval of the difference; −1…1 if an arm has no trials.
  ///
  /// - Parameters:
  ///   - level: How often the interval should hold the true difference, between 0 and 1.
  ///   - method: Newcombe's unless told otherwise.
  /// - Complexity: O(1); Miettinen and Nurminen's takes some hundred steps.
  public func confidenceInterval(
    level: Double, method: DifferenceIntervalMethod = .newcombe
  ) -> ClosedRange<Double> {
    checkLevel(level)
    guard let estimate else { return -1...1 }
    let z = -NormalDistribution.quantile((1 - level) / 2)
    switch method {
    case .wald:
      let reach = z * (first.variance + second.variance).squareRoot()
      return max(-1, estimate - reach)...min(1, estimate + reach)
    case .agrestiCaffo:
      let (x, n) = (Double(first.successes) + 1, Double(first.trials) + 2)
      let (y, m) = (Double(second.successes) + 1, Double(second.trials) + 2)
      let (p, q) = (x / n, y / m)
      let reach = z * (p * (1 - p) / n + q * (1 - q) / m).squareRoot()
      return max(-1, p - q - reach)...min(1, p - q + reach)
    case .newcombe:
      let (p, q) = (first.rate!, second.rate!)
      let ends = first.confidenceInterval(level: level)
      let others = second.confidenceInterval(level: level)
      func reach(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
      let low = estimate - reach(p - ends.lowerBound, others.upperBound - q)
      let high = estimate + reach(ends.upperBound - p, q - others.lowerBound)
      return max(-1, low)...min(1, high)
    case .miettinenNurminen:
      let low = estimate <= -1 ? -1 : limit(from: -1, to: estimate, z: z)
      let high = estimate >= 1 ? 1 : limit(from: 1, to: estimate, z: z)
      return low...high
    }
  }

  /// Returns the difference at which the score statistic is z, between an end and the estimate.
  private func limit(from end: Double, to estimate: Double, z: Double) -> Double {
    func excess(_ difference: Double) -> Double {
      // The estimate itself is never rejected, even where its variance is 0.
      if difference == estimate { return -1 }
      let fit = RestrictedProportions(first, second, difference: difference)
      let distance = estimate - difference
      return distance * distance - z * z * fit.variance
    }
    // At the end itself the variance vanishes and every statistic is infinite.
    let outer = end < 0 ? end.nextUp : end.nextDown
    let bracket = min(outer, estimate)...max(outer, estimate)
    return excess(outer) <= 0 ? end : RootFinder.root(in: bracket, of: excess)
  }
}
