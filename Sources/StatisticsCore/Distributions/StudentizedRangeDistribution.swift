/// The range of independent normal numbers, divided by an independent estimate of their standard
/// deviation.
///
///     let range = StudentizedRangeDistribution(groups: 3, degreesOfFreedom: 12)
///     range.upper(3.77).value   // 0.0501…
///
/// The upper tail is a double integral of positive terms, so that small probabilities keep their
/// digits: with the upper tail Q of the normal distribution, the range of *k* numbers exceeds *w*
/// with probability k ∫ φ(z) (Q(z)ᵏ⁻¹ − (Q(z) − Q(z + w))ᵏ⁻¹) dz, whose difference is taken by
/// expm1 and log1p. Both integrals are trapezoidal sums over an analytic peak.
package struct StudentizedRangeDistribution: Sendable, Hashable {
  /// The number of normal numbers, at least 2.
  package let groups: Int
  /// The degrees of freedom of the estimate of the standard deviation; ∞ if it is known.
  package let degreesOfFreedom: Double

  /// Creates the distribution of a range of at least two numbers.
  package init(groups: Int, degreesOfFreedom: Double) {
    precondition(groups >= 2, "A range is taken of at least two numbers.")
    precondition(
      degreesOfFreedom > 0, "The degrees of freedom of a studentised range are positive.")
    (self.groups, self.degreesOfFreedom) = (groups, degreesOfFreedom)
  }

  /// Returns the probability of a range of at least `q`.
  /// - Complexity: O(1), some thousand exponentials.
  package func upper(_ q: Double) -> TailProbability {
    precondition(!q.isNaN, "The tail of a distribution begins at a number.")
    if q <= 0 { return .one }
    if q == .infinity { return .zero }
    let n = degreesOfFreedom
    if n > 1e8 { return Self.finished(rangeTail(q)) }
    // The density of the logarithm u of the estimated standard deviation, times the tail; its
    // logarithm is concave in u.
    let constant =
      n / 2 * PortableMath.log(n / 2) - GammaFunctions.logGamma(n / 2)
      + 0.6931471805599453
    func logarithm(_ u: Double) -> Double {
      let (growth, _) = PortableMath.expm1WithRest(2 * u)
      return constant + n * u - n / 2 * (growth + 1) + rangeTail(q * PortableMath.exp(u))
    }
    var (low, high) = (-60.0, 5.0)
    for _ in 0..<60 {
      let first = low + (high - low) * 0.382
      let second = low + (high - low) * 0.618
      if logarithm(first) < logarithm(second) { low = first } else { high = second }
      if high - low < 1e-3 { break }
    }
    let peak = (low + high) / 2
    let top = logarithm(peak)
    let curvature =
      max(1e-3, -(logarithm(peak + 0.01) - 2 * top + logarithm(peak - 0.01)) * 1e4)
    // The integrand is smooth up to π/4 from the real axis.
    let step = min(0.12, 0.35 / curvature.squareRoot())
    let sum = Quadrature.peak(near: peak, step: step) { PortableMath.exp(logarithm($0) - top) }
    return Self.finished(top + PortableMath.log(sum))
  }

  /// Returns the probability of a range of at most `q`.
  package func lower(_ q: Double) -> TailProbability { upper(q).complement }

  /// Returns the value above which a range lies with `probability`: ∞ for 0, 0 for 1.
  package func upperQuantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1,
      "The probability of a quantile must lie between 0 and 1.")
    if probability == 0 { return .infinity }
    if probability == 1 { return 0 }
    let target = PortableMath.log(probability)
    var high = 4.0
    while upper(high).log > target { high *= 2 }
    return RootFinder.root(in: 0...high, tolerance: 1e-13) { upper($0).log - target }
  }

  /// Returns the value below which a range lies with `probability`: 0 for 0, ∞ for 1.
  package func quantile(_ probability: Double) -> Double { upperQuantile(1 - probability) }

  private static func finished(_ log: Double) -> TailProbability {
    TailProbability(log: min(0, log))
  }

  /// Returns the logarithm of the probability that the range of `groups` numbers exceeds `width`.
  private func rangeTail(_ width: Double) -> Double {
    if width > 1e10 { return -1e300 }
    let power = Double(groups - 1)
    // The smallest number lies near −width / 2 if the range is large.
    let centre = -width / 2
    func logarithm(_ z: Double) -> Double {
      let here = NormalDistribution.upper(z).log
      let ratio = PortableMath.exp(NormalDistribution.upper(z + width).log - here)
      let factor =
        ratio < 1 ? -PortableMath.expm1(power * PortableMath.log1p(-ratio)) : 1
      return NormalDistribution.logDensity(z) + power * here + PortableMath.log(factor)
    }
    let start = groups == 2 || width > 1 ? centre : min(centre, -1)
    let top = logarithm(start)
    let sum = Quadrature.peak(near: start, step: 0.2) { PortableMath.exp(logarithm($0) - top) }
    return PortableMath.log(Double(groups)) + top + PortableMath.log(sum)
  }
}
