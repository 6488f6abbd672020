/// The beta distribution.
///
///     let share = BetaDistribution(3, 5)
///     share.lower(0.5).value   // 0.7734375
///     share.quantile(0.025)    // 0.09898828224190463
package struct BetaDistribution: Sendable, Hashable {
  /// The parameter that draws towards 1.
  package let a: Double
  /// The parameter that draws towards 0.
  package let b: Double

  /// Creates a distribution of finite parameters above 0.
  package init(_ a: Double, _ b: Double) {
    precondition(
      min(a, b) > 0 && max(a, b) < .infinity,
      "The parameters of a beta distribution are positive.")
    (self.a, self.b) = (a, b)
  }

  /// The mean, a / (a + b).
  package var mean: Double { a / (a + b) }

  /// The variance.
  package var variance: Double { a / (a + b) * (b / (a + b)) / (a + b + 1) }

  /// Returns the density at `x`, which may be ∞ at 0 and at 1.
  package func density(_ x: Double) -> Double { PortableMath.exp(logDensity(x)) }

  /// Returns the natural logarithm of the density at `x`.
  package func logDensity(_ x: Double) -> Double {
    guard x > 0, x < 1 else {
      guard x == 0 || x == 1 else { return -.infinity }
      let parameter = x == 0 ? a : b
      return parameter < 1
        ? .infinity : parameter > 1 ? -.infinity : PortableMath.log(x == 0 ? b : a)
    }
    let mass = IncompleteBeta.Point(a, b, UnitPlace(x)).mass
    return mass.unboundedLog - PortableMath.log(x) - PortableMath.log1p(-x)
  }

  /// Returns the probability of a value at most `x`.
  package func lower(_ x: Double) -> TailProbability {
    x <= 0 ? .zero : x >= 1 ? .one : IncompleteBeta(a, b, at: x).lower
  }

  /// Returns the probability of a value at least `x`.
  package func upper(_ x: Double) -> TailProbability {
    x <= 0 ? .one : x >= 1 ? .zero : IncompleteBeta(a, b, at: x).upper
  }

  /// Returns the value below which a number lies with `probability`: 0 for 0, 1 for 1.
  package func quantile(_ probability: Double) -> Double {
    place(IncompleteBeta.odds(a, b, QuantileTarget(lower: probability)))
  }

  /// Returns the value above which a number lies with `probability`: 1 for 0, 0 for 1.
  package func upperQuantile(_ probability: Double) -> Double {
    place(IncompleteBeta.odds(a, b, QuantileTarget(lower: probability).mirrored))
  }

  /// Returns the value below which a number lies with a probability of a natural logarithm.
  package func quantile(logLower log: Double) -> Double {
    place(IncompleteBeta.odds(a, b, QuantileTarget(logLower: log)))
  }

  /// Returns the value above which a number lies with a probability of a natural logarithm.
  package func quantile(logUpper log: Double) -> Double {
    place(IncompleteBeta.odds(a, b, QuantileTarget(logLower: log).mirrored))
  }

  private func place(_ odds: Double) -> Double {
    odds == .infinity ? 1 : odds < 1 ? odds / (1 + odds) : 1 / (1 + 1 / odds)
  }
}

extension IncompleteBeta {
  /// Returns the odds x / (1 − x) of the place at which a tail has a probability.
  ///
  /// Newton's method for the logarithm of the tail as a function of the logit, which is concave:
  /// after the first step it never passes the root.
  static func odds(_ a: Double, _ b: Double, _ target: QuantileTarget) -> Double {
    if target.log == -.infinity { return target.isUpper ? .infinity : 0 }
    if target.isUpper { return 1 / odds(b, a, target.mirrored) }
    // The first term of the power series: never above the root, and exact for small x.
    let first = (target.log + GammaFunctions.logBeta(a, b) + PortableMath.log(a)) / a
    let spread = a / (a + b) * b
    var logit = first
    if spread > 3 {
      let guess = PortableMath.log(a / b) + target.normal / spread.squareRoot()
      logit = max(first, guess)
    }
    if logit < -700 { return PortableMath.exp(logit) }
    if logit > 700 { return .infinity }
    var odds = PortableMath.exp(logit)
    for _ in 0..<100 {
      let place = UnitPlace(part: DoubleDouble(odds), of: DoubleDouble(1))
      let tails = IncompleteBeta(a, b, at: place)
      let slope = PortableMath.exp(tails.mass.unboundedLog - tails.lower.log)
      let miss = target.log - tails.lower.log
      var step = miss / slope
      if !(step < 700) { step = 3 }
      step = max(step, first - 1 - PortableMath.log(odds))
      odds *= PortableMath.exp(step)
      if odds == 0 || odds == .infinity { return odds }
      if abs(miss) < 1e-8, abs(step) < 1e-4 { break }
    }
    return odds
  }
}
