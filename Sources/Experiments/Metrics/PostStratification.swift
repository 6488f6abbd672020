/// A metric whose arms are weighted to have the same mix of strata, such as countries or devices.
///
/// ```swift
/// let weighted = PostStratification(.mean(0), strata: [
///   [controlOnPhones, treatmentOnPhones], [controlOnDesktops, treatmentOnDesktops],
/// ])
/// weighted.estimates[1].value
/// ```
///
/// Each stratum has the weight of its share of all units; what arms differ in by the luck of the draw
/// goes out of the estimate, and with it the variance between strata. The strata must be known before
/// the exposure. Strata with fewer than two units in any arm are taken together as one, and if that
/// does not help, joined with the largest.
///
/// Source: L. W. Miratrix, J. S. Sekhon and B. Yu, *Adjusting Treatment Effect Estimates by
/// Post-stratification in Randomized Experiments*, Journal of the Royal Statistical Society B 75
/// (2013), 369–396.
public struct PostStratification: Sendable, Hashable {
  /// The metric.
  public let form: MetricForm
  /// The number of strata that were weighted, after those too small were taken together.
  public let strata: Int
  /// The weighted estimate of each arm.
  public let estimates: [MetricEstimate]

  /// Weights.
  ///
  /// - Parameters:
  ///   - form: The metric.
  ///   - strata: For each stratum the moments of each arm, the arms in the same order.
  public init(_ form: MetricForm, strata: [[MetricMoments]]) {
    precondition(
      !strata.isEmpty && strata.allSatisfy { $0.count == strata[0].count },
      "Each stratum needs the moments of every arm.")
    func isUsable(_ stratum: [MetricMoments]) -> Bool {
      stratum.allSatisfy { $0.count > 1 && form.value(of: $0) != nil }
    }
    func joined(_ a: [MetricMoments], _ b: [MetricMoments]) -> [MetricMoments] {
      zip(a, b).map { first, second in
        var both = first
        both.merge(second)
        return both
      }
    }
    func units(_ stratum: [MetricMoments]) -> Int { stratum.reduce(0) { $0 + $1.count } }
    var kept = strata.filter(isUsable)
    if let rest = strata.filter({ !isUsable($0) && units($0) > 0 }).reduce(
      nil,
      { sum, stratum in
        sum.map { joined($0, stratum) } ?? stratum
      })
    {
      if isUsable(rest) || kept.isEmpty {
        kept.append(rest)
      } else {
        let largest = kept.indices.max { units(kept[$0]) < units(kept[$1]) }!
        kept[largest] = joined(kept[largest], rest)
      }
    }
    self.form = form
    self.strata = kept.count
    let all = kept.reduce(0) { $0 + units($1) }
    estimates = strata[0].indices.map { arm in
      let plain = MetricEstimate(
        form,
        of: kept.dropFirst().reduce(kept.first?[arm] ?? strata[0][arm]) { sum, stratum in
          var both = sum
          both.merge(stratum[arm])
          return both
        })
      let weights = kept.map { Double(units($0)) / Double(all) }
      func mean(_ variable: Int) -> Double? {
        zip(kept, weights).reduce(0 as Double?) { sum, part in
          guard let sum, let mean = part.0[arm].mean(variable) else { return nil }
          return sum + part.1 * mean
        }
      }
      guard let value = form.value(mean), let slopes = form.gradient(mean) else { return plain }
      var square = 0.0
      for (stratum, weight) in zip(kept, weights) {
        let count = Double(stratum[arm].count)
        guard count > 1 else { return plain }
        square +=
          weight * weight * max(0, MetricForm.products(stratum[arm], slopes, slopes))
          / ((count - 1) * count)
      }
      let variance = square * Double(plain.units)
      let before = plain.variance ?? 0
      return MetricEstimate(
        units: plain.units, value: value, variance: variance,
        varianceReduction: before > 0 ? 1 - variance / before : 0)
    }
  }
}
