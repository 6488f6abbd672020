import StatisticsCore

/// How an interval of a rate is found.
public enum ProportionIntervalMethod: String, Sendable, Hashable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// The rates within so many of their own standard errors of the observed one (Wilson 1927): close
  /// to its level for any number of trials.
  case wilson
  /// The rates that neither exact one-sided test rejects (Clopper and Pearson 1934): covers at least
  /// as often as its level says.
  case clopperPearson
  /// Wald's interval around the middle of Wilson's (Agresti and Coull 1998).
  case agrestiCoull
  /// The central posterior interval under Jeffreys' prior, β(½, ½), down to 0 where nothing and up to
  /// 1 where everything succeeded.
  case jeffreys
  /// The rate ± so many standard errors, cut at 0 and 1: a point where nothing or everything
  /// succeeded, for comparison only.
  case wald

  public var description: String {
    switch self {
    case .wilson: "Wilson"
    case .clopperPearson: "Clopper–Pearson"
    case .agrestiCoull: "Agresti–Coull"
    case .jeffreys: "Jeffreys"
    case .wald: "Wald"
    }
  }
}

extension Proportion {
  /// Returns an interval of the rate; 0…1 without trials.
  ///
  ///     Proportion(0, of: 20).confidenceInterval(level: 0.95)   // 0.0…0.1611251580528194
  ///
  /// - Parameters:
  ///   - level: How often the interval should hold the true rate, between 0 and 1.
  ///   - method: Wilson's unless told otherwise.
  public func confidenceInterval(
    level: Double, method: ProportionIntervalMethod = .wilson
  ) -> ClosedRange<Double> {
    checkLevel(level)
    guard trials > 0 else { return 0...1 }
    let (x, y, n) = (Double(successes), Double(failures), Double(trials))
    let tail = (1 - level) / 2
    switch method {
    case .wilson:
      return BinomialInterval.wilson(successes, of: trials, level: level)!
    case .clopperPearson:
      let low = successes == 0 ? 0 : BetaDistribution(x, y + 1).quantile(tail)
      let high = failures == 0 ? 1 : BetaDistribution(x + 1, y).upperQuantile(tail)
      return low...high
    case .jeffreys:
      let posterior = BetaDistribution(x + 0.5, y + 0.5)
      let low = successes == 0 ? 0 : posterior.quantile(tail)
      let high = failures == 0 ? 1 : posterior.upperQuantile(tail)
      return low...high
    case .agrestiCoull:
      let z = -NormalDistribution.quantile(tail)
      let total = n + z * z
      let middle = (x + z * z / 2) / total
      let reach = z * (middle * (1 - middle) / total).squareRoot()
      return max(0, middle - reach)...min(1, middle + reach)
    case .wald:
      let reach = -NormalDistribution.quantile(tail) * variance.squareRoot()
      return max(0, x / n - reach)...min(1, x / n + reach)
    }
  }
}
