/// The incomplete beta function as two probabilities that add up to 1.
///
///     let tails = IncompleteBeta(2, 3, at: 0.4)
///     tails.lower.value   // 0.5248
///     tails.upper.value   // 0.4752
///
/// The smaller one is evaluated and the other taken as its complement. Both are good to about 1e-15
/// for parameters up to 1e15, and so are their logarithms; below the smallest double only the
/// logarithm remains. Only + − × ÷ √ and ``PortableMath``: the same bits on every machine.
///
/// Method: the density at x in saddle-point form, times a power series of positive terms where x is
/// far below the mean or the parameter is small, and else times a ``TailIntegral``.
package struct IncompleteBeta: Sendable, Hashable {
  /// The probability of a value at most x.
  package let lower: TailProbability
  /// The probability of a value at least x.
  package let upper: TailProbability
  /// x (1 − x) times the density at x, which is the density of the logit.
  let mass: ScaledMass

  /// Takes the tails at `x` from 0 to 1 for finite parameters above 0.
  package init(_ a: Double, _ b: Double, at x: Double) {
    precondition(x >= 0 && x <= 1, "The beta distribution is one of numbers from 0 to 1.")
    self.init(a, b, at: UnitPlace(x))
  }

  /// Takes the tails at a place that is known with its distance from 1.
  init(_ a: Double, _ b: Double, at place: UnitPlace) {
    precondition(
      min(a, b) > 0 && max(a, b) < .infinity,
      "The parameters of a beta distribution are positive.")
    if place.value.high == 0 || place.rest.high == 0 {
      mass = ScaledMass(scale: 0, exponent: DoubleDouble(0))
      (lower, upper) = place.value.high == 0 ? (.zero, .one) : (.one, .zero)
      return
    }
    let here = Point(a, b, place)
    mass = here.mass
    if here.excess <= 0 {
      let lower = here.lowerTail
      if lower.value <= 0.75 {
        (self.lower, upper) = (lower, lower.complement)
      } else {
        upper = here.mirrored.lowerTail
        self.lower = upper.complement
      }
    } else {
      let upper = here.mirrored.lowerTail
      if upper.value <= 0.75 {
        (lower, self.upper) = (upper.complement, upper)
      } else {
        lower = here.lowerTail
        self.upper = lower.complement
      }
    }
  }
}

/// A number from 0 to 1 with its distance from 1, each with all its digits.
struct UnitPlace: Sendable, Hashable {
  /// The number.
  var value: DoubleDouble
  /// 1 − the number.
  var rest: DoubleDouble

  /// Takes a number from 0 to 1.
  init(_ value: Double) {
    self.value = DoubleDouble(value)
    rest = DoubleDouble.sum(1, -value)
  }

  /// Takes part / (part + rest).
  init(part: DoubleDouble, of rest: DoubleDouble) {
    let sum = part + rest
    value = part / sum
    self.rest = rest / sum
  }

  /// The same place seen from 1.
  var mirrored: UnitPlace {
    var place = self
    swap(&place.value, &place.rest)
    return place
  }
}

extension IncompleteBeta {
  /// A place in a beta distribution.
  struct Point {
    let a: Double
    let b: Double
    let place: UnitPlace
    /// (a + b) x − a: positive above the mean.
    let excess: Double
    let mass: ScaledMass

    init(_ a: Double, _ b: Double, _ place: UnitPlace) {
      (self.a, self.b, self.place) = (a, b, place)
      let difference = place.value * b - place.rest * a
      excess = difference.high
      mass = Self.mass(a, b, place, excess: difference)
    }

    private init(
      _ a: Double, _ b: Double, _ place: UnitPlace, excess: Double, mass: ScaledMass
    ) {
      (self.a, self.b, self.place, self.excess, self.mass) = (a, b, place, excess, mass)
    }

    /// The same place with both ends exchanged.
    var mirrored: Point { Point(b, a, place.mirrored, excess: -excess, mass: mass) }

    private var x: Double { place.value.high }
    private var y: Double { place.rest.high }

    /// The probability below, from positive terms; meant for the smaller one of the two tails.
    var lowerTail: TailProbability {
      if x <= 0.5, a < 1 || x * (a + b) < 0.5 * (a + 1) { return mass.tail(series) }
      if a >= 1 { return mass.tail(integral(to: nil)) }
      // The tail falls too slowly for an integral, and the series is meant for less than ½.
      let half = Point(a, b, UnitPlace(0.5))
      let length = PortableMath.log(x / y)
      return half.mass.tail(half.series) + mass.tail(integral(to: length))
    }

    /// The power series of the lower tail divided by the mass.
    private var series: Double {
      var (term, sum, above, below) = (1.0, 0.0, a + b, a)
      repeat {
        below += 1
        term *= x * (above / below)
        above += 1
        sum += term
      } while term > 0x1p-56 * (1 + sum) || x * above > below
      return (1 + sum) / a
    }

    /// The integral of the density downwards, divided by the mass.
    private func integral(to length: Double?) -> Double {
      let trials = a + b
      if x <= y {
        let tail = TailIntegral(
          count: a, mean: trials * x, slope: excess, trials: trials, probability: x)
        return tail.integral(direction: -1, to: length)
      }
      let tail = TailIntegral(
        count: b, mean: trials * y, slope: -excess, trials: trials, probability: y)
      return tail.integral(direction: 1, to: length)
    }

    /// Returns xᵃ yᵇ / B(a, b).
    private static func mass(
      _ a: Double, _ b: Double, _ place: UnitPlace, excess: DoubleDouble
    ) -> ScaledMass {
      let limit = 16.0
      if a > b { return mass(b, a, place.mirrored, excess: -excess) }
      let sum = DoubleDouble.sum(a, b)
      let n = sum.high
      if a >= limit {
        let deviance =
          SaddlePoint.deviance(a, excess: -excess, expectation: place.value * sum)
          + SaddlePoint.deviance(b, excess: excess, expectation: place.rest * sum)
        let errors =
          SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(a)
          - SaddlePoint.stirlingError(b)
        let square = a * (b / SaddlePoint.circumference(n))
        return ScaledMass(
          scale: square.squareRoot(), exponent: DoubleDouble(errors) - deviance)
      }
      if b >= limit {
        // Γ(n) / Γ(b) by Stirling's formula; what is left of its powers is (n x)ᵃ exp(−n x).
        let mean = place.value * sum
        let deviance = SaddlePoint.deviance(
          b, excess: excess, expectation: place.rest * sum)
        let errors = SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(b)
        return ScaledMass(
          scale: (b / n).squareRoot() * GammaFunctions.reciprocalGamma(a),
          exponent: mean.log * a - mean - deviance + DoubleDouble(errors))
      }
      let powers = place.value.log * a + place.rest.log * b
      let gammas =
        GammaFunctions.reciprocalGamma(a) * GammaFunctions.reciprocalGamma(b)
        / GammaFunctions.reciprocalGamma(n)
      return ScaledMass(scale: gammas, exponent: powers)
    }
  }
}
