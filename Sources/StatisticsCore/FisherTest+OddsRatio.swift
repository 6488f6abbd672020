extension FisherTest {
  /// The sample odds ratio a d / (b c): ∞ if only b c is zero, `nil` if a row or column is empty.
  package var sampleOddsRatio: Double? {
    let above = DoubleDouble.product(Double(a), Double(d))
    let below = DoubleDouble.product(Double(b), Double(c))
    if below.high == 0 { return above.high == 0 ? nil : .infinity }
    return (above / below).high
  }

  /// The odds ratio under which the observed table is most probable among those with its margins:
  /// 0 or ∞ if its first cell is the least or greatest possible, `nil` if a row or column is empty.
  ///
  /// It solves E(first cell) = a in the noncentral hypergeometric distribution, by Newton's method in
  /// the logarithm of the odds ratio, within a bracket. `less` and `greater` test the odds ratio 1.
  /// - Complexity: O(√v) for each of about five steps, where v is the variance of the first cell.
  package var conditionalOddsRatio: Double? {
    if isWithoutChoice { return nil }
    if a == 0 || d == 0 { return 0 }
    if b == 0 || c == 0 { return .infinity }
    return Self.root(from: sampleOddsRatio!) { ratio in
      // The upper and the lower half must weigh the same about the first cell.
      let up = weights(above: true, ratio)
      let down = weights(above: false, 1 / ratio)
      return (
        PortableMath.log(up.first / down.first),
        up.second / up.first + down.second / down.first
      )
    }
  }

  /// Returns the exact interval of the odds ratio at a `level` between 0 and 1.
  ///
  /// Each end leaves out (1 − level) / 2 (Cornfield 1956; R's `fisher.test` with two sides). It is
  /// 0…∞ if a row or column is empty.
  /// - Complexity: as of ``conditionalOddsRatio``.
  package func confidenceInterval(level: Double) -> ClosedRange<Double> {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    let low = lowerLimit(tail: (1 - level) / 2)
    return low...max(low, upperLimit(tail: (1 - level) / 2))
  }

  /// Returns the least odds ratio that the one-sided test `greater` does not reject at 1 − `level`.
  package func lowerBound(level: Double) -> Double {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    return lowerLimit(tail: 1 - level)
  }

  /// Returns the greatest odds ratio that the one-sided test `less` does not reject at 1 − `level`.
  package func upperBound(level: Double) -> Double {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    return upperLimit(tail: 1 - level)
  }

  /// Whether a row or a column has no counts.
  private var isWithoutChoice: Bool { (a == 0 || d == 0) && (b == 0 || c == 0) }

  /// Returns the odds ratio under which a first cell as large as the observed one has probability
  /// `tail`, or 0 if there is none.
  private func lowerLimit(tail: Double) -> Double {
    if a == 0 || d == 0 { return 0 }
    let logTail = PortableMath.log(tail)
    let start = OddsRatio(a, b, c, d, prior: 0.5)
    let guess =
      start.estimate!
      * PortableMath.exp(NormalDistribution.quantile(tail) * start.standardError!)
    return Self.root(from: guess) { ratio in
      let up = weights(above: true, ratio)
      let down = weights(above: false, 1 / ratio)
      let (atLeast, all) = (1 + up.sum, 1 + up.sum + down.sum)
      return (
        -PortableMath.log1p(down.sum / atLeast) - logTail,
        up.first / atLeast - (up.first - down.first) / all
      )
    }
  }

  /// Returns the odds ratio under which a first cell as small as the observed one has probability
  /// `tail`, or ∞ if there is none.
  private func upperLimit(tail: Double) -> Double {
    // Exchanging the columns inverts the odds ratio.
    1 / FisherTest(exchangingColumnsOf: self).lowerLimit(tail: tail)
  }

  /// Exchanges the columns without testing again.
  private init(exchangingColumnsOf other: FisherTest) {
    (a, b, c, d) = (other.b, other.a, other.d, other.c)
    (twoSided, less, greater) = (other.twoSided, other.greater, other.less)
  }

  /// The sum of the weights of the tables on one side of the observed one, and their moments.
  private struct Weights {
    var sum = 0.0
    /// The sum of weight × distance.
    var first = 0.0
    /// The sum of weight × distance².
    var second = 0.0
  }

  /// Returns the weights of the tables whose first cell is above or below the observed one, relative
  /// to its own; `odds` multiplies them with each step.
  private func weights(above: Bool, _ odds: Double) -> Weights {
    var (x, y) = above ? (Double(b), Double(c)) : (Double(a), Double(d))
    var (u, v) = above ? (Double(a), Double(d)) : (Double(b), Double(c))
    var weights = Weights()
    var t = 1.0
    var distance = 0.0
    while true {
      for _ in 0..<8 {
        u += 1
        v += 1
        t *= odds * (x * y / (u * v))
        x -= 1
        y -= 1
        distance += 1
        weights.sum += t
        weights.first += t * distance
        weights.second += t * (distance * distance)
      }
      let ratio = odds * (max(x, 0) * max(y, 0) / ((u + 1) * (v + 1)))
      // Weights beyond the range of doubles tell all there is to know about such an odds ratio.
      if min(x, y) <= 0 || !(t < 1e290) { return weights }
      if ratio < 1, t * distance * distance <= 0x1p-58 * (1 - ratio) * weights.second {
        return weights
      }
    }
  }

  /// Returns the positive root of a function that rises with the logarithm of its argument and is
  /// given with its derivative by that logarithm.
  private static func root(
    from guess: Double, of function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var argument = guess
    var low = 0.0
    var high = Double.infinity
    var stride = 1.0
    while true {
      let (value, slope) = function(argument)
      if value == 0 { return argument }
      if value < 0 { low = argument } else { high = argument }
      let step = -value / slope
      // Newton's method squares the error, in units of the standard error (about 1 / slope).
      let isLast = step * step * slope < 1e-17
      var next = argument * PortableMath.exp(step)
      if !(next > low && next < high) || abs(step) > 30 {
        if isLast { return argument }
        if low > 0, high < .infinity {
          next = low.squareRoot() * high.squareRoot()
        } else {
          // No bracket yet: ever longer steps into the direction of the root.
          stride = min(stride * 2, 30)
          next = argument * PortableMath.exp(value < 0 ? stride : -stride)
        }
        if !(next > low && next < high) { return argument }
      } else if isLast {
        return next
      }
      argument = next
    }
  }
}
