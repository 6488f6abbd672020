/// The normal distribution with mean 0 and variance 1.
package enum NormalDistribution {
  /// Returns the value below which a normal number lies with `probability`: −∞ for 0, ∞ for 1.
  ///
  ///     NormalDistribution.quantile(0.975)   // 1.9599639845400536
  ///
  /// For a probability near 1 ask for the quantile of its small complement, and turn the sign.
  ///
  /// Source: M. J. Wichura, *Algorithm AS 241: The Percentage Points of the Normal Distribution*,
  /// Applied Statistics 37 (1988), 477–484, with a relative error of about 1e-16; only + − × ÷ √.
  package static func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1,
      "The probability of a quantile must lie between 0 and 1.")
    let q = probability - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * ratio(central, r)
    }
    let tail = q < 0 ? probability : 1 - probability
    guard tail > 0 else { return q < 0 ? -.infinity : .infinity }
    let r = (-PortableMath.log(tail)).squareRoot()
    let value = r <= 5 ? ratio(middle, r - 1.6) : ratio(far, r - 5)
    return q < 0 ? -value : value
  }

  /// Returns the value of a quotient of two polynomials of the seventh degree.
  private static func ratio(_ terms: [(above: Double, below: Double)], _ x: Double) -> Double {
    var above = 0.0
    var below = 0.0
    for term in terms.reversed() {
      above = above * x + term.above
      below = below * x + term.below
    }
    return above / below
  }

  private static let central: [(above: Double, below: Double)] = [
    (3.3871328727963666080, 1),
    (1.3314166789178437745e+2, 4.2313330701600911252e+1),
    (1.9715909503065514427e+3, 6.8718700749205790830e+2),
    (1.3731693765509461125e+4, 5.3941960214247511077e+3),
    (4.5921953931549871457e+4, 2.1213794301586595867e+4),
    (6.7265770927008700853e+4, 3.9307895800092710610e+4),
    (3.3430575583588128105e+4, 2.8729085735721942674e+4),
    (2.5090809287301226727e+3, 5.2264952788528545610e+3),
  ]

  private static let middle: [(above: Double, below: Double)] = [
    (1.42343711074968357734, 1),
    (4.63033784615654529590, 2.05319162663775882187),
    (5.76949722146069140550, 1.67638483018380384940),
    (3.64784832476320460504, 6.89767334985100004550e-1),
    (1.27045825245236838258, 1.48103976427480074590e-1),
    (2.41780725177450611770e-1, 1.51986665636164571966e-2),
    (2.27238449892691845833e-2, 5.47593808499534494600e-4),
    (7.74545014278341407640e-4, 1.05075007164441684324e-9),
  ]

  private static let far: [(above: Double, below: Double)] = [
    (6.65790464350110377720, 1),
    (5.46378491116411436990, 5.99832206555887937690e-1),
    (1.78482653991729133580, 1.36929880922735805310e-1),
    (2.96560571828504891230e-1, 1.48753612908506148525e-2),
    (2.65321895265761230930e-2, 7.86869131145613259100e-4),
    (1.24266094738807843860e-3, 1.84631831751005468180e-5),
    (2.71155556874348757815e-5, 1.42151175831644588870e-7),
    (2.01033439929228813265e-7, 2.04426310338993978564e-15),
  ]
}
