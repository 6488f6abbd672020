// Every draw uses + − × ÷ √ and `PortableMath` only, so that it has the same bits everywhere.

extension SeededGenerator {
  /// Returns a draw from the normal distribution.
  ///
  /// The ratio of uniforms with Leva's quadratic bounds: Leva, *A Fast Normal Random Number
  /// Generator*, ACM Transactions on Mathematical Software 18 (1992), 449–453.
  package mutating func normal(mean: Double = 0, standardDeviation: Double = 1) -> Double {
    while true {
      let u = 1 - uniform()
      let v = 1.7156 * (uniform() - 0.5)
      let x = u - 0.449871
      let y = abs(v) + 0.386595
      let q = x * x + y * (0.19600 * y - 0.25472 * x)
      if q < 0.27597 || (q <= 0.27846 && v * v <= -4 * u * u * PortableMath.log(u)) {
        return mean + standardDeviation * (v / u)
      }
    }
  }

  /// Returns *e* to the power of a normal draw; `mean` and `standardDeviation` are of the logarithm.
  package mutating func logNormal(mean: Double, standardDeviation: Double) -> Double {
    PortableMath.exp(normal(mean: mean, standardDeviation: standardDeviation))
  }

  /// Returns a draw from the exponential distribution with the given rate (1 / mean).
  package mutating func exponential(rate: Double = 1) -> Double {
    precondition(rate > 0, "The rate of an exponential draw must be above zero.")
    return -PortableMath.log(1 - uniform()) / rate
  }

  /// Returns the number of failures before the first success of independent trials.
  ///
  /// By inversion: the rounded-down ratio of two logarithms. Draws beyond `Int.max` give `Int.max`.
  package mutating func geometric(probability: Double) -> Int {
    precondition(
      probability > 0 && probability <= 1,
      "The probability of a geometric draw must be above 0 and at most 1.")
    let u = 1 - uniform()
    if probability == 1 { return 0 }
    return Int(exactly: (PortableMath.log(u) / PortableMath.log1p(-probability)).rounded(.down))
      ?? .max
  }

  /// Returns a draw from the gamma distribution, whose mean is `shape` × `scale`.
  ///
  /// Marsaglia and Tsang, *A Simple Method for Generating Gamma Variables*, ACM Transactions on
  /// Mathematical Software 26 (2000), 363–372.
  package mutating func gamma(shape: Double, scale: Double = 1) -> Double {
    precondition(
      shape > 0 && shape < .infinity && scale > 0,
      "The shape and the scale of a gamma draw must be above zero.")
    if shape < 1 {
      let boost = PortableMath.pow(1 - uniform(), 1 / shape)
      return gamma(shape: shape + 1, scale: scale) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = 1 - uniform()
      let square = x * x
      if u < 1 - 0.0331 * square * square
        || PortableMath.log(u) < 0.5 * square + d * (1 - v + PortableMath.log(v))
      {
        return scale * (d * v)
      }
    }
  }

  /// Returns a draw from the Poisson distribution with a mean from 0 to 10⁹.
  ///
  /// Below a mean of 10 by multiplying uniform draws, from there by PTRS: Hörmann, *The Transformed
  /// Rejection Method for Generating Poisson Random Variables*, Insurance: Mathematics and
  /// Economics 12 (1993), 39–45.
  package mutating func poisson(mean: Double) -> Int {
    precondition(
      mean >= 0 && mean <= 1e9, "The mean of a Poisson draw must lie between 0 and 1e9.")
    if mean < 10 {
      let limit = PortableMath.exp(-mean)
      var product = 1 - uniform()
      var count = 0
      while product > limit {
        product *= 1 - uniform()
        count += 1
      }
      return count
    }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let accepted = 0.9277 - 3.6224 / (b - 2)
    let logMean = PortableMath.log(mean)
    while true {
      let u = uniform() - 0.5
      let v = 1 - uniform()
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
      if distance >= 0.07, v <= accepted { return Int(k) }
      if k < 0 || (distance < 0.013 && v > distance) { continue }
      let logRatio = PortableMath.log(v * inverseAlpha / (a / (distance * distance) + b))
      if logRatio <= k * logMean - mean - PortableMath.logFactorial(Int(k)) { return Int(k) }
    }
  }

  /// Returns a rank from 1 to the number of ranks, drawn from the Zipf distribution.
  package mutating func zipf(_ distribution: ZipfDistribution) -> Int {
    distribution.draw(&self)
  }
}

/// The Zipf distribution made ready for drawing: rank *k* of *n* has a probability in proportion to
/// *k* to the power −`exponent`.
///
/// Rejection-inversion: Hörmann and Derflinger, *Rejection-Inversion to Generate Variates from
/// Monotone Discrete Distributions*, ACM Transactions on Modeling and Computer Simulation 6 (1996),
/// 169–184.
package struct ZipfDistribution: Sendable, Hashable {
  /// The number of ranks.
  package let count: Int
  /// How steeply the probability falls; 0 makes all ranks equally likely.
  package let exponent: Double
  private let areaAtFirst: Double
  private let areaAtLast: Double
  private let squeeze: Double

  /// Creates the distribution over the ranks 1 to `count`.
  package init(count: Int, exponent: Double) {
    precondition(count >= 1, "A Zipf distribution needs at least one rank.")
    precondition(
      exponent >= 0 && exponent < .infinity, "The exponent of a Zipf distribution must be finite.")
    self.count = count
    self.exponent = exponent
    areaAtFirst = Self.area(1.5, exponent) - 1
    areaAtLast = Self.area(Double(count) + 0.5, exponent)
    squeeze =
      2 - Self.inverseArea(Self.area(2.5, exponent) - Self.height(2, exponent), exponent)
  }

  fileprivate func draw(_ generator: inout SeededGenerator) -> Int {
    while true {
      let u = areaAtLast + generator.uniform() * (areaAtFirst - areaAtLast)
      let x = Self.inverseArea(u, exponent)
      let k = max(1, min(Double(count), (x + 0.5).rounded(.down)))
      if k - x <= squeeze || u >= Self.area(k + 0.5, exponent) - Self.height(k, exponent) {
        return min(count, Int(exactly: k) ?? count)
      }
    }
  }

  /// x to the power −exponent.
  private static func height(_ x: Double, _ exponent: Double) -> Double {
    PortableMath.exp(-exponent * PortableMath.log(x))
  }

  /// The integral of `height` from 1 to x.
  private static func area(_ x: Double, _ exponent: Double) -> Double {
    let logarithm = PortableMath.log(x)
    let power = (1 - exponent) * logarithm
    return (power == 0 ? 1 : PortableMath.expm1(power) / power) * logarithm
  }

  /// The x whose `area` is the argument.
  private static func inverseArea(_ area: Double, _ exponent: Double) -> Double {
    // Rounding may carry the product past −1, where the logarithm ends.
    let power = max(-1, area * (1 - exponent))
    return PortableMath.exp((power == 0 ? 1 : PortableMath.log1p(power) / power) * area)
  }
}
