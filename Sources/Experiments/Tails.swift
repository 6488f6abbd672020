import RealModule
import StatisticsCore

/// The tails of the normal distribution.
enum Tails {
  static func normalUpper(_ z: Double) -> TailProbability {
    let p = 0.5 * Double.erfc(z / 2.0.squareRoot())
    return TailProbability(
      value: p, log: p > 1e-300 ? .log(p) : -z * z / 2 - .log(z * 2.5066282746310002))
  }
  static func normalLower(_ z: Double) -> TailProbability { normalUpper(-z) }
  static func normalDensity(_ z: Double) -> Double { .exp(-z * z / 2) * 0.3989422804014327 }
}
