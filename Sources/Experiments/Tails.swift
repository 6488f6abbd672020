import RealModule
import StatisticsCore

/// The tails of the distributions that tests refer to.
enum Tails {
  static func normalUpper(_ z: Double) -> TailProbability {
    let p = 0.5 * Double.erfc(z / 2.0.squareRoot())
    return TailProbability(
      value: p, log: p > 1e-300 ? .log(p) : -z * z / 2 - .log(z * 2.5066282746310002))
  }
  static func normalLower(_ z: Double) -> TailProbability { normalUpper(-z) }
  static func normalDensity(_ z: Double) -> Double { .exp(-z * z / 2) * 0.3989422804014327 }
  // I_x(a, b) by the continued fraction.
  static func beta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - beta(y, x, b, a) }
    let front = Double.exp(a * .log(x) + b * .log(y) - GammaFunctions.logBeta(a, b)) / a
    var (c, d) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
    var f = d
    for m in 1..<100000 {
      let m = Double(m)
      var n = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / (1 + n * d); c = 1 + n / c; f *= c * d
      n = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / (1 + n * d); c = 1 + n / c
      f *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * f
  }
  static func tUpper(_ t: Double, _ df: Double) -> TailProbability {
    if df == .infinity { return normalUpper(t) }
    if t.isInfinite { return t > 0 ? .init(value: 0, log: -.infinity) : .init(value: 1, log: 0) }
    let half = 0.5 * beta(df / (df + t * t), t * t / (df + t * t), df / 2, 0.5)
    let p = t >= 0 ? half : 1 - half
    return TailProbability(value: p, log: .log(p))
  }
  static func tQuantile(_ p: Double, _ df: Double) -> Double {
    if df == .infinity { return NormalDistribution.quantile(p) }
    return -FallingRoot.find(-1000, 1000) { tUpper($0, df).value - p }
  }
}
