import StatisticsCore

extension SignificanceTest {
  public var description: String {
    "\(method): statistic \(shortText(statistic)), \(alternative),"
      + " p = \(ProbabilityText.short(pValue, log: logP))"
  }
}

/// Returns a number in at most six significant digits.
func shortText(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  let digits = 5 - Int(log10Floor(abs(value)))
  let factor = PortableMath.pow(10, Double(abs(digits)))
  let rounded =
    digits >= 0
    ? (value * factor).rounded() / factor : (value / factor).rounded() * factor
  let text = "\(rounded.isFinite && rounded != 0 ? rounded : value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

private func log10Floor(_ value: Double) -> Double {
  (PortableMath.log(value) / 2.302585092994046).rounded(.down)
}

extension Alternative {
  /// Returns the tail that counts.
  func tail(
    lower: @autoclosure () -> TailProbability, upper: @autoclosure () -> TailProbability,
    both: @autoclosure () -> TailProbability
  ) -> TailProbability {
    switch self {
    case .twoSided: both()
    case .less: lower()
    case .greater: upper()
    }
  }

  /// Returns the tail of a normal statistic that counts.
  func normalTail(_ z: Double) -> TailProbability {
    tail(
      lower: NormalDistribution.lower(z), upper: NormalDistribution.upper(z),
      both: NormalDistribution.twoSided(z))
  }

  /// Returns the tail of Student's statistic that counts.
  func studentTail(_ t: Double, degreesOfFreedom: Double) -> TailProbability {
    let distribution = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
    return tail(
      lower: distribution.lower(t), upper: distribution.upper(t), both: distribution.twoSided(t))
  }

  /// Returns the interval around an estimate whose quantiles are symmetric; one-sided questions get
  /// an interval with one end.
  func interval(
    _ estimate: Double, standardError: Double, level: Double, quantile: (Double) -> Double,
    within limits: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) -> ClosedRange<Double> {
    checkLevel(level)
    let factor = quantile(self == .twoSided ? (1 - level) / 2 : 1 - level)
    let reach = standardError == 0 ? 0 : factor * standardError
    func clamped(_ value: Double) -> Double {
      min(max(value, limits.lowerBound), limits.upperBound)
    }
    let low = self == .less ? limits.lowerBound : clamped(estimate - reach)
    let high = self == .greater ? limits.upperBound : clamped(estimate + reach)
    return low...max(low, high)
  }
}

/// Requires a level between 0 and 1.
func checkLevel(_ level: Double) {
  precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
}
