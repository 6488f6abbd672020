/// A probability as the product of a scale and an exponential, which cannot underflow.
package struct ScaledMass: Sendable, Hashable {
  /// The factor before the exponential, not negative; 0 for an impossible outcome.
  var scale: Double
  /// The exponent.
  var exponent: DoubleDouble

  /// The probability: 0 where it is below the smallest double.
  package var value: Double { times(1).value }

  /// The natural logarithm of the probability: −∞ for an impossible outcome.
  package var log: Double { times(1).log }

  /// Returns the probability times `factor`, with its logarithm.
  func times(_ factor: Double) -> TailProbability {
    let scale = scale * factor
    guard scale > 0 else { return TailProbability(value: 0, log: -.infinity) }
    let logScale = PortableMath.log(scale)
    let log = exponent.high + (exponent.low + logScale)
    // The last bits of the exponent matter to the exponential, which must be rounded just once if
    // the result is subnormal.
    let value: Double
    if exponent.high > -700 {
      value = PortableMath.expOfSum(exponent.high, exponent.low) * scale
    } else if log < -746 {
      value = 0
    } else {
      let (high, low) = PortableMath.twoSum(exponent.high, logScale)
      value = PortableMath.expOfSum(high, low + exponent.low)
    }
    return TailProbability(value: min(value, 1), log: min(log, 0))
  }

  /// Returns the probability divided by another that is possible.
  func divided(by other: ScaledMass) -> Double {
    let difference = exponent - other.exponent
    if difference.high < -746 { return 0 }
    if difference.high > 710 { return .infinity }
    return scale / other.scale * PortableMath.expOfSum(difference.high, difference.low)
  }
}

