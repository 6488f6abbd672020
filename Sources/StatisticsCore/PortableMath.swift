// `rounded` and `squareRoot` may become calls of the system's `floor` and `sqrt`, which are exact;
// importing the C library is what links it.
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Logarithms and exponentials that give the same bits on every machine.
///
/// The system's `log`, `exp` and `pow` differ in the last bit between processors and library
/// versions. These use only + − × ÷ of IEEE 754 doubles and operations on their bits, and no fused
/// multiply-add (Swift never contracts `a * b + c`). All are total: infinities, NaN, zeros and
/// subnormal numbers follow C99 Annex F. Measured against 200-bit arithmetic on 20,000 arguments of
/// each kind, the error stays below 1 unit in the last place.
///
/// Method: argument reduction by powers of two as in Cody and Waite, *Software Manual for the
/// Elementary Functions*, 1980; the series 2 artanh(f / (2 + f)) for the logarithm and Taylor's for
/// the exponential, with as many terms as the reduced range needs; double-double steps after
/// Dekker, *Numerische Mathematik* 18 (1971), 224–242, for the power.
package enum PortableMath {
  /// Returns the natural logarithm of `x`; −∞ for zero, NaN for negative numbers.
  package static func log(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return logOfSpecial(x) }
    let (k, f) = reduceForLog(x)
    return logOfReduced(k, f, correction: 0)
  }

  /// Returns the natural logarithm of 1 + `x`, exact to the last place or so near zero too.
  package static func log1p(_ x: Double) -> Double {
    if x > -0.29, x < 0.41 {
      // Here 1 + x needs no reduction, and a tiny x is its own logarithm (which also keeps −0).
      if abs(x) < 0x1p-54 { return x }
      return logOfReduced(0, x, correction: 0)
    }
    guard x > -1, x < .infinity else { return logOfSpecial(1 + x) }
    let u = 1 + x
    // What rounding 1 + x lost; beyond 2⁵³ it no longer matters.
    let lost = x >= 1 ? (x < 0x1p54 ? 1 - (u - x) : 0) : x - (u - 1)
    let (k, f) = reduceForLog(u)
    return logOfReduced(k, f, correction: lost / u)
  }

  /// Returns *e* to the power `x`.
  package static func exp(_ x: Double) -> Double {
    if x > 710 { return .infinity }
    if x < -746 { return 0 }
    if x.isNaN { return x }
    return expOfSum(x, 0)
  }

  /// Returns *e* to the power `x`, minus 1, exact to the last place or so near zero too.
  package static func expm1(_ x: Double) -> Double {
    if abs(x) < 0.5 {
      // The series itself; abs(x) < 2⁻⁵⁴ gives x back, and −0 stays −0.
      if abs(x) < 0x1p-54 { return x }
      return x + x * x * expTail(x)
    }
    if x > 710 { return .infinity }
    if x < -40 { return -1 }
    if x.isNaN { return x }
    let (k, r, c) = reduceForExp(x, 0)
    // 2ᵏ eʳ − 1 = 2ᵏ ((1 − 2⁻ᵏ) + r + …).
    let (one, oneError) = twoSum(1, k < 60 ? -powerOfTwo(-k) : 0)
    let (s, e) = twoSum(one, r)
    return scale(s + ((e + oneError) + (r * r * expTail(r) + c)), k)
  }

  /// Returns `x` to the power `y`.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return x + y }
    let magnitude = abs(x)
    let yIsInteger = abs(y) >= 0x1p52 || Double(Int64(y)) == y
    let yIsOdd = yIsInteger && abs(y) < 0x1p53 && Int64(y) & 1 == 1
    let negative = x.sign == .minus && yIsOdd

    if magnitude == 0 || magnitude == .infinity {
      let value: Double = (magnitude == 0) == (y > 0) ? 0 : .infinity
      return negative ? -value : value
    }
    if x < 0, !yIsInteger { return .nan }
    if magnitude == 1 { return negative ? -1 : 1 }
    if abs(y) >= 0x1p64 {
      // |log x| is at least 2⁻⁵³, so the result is out of range (and y is even).
      return (magnitude > 1) == (y > 0) ? .infinity : 0
    }
    if abs(y) < 0x1p-70 { return 1 }

    let logarithm = preciseLog(magnitude)
    let (high, low) = twoProduct(y, logarithm.high)
    if high > 710 { return negative ? -.infinity : .infinity }
    if high < -746 { return negative ? -0.0 : 0 }
    let value = expOfSum(high, low + y * logarithm.low)
    return negative ? -value : value
  }

  /// Returns the natural logarithm of `n` factorial for `n` from 0 to 2⁵³, within about 3 units in
  /// the last place.
  ///
  /// Stirling's series beyond 20!, the last factorial below 2⁶³.
  package static func logFactorial(_ n: Int) -> Double {
    precondition(n >= 0, "A factorial needs a whole number that is not negative.")
    if n <= 20 {
      var product = 1
      for factor in 1..<(n + 1) { product *= factor }
      return log(Double(product))
    }
    let x = Double(n)
    let inverse = 1 / x
    let square = inverse * inverse
    let series =
      inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680))))
    return (x + 0.5) * log(x) - x + (0x1.d67f1c864beb5p-1 + series)
  }
}

