/// The incomplete gamma function as two probabilities that add up to 1.
///
///     let tails = IncompleteGamma(shape: 50, at: 1000)
///     tails.upper.value   // 0.0
///     tails.upper.log     // -806.0355449082018
///
/// The smaller one is evaluated and the other taken as its complement. Both are good to about 1e-15
/// for shapes up to 1e15, and so are their logarithms; below the smallest double only the logarithm
/// remains. Only + − × ÷ √ and ``PortableMath``: the same bits on every machine.
///
/// Method: the density at x in saddle-point form, times a power series of positive terms where x is
/// far below the shape, and else times a ``TailIntegral``.
package struct IncompleteGamma: Sendable, Hashable {
  /// γ(a, x) / Γ(a): the probability of a value at most x.
  package let lower: TailProbability
  /// Γ(a, x) / Γ(a): the probability of a value at least x.
  package let upper: TailProbability
  /// x times the density at x, which is the density of the logarithm.
  let mass: ScaledMass

  /// Takes the tails at `x` ≥ 0 for a finite `shape` > 0.
  package init(shape: Double, at x: Double) {
    precondition(shape > 0 && shape < .infinity, "The shape of a gamma distribution is positive.")
    precondition(x >= 0, "The gamma distribution is one of positive numbers.")
    if x == 0 || x == .infinity {
      mass = ScaledMass(scale: 0, exponent: DoubleDouble(0))
      (lower, upper) = x == 0 ? (.zero, .one) : (.one, .zero)
      return
    }
    mass = Self.mass(shape: shape, at: x)
    let tail = TailIntegral(
      count: shape, mean: x, slope: (DoubleDouble(x) - DoubleDouble(shape)).high)
    if x < shape || x < 1 {
      let below = Self.sum(shape: shape, at: x, tail)
      let lower = mass.tail(below)
      if lower.value <= 0.75 || x >= 1 {
        (self.lower, upper) = (lower, lower.complement)
        return
      }
      // Nearly everything is below, because the shape is tiny.
      let one = TailIntegral(count: shape, mean: 1, slope: 1 - shape)
      let rest = Self.mass(shape: shape, at: 1).tail(one.integral(direction: 1))
      let between = mass.tail(tail.integral(direction: 1, to: -PortableMath.log(x)))
      upper = rest + between
      self.lower = upper.complement
    } else {
      upper = mass.tail(tail.integral(direction: 1))
      lower = upper.complement
    }
  }

  /// Returns the lower tail divided by the mass.
  private static func sum(shape: Double, at x: Double, _ tail: TailIntegral) -> Double {
    if shape > 32, x > 0.5 * shape { return tail.integral(direction: -1) }
    var (term, sum, divisor) = (1.0, 0.0, shape)
    repeat {
      divisor += 1
      term *= x / divisor
      sum += term
    } while term > 0x1p-56 * (1 + sum)
    return (1 + sum) / shape
  }

  /// Returns xᵃ exp(−x) / Γ(a).
  static func mass(shape: Double, at x: Double) -> ScaledMass {
    if shape >= 16 {
      let excess = DoubleDouble(shape) - DoubleDouble(x)
      let deviance = SaddlePoint.deviance(
        shape, excess: excess, expectation: DoubleDouble(x))
      return ScaledMass(
        scale: shape / SaddlePoint.circumference(shape).squareRoot(),
        exponent: DoubleDouble(-SaddlePoint.stirlingError(shape)) - deviance)
    }
    return ScaledMass(
      scale: GammaFunctions.reciprocalGamma(shape),
      exponent: DoubleDouble(x).log * shape - DoubleDouble(x))
  }
}

extension ScaledMass {
  /// Returns the probability times `factor`, whose logarithm is exact near 0 too.
  func tail(_ factor: Double) -> TailProbability {
    var probability = times(factor)
    if probability.value > 0.25 { probability.log = PortableMath.log(probability.value) }
    return probability
  }
}