/// Probabilities of single outcomes by Loader's saddle-point expansion, without gamma functions.
///
/// The factorials are replaced by Stirling's formula with its error; the large terms that cancel in
/// a formula of log-factorials never appear, and what remains are deviances, which are sums of
/// positive terms. Deviances are kept to about 20 digits, so that the relative error of the
/// probability itself stays near 1e-15 down to the smallest normal double, and the error of its
/// logarithm at one or two units in the last place, for counts up to 2⁵³. Only + − × ÷ √ are used:
/// the same bits on every machine.
///
/// Source: C. Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
package enum SaddlePoint {
  /// Returns the probability of `successes` in independent `trials` that succeed each with
  /// `probability`.
  ///
  ///     SaddlePoint.binomial(3, of: 10, probability: 0.5).value   // 0.11718750000000001
  ///
  /// Outcomes below 0 or above `trials` are impossible.
  package static func binomial(
    _ successes: Int, of trials: Int, probability: Double
  ) -> ScaledMass {
    precondition(
      trials >= 0 && trials <= largestCount, "The number of trials must lie between 0 and 2⁵³.")
    precondition(
      probability >= 0 && probability <= 1, "A probability must lie between 0 and 1.")
    let impossible = ScaledMass(scale: 0, exponent: DoubleDouble(0))
    let sure = ScaledMass(scale: 1, exponent: DoubleDouble(0))
    guard successes >= 0, successes <= trials else { return impossible }
    if probability == 0 { return successes == 0 ? sure : impossible }
    if probability == 1 { return successes == trials ? sure : impossible }
    let n = Double(trials)
    let x = Double(successes)
    let y = Double(trials - successes)
    let excess = DoubleDouble(x) - DoubleDouble.product(n, probability)
    let deviance = deviance(x, excess: excess) + deviance(y, excess: -excess)
    let errors = stirlingError(n) - stirlingError(x) - stirlingError(y)
    // √(n / 2π x y), where the factorial of 0 needs no root.
    let square = circumference(n) / (circumference(x) * circumference(y))
    return ScaledMass(
      scale: square.squareRoot(), exponent: DoubleDouble(errors) - deviance)
  }

  /// Returns the probability of the table [[a, b], [c, d]] among all tables with its margins, if rows
  /// and columns are independent.
  ///
  ///     SaddlePoint.hypergeometric(3, 1, 1, 3).value   // 0.22857142857142856
  package static func hypergeometric(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> ScaledMass {
    precondition(
      min(a, b, c, d) >= 0 && max(a, b, c, d) <= largestCount && a + b + c + d <= largestCount,
      "The counts of a table must not be negative, and their sum at most 2⁵³.")
    return hypergeometric(cells: Double(a), Double(b), Double(c), Double(d))
  }

  /// Returns the probability of a table of whole numbers that is known to be valid.
  static func hypergeometric(
    cells a: Double, _ b: Double, _ c: Double, _ d: Double
  ) -> ScaledMass {
    let (row1, row2) = (a + b, c + d)
    let (column1, column2) = (a + c, b + d)
    let n = row1 + row2
    if row1 == 0 || row2 == 0 || column1 == 0 || column2 == 0 {
      return ScaledMass(scale: 1, exponent: DoubleDouble(0))
    }
    // Every cell lies (a d − b c) / n above or below its expectation.
    let excess = determinant(a, b, c, d) / DoubleDouble(n)
    let deviance =
      (deviance(a, excess: excess) + deviance(d, excess: excess))
      + (deviance(b, excess: -excess) + deviance(c, excess: -excess))
    let marginErrors =
      (stirlingError(row1) + stirlingError(row2))
      + (stirlingError(column1) + stirlingError(column2)) - stirlingError(n)
    let cellErrors =
      (stirlingError(a) + stirlingError(d)) + (stirlingError(b) + stirlingError(c))
    let rows = circumference(row1) * circumference(row2)
    let columns = circumference(column1) * circumference(column2)
    let cells =
      (circumference(a) * circumference(d)) * (circumference(b) * circumference(c))
    return ScaledMass(
      scale: (rows * columns / (circumference(n) * cells)).squareRoot(),
      exponent: DoubleDouble(marginErrors - cellErrors) - deviance)
  }

  /// The largest count up to which all whole numbers are doubles.
  static let largestCount = 1 << 53

  /// Returns a d − b c for whole numbers up to 2⁵³, exactly.
  static func determinant(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> DoubleDouble {
    let (p, q) = (a * d, b * c)
    if p < 0x1p53, q < 0x1p53 { return DoubleDouble(p - q) }
    let difference =
      Int128(Int64(a)) * Int128(Int64(d)) - Int128(Int64(b)) * Int128(Int64(c))
    let high = Int64(truncatingIfNeeded: difference >> 53)
    let low = Int64(truncatingIfNeeded: difference) & (1 << 53 - 1)
    return DoubleDouble.sum(Double(high) * 0x1p53, Double(low))
  }

  /// Returns 2π `x`, or 1 for zero, whose factorial Stirling's formula does not give.
  static func circumference(_ x: Double) -> Double {
    x == 0 ? 1 : x * 0x1.921fb54442d18p+2
  }

  /// Returns x log(x / e) + e − x for e = x − `excess`: how badly `x` fits the expectation e > 0.
  ///
  /// - Parameter expectation: e itself if it is known better than by that difference.
  static func deviance(
    _ x: Double, excess: DoubleDouble, expectation: DoubleDouble? = nil
  ) -> DoubleDouble {
    if x == 0 { return -excess }
    let quotient = excess.high / (2 * x - excess.high)
    if abs(quotient) < 0.25 {
      // With v = (x − e) / (x + e), log(x / e) = 2 artanh v, and the deviance is
      // (x − e) v + 2x (v³/3 + v⁵/5 + … + v²⁷/27).
      let z = quotient * quotient
      let z2 = z * z
      let z4 = z2 * z2
      let low = (1.0 / 5 + z * (1.0 / 7)) + z2 * (1.0 / 9 + z * (1.0 / 11))
      let middle = (1.0 / 13 + z * (1.0 / 15)) + z2 * (1.0 / 17 + z * (1.0 / 19))
      let high = (1.0 / 21 + z * (1.0 / 23)) + z2 * (1.0 / 25 + z * (1.0 / 27))
      let tail = low + z4 * (middle + z4 * high)
      let first = excess.high * quotient
      let scale = 2 * x * quotient * z
      // Below 1 the last place of a double is small enough.
      if first < 1 { return DoubleDouble.sum(first, scale * (1.0 / 3 + z * tail)) }
      // The second term is smaller by v and the rest by v³: only two terms need two doubles.
      let v = excess / (DoubleDouble(2 * x) - excess)
      let second = v * v * v * (2 * x) * DoubleDouble(1.0 / 3, 0x1.5555555555555p-56)
      return excess * v + second + DoubleDouble(scale * z * tail)
    }
    let expectation = expectation ?? DoubleDouble(x) - excess
    let ratio = DoubleDouble(x) / expectation
    let logarithm: DoubleDouble
    if ratio.high < .infinity {
      let (high, low) = PortableMath.preciseLog(ratio.high)
      logarithm = DoubleDouble(high, low + ratio.low / ratio.high)
    } else {
      let upper = PortableMath.preciseLog(x)
      let lower = PortableMath.preciseLog(expectation.high)
      logarithm = DoubleDouble(upper.high, upper.low) - DoubleDouble(lower.high, lower.low)
    }
    return logarithm * x - excess
  }

  /// Returns log(n!) − log(√(2πn) (n/e)ⁿ) for a whole number or any number from 16 on, and 0 for 0,
  /// whose factorial is 1.
  static func stirlingError(_ n: Double) -> Double {
    if n < 16 { return smallStirlingErrors[Int(n)] }
    let inverse = 1 / n
    let z = inverse * inverse
    let tail = 1.0 / 1188 - z * (691.0 / 360_360 - z * (1.0 / 156))
    return inverse
      * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * tail))))
  }

  /// The errors of Stirling's formula from 0 (see there) to 15, by mpmath 1.3.0 with 50 digits.
  private static let smallStirlingErrors: [Double] = [
    0, 0x1.4c071bcda0a5bp-4, 0x1.52a9b923ea649p-5, 0x1.c579a268d80b3p-6,
    0x1.54a2662fd78a9p-6, 0x1.10b4e513fcbedp-6, 0x1.c6b167bebdf36p-7, 0x1.85d4d612e4a86p-7,
    0x1.552805e7b3076p-7, 0x1.2f4871b12ab64p-7, 0x1.10f9d4c0743a7p-7, 0x1.f0593088014f8p-8,
    0x1.c7018733aa9c6p-8, 0x1.a40514700f36cp-8, 0x1.86076c002d4a7p-8, 0x1.6c08f6f194a10p-8,
  ]
}
