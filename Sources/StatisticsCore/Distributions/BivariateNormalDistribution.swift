/// Two standard normal numbers with a correlation.
///
///     BivariateNormalDistribution(correlation: 0.5).lower(1, 1)   // 0.7452035868467497
package struct BivariateNormalDistribution: Sendable, Hashable {
  /// The correlation, from −1 to 1.
  package let correlation: Double

  /// Creates the distribution of a correlation from −1 to 1.
  package init(correlation: Double) {
    precondition(
      correlation >= -1 && correlation <= 1, "A correlation lies between −1 and 1.")
    self.correlation = correlation
  }

  /// Returns the probability that the first number is at most `h` and the second at most `k`, with an
  /// absolute error of about 1e-15.
  ///
  /// Source: R. L. Plackett, *A reduction formula for normal multivariate integrals*, Biometrika 41
  /// (1954), 351–360: the derivative by the correlation's arcsine is elementary. It is integrated
  /// over panels that halve towards the end.
  package func lower(_ h: Double, _ k: Double) -> Double {
    precondition(!h.isNaN && !k.isNaN, "The tail of a distribution begins at a number.")
    if h == -.infinity || k == -.infinity { return 0 }
    if h == .infinity { return NormalDistribution.lower(k).value }
    if k == .infinity { return NormalDistribution.lower(h).value }
    if correlation == 1 { return NormalDistribution.lower(min(h, k)).value }
    if correlation == -1 {
      return max(
        0, NormalDistribution.lower(h).value - NormalDistribution.upper(k).value)
    }
    let independent = NormalDistribution.lower(h).value * NormalDistribution.lower(k).value
    if correlation == 0 { return independent }
    // With r = sin θ and tan(θ/2) = s, r = 2s / (1 + s²) and dθ = 2 ds / (1 + s²).
    let rest = ((1 - correlation) * (1 + correlation)).squareRoot()
    let end = correlation / (1 + rest)
    func density(_ s: Double) -> Double {
      let square = 1 + s * s
      let cosine = (1 - s) * (1 + s) / square
      let form = (h - k) * (h - k) + 2 * h * k * (1 - s) * (1 - s) / square
      return PortableMath.exp(-form / (2 * cosine * cosine)) * 2 / square
    }
    var sum = 0.0
    var (from, length) = (0.0, end / 2)
    for panel in 0..<24 {
      let width = panel == 23 ? end - from : length
      let (middle, half) = (from + width / 2, width / 2)
      for (abscissa, weight) in Quadrature.gaussLegendre16 {
        sum +=
          half * weight
          * (density(middle - half * abscissa) + density(middle + half * abscissa))
      }
      from += width
      length /= 2
    }
    return min(1, max(0, independent + sum * 0x1.45f306dc9c883p-3))
  }
}
