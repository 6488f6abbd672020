/// A walk through the tables with given margins in one direction, with the mass of each relative to
/// an observed one.
///
/// Two opposite cells fall and the two others rise by one with each step. Past the end of the tables
/// a falling cell is 0, which makes every further term 0.
struct HypergeometricWalk {
  /// The cells that fall.
  var falling: Double, falling2: Double
  /// The cells that rise.
  var rising: Double, rising2: Double
  /// The mass of the present table divided by that of the observed one.
  var term = 1.0

  /// Starts at the observed table.
  init(falling: Double, _ falling2: Double, rising: Double, _ rising2: Double) {
    (self.falling, self.falling2) = (falling, falling2)
    (self.rising, self.rising2) = (rising, rising2)
  }

  /// The mass of the present table.
  var mass: ScaledMass {
    SaddlePoint.hypergeometric(cells: falling, rising, rising2, falling2)
  }

  /// The mass of the next table divided by that of the present one.
  var ratioAhead: Double { falling * falling2 / ((rising + 1) * (rising2 + 1)) }

  /// The mass of the present table divided by that of the one before.
  var ratioBehind: Double { (falling + 1) * (falling2 + 1) / (rising * rising2) }

  /// Whether the next table is not more probable than the present one.
  var isPastMode: Bool { falling * falling2 <= (rising + 1) * (rising2 + 1) }

  /// Moves the cells to the next table.
  mutating func move() {
    falling -= 1
    falling2 -= 1
    rising += 1
    rising2 += 1
  }

  /// Goes to the next table.
  mutating func step() {
    term *= ratioAhead
    move()
  }

  /// Returns the walk `offset` tables further on, without a new term.
  func moved(by offset: Double) -> HypergeometricWalk {
    var walk = self
    walk.falling -= offset
    walk.falling2 -= offset
    walk.rising += offset
    walk.rising2 += offset
    return walk
  }

  /// Returns the sum of the terms of the `count` tables after this one, or fewer if the rest does
  /// not matter.
  ///
  /// Terms may rise at first, as long as they stay within the range of doubles.
  /// - Complexity: O(1): what is not smooth enough for ``HypergeometricTail`` ends after some hundred
  ///   terms.
  func sum(count: Double = .infinity) -> Double {
    if let sum = HypergeometricTail.sum(after: self, count: count) { return term * sum }
    return sumOfTerms(count: count)
  }

  /// Returns the same, term by term.
  func sumOfTerms(count: Double = .infinity) -> Double {
    var (x, y, u, v) = (falling, falling2, rising, rising2)
    var t = term
    var total = 0.0
    var left = count
    while left >= 8 {
      for _ in 0..<8 {
        u += 1
        v += 1
        t *= x * y / (u * v)
        total += t
        x -= 1
        y -= 1
      }
      left -= 8
      if min(x, y) <= 0 { return total }
      // The rest is below that of a geometric series: t r / (1 − r).
      let numerator = x * y
      let denominator = (u + 1) * (v + 1)
      if t * numerator <= 0x1p-56 * (denominator - numerator) * total { return total }
    }
    for _ in 0..<Int(left) {
      u += 1
      v += 1
      t *= x * y / (u * v)
      total += t
      x -= 1
      y -= 1
    }
    return total
  }
}