// MARK: - Logarithm

extension PortableMath {
  /// The leading 41 bits of ln 2, so that products with exponents are exact, and the rest.
  private static let ln2High = 0x1.62e42fefa3000p-1
  private static let ln2Low = 0x1.3de6af278ece6p-42

  private static func logOfSpecial(_ x: Double) -> Double {
    if x == 0 { return -.infinity }
    if x == .infinity { return x }
    return .nan
  }

  /// Returns `k` and `f` with x = 2ᵏ (1 + f) and 1 + f between √½ and √2, for finite x > 0.
  private static func reduceForLog(_ x: Double) -> (k: Double, f: Double) {
    var bits = x.bitPattern
    var shift: Int64 = 0
    if bits < 0x0010_0000_0000_0000 {
      bits = (x * 0x1p54).bitPattern
      shift = -54
    }
    // Subtracting the bits of √½ leaves k in the exponent field.
    let k = Int64(bitPattern: bits &- 0x3fe6_a09e_667f_3bcd) &>> 52
    let mantissa = Double(bitPattern: bits &- UInt64(bitPattern: k) &<< 52)
    return (Double(k &+ shift), mantissa - 1)
  }

  /// Returns k ln 2 + log(1 + f) + correction.
  private static func logOfReduced(_ k: Double, _ f: Double, correction: Double) -> Double {
    // With s = f / (2 + f), log(1 + f) = 2 artanh s = 2s + s R, and 2s = f − f²/2 + s f²/2, whose
    // first term carries no rounding error.
    let s = f / (2 + f)
    let z = s * s
    let half = 0.5 * f * f
    let r = z * (2.0 / 3 + z * artanhTail(z) * 2)
    return k * ln2High - ((half - (s * (half + r) + (k * ln2Low + correction))) - f)
  }

  /// Returns 1/5 + z/7 + z²/9 + … + z⁸/21, enough terms for z ≤ 0.0295.
  private static func artanhTail(_ z: Double) -> Double {
    let z2 = z * z
    let z4 = z2 * z2
    let low = (1.0 / 5 + z * (1.0 / 7)) + z2 * (1.0 / 9 + z * (1.0 / 11))
    let high = (1.0 / 13 + z * (1.0 / 15)) + z2 * (1.0 / 17 + z * (1.0 / 19))
    return low + z4 * (high + z4 * (1.0 / 21))
  }

  /// Returns the logarithm of finite x > 0 as a sum of two doubles, good to about 2⁻⁶⁴.
  static func preciseLog(_ x: Double) -> (high: Double, low: Double) {
    let (k, f) = reduceForLog(x)
    // s = f / (2 + f) with its rounding error.
    let divisor = 2 + f
    let divisorLow = (2 - divisor) + f
    let s = f / divisor
    let (product, productLow) = twoProduct(s, divisor)
    let sLow = (((f - product) - productLow) - s * divisorLow) / divisor
    // z = s².
    let (z, squareLow) = twoProduct(s, s)
    let zLow = squareLow + 2 * s * sLow
    // a = 1/3 + z/5 + …; only its first term needs the second double.
    let tail = z * artanhTail(z)
    let third = 1.0 / 3
    let a = third + tail
    let aLow = ((third - a) + tail) + 0x1.5555555555555p-56
    // log(1 + f) = 2s (1 + z a).
    let (b, bError) = twoProduct(z, a)
    let bLow = bError + (z * aLow + zLow * a)
    let c = 1 + b
    let cLow = ((1 - c) + b) + bLow
    let (l, lError) = twoProduct(s, c)
    let lLow = lError + (s * cLow + sLow * c)
    let (sum, sumError) = twoSum(k * ln2High, 2 * l)
    let rest = sumError + (2 * lLow + k * ln2Low)
    let high = sum + rest
    return (high, (sum - high) + rest)
  }
}

