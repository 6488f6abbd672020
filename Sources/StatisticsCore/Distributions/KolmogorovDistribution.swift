/// The limit of √n times the greatest distance between a sample's distribution and the true one.
///
///     KolmogorovDistribution.upper(1).value   // 0.26999967167735456
///
/// Source: A. Kolmogorov 1933; the second series is the first one's image under Jacobi's theta
/// transformation and converges where the first does not.
package enum KolmogorovDistribution {
  /// Returns the probability of a value at most `x`.
  package static func lower(_ x: Double) -> TailProbability {
    if x <= 0 { return .zero }
    return x < 0.8 ? small(x) : upper(x).complement
  }

  /// Returns the probability of a value at least `x`.
  package static func upper(_ x: Double) -> TailProbability {
    if x <= 0 { return .one }
    if x < 0.8 { return small(x).complement }
    // 2 Σ (−1)ᵏ⁻¹ exp(−2k²x²), divided by its first term.
    var sum = 1.0
    var sign = -1.0
    for k in 2...8 {
      let number = Double(k)
      sum += sign * PortableMath.exp(-2 * (number * number - 1) * x * x)
      sign = -sign
    }
    guard x < 1e150 else { return TailProbability(value: 0, log: -2 * x * x) }
    let square = DoubleDouble.product(x, x)
    return ScaledMass(
      scale: 2 * sum, exponent: DoubleDouble(-2 * square.high, -2 * square.low)
    ).times(1)
  }

  /// Returns √(2π) / x Σ exp(−(2k − 1)²π² / 8x²).
  private static func small(_ x: Double) -> TailProbability {
    let eighth = DoubleDouble(0x1.3bd3cc9be45dep+0, 0x1.692b71366cc04p-54)
    let exponent = -(eighth / DoubleDouble.product(x, x))
    guard x > 1e-100 else { return TailProbability(value: 0, log: -1.2337005501361697 / x / x) }
    var sum = 1.0
    for k in 2...6 {
      let odd = Double(2 * k - 1)
      sum += PortableMath.exp((odd * odd - 1) * exponent.high)
    }
    return ScaledMass(scale: 2.5066282746310007 / x * sum, exponent: exponent).times(1)
  }
}
