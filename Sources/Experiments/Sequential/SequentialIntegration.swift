import RealModule
import StatisticsCore

/// The probabilities of leaving a region at each of several looks, exactly but for rounding.
///
/// The score statistic is a Brownian motion with drift, seen when the shares t₁ < t₂ < … of the
/// information are in, and Z = S/√t. The density of Z among those still inside is carried from look to
/// look by Gauss–Legendre quadrature whose panels are narrower than the step of the motion.
///
/// Source: P. Armitage, C. K. McPherson and B. C. Rowe, *Repeated Significance Tests on Accumulating
/// Data*, Journal of the Royal Statistical Society A 132 (1969), 235–244; C. Jennison and
/// B. W. Turnbull, *Group Sequential Methods*, 2000, chapter 19.
/// - Complexity: O(*k p*²) for *k* looks and *p* points, 150 to a few thousand.
struct SequentialIntegration {
  /// The probability of lying above the region now, and that of lying below it.
  struct Exit {
    var above: Double
    var below: Double
  }

  private let information: [Double]
  private let drift: Double
  private(set) var looks = 0
  // The density of Z among those inside times the weights of the points.
  private var points: [Double] = []
  private var masses: [Double] = []

  /// Begins before the first look; E Z = `drift` × √t.
  init(information: [Double], drift: Double) {
    self.information = information
    self.drift = drift
  }

  /// Returns the probability to be inside at all looks before and above `bound` at the next.
  func probability(above bound: Double) -> Double { tail(bound, 1) }

  /// Returns the probability to be inside at all looks before and below `bound` at the next.
  func probability(below bound: Double) -> Double { tail(bound, -1) }

  private func tail(_ bound: Double, _ sign: Double) -> Double {
    if bound.isInfinite { return bound * sign > 0 ? 0 : inside }
    let now = information[looks]
    guard looks > 0 else {
      return NormalDistribution.upper(sign * (bound - drift * now.squareRoot())).value
    }
    let before = information[looks - 1]
    let step = now - before
    let scale = sign / step.squareRoot()
    let (root, target) = (before.squareRoot(), bound * now.squareRoot() - drift * step)
    var sum = 0.0
    for index in points.indices {
      sum += masses[index] * NormalDistribution.upper(scale * (target - points[index] * root)).value
    }
    return sum
  }

  /// The probability to be inside at all looks so far.
  var inside: Double { looks == 0 ? 1 : masses.reduce(0, +) }

  /// Goes on to the next look and returns the probabilities to leave the region there.
  mutating func advance(lower: Double, upper: Double) -> Exit {
    let exit = Exit(above: probability(above: upper), below: probability(below: lower))
    let now = information[looks]
    let before = looks > 0 ? information[looks - 1] : 0
    let next = looks + 1 < information.count ? information[looks + 1] : .infinity
    // Beyond nine standard deviations lies less than 1e-18.
    let centre = drift * now.squareRoot()
    let (low, high) = (max(lower, centre - 9), min(upper, centre + 9))
    var (newPoints, newMasses) = ([Double](), [Double]())
    if low < high {
      let width = min(1, ((now - before) / now).squareRoot(), ((next - now) / now).squareRoot())
      let panels = min(max(1, Int(((high - low) / (1.6 * width)).rounded(.up))), 512)
      let half = (high - low) / Double(panels) / 2
      for panel in 0..<panels {
        let middle = low + half * Double(2 * panel + 1)
        for (abscissa, weight) in Quadrature.gaussLegendre16 {
          for point in [middle - half * abscissa, middle + half * abscissa] {
            newPoints.append(point)
            newMasses.append(weight * half * density(point))
          }
        }
      }
    }
    points = newPoints
    masses = newMasses
    looks += 1
    return exit
  }

  /// The density at `z` of Z at the next look among those inside at all looks before.
  private func density(_ z: Double) -> Double {
    let now = information[looks]
    guard looks > 0 else { return NormalDistribution.density(z - drift * now.squareRoot()) }
    let before = information[looks - 1]
    let step = now - before
    let scale = 1 / step.squareRoot()
    let target = (z * now.squareRoot() - drift * step) * scale
    let root = before.squareRoot() * scale
    var sum = 0.0
    for index in points.indices {
      let distance = target - points[index] * root
      if abs(distance) < 39 { sum += masses[index] * Double.exp(-0.5 * distance * distance) }
    }
    return sum * 0.3989422804014327 * now.squareRoot() * scale
  }
}
