/// The odds ratio of a table of two rows and two columns, with Woolf's interval.
///
///     let odds = OddsRatio(3, 1, 1, 3)
///     odds.estimate                    // 5.4444444444444455
///     odds.interval(level: 0.95)       // 0.3640691103408344...81.41853968551786
///     OddsRatio(3, 1, 1, 3, prior: 0).estimate   // 9.0
///
/// A prior of ½ in each cell (Haldane 1956, Anscombe 1956) keeps the estimate and its interval finite
/// where a cell is empty, and removes most of the bias of the logarithm. The logarithm of the
/// estimate is about normal with variance 1/a + 1/b + 1/c + 1/d (Woolf 1955).
package struct OddsRatio: Sendable, Hashable {
  /// The odds ratio with the prior: ∞ if only the second diagonal has an empty cell, `nil` if a row
  /// or a column is empty, which a positive prior excludes.
  package let estimate: Double?
  /// The natural logarithm of the estimate, which may be infinite.
  package let logEstimate: Double?
  /// The standard error of the logarithm, or `nil` if a cell is empty.
  package let standardError: Double?

  /// Takes the odds ratio of [[a, b], [c, d]] with `prior` added to each cell; none may be negative.
  package init(_ a: Int, _ b: Int, _ c: Int, _ d: Int, prior: Double = 0.5) {
    precondition(min(a, b, c, d) >= 0, "The counts of a table must not be negative.")
    precondition(
      prior >= 0 && prior < .infinity,
      "The prior of an odds ratio must be finite and not negative.")
    let (a, b) = (Double(a) + prior, Double(b) + prior)
    let (c, d) = (Double(c) + prior, Double(d) + prior)
    if min(a, d) == 0 && min(b, c) == 0 {
      (estimate, logEstimate, standardError) = (nil, nil, nil)
      return
    }
    // Ratios of neighbours stay within the range of doubles.
    let odds = a / b * (d / c)
    let ratio = min(b, c) == 0 ? .infinity : min(a, d) == 0 ? 0 : odds
    estimate = ratio
    logEstimate = PortableMath.log(ratio)
    standardError =
      min(a, b, c, d) == 0 ? nil : ((1 / a + 1 / d) + (1 / b + 1 / c)).squareRoot()
  }

  /// Returns the interval at a `level` between 0 and 1, or 0…∞ if a cell is empty.
  package func interval(level: Double) -> ClosedRange<Double> {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    guard let estimate, let standardError else { return 0...Double.infinity }
    let factor = PortableMath.exp(
      -NormalDistribution.quantile((1 - level) / 2) * standardError)
    return estimate / factor...estimate * factor
  }
}