// MARK: - Exponential

extension PortableMath {
  /// Returns *e* to the power `x`, minus 1, and that minus `x`, both exact to the last places near
  /// zero too.
  static func expm1WithRest(_ x: Double) -> (expm1: Double, rest: Double) {
    if abs(x) < 0.5 {
      let rest = x * x * expTail(x)
      return (x + rest, rest)
    }
    let value = expm1(x)
    return (value, value - x)
  }

  /// Returns log(1 + `x`) − `x`, exact to the last places or so near zero too.
  static func log1pRest(_ x: Double) -> Double {
    guard x > -0.29, x < 0.41 else { return log1p(x) - x }
    // With s = x / (2 + x), log(1 + x) = 2 artanh s, and 2s − x = −s x.
    let s = x / (2 + x)
    let z = s * s
    return -s * x + 2 * s * z * (1.0 / 3 + z * artanhTail(z))
  }

  /// Returns e to the power x + y, where y is far smaller than x and |x| ≤ 746.
  static func expOfSum(_ x: Double, _ y: Double) -> Double {
    let (k, r, c) = reduceForExp(x, y)
    let s = 1 + r
    let e = (1 - s) + r
    return scale(s + (e + (r * r * expTail(r) + c)), k)
  }

  /// Returns k, r and c with x + y = k ln 2 + r + c, |r| ≤ 0.35 and c far smaller.
  private static func reduceForExp(_ x: Double, _ y: Double) -> (k: Int64, r: Double, c: Double) {
    // Adding 1.5 × 2⁵² rounds to a whole number.
    let k = (x * 0x1.71547652b82fep+0 + 0x1.8p52) - 0x1.8p52
    let high = x - k * ln2High
    let low = y - k * ln2Low
    let r = high + low
    return (Int64(k), r, (high - r) + low)
  }

  /// Returns (eʳ − 1 − r) / r² = 1/2! + r/3! + … + r¹³/15!.
  private static func expTail(_ r: Double) -> Double {
    let r2 = r * r
    let r4 = r2 * r2
    let a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120))
    let b = (1.0 / 720 + r * (1.0 / 5_040)) + r2 * (1.0 / 40_320 + r * (1.0 / 362_880))
    let c =
      (1.0 / 3_628_800 + r * (1.0 / 39_916_800))
      + r2 * (1.0 / 479_001_600 + r * (1.0 / 6_227_020_800))
    let d = 1.0 / 87_178_291_200 + r * (1.0 / 1_307_674_368_000)
    return a + r4 * (b + r4 * (c + r4 * d))
  }

  /// Returns 2 to the power `k`, for k from −1022 to 1023.
  private static func powerOfTwo(_ k: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: k &+ 1023) &<< 52)
  }

  /// Returns y × 2ᵏ for y near 1 and k from −1100 to 1024, rounded once unless it is subnormal.
  private static func scale(_ y: Double, _ k: Int64) -> Double {
    if k > 1022 { return y * 2 * powerOfTwo(k - 1) }
    if k < -1020 { return y * powerOfTwo(k + 128) * 0x1p-128 }
    return y * powerOfTwo(k)
  }
}

// MARK: - Exact steps

extension PortableMath {
  /// Returns the rounded sum and its error, which add up to a + b exactly (Knuth's TwoSum).
  @inlinable
  package static func twoSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
    let sum = a + b
    let bPart = sum - a
    let aPart = sum - bPart
    return (sum, (a - aPart) + (b - bPart))
  }

  /// Returns the rounded product and its error, which add up to a × b exactly unless a factor
  /// exceeds 2⁹⁹⁵ or the error would be subnormal (Dekker 1971, with Veltkamp's split).
  @inlinable
  package static func twoProduct(_ a: Double, _ b: Double) -> (product: Double, error: Double) {
    let product = a * b
    let (aHigh, aLow) = split(a)
    let (bHigh, bLow) = split(b)
    let error = ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    return (product, error)
  }

  /// Returns two doubles of at most 26 bits each that add up to `a`.
  @inlinable
  static func split(_ a: Double) -> (high: Double, low: Double) {
    let scaled = 134_217_729 * a
    let high = scaled - (scaled - a)
    return (high, a - high)
  }
}
