/// Roots of continuous functions within a bracket.
package enum RootFinder {
  /// Returns a place in `bracket` where the function changes its sign, to the last places.
  ///
  ///     RootFinder.root(in: 1...2) { $0 * $0 - 2 }   // 1.4142135623730951
  ///
  /// If the function has the same sign at both ends the end with the smaller value is returned.
  /// Inverse quadratic interpolation where it is safe, and bisection elsewhere.
  ///
  /// Source: T. R. Chandrupatla, *A new hybrid quadratic/bisection algorithm for finding the zero of
  /// a nonlinear function without using derivatives*, Advances in Engineering Software 28 (1997),
  /// 145–149.
  ///
  /// - Parameters:
  ///   - bracket: Finite ends between which the root lies.
  ///   - tolerance: The relative width of the bracket that is good enough.
  package static func root(
    in bracket: ClosedRange<Double>, tolerance: Double = .ulpOfOne,
    of function: (Double) -> Double
  ) -> Double {
    var (a, b) = (bracket.lowerBound, bracket.upperBound)
    var (valueA, valueB) = (function(a), function(b))
    if valueA == 0 { return a }
    if valueB == 0 { return b }
    if (valueA < 0) == (valueB < 0) { return abs(valueA) < abs(valueB) ? a : b }
    var (c, valueC) = (a, valueA)
    var share = 0.5
    for _ in 0..<2000 {
      let place = a + share * (b - a)
      let value = function(place)
      if (value < 0) == (valueA < 0) {
        (c, valueC) = (a, valueA)
      } else {
        (c, b, valueC, valueB) = (b, a, valueB, valueA)
      }
      (a, valueA) = (place, value)
      let (best, bestValue) = abs(valueA) < abs(valueB) ? (a, valueA) : (b, valueB)
      // A step of less than a place would not move.
      let limit = max(tolerance * abs(best), 2 * best.ulp) / abs(b - a)
      if bestValue == 0 || limit > 0.5 { return best }
      let position = (a - b) / (c - b)
      let height = (valueA - valueB) / (valueC - valueB)
      if height * height < position, (1 - height) * (1 - height) < 1 - position {
        share =
          valueA / (valueB - valueA) * (valueC / (valueB - valueC))
          + (c - a) / (b - a) * (valueA / (valueC - valueA)) * (valueB / (valueC - valueB))
      } else {
        share = 0.5
      }
      share = min(1 - limit, max(limit, share))
    }
    return a
  }
}
