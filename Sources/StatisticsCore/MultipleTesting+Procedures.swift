extension MultipleTesting {
  /// Whether p-values are given as they are or as natural logarithms.
  package enum Scale: Sendable, Hashable {
    /// From 0 to 1.
    case probability
    /// From −∞ to 0.
    case logarithm

    var one: Double { self == .probability ? 1 : 0 }

    /// Returns `p` times a factor above zero, exactly `p` for a factor of 1.
    func times(_ p: Double, _ factor: Double) -> Double {
      if factor == 1 { return p }
      return self == .probability ? p * factor : p + PortableMath.log(factor)
    }

    /// Returns 1 − (1 − p)^`count`, the chance that the least of so many independent p-values is at
    /// most `p`.
    func chanceOfAny(_ p: Double, _ count: Double) -> Double {
      guard self == .logarithm else {
        return p == 1 ? 1 : -PortableMath.expm1(count * PortableMath.log1p(-p))
      }
      // Below this the terms of the second order are lost in the rounding.
      if p < -700 { return times(p, count) }
      let chance = Scale.probability.chanceOfAny(min(1, PortableMath.exp(p)), count)
      return min(0, PortableMath.log(chance))
    }
  }

  /// Returns p-values multiplied by their number.
  ///
  /// Source: O. J. Dunn, *Multiple Comparisons among Means*, Journal of the American Statistical
  /// Association 56 (1961), 52–64.
  package static func bonferroni(_ values: [Double], scale: Scale = .probability) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    return values.map { min(scale.one, scale.times($0, Double(values.count))) }
  }

  /// Returns the chance that any of so many independent p-values is as small.
  ///
  /// Source: Z. Šidák, *Rectangular Confidence Regions for the Means of Multivariate Normal
  /// Distributions*, Journal of the American Statistical Association 62 (1967), 626–633.
  package static func sidak(_ values: [Double], scale: Scale = .probability) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    return values.map { scale.chanceOfAny($0, Double(values.count)) }
  }

  /// Returns p-values adjusted by Holm's steps with Šidák's bound.
  package static func holmSidak(_ values: [Double], scale: Scale = .probability) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    let count = Double(values.count)
    return fromFirst(values, greatest: scale.one) { p, rank in
      scale.chanceOfAny(p, count + 1 - rank)
    }
  }

  /// Returns p-values adjusted by Holm on either scale.
  package static func holm(_ values: [Double], scale: Scale) -> [Double] {
    scale == .probability ? holm(values) : holm(logP: values)
  }

  /// Returns p-values adjusted by Benjamini and Hochberg on either scale.
  package static func benjaminiHochberg(_ values: [Double], scale: Scale) -> [Double] {
    scale == .probability ? benjaminiHochberg(values) : benjaminiHochberg(logP: values)
  }

  /// Returns p-values adjusted by Hochberg: Holm's factors from the largest p-value down, for tests
  /// that are independent or positively dependent.
  ///
  /// Source: Y. Hochberg, *A Sharper Bonferroni Procedure for Multiple Tests of Significance*,
  /// Biometrika 75 (1988), 800–802.
  package static func hochberg(_ values: [Double], scale: Scale = .probability) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    let count = Double(values.count)
    return fromLast(values, greatest: scale.one) { p, rank in scale.times(p, count + 1 - rank) }
  }

  /// Returns p-values adjusted by Hommel: Simes' test of every set of hypotheses, under the same
  /// assumption as Hochberg's and never above his.
  ///
  /// Source: G. Hommel, *A Stagewise Rejective Multiple Test Procedure Based on a Modified Bonferroni
  /// Test*, Biometrika 75 (1988), 383–386; the form of S. P. Wright, Biometrics 48 (1992), 1005–1013.
  /// - Complexity: O(*n*²) for *n* tests.
  package static func hommel(_ values: [Double], scale: Scale = .probability) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    let count = values.count
    guard count > 1 else { return values }
    let order = order(of: values)
    let sorted = order.map { values[$0] }
    // Simes' p-value of all hypotheses together bounds those that no smaller set decides.
    let simes = (0..<count).map { scale.times(sorted[$0], Double(count) / Double($0 + 1)) }.min()!
    var bounds = [Double](repeating: simes, count: count)
    var adjusted = bounds
    for size in stride(from: count - 1, to: 1, by: -1) {
      let firstOfUpper = count - size + 1
      let upper = (firstOfUpper..<count)
        .map { scale.times(sorted[$0], Double(size) / Double($0 - firstOfUpper + 2)) }.min()!
      for index in 0..<firstOfUpper {
        bounds[index] = min(scale.times(sorted[index], Double(size)), upper)
      }
      for index in firstOfUpper..<count { bounds[index] = bounds[count - size] }
      for index in 0..<count { adjusted[index] = max(adjusted[index], bounds[index]) }
    }
    var result = values
    for (place, index) in order.enumerated() {
      result[index] = min(scale.one, max(adjusted[place], sorted[place]))
    }
    return result
  }

  /// Returns p-values adjusted by Benjamini and Yekutieli: the share of false discoveries is kept
  /// however the tests depend on each other.
  ///
  /// Source: Y. Benjamini and D. Yekutieli, *The Control of the False Discovery Rate in Multiple
  /// Testing under Dependency*, Annals of Statistics 29 (2001), 1165–1188.
  package static func benjaminiYekutieli(
    _ values: [Double], scale: Scale = .probability
  ) -> [Double] {
    check(values, isLogarithm: scale == .logarithm)
    let count = Double(values.count)
    let harmonic = stride(from: count, to: 0, by: -1).reduce(0) { $0 + 1 / $1 }
    return fromLast(values, greatest: scale.one) { p, rank in
      scale.times(p, count / rank * harmonic)
    }
  }

  /// Returns p-values adjusted by Benjamini and Hochberg after an estimate of the number of true null
  /// hypotheses: those that a first stage at `level` / (1 + `level`) keeps.
  ///
  /// A test is rejected at `level`, and only at this level, where its adjusted p-value is at most
  /// `level`.
  ///
  /// Source: Y. Benjamini, A. Krieger and D. Yekutieli, *Adaptive Linear Step-up Procedures that
  /// Control the False Discovery Rate*, Biometrika 93 (2006), 491–507.
  package static func twoStage(
    _ values: [Double], level: Double, scale: Scale = .probability
  ) -> [Double] {
    let first = benjaminiHochberg(values, scale: scale)
    let bound = level / (1 + level)
    let limit = scale == .probability ? bound : PortableMath.log(bound)
    let rejected = first.count { $0 <= limit }
    // Where the first stage rejects none or all, so does the second.
    let kept = rejected == values.count ? rejected : values.count - rejected
    guard kept > 0 else { return first }
    let factor = (1 + level) * Double(kept) / Double(values.count)
    return first.map { min(scale.one, scale.times($0, factor)) }
  }
}
