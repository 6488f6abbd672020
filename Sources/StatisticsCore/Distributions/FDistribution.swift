/// The distribution of the ratio of two independent mean squares of normal numbers.
///
///     FDistribution(3, 20).upper(3.5).value   // 0.03449310388512438
package struct FDistribution: Sendable, Hashable {
  /// The degrees of freedom of the numerator.
  package let numerator: Double
  /// The degrees of freedom of the denominator.
  package let denominator: Double

  /// Creates the distribution of finite degrees of freedom above 0.
  package init(_ numerator: Double, _ denominator: Double) {
    precondition(
      min(numerator, denominator) > 0 && max(numerator, denominator) < .infinity,
      "The degrees of freedom of an F distribution are finite and positive.")
    (self.numerator, self.denominator) = (numerator, denominator)
  }

  /// Returns the density at `x`.
  package func density(_ x: Double) -> Double { PortableMath.exp(logDensity(x)) }

  /// Returns the natural logarithm of the density at `x`.
  package func logDensity(_ x: Double) -> Double {
    guard x > 0, x < 1e150 else {
      return x == 0 ? (numerator < 2 ? .infinity : numerator > 2 ? -.infinity : 0) : -.infinity
    }
    let point = IncompleteBeta.Point(denominator / 2, numerator / 2, place(x))
    return point.mass.unboundedLog - PortableMath.log(x)
  }

  /// Returns the probability of a value at most `x`.
  package func lower(_ x: Double) -> TailProbability { x <= 0 ? .zero : tails(x).upper }

  /// Returns the probability of a value at least `x`.
  package func upper(_ x: Double) -> TailProbability { x <= 0 ? .one : tails(x).lower }

  /// Returns the value below which a number lies with `probability`.
  package func quantile(_ probability: Double) -> Double {
    quantile(QuantileTarget(lower: probability))
  }

  /// Returns the value above which a number lies with `probability`.
  package func upperQuantile(_ probability: Double) -> Double {
    quantile(QuantileTarget(lower: probability).mirrored)
  }

  /// Returns the value below which a number lies with a probability of a natural logarithm.
  package func quantile(logLower log: Double) -> Double { quantile(QuantileTarget(logLower: log)) }

  /// Returns the value above which a number lies with a probability of a natural logarithm.
  package func quantile(logUpper log: Double) -> Double {
    quantile(QuantileTarget(logLower: log).mirrored)
  }

  private func quantile(_ target: QuantileTarget) -> Double {
    let odds = IncompleteBeta.odds(denominator / 2, numerator / 2, target.mirrored)
    return denominator / numerator / odds
  }

  private func place(_ x: Double) -> UnitPlace {
    UnitPlace(part: DoubleDouble(denominator), of: DoubleDouble.product(numerator, x))
  }

  private func tails(_ x: Double) -> (lower: TailProbability, upper: TailProbability) {
    guard x < 1e150 else {
      // Only the first term of the power series is left.
      let (a, b) = (denominator / 2, numerator / 2)
      let log =
        a * (PortableMath.log(denominator / numerator) - PortableMath.log(x))
        - GammaFunctions.logBeta(a, b) - PortableMath.log(a)
      let tail = TailProbability(log: min(0, log))
      return (tail, tail.complement)
    }
    let tails = IncompleteBeta(denominator / 2, numerator / 2, at: place(x))
    return (tails.lower, tails.upper)
  }
}
