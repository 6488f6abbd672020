/// The distribution of the sum of the squares of independent standard normal numbers.
///
///     ChiSquareDistribution(degreesOfFreedom: 1).upper(3.841458820694124).value   // 0.05
package struct ChiSquareDistribution: Sendable, Hashable {
  /// The number of squares, finite and above 0; it need not be whole.
  package let degreesOfFreedom: Double

  private var gamma: GammaDistribution {
    GammaDistribution(shape: degreesOfFreedom / 2, scale: 2)
  }

  /// Creates the distribution of a number of degrees of freedom above 0.
  package init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom < .infinity,
      "The degrees of freedom of a chi-square distribution are finite and positive.")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// Returns the density at `x`.
  package func density(_ x: Double) -> Double { gamma.density(x) }

  /// Returns the natural logarithm of the density at `x`.
  package func logDensity(_ x: Double) -> Double { gamma.logDensity(x) }

  /// Returns the probability of a value at most `x`.
  package func lower(_ x: Double) -> TailProbability { gamma.lower(x) }

  /// Returns the probability of a value at least `x`.
  package func upper(_ x: Double) -> TailProbability {
    // One square is that of a normal number.
    if degreesOfFreedom == 1, x > 0, x < 1e15 { return normalTails(x) }
    return gamma.upper(x)
  }

  /// Returns the value below which a number lies with `probability`.
  package func quantile(_ probability: Double) -> Double { gamma.quantile(probability) }

  /// Returns the value above which a number lies with `probability`.
  package func upperQuantile(_ probability: Double) -> Double { gamma.upperQuantile(probability) }

  /// Returns the value below which a number lies with a probability of a natural logarithm.
  package func quantile(logLower log: Double) -> Double { gamma.quantile(logLower: log) }

  /// Returns the value above which a number lies with a probability of a natural logarithm.
  package func quantile(logUpper log: Double) -> Double { gamma.quantile(logUpper: log) }

  private func normalTails(_ x: Double) -> TailProbability {
    let mass = ScaledMass(
      scale: ErrorFunction.scaledErfc((x / 2).squareRoot()), exponent: DoubleDouble(-x / 2))
    return mass.times(1)
  }
}
