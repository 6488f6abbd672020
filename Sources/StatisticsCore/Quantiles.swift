/// The nine ways to take a quantile of a sample that Hyndman and Fan tell apart.
///
/// The numbers are theirs: Hyndman and Fan, *Sample Quantiles in Statistical Packages*, The American
/// Statistician 50 (1996), 361–365. R, NumPy and most other tools use type 7 unless told otherwise.
package enum QuantileType: Int, Sendable, Hashable, Codable, CaseIterable {
  /// Type 1: the smallest value whose cumulative share reaches the probability.
  case inverseDistribution = 1
  /// Type 2: like type 1, with the mean of both neighbours at a step.
  case averagedInverseDistribution = 2
  /// Type 3: the value whose rank is nearest to *n p*, the even rank when two are (SAS).
  case nearestEvenRank = 3
  /// Type 4: linear between the steps of the distribution.
  case linearDistribution = 4
  /// Type 5: linear between the midpoints of the steps (hydrology).
  case hazen = 5
  /// Type 6: linear between expected ranks (SPSS, Minitab).
  case weibull = 6
  /// Type 7: linear between modes, from the least to the greatest value (R, NumPy, Excel).
  case linear = 7
  /// Type 8: nearly free of bias for the median, whatever the distribution.
  case medianUnbiased = 8
  /// Type 9: nearly free of bias for normal samples.
  case normalUnbiased = 9
}

/// Quantiles of values that are already in ascending order.
package enum Quantiles {
  /// Returns the quantile of `sorted` for a probability from 0 to 1, or `nil` without values.
  ///
  ///     Quantiles.quantile(0.25, ofSorted: [1, 2, 3, 4])                 // 1.75
  ///     Quantiles.quantile(0.25, ofSorted: [1, 2, 3, 4], type: .weibull) // 1.25
  ///
  /// The values must be ascending and not NaN; between −∞ and another value lies −∞, between a
  /// finite one and ∞ lies ∞. The result lies between its two neighbours, and a larger probability
  /// never gives a smaller one. A rank within four rounding errors of a whole number counts as that
  /// number, as in R's `quantile`.
  /// - Complexity: O(1)
  package static func quantile(
    _ probability: Double, ofSorted sorted: some RandomAccessCollection<Double>,
    type: QuantileType = .linear
  ) -> Double? {
    precondition(
      probability >= 0 && probability <= 1,
      "The probability of a quantile must lie between 0 and 1.")
    let count = sorted.count
    guard count > 0 else { return nil }
    func value(_ rank: Int) -> Double {
      sorted[sorted.index(sorted.startIndex, offsetBy: min(max(rank, 1), count) - 1)]
    }

    // The rank, from 1, as a real number: its whole part j and the weight of rank j + 1.
    let n = Double(count)
    let tolerance = 4 * Double.ulpOfOne
    let position: Double
    switch type {
    case .inverseDistribution, .averagedInverseDistribution, .linearDistribution:
      position = n * probability
    case .nearestEvenRank: position = n * probability - 0.5
    case .hazen: position = n * probability + 0.5
    case .weibull: position = (n + 1) * probability
    case .linear: position = (n - 1) * probability + 1
    case .medianUnbiased: position = (n + 1.0 / 3) * probability + 1.0 / 3
    case .normalUnbiased: position = (n + 0.25) * probability + 0.375
    }
    // Ranks are relative to their size: four rounding errors of a large rank are more than 4 ε.
    let slack = tolerance * max(1, abs(position))
    let whole = (position + slack).rounded(.down)
    var weight = position - whole
    if weight < slack { weight = 0 }
    let rank = Int(whole)

    switch type {
    case .inverseDistribution: weight = weight > 0 ? 1 : 0
    case .averagedInverseDistribution: weight = weight > 0 ? 1 : 0.5
    case .nearestEvenRank: weight = weight == 0 && rank.isMultiple(of: 2) ? 0 : 1
    default: break
    }

    let low = value(rank)
    let high = value(rank + 1)
    // Equal neighbours, and a weight of 0 or 1, need no arithmetic (which infinities would spoil).
    if weight == 0 || low == high { return low }
    if weight == 1 { return high }
    if low == -.infinity { return low }
    if high == .infinity { return high }
    let gap = high - low
    // Adding a share of the gap never falls as the weight grows, unlike (1 − w) low + w high.
    if gap < .infinity { return min(low + weight * gap, high) }
    return min(2 * (low / 2 + weight * (high / 2 - low / 2)), high)
  }

  /// Returns the quantiles of `sorted` for the probabilities, or `nil` without values.
  package static func quantiles(
    _ probabilities: [Double], ofSorted sorted: some RandomAccessCollection<Double>,
    type: QuantileType = .linear
  ) -> [Double]? {
    guard !sorted.isEmpty else { return nil }
    return probabilities.map { quantile($0, ofSorted: sorted, type: type)! }
  }

  /// Returns the middle value of `sorted`, or the mean of both, or `nil` without values.
  package static func median(ofSorted sorted: some RandomAccessCollection<Double>) -> Double? {
    quantile(0.5, ofSorted: sorted)
  }
}
