/// The sum of the masses of many neighbouring tables, at a cost that does not grow with their number.
///
/// The masses are a smooth function f(t) of the number t of steps from the table at hand, and by the
/// midpoint form of Euler's and Maclaurin's formula
///
///     f(1) + f(2) + … = ∫ f from ½ on + f′/24 − 7 f‴/5760 + 31 f⁽⁵⁾/967680 − 127 f⁽⁷⁾/154828800 …
///
/// with the derivatives at ½. About ½ the logarithm of f is a power series: each of the four factorials
/// is Γ(m + s + ½) with a whole number m, for which Stirling's formula has odd powers only. The integral
/// is Gauss and Legendre's with 32 points. Where ``sum(after:count:)`` answers, errors of both are far
/// below the last place: between an exponential and a normal distribution that falls by 38 in the
/// exponent, and over at least ``fewestSteps`` steps, which are at most 0.3 of any cell.
///
/// Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 6.1.40, 23.1.30 and 25.4.29.
struct HypergeometricTail {
  /// For fewer tables adding up their masses is as quick.
  static let fewestSteps = 192.0

  /// a₁ … a₁₆ in log f(½) − log f(½ + s) = a₁ s + a₂ s² + ….
  private var series = SIMD16<Double>()

  /// Expands the masses between the table at hand and the next one.
  private init(_ walk: HypergeometricWalk) {
    // Falling cells count with +s and rising ones with −s.
    let inverse =
      1 / SIMD4(walk.falling, walk.falling2, -(walk.rising + 1), -(walk.rising2 + 1))
    let signs = SIMD4<Double>(1, 1, -1, -1)
    // Σ ± 1 / mʲ from j = 0 on.
    var power = signs
    func next() -> Double {
      power *= inverse
      return (power[0] + power[1]) + (power[2] + power[3])
    }
    // Those of this power and the four after it.
    var (s0, s1, s2, s3) = (0.0, next(), next(), next())
    for k in 1...16 {
      let s4 = next()
      let n = Double(k)
      // Of m log m, and of −1/24m + 7/2880m³ in Stirling's formula.
      let first = k == 1 ? 0 : s0 / (n * (n - 1))
      series[k - 1] = first - s2 * (1.0 / 24) + s4 * ((n + 1) * (n + 2) * (7.0 / 5760))
      (s0, s1, s2, s3) = (s1, s2, s3, s4)
    }
    let determinant = SaddlePoint.determinant(
      walk.rising + 1, walk.falling, walk.falling2, walk.rising2 + 1)
    series[0] += PortableMath.log1p(determinant.high / (walk.falling * walk.falling2))
  }

  /// Returns the sum of the masses of the `count` tables after the one at hand (of all by default),
  /// relative to its own; `nil` where the formula does not hold or does not pay.
  static func sum(after walk: HypergeometricWalk, count: Double = .infinity) -> Double? {
    let cells = SIMD4(walk.falling, walk.falling2, walk.rising + 1, walk.rising2 + 1)
    let farthest = cells.min() * 0.3
    guard farthest >= fewestSteps, count >= fewestSteps else { return nil }
    // Before anything is expanded: where the first two terms reach 38.
    let slope = (cells[2] * cells[3] - cells[0] * cells[1]) / max(cells[0] * cells[1], 1)
    let curvature = 0.5 * (1 / cells).sum()
    // The masses may rise a little at first.
    guard slope < 0.2, slope > 0 || slope * slope <= 8 * curvature else { return nil }
    var steps =
      ((slope * slope + 4 * 39 * curvature).squareRoot() - slope) / (2 * curvature)
    guard steps >= fewestSteps else { return nil }
    steps = min(steps, count)
    guard steps <= farthest else { return nil }

    let tail = HypergeometricTail(walk)
    if steps < count {
      let missing = 39 - tail.fall(steps)
      steps = min(steps + missing / (slope + 2 * curvature * steps), count)
      guard steps <= farthest else { return nil }
    }
    var sum = tail.integral(to: steps) + tail.edge
    if steps == count {
      sum -= HypergeometricTail(walk.moved(by: count)).edge * PortableMath.exp(-tail.fall(count))
    }
    return sum * Self.half(cells)
  }

