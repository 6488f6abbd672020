/// Student's t distribution.
///
///     let t = StudentDistribution(degreesOfFreedom: 10)
///     t.twoSided(2.2281388519649385).value   // 0.05000000000180862
///     t.upperQuantile(0.025)                 // 2.228138851986274
package struct StudentDistribution: Sendable, Hashable {
  /// The degrees of freedom, above 0; with infinitely many the distribution is the normal one.
  package let degreesOfFreedom: Double

  /// Creates the distribution of a number of degrees of freedom above 0.
  package init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0, "The degrees of freedom of a t distribution are positive.")
    self.degreesOfFreedom = degreesOfFreedom
  }

  private var isNormal: Bool { degreesOfFreedom > 1e20 }

  /// Returns the density at `t`.
  package func density(_ t: Double) -> Double { PortableMath.exp(logDensity(t)) }

  /// Returns the natural logarithm of the density at `t`.
  package func logDensity(_ t: Double) -> Double {
    if isNormal { return NormalDistribution.logDensity(t) }
    let n = degreesOfFreedom
    if abs(t) < 1e-100 || abs(t) > 1e150 {
      let power =
        abs(t) < 1 ? 0 : (n + 1) / 2 * (2 * PortableMath.log(abs(t)) - PortableMath.log(n))
      return -GammaFunctions.logBeta(n / 2, 0.5) - PortableMath.log(n) / 2 - power
    }
    let mass = IncompleteBeta.Point(n / 2, 0.5, place(t)).mass
    return mass.unboundedLog - PortableMath.log(abs(t))
  }

  /// Returns the probability of a value at most `t`.
  package func lower(_ t: Double) -> TailProbability { upper(-t) }

  /// Returns the probability of a value at least `t`.
  package func upper(_ t: Double) -> TailProbability {
    if isNormal { return NormalDistribution.upper(t) }
    let both = twoSided(t)
    let half = TailProbability(
      value: both.value / 2, log: both.log - 0x1.62e42fefa39efp-1)
    return t >= 0 ? half : half.complement
  }

  /// Returns the probability of a value at least as far from 0 as `t`.
  package func twoSided(_ t: Double) -> TailProbability {
    precondition(!t.isNaN, "The tail of a distribution begins at a number.")
    if isNormal { return NormalDistribution.twoSided(t) }
    let n = degreesOfFreedom
    if t * t == 0 { return .one }
    guard abs(t) < 1e150 else {
      // Only the first term of the power series is left.
      let log =
        n / 2 * (PortableMath.log(n) - 2 * PortableMath.log(abs(t)))
        - GammaFunctions.logBeta(n / 2, 0.5) - PortableMath.log(n / 2)
      return TailProbability(log: min(0, log))
    }
    return IncompleteBeta(n / 2, 0.5, at: place(t)).lower
  }

  /// Returns the value below which a number lies with `probability`: −∞ for 0, ∞ for 1.
  package func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1,
      "The probability of a quantile must lie between 0 and 1.")
    if isNormal { return NormalDistribution.quantile(probability) }
    // Around the median the distance from ½ is exact, and what counts.
    if abs(probability - 0.5) < 0.25 {
      let centre = abs(1 - 2 * probability)
      if centre == 0 { return 0 }
      let odds = IncompleteBeta.odds(
        0.5, degreesOfFreedom / 2, QuantileTarget(lower: centre))
      let t = (degreesOfFreedom * odds).squareRoot()
      return probability < 0.5 ? -t : t
    }
    return quantile(QuantileTarget(lower: probability))
  }

  /// Returns the value above which a number lies with `probability`: ∞ for 0, −∞ for 1.
  package func upperQuantile(_ probability: Double) -> Double { -quantile(probability) }

  /// Returns the value below which a number lies with a probability of a natural logarithm.
  package func quantile(logLower log: Double) -> Double {
    if isNormal { return NormalDistribution.quantile(logLower: log) }
    if log > -1.3, log < -0.3 { return quantile(PortableMath.exp(log)) }
    return quantile(QuantileTarget(logLower: log))
  }

  /// Returns the value above which a number lies with a probability of a natural logarithm.
  package func quantile(logUpper log: Double) -> Double { -quantile(logLower: log) }

  private func quantile(_ target: QuantileTarget) -> Double {
    if target.log == -.infinity { return target.isUpper ? .infinity : -.infinity }
    let both = QuantileTarget(logLower: min(0, target.log + 0x1.62e42fefa39efp-1))
    let odds = IncompleteBeta.odds(degreesOfFreedom / 2, 0.5, both)
    let t =
      odds > 1e-290
      ? (degreesOfFreedom / odds).squareRoot()
      : PortableMath.exp(
        (PortableMath.log(degreesOfFreedom) - firstTerm(both.log)) / 2)
    return target.isUpper ? t : -t
  }

  /// Returns the logit at which the first term of the power series of both tails has a logarithm.
  private func firstTerm(_ log: Double) -> Double {
    let a = degreesOfFreedom / 2
    return (log + GammaFunctions.logBeta(a, 0.5) + PortableMath.log(a)) / a
  }

  private func place(_ t: Double) -> UnitPlace {
    UnitPlace(part: DoubleDouble(degreesOfFreedom), of: DoubleDouble.product(t, t))
  }
}
