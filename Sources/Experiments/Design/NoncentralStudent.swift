import StatisticsCore

/// Student's t distribution where the null hypothesis does not hold: (Z + δ)/√(χ²/ν).
///
/// The normal tail is averaged over the estimate of the standard deviation by the trapezoidal rule, whose
/// error falls exponentially; it divides by the integral of the density on the same points, so that no
/// gamma function loses digits with large ν.
struct NoncentralStudent {
  /// The degrees of freedom.
  let degreesOfFreedom: Double
  /// The expected z statistic.
  let noncentrality: Double

  /// Returns the probability of a value above `t`.
  func upper(_ t: Double) -> Double {
    mean { NormalDistribution.lower(noncentrality - t * $0).value }
  }

  /// Returns the probability of a value below `t`.
  func lower(_ t: Double) -> Double {
    mean { NormalDistribution.upper(noncentrality - t * $0).value }
  }

  /// The mean of a function of √(χ²/ν).
  func mean(_ body: (Double) -> Double) -> Double {
    let freedom = degreesOfFreedom
    if freedom > 1e15 { return body(1) }
    let width = (1 / (2 * freedom)).squareRoot()
    // At y = log √(χ²/ν) the density is that of its peak times exp(ν(y − (e^{2y} − 1)/2)).
    func density(_ y: Double) -> Double {
      PortableMath.exp(freedom * (y - PortableMath.expm1(2 * y) / 2))
    }
    let step = min(width, 0.5) / 4
    let total = Quadrature.peak(near: 0, step: step, density)
    // From the peak of the density outwards the product may rise first, but falls in the end.
    return Quadrature.peak(near: 0, step: step) { density($0) * body(PortableMath.exp($0)) } / total
  }
}
