import StatisticsCore

/// Lowering extreme values, so that a few large orders do not hide what the others do.
public enum Winsorizing {
  /// Returns the quantile of all values above which values are lowered to it; `nil` without values.
  ///
  /// ```swift
  /// Winsorizing.threshold([5, 1, 100], zeros: 7, at: 0.9)      // 14.5
  /// ```
  ///
  /// Take one threshold for the values of *all* arms: one for each would cut away the very effect.
  ///
  /// - Parameters:
  ///   - values: Values, not NaN, in any order.
  ///   - zeros: How many units with the value 0 there are besides.
  ///   - quantile: The share of units that keep their values, from 0 to 1; between two values it is
  ///     interpolated (type 7 of Hyndman and Fan).
  /// - Complexity: O(*n* log *n*) for *n* values, without those of the zeros.
  public static func threshold(
    _ values: [Double], zeros: Int = 0, at quantile: Double
  ) -> Double? {
    precondition(quantile >= 0 && quantile <= 1, "A quantile lies between 0 and 1.")
    precondition(zeros >= 0, "The number of zeros must not be negative.")
    return Quantiles.quantile(
      quantile, ofSorted: ValuesAndZeros(sorted: values.sorted(), zeros: zeros))
  }
}

/// Ascending values with zeros among them, which take no memory.
private struct ValuesAndZeros: RandomAccessCollection {
  let sorted: [Double]
  let zeros: Int
  private let negative: Int

  init(sorted: [Double], zeros: Int) {
    self.sorted = sorted
    self.zeros = zeros
    negative = sorted.prefix { $0 < 0 }.count
  }

  var startIndex: Int { 0 }
  var endIndex: Int { sorted.count + zeros }
  subscript(rank: Int) -> Double {
    rank < negative ? sorted[rank] : rank < negative + zeros ? 0 : sorted[rank - zeros]
  }
}
