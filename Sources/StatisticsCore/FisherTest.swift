/// Fisher's exact test of independence in a table of two rows and two columns.
///
///     let test = FisherTest(3, 1, 1, 3)
///     test.pValue                              // 0.48571428571428577
///     test.greater.value                       // 0.24285714285714283
///     test.conditionalOddsRatio                // 6.408319658199675
///     test.confidenceInterval(level: 0.95)     // 0.21173559544657866...626.2435305888135
///
/// Given the margins, the first cell follows the hypergeometric distribution if rows and columns are
/// independent. The two-sided probability is that of all tables at most as probable as the observed
/// one, where a relative excess of 1e-7 counts as equal, as in R's `fisher.test`; the excess is taken
/// between the masses themselves, in log space. If a row or a column has no counts,
/// only one table is possible: every probability is 1, no odds ratio exists, and the interval is
/// 0…∞. Nothing is ever NaN.
///
/// Method: with up to 49 tables, the ratios of neighbouring masses from the observed one to both ends.
/// With more, Loader's saddle-point mass (``SaddlePoint``) of the observed table times sums of such
/// ratios, or, where the masses are smooth, times an integral (``HypergeometricTail``). The smaller one
/// of a probability and its complement is summed, so that logarithms near 0 are exact too. The relative
/// error is near 1e-15. Tables that differ by exchanging rows, columns or both kinds give the same bits.
/// Only + − × ÷ √ are used: the same bits on every machine. If the mass of the observed table is
/// below about e to the power −1e11 the error of its logarithm exceeds 1e-7, and another table that
/// is not its mirror image but equally probable may be counted or not.
///
/// - Complexity: O(1), about a microsecond whatever the counts; but next to the mode up to some √v / 2000
///   tables count as equally probable and are visited, where v is the variance of the first cell.
package struct FisherTest: Sendable, Hashable {
  /// The counts, row by row.
  package let a: Int, b: Int, c: Int, d: Int
  /// The probability of a table at most as probable as the observed one.
  package let twoSided: TailProbability
  /// The probability of a first cell at most as large as the observed one: small if the odds ratio
  /// is below 1.
  package let less: TailProbability
  /// The probability of a first cell at least as large as the observed one: small if the odds ratio
  /// is above 1.
  package let greater: TailProbability

  /// The two-sided p-value.
  package var pValue: Double { twoSided.value }
  /// The natural logarithm of the two-sided p-value, finite even where that rounds to zero.
  package var logP: Double { twoSided.log }

  /// Tests the table [[a, b], [c, d]] of counts that are not negative and sum to 2⁵³ at most.
  package init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    precondition(
      min(a, b, c, d) >= 0 && max(a, b, c, d) <= SaddlePoint.largestCount
        && a + b + c + d <= SaddlePoint.largestCount,
      "The counts of a table must not be negative, and their sum at most 2⁵³.")
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
    var (x, u, v, y) = (Double(a), Double(b), Double(c), Double(d))
    if (x == 0 || y == 0) && (u == 0 || v == 0) {
      (twoSided, less, greater) = (.one, .one, .one)
      return
    }
    // One of the eight arrangements of each table: a d ≤ b c, so that the first cell is at most its
    // expectation and its mode, then the smaller of a and d first, then that of b and c.
    let excess = SaddlePoint.determinant(x, u, v, y)
    let isSwapped = excess.high > 0
    if isSwapped { (x, u, v, y) = (u, x, y, v) }
    if x > y { swap(&x, &y) }
    if u > v { swap(&u, &v) }

    let tails = Tails(ofFew: x, u, v, y) ?? Tails(cells: x, u, v, y)
    // All tables on the observed one's own side belong to it; sums of different terms may round
    // differently.
    twoSided = tails.twoSided.log < tails.less.log ? tails.less : tails.twoSided
    less = isSwapped ? tails.greater : tails.less
    greater = isSwapped ? tails.less : tails.greater
  }
}

// MARK: - Probabilities

extension FisherTest {
  /// The probabilities of a table whose first cell is not above its expectation.
  private struct Tails {
    var less: TailProbability
    var greater: TailProbability
    var twoSided: TailProbability

    /// Sums [[x, u], [v, y]] with x ≤ y, u ≤ v and x y ≤ u v, if there are only few tables with these
    /// margins: then the sum of all their masses serves as the unit.
    init?(ofFew x: Double, _ u: Double, _ v: Double, _ y: Double) {
      guard x + u <= 48 else { return nil }
      // All sums are relative to the observed mass.
      let below = FisherTest.masses(falling: x, y, rising: u, v).atMost
      let above = FisherTest.masses(falling: u, v, rising: x, y)
      // Exchanged columns of a table at the mode exchange the two sides: their order must not matter.
      let all = 1 + (below + (above.atMost + above.more))
      // Beyond are tables far more probable than an all but impossible one.
      guard all < 1e280 else { return nil }
      func share(_ part: Double, without rest: Double) -> TailProbability {
        part <= rest
          ? TailProbability(part / all) : TailProbability(complement: rest / all)
      }
      less = share(1 + below, without: above.atMost + above.more)
      greater = share(1 + (above.atMost + above.more), without: below)
      twoSided = share((1 + below) + above.atMost, without: above.more)
    }

