/// Adjusted p-values for many tests at once.
///
/// An adjusted p-value is the smallest level at which the procedure would reject its test. Results
/// are in the order of the arguments, equal arguments have equal results, and none exceeds 1.
package enum MultipleTesting {
  /// Returns p-values adjusted by Benjamini and Hochberg: tests below a level have, on average, at
  /// most that share of false discoveries, if the tests are independent or positively dependent.
  ///
  ///     MultipleTesting.benjaminiHochberg([0.01, 0.04, 0.03])   // [0.03, 0.04, 0.04]
  ///
  /// The p-values must lie between 0 and 1 and not be NaN.
  ///
  /// Source: Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995),
  /// 289–300.
  /// - Complexity: O(*n* log *n*) for *n* tests.
  package static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
    check(pValues, isLogarithm: false)
    let count = Double(pValues.count)
    return fromLast(pValues, greatest: 1) { p, rank in p * (count / rank) }
  }

  /// Returns p-values adjusted by Holm: the chance of any false rejection is at most the level, however
  /// the tests depend on each other.
  ///
  ///     MultipleTesting.holm([0.01, 0.04, 0.03])   // [0.03, 0.06, 0.06]
  ///
  /// The p-values must lie between 0 and 1 and not be NaN.
  ///
  /// Source: S. Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal
  /// of Statistics 6 (1979), 65–70.
  /// - Complexity: O(*n* log *n*) for *n* tests.
  package static func holm(_ pValues: [Double]) -> [Double] {
    check(pValues, isLogarithm: false)
    let count = Double(pValues.count)
    return fromFirst(pValues, greatest: 1) { p, rank in p * (count + 1 - rank) }
  }

  /// Returns natural logarithms of p-values adjusted by Benjamini and Hochberg, for p-values too small
  /// for a double; −∞ stands for 0.
  package static func benjaminiHochberg(logP: [Double]) -> [Double] {
    check(logP, isLogarithm: true)
    let count = Double(logP.count)
    return fromLast(logP, greatest: 0) { p, rank in
      rank == count ? p : p + PortableMath.log(count / rank)
    }
  }

  /// Returns natural logarithms of p-values adjusted by Holm, for p-values too small for a double; −∞
  /// stands for 0.
  package static func holm(logP: [Double]) -> [Double] {
    check(logP, isLogarithm: true)
    let count = Double(logP.count)
    return fromFirst(logP, greatest: 0) { p, rank in
      rank == count ? p : p + PortableMath.log(count + 1 - rank)
    }
  }

  static func check(_ values: [Double], isLogarithm: Bool) {
    // A comparison with NaN is false.
    precondition(
      values.allSatisfy { isLogarithm ? $0 <= 0 : $0 >= 0 && $0 <= 1 },
      isLogarithm
        ? "The logarithm of a p-value must be at most 0 and not NaN."
        : "A p-value must lie between 0 and 1 and not be NaN.")
  }

  /// Returns the adjusted values, none above that of a larger p-value; ranks count from 1.
  static func fromLast(
    _ values: [Double], greatest: Double, adjust: (_ p: Double, _ rank: Double) -> Double
  ) -> [Double] {
    var result = values
    var least = greatest
    for (place, index) in order(of: values).enumerated().reversed() {
      least = min(least, adjust(values[index], Double(place + 1)))
      result[index] = least
    }
    return result
  }

  /// Returns the adjusted values, none below that of a smaller p-value; ranks count from 1.
  static func fromFirst(
    _ values: [Double], greatest: Double, adjust: (_ p: Double, _ rank: Double) -> Double
  ) -> [Double] {
    var result = values
    var most = -Double.infinity
    for (place, index) in order(of: values).enumerated() {
      most = max(most, min(greatest, adjust(values[index], Double(place + 1))))
      result[index] = most
    }
    return result
  }

  /// Returns the indices by ascending value.
  static func order(of values: [Double]) -> [Int] {
    values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
}
