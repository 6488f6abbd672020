/// Intervals for the probability of which a count of successes is a sample.
package enum BinomialInterval {
  /// Returns Wilson's score interval, or `nil` without trials.
  ///
  ///     BinomialInterval.wilson(8, of: 10, level: 0.95)   // 0.4902…0.9433
  ///     BinomialInterval.wilson(0, of: 20, level: 0.95)   // 0.0…0.1611
  ///
  /// It holds the probabilities *p* for which the observed share lies within *z* standard errors
  /// √(*p*(1 − *p*)/*n*); unlike the interval around the share it never leaves 0…1 and does not
  /// shrink to a point where nothing or everything succeeds.
  ///
  /// Source: E. B. Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*,
  /// Journal of the American Statistical Association 22 (1927), 209–212.
  package static func wilson(
    _ successes: Int, of trials: Int, level: Double
  ) -> ClosedRange<Double>? {
    precondition(
      successes >= 0 && trials >= successes,
      "The successes must be from 0 to the number of trials.")
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    guard trials > 0 else { return nil }
    let n = Double(trials)
    let z = -NormalDistribution.quantile((1 - level) / 2)
    let square = z * z
    let failures = Double(trials - successes)
    let middle = Double(successes) + square / 2
    let half = z * (Double(successes) * failures / n + square / 4).squareRoot()
    // At the ends the limit is known; the difference of two roundings would miss it.
    let lower = successes == 0 ? 0 : max(0, (middle - half) / (n + square))
    let upper = successes == trials ? 1 : min(1, (middle + half) / (n + square))
    return lower...upper
  }
}