    /// Sums [[x, u], [v, y]] with x y ≤ u v.
    init(cells x: Double, _ u: Double, _ v: Double, _ y: Double) {
      let n = x + y + u + v
      let mass = SaddlePoint.hypergeometric(cells: x, u, v, y)
      // All sums are relative to the observed mass. Going down takes from x and y.
      let below = HypergeometricWalk(falling: x, y, rising: u, v).sum()

      greater = TailProbability(complement: mass.times(below).value)
      let atMost = mass.times(1 + below)
      if atMost.value <= 0.5 {
        less = atMost
      } else {
        let above = HypergeometricWalk(falling: u, v, rising: x, y).sum()
        less = TailProbability(complement: mass.times(above).value)
      }

      // First the way up, past tables as probable as the observed one.
      var up = HypergeometricWalk(falling: u, v, rising: x, y)
      var equal = 0.0
      while true {
        up.step()
        if up.term > FisherTest.tie { break }
        if up.isPastMode {
          // No table is more probable.
          twoSided = .one
          return
        }
        equal += up.term
      }

      // Now the tables that are more probable, and the first one after them.
      let distance = (u * v - x * y) / n
      let variance = (x + u) / n * ((v + y) / n) * ((x + v) / n) * (u + y) * (n / (n - 1))
      // A middle of that width has about half the probability.
      let halfWidth = 1.35 * variance.squareRoot()
      var middle = 0.0
      if distance <= 256, mass.exponent.high > -600 {
        var width = 0.0
        repeat {
          middle += up.term
          width += 1
          up.step()
        } while up.term > FisherTest.tie
        if width <= halfWidth {
          twoSided = TailProbability(complement: mass.times(middle).value)
          return
        }
      } else {
        let first = up
        up = FisherTest.mirror(of: up, observed: mass, distance: distance)
        let width = first.falling - up.falling
        if width <= halfWidth {
          middle = first.term + first.sum(count: width - 1)
          twoSided = TailProbability(complement: mass.times(middle).value)
          return
        }
      }
      let beyond = up.term == 0 ? 0 : up.term + up.sum()
      twoSided = mass.times(1 + below + equal + beyond)
    }
  }

  /// Returns the sum of the masses of all tables on one side of the observed one, relative to its own,
  /// of those at most as probable and of those more probable.
  private static func masses(
    falling x: Double, _ y: Double, rising u: Double, _ v: Double
  ) -> (atMost: Double, more: Double) {
    var (x, y, u, v) = (x, y, u, v)
    var (atMost, more) = (0.0, 0.0)
    var term = 1.0
    while x > 0 {
      u += 1
      v += 1
      term *= x * y / (u * v)
      x -= 1
      y -= 1
      atMost += term > tie ? 0 : term
      more += term > tie ? term : 0
    }
    return (atMost, more)
  }

  /// How much more probable than the observed table another may be to count as equally probable.
  private static let tie = 1 + 1e-7

  /// Returns the first table beyond the mode that is at most as probable as the observed one, seen
  /// from a table before it; its term is 0 if there is none.
  ///
  /// Newton's method on the logarithm of the mass, which is concave and falls beyond the mode: each
  /// tangent leads at most too far.
  private static func mirror(
    of start: HypergeometricWalk, observed: ScaledMass, distance: Double
  ) -> HypergeometricWalk {
    // Offsets from the start. At `inside` the mass is greater, at `outside` it is not.
    var inside = 0.0
    var outside = min(start.falling, start.falling2) + 1
    var offset = min(max((2 * distance).rounded(), 1), outside - 1)
    while outside - inside > 1 {
      var walk = start.moved(by: offset)
      let mass = walk.mass
      let ratio = mass.divided(by: observed)
      if ratio > tie {
        inside = offset
        if outside - inside == 1 { break }
      } else {
        outside = offset
        // A step back tells whether this is the first one.
        if outside - inside == 1 || (ratio > 0 && ratio / walk.ratioBehind > tie) {
          walk.term = ratio
          return walk
        }
      }
      let slope = PortableMath.log(walk.ratioAhead)
      let difference = mass.exponent - observed.exponent
      let height =
        difference.high + (difference.low + PortableMath.log(mass.scale / observed.scale) - 1e-7)
      let tangent = (offset - height / slope).rounded(.up)
      // Before the mode there is no useful tangent.
      offset =
        slope < 0 && tangent > inside
        ? min(tangent, outside - 1) : ((inside + outside) / 2).rounded(.down)
    }
    if outside > min(start.falling, start.falling2) {
      var none = start.moved(by: outside - 1)
      none.move()
      none.term = 0
      return none
    }
    var walk = start.moved(by: outside)
    walk.term = walk.mass.divided(by: observed)
    return walk
  }
}
