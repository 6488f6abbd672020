/// The gamma distribution.
///
///     let waits = GammaDistribution(shape: 2, scale: 3)
///     waits.lower(6).value         // 0.5939941502901619
///     waits.quantile(0.5)          // 5.035040970049984
package struct GammaDistribution: Sendable, Hashable {
  /// The shape, finite and above 0.
  package let shape: Double
  /// The scale: the mean divided by the shape.
  package let scale: Double

  /// Creates a distribution of a finite shape and scale above 0.
  package init(shape: Double, scale: Double = 1) {
    precondition(
      shape > 0 && shape < .infinity && scale > 0 && scale < .infinity,
      "The shape and the scale of a gamma distribution are finite and positive.")
    (self.shape, self.scale) = (shape, scale)
  }

  /// Creates a distribution of a finite shape and rate above 0.
  package init(shape: Double, rate: Double) { self.init(shape: shape, scale: 1 / rate) }

  /// Returns the density at `x`, which is ∞ at 0 for a shape below 1.
  package func density(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 ? densityAtZero : 0 }
    let mass = IncompleteGamma.mass(shape: shape, at: x / scale)
    return x > 1e-290 ? mass.times(1 / x).value : PortableMath.exp(logDensity(x))
  }

  /// Returns the natural logarithm of the density at `x`.
  package func logDensity(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 ? PortableMath.log(densityAtZero) : -.infinity }
    let mass = IncompleteGamma.mass(shape: shape, at: x / scale)
    return mass.unboundedLog - PortableMath.log(x)
  }

  private var densityAtZero: Double { shape < 1 ? .infinity : shape == 1 ? 1 / scale : 0 }

  /// Returns the probability of a value at most `x`.
  package func lower(_ x: Double) -> TailProbability {
    x <= 0 ? .zero : IncompleteGamma(shape: shape, at: x / scale).lower
  }

  /// Returns the probability of a value at least `x`.
  package func upper(_ x: Double) -> TailProbability {
    x <= 0 ? .one : IncompleteGamma(shape: shape, at: x / scale).upper
  }

  /// Returns the value below which a number lies with `probability`: 0 for 0, ∞ for 1.
  package func quantile(_ probability: Double) -> Double {
    quantile(QuantileTarget(lower: probability))
  }

  /// Returns the value above which a number lies with `probability`: ∞ for 0, 0 for 1.
  package func upperQuantile(_ probability: Double) -> Double {
    quantile(QuantileTarget(lower: probability).mirrored)
  }

  /// Returns the value below which a number lies with a probability of a natural logarithm.
  package func quantile(logLower log: Double) -> Double { quantile(QuantileTarget(logLower: log)) }

  /// Returns the value above which a number lies with a probability of a natural logarithm.
  package func quantile(logUpper log: Double) -> Double {
    quantile(QuantileTarget(logLower: log).mirrored)
  }

  /// Newton's method for the logarithm of the tail as a function of log x, which is concave: after
  /// the first step it never passes the root.
  private func quantile(_ target: QuantileTarget) -> Double {
    if target.log == -.infinity { return target.isUpper ? .infinity : 0 }
    let logLower = target.isUpper ? PortableMath.log1p(-PortableMath.exp(target.log)) : target.log
    // The first term of the power series: never above the root, and exact for small x.
    let first = (logLower + GammaFunctions.logGamma(shape + 1)) / shape
    var log = first
    let z = target.normal
    let root = 1 - 1 / (9 * shape) + z / (3 * shape.squareRoot())
    if shape > 0.5, root > 0.2 {
      // Wilson and Hilferty: the cube root is about normal.
      log = max(first, PortableMath.log(shape * root * root * root))
    }
    if log < -700 { return PortableMath.exp(log) * scale }
    var x = PortableMath.exp(log)
    for _ in 0..<100 {
      let tails = IncompleteGamma(shape: shape, at: x)
      let tail = target.isUpper ? tails.upper : tails.lower
      let slope = PortableMath.exp(tails.mass.unboundedLog - tail.log)
      let miss = target.log - tail.log
      var step = miss / (target.isUpper ? -slope : slope)
      if !(step < 3) { step = 3 }
      if !(step > -800) { step = -800 }
      step = max(step, first - 1 - PortableMath.log(x))
      x *= PortableMath.exp(step)
      if x == 0 { return 0 }
      if abs(miss) < 1e-8, abs(step) < 1e-4 { break }
    }
    return x * scale
  }
}

extension ScaledMass {
  /// The natural logarithm, which is that of a density and may be positive.
  var unboundedLog: Double {
    scale > 0 ? exponent.high + (exponent.low + PortableMath.log(scale)) : -.infinity
  }
}
