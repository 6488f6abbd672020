/// Integrals of smooth functions, whose values only + − × ÷ and ``PortableMath`` touch.
package enum Quadrature {
  /// Positive abscissae of the Gauss–Legendre rule of 16 points on −1…1, with their weights, by
  /// mpmath 1.3.0 with 250 bits.
  package static let gaussLegendre16: [(abscissa: Double, weight: Double)] = [
    (0x1.852bd6676a9f9p-4, 0x1.83feae80e4dfcp-3),
    (0x1.205cae642337cp-2, 0x1.75f8c77e0c00fp-3),
    (0x1.d50259a43a772p-2, 0x1.5a6ebbb5a75fcp-3),
    (0x1.3c5a466d5e8b8p-1, 0x1.325f61bca3cbfp-3),
    (0x1.82c45dda4726bp-1, 0x1.fe7af2bad386ap-4),
    (0x1.bb3403514e483p-1, 0x1.85c4ee79cc258p-4),
    (0x1.e39f56616f9b0p-1, 0x1.fdfb1a2c1265dp-5),
    (0x1.fa92c264d787ep-1, 0x1.bcddab4b7c211p-6),
  ]

  /// Returns the integral over all numbers of a positive function with one peak that falls
  /// exponentially on both sides, by the trapezoidal rule.
  ///
  /// For a function that is analytic up to a distance *d* from the real axis the error falls as
  /// exp(−2π*d*/step): halving the step squares it. Substituting p = 1 / (1 + exp(−y)) turns an
  /// integral over 0…1 into one of this kind, whatever happens at its ends; `logistic(_:)` gives p.
  ///
  /// Source: L. N. Trefethen and J. A. C. Weideman, *The Exponentially Convergent Trapezoidal Rule*,
  /// SIAM Review 56 (2014), 385–458.
  ///
  /// - Parameters:
  ///   - start: A place not far from the peak, where the function does not underflow.
  ///   - step: The distance of the points.
  ///   - body: The function.
  package static func peak(
    near start: Double, step: Double, _ body: (Double) -> Double
  ) -> Double {
    var sum = body(start)
    for direction in [step, -step] {
      var previous = 0.0
      for index in 1...largestPointCount {
        let value = body(start + Double(index) * direction)
        sum += value
        if value <= previous, value <= 1e-18 * sum { break }
        previous = value
      }
    }
    return sum * step
  }

  /// A place on 0…1 with what an integral over it needs.
  package struct Logistic {
    /// 1 / (1 + exp(−y)).
    package var value: Double
    /// 1 − value.
    package var complement: Double
    /// The logarithm of `value`.
    package var log: Double
    /// The logarithm of `complement`.
    package var logComplement: Double
  }

  /// Returns 1 / (1 + exp(−`y`)), exact to the last places at both ends.
  package static func logistic(_ y: Double) -> Logistic {
    let small = PortableMath.exp(-abs(y))
    let log = -PortableMath.log1p(small)
    let (near, far) = (1 / (1 + small), small / (1 + small))
    return y >= 0
      ? Logistic(value: near, complement: far, log: log, logComplement: log - y)
      : Logistic(value: far, complement: near, log: log + y, logComplement: log)
  }

  private static let largestPointCount = 100_000
}
