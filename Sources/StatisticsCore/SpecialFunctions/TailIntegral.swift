/// The tail of a gamma or beta distribution beyond a place, relative to the density there.
///
/// On the scale σ on which the distribution is log-concave (the logarithm of a gamma number, the
/// logit of a beta one) the density at a distance σ is that at σ = 0 times exp(−w(σ)) with
///
///     w(σ) = (mean − count) σ + mean (e^σ − 1 − σ) + trials (log(1 + z) − z),
///     z = probability (e^σ − 1), mean = trials · probability,
///
/// where `trials` is 0 for the gamma distribution. Each part is evaluated without cancellation, so
/// that the integral of exp(−w), whose terms are all positive, is good to the last places for
/// parameters of any size. Gauss–Legendre rules of 16 points on at least four panels leave an error
/// below 1e-17: the nearest singularity is at a distance of π.
struct TailIntegral {
  /// The parameter that belongs to e^σ.
  var count: Double
  /// The parameter's counterpart, `trials` × `probability`.
  var mean: Double
  /// mean − count, where its two terms may cancel.
  var slope: Double
  /// The sum of both parameters of a beta distribution, or 0.
  var trials = 0.0
  /// The place within a beta distribution, at most ½.
  var probability = 0.0

  /// Returns w(σ).
  private func exponent(_ distance: Double) -> Double {
    let (growth, rest) = PortableMath.expm1WithRest(distance)
    if trials == 0 { return slope * distance + mean * rest }
    let z = probability * growth
    if z > 0.5 { return trials * PortableMath.log1p(z) - count * distance }
    return slope * distance + (mean * rest + trials * PortableMath.log1pRest(z))
  }

  /// Returns ∫₀ˢ exp(−w(direction · s)) ds.
  ///
  /// - Parameters:
  ///   - direction: 1 or −1.
  ///   - length: Where the integral ends, or `nil` if it goes on for ever.
  func integral(direction: Double, to length: Double? = nil) -> Double {
    let end = length ?? end(direction: direction)
    if end <= 0 { return 0 }
    let panels = max(4, (end / 3).rounded(.up))
    let half = end / panels / 2
    var total = 0.0
    for panel in stride(from: panels - 1, through: 0, by: -1) {
      let middle = (2 * panel + 1) * half
      var sum = 0.0
      for (abscissa, weight) in Quadrature.gaussLegendre16 {
        let near = PortableMath.exp(-exponent(direction * (middle - half * abscissa)))
        let far = PortableMath.exp(-exponent(direction * (middle + half * abscissa)))
        sum += weight * (near + far)
      }
      total += sum
    }
    return total * half
  }

  /// Returns a distance beyond which nothing matters.
  private func end(direction: Double) -> Double {
    // A parabola with the curvature at 0, and a line with the slope there.
    let curvature = mean * (1 - probability)
    let steepness = slope * direction
    var distance = (88 / curvature).squareRoot()
    if steepness > 0 { distance = min(distance, 44 / steepness) }
    if !(distance < 1e4) { distance = 1 }
    while exponent(direction * distance) > 60 { distance *= 0.85 }
    while exponent(direction * distance) < 42 { distance *= 1.15 }
    return distance
  }
}