  /// Returns f(½) / f(0).
  private static func half(_ cells: SIMD4<Double>) -> Double {
    let inverse = 1 / cells
    let square = inverse * inverse
    let terms = inverse * (1.0 / 8 - square * (1.0 / 192 - square * (1.0 / 640)))
    let ratio = cells[0] * cells[1] / (cells[2] * cells[3])
    return ratio.squareRoot() * PortableMath.exp(terms.sum())
  }

  /// Returns log f(½) − log f(½ + s).
  private func fall(_ s: Double) -> Double {
    var value = 0.0
    for k in (0..<16).reversed() { value = (value + series[k]) * s }
    return value
  }

  /// What the formula adds to the integral at ½, relative to f(½).
  private var edge: Double {
    // f(½ + s) / f(½) = 1 + e₁ s + e₂ s² + …
    let a = series
    let e1 = -a[0]
    let e2 = -(a[0] * e1 + 2 * a[1]) / 2
    let e3 = -(a[0] * e2 + 2 * a[1] * e1 + 3 * a[2]) / 3
    let e4 = -(a[0] * e3 + 2 * a[1] * e2 + 3 * a[2] * e1 + 4 * a[3]) / 4
    let e5 = -(a[0] * e4 + 2 * a[1] * e3 + 3 * a[2] * e2 + 4 * a[3] * e1 + 5 * a[4]) / 5
    let first = a[0] * e5 + 2 * a[1] * e4 + 3 * a[2] * e3
    let e6 = -(first + 4 * a[3] * e2 + 5 * a[4] * e1 + 6 * a[5]) / 6
    let second = a[0] * e6 + 2 * a[1] * e5 + 3 * a[2] * e4 + 4 * a[3] * e3
    let e7 = -(second + 5 * a[4] * e2 + 6 * a[5] * e1 + 7 * a[6]) / 7
    return e1 / 24 - e3 * (7.0 / 960) + e5 * (31.0 / 8064) - e7 * (127.0 / 30720)
  }

  /// Returns the integral of f(½ + s) / f(½) from 0 to `end`.
  private func integral(to end: Double) -> Double {
    // The series in shares of the way.
    var c = series
    var scale = 1.0
    for k in 0..<16 {
      scale *= end
      c[k] *= -scale
    }
    var sum = SIMD4<Double>()
    for index in Self.nodes.indices {
      let s = Self.nodes[index]
      let s2 = s * s
      let s4 = s2 * s2
      let s8 = s4 * s4
      let p0 = Self.cubic(c[0], c[1], c[2], c[3], s, s2)
      let p1 = Self.cubic(c[4], c[5], c[6], c[7], s, s2)
      let p2 = Self.cubic(c[8], c[9], c[10], c[11], s, s2)
      let p3 = Self.cubic(c[12], c[13], c[14], c[15], s, s2)
      let low = p0 + s4 * p1
      let high = p2 + s4 * p3
      let exponent = s * (low + s8 * high)
      sum += Self.weights[index] * Self.exp(exponent)
    }
    return sum.sum() * end
  }

  /// Returns *e* to powers of moderate size.
  private static func exp(_ x: SIMD4<Double>) -> SIMD4<Double> {
    // As `PortableMath.exp`, without its special cases. Adding 1.5 × 2⁵² rounds to a whole number and
    // leaves it in the lowest bits.
    let rounded = x * 0x1.71547652b82fep+0 + 0x1.8p52
    let k = rounded - 0x1.8p52
    let r = (x - k * 0x1.62e42fefa3000p-1) - k * 0x1.3de6af278ece6p-42
    let r2 = r * r
    let r4 = r2 * r2
    let a = cubic(1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, r, r2)
    let b = cubic(1.0 / 720, 1.0 / 5_040, 1.0 / 40_320, 1.0 / 362_880, r, r2)
    let c = cubic(
      1.0 / 3_628_800, 1.0 / 39_916_800, 1.0 / 479_001_600, 1.0 / 6_227_020_800, r, r2)
    let tail = a + r4 * (b + r4 * c)
    let value = (r + r2 * tail) + 1
    let bits = unsafe unsafeBitCast(value, to: SIMD4<UInt64>.self)
    let exponents = unsafe unsafeBitCast(rounded, to: SIMD4<UInt64>.self) &<< 52
    return unsafe unsafeBitCast(bits &+ exponents, to: SIMD4<Double>.self)
  }

