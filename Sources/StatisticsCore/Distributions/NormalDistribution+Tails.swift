extension NormalDistribution {
  /// Returns the probability of a value at most `x`.
  ///
  ///     NormalDistribution.lower(-1.96).value   // 0.024997895148220435
  ///     NormalDistribution.lower(-40).log       // -804.6084420137538
  package static func lower(_ x: Double) -> TailProbability {
    x <= 0 ? tail(-x) : TailProbability(complement: tail(x).value)
  }

  /// Returns the probability of a value at least `x`.
  package static func upper(_ x: Double) -> TailProbability { lower(-x) }

  /// Returns the probability of a value at least as far from 0 as `x`.
  package static func twoSided(_ x: Double) -> TailProbability {
    precondition(!x.isNaN, "The tail of a distribution begins at a number.")
    return tail(abs(x), doubled: true)
  }

  /// Returns the density at `x`.
  package static func density(_ x: Double) -> Double {
    guard abs(x) < 40 else { return 0 }
    let (square, rest) = PortableMath.twoProduct(x, x)
    return PortableMath.expOfSum(-square / 2, -rest / 2) * 0x1.9884533d43651p-2
  }

  /// Returns the natural logarithm of the density at `x`.
  package static func logDensity(_ x: Double) -> Double { -x * x / 2 - 0x1.d67f1c864beb5p-1 }

  /// Returns the value below which a normal number lies with a probability whose natural logarithm
  /// is given.
  ///
  ///     NormalDistribution.quantile(logLower: -804.6084420137538)   // -40.0
  package static func quantile(logLower log: Double) -> Double {
    precondition(log <= 0, "The logarithm of a probability is not positive.")
    if log == 0 { return .infinity }
    if log > -0.6931471805599453 { return -quantile(-PortableMath.expm1(log)) }
    if log >= -700 { return quantile(PortableMath.exp(log)) }
    if log == -.infinity { return log }
    // −log Φ(−x) ≈ x² / 2 + log(x √2π); Newton's method squares the error.
    var x = (-2 * log).squareRoot()
    x -= (PortableMath.log(x) + 0x1.d67f1c864beb5p-1) / x
    for _ in 0..<4 {
      let ratio = ErrorFunction.scaledErfc(x * 0.5.squareRoot()) * 1.2533141373155003
      x += (tail(x).log - log) * ratio
    }
    return -x
  }

  /// Returns the value above which a normal number lies with a probability whose natural logarithm
  /// is given.
  package static func quantile(logUpper log: Double) -> Double { -quantile(logLower: log) }

  /// Returns the probability of a value at least `x` ≥ 0, or twice that.
  private static func tail(_ x: Double, doubled: Bool = false) -> TailProbability {
    precondition(x >= 0, "The tail of a distribution begins at a number.")
    guard x < 1e150 else { return TailProbability(value: 0, log: -x * x) }
    // Q(x) = ½ exp(−x²/2) times the scaled function, which falls only as 1 / x.
    let scaled =
      ErrorFunction.scaledErfc(x * 0x1.6a09e667f3bcdp-1) * (doubled ? 1 : 0.5)
    let (square, rest) = PortableMath.twoProduct(x, x)
    let mass = ScaledMass(scale: scaled, exponent: DoubleDouble(-square / 2, -rest / 2))
    return mass.times(1)
  }
}