  /// Returns a + b s + c s² + d s³.
  @inline(__always)
  private static func cubic(
    _ a: Double, _ b: Double, _ c: Double, _ d: Double, _ s: SIMD4<Double>, _ s2: SIMD4<Double>
  ) -> SIMD4<Double> {
    let low: SIMD4<Double> = s * b + a
    let high: SIMD4<Double> = s * d + c
    return low + s2 * high
  }

  // Points and weights from 0 to 1, by mpmath 1.3.0 with 60 digits.
  private static let nodes: [SIMD4<Double>] = [
    SIMD4(
      0x1.66a18fbf64a0fp-10, 0x1.d77b63ad0c91bp-8,
      0x1.20aae7fac455ap-6, 0x1.0a9fed30405eep-5),
    SIMD4(
      0x1.a8ab25d459a36p-5, 0x1.347ec0a5e57b4p-4,
      0x1.a4e5adf8ed0ebp-4, 0x1.123ed9c52d88dp-3),
    SIMD4(
      0x1.590aec76f00edp-3, 0x1.a62dd72d3a6b8p-3,
      0x1.f8ef3af329ac5p-3, 0x1.2844a541c8387p-2),
    SIMD4(
      0x1.5615518d42105p-2, 0x1.857c20798fdadp-2,
      0x1.b607c563a0372p-2, 0x1.e74437b7733b6p-2),
    SIMD4(
      0x1.0c5de42446625p-1, 0x1.24fc1d4e2fe47p-1,
      0x1.3d41efc338129p-1, 0x1.54f557395ef7dp-1),
    SIMD4(
      0x1.6bddad5f1be3cp-1, 0x1.81c431433594fp-1,
      0x1.96748a34b1652p-1, 0x1.a9bd44e243fc5p-1),
    SIMD4(
      0x1.bb70498eb49ddp-1, 0x1.cb634a40e25e3p-1,
      0x1.d97027eb43509p-1, 0x1.e5754da2ba65dp-1),
    SIMD4(
      0x1.ef56012cfbfa1p-1, 0x1.f6faa8c029dd5p-1,
      0x1.fc510938a5e6ep-1, 0x1.ff4caf38204dbp-1),
  ]
  private static let weights: [SIMD4<Double>] = [
    SIMD4(
      0x1.cbf8bc743cc5cp-9, 0x1.0aa3c248696c9p-7,
      0x1.a0060a8531ffap-7, 0x1.18c5800a355d9p-6),
    SIMD4(
      0x1.5ee963a335495p-6, 0x1.a1c6ae961fbfap-6,
      0x1.e0bd76c924981p-6, 0x1.0d9b9a62cac10p-5),
    SIMD4(
      0x1.2854103b35e0cp-5, 0x1.40483e126fd14p-5,
      0x1.553ee25ebebc6p-5, 0x1.6705e18e13ed1p-5),
    SIMD4(
      0x1.7572bdb3f6e51p-5, 0x1.8062fc0f6fef9p-5,
      0x1.87bc776f8c6d7p-5, 0x1.8b6d9eaec77adp-5),
    SIMD4(
      0x1.8b6d9eaec77adp-5, 0x1.87bc776f8c6d7p-5,
      0x1.8062fc0f6fef9p-5, 0x1.7572bdb3f6e51p-5),
    SIMD4(
      0x1.6705e18e13ed1p-5, 0x1.553ee25ebebc6p-5,
      0x1.40483e126fd14p-5, 0x1.2854103b35e0cp-5),
    SIMD4(
      0x1.0d9b9a62cac10p-5, 0x1.e0bd76c924981p-6,
      0x1.a1c6ae961fbfap-6, 0x1.5ee963a335495p-6),
    SIMD4(
      0x1.18c5800a355d9p-6, 0x1.a0060a8531ffap-7,
      0x1.0aa3c248696c9p-7, 0x1.cbf8bc743cc5cp-9),
  ]
}
