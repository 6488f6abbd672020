import TestSupport
import Testing

@testable import StatisticsCore

@Suite struct HypergeometricTailTests {
  private func walk(
    _ falling: Double, _ falling2: Double, _ rising: Double, _ rising2: Double
  ) -> HypergeometricWalk {
    HypergeometricWalk(falling: falling, falling2, rising: rising, rising2)
  }

  /// The sum term by term with 32 digits, to a rest below 2⁻⁶⁰.
  private func slowSum(_ walk: HypergeometricWalk, count: Double = .infinity) -> Double {
    var walk = walk
    var (term, sum) = (DoubleDouble(1), DoubleDouble(0))
    var steps = 0.0
    while steps < count {
      let above = DoubleDouble.product(walk.falling, walk.falling2)
      walk.move()
      let ratio = above / DoubleDouble.product(walk.rising, walk.rising2)
      term = term * ratio
      sum = sum + term
      steps += 1
      if ratio.high < 1, term.high * ratio.high < 0x1p-60 * (1 - ratio.high) * sum.high { break }
    }
    return sum.high
  }

  @Test(arguments: Rounds.parts)
  func `the formula gives the sum of the terms`(part: Int) throws {
    var answered = 0
    for var random in Rounds.generators("hypergeometric tails", part: part, perPart: 10) {
      // Expected cells of all proportions, and a distance of up to some standard deviations.
      func cell() -> Double { PortableMath.exp(6.7 + 8 * random.uniform()) }
      let (falling, falling2) = (cell().rounded(), cell().rounded())
      let rising = cell().rounded()
      let deviation = (1 / (1 / falling + 1 / falling2 + 1 / rising)).squareRoot()
      let rising2 =
        (falling * falling2 / rising * (1 + (3 * random.uniform() - 0.1) / deviation)).rounded() + 1
      let walk = walk(falling, falling2, rising, rising2)
      if let sum = HypergeometricTail.sum(after: walk) {
        #expect(isClose(sum, slowSum(walk), 1e-15), "\(walk)")
        answered += 1
      }
      // From a table before the mode to one after it.
      let count = (deviation * 1.3).rounded()
      let before = walk.moved(by: -(deviation * (1 + random.uniform())).rounded())
      guard min(before.rising, before.rising2) > 0 else { continue }
      if let sum = HypergeometricTail.sum(after: before, count: count) {
        #expect(isClose(sum, slowSum(before, count: count), 1e-15), "\(before)")
        answered += 1
      }
    }
    #expect(answered > 5)
  }

  @Test func `few tables, many for their cells, and a steep rise are left to the terms`() {
    #expect(HypergeometricTail.sum(after: walk(100, 100, 100, 100)) == nil)
    #expect(HypergeometricTail.sum(after: walk(1e6, 1e6, 1e6, 1e6), count: 50) == nil)
    #expect(HypergeometricTail.sum(after: walk(10, 1e15, 1e8, 1e8)) == nil)
    #expect(HypergeometricTail.sum(after: walk(1.1e6, 1e6, 1e6, 1e6)) == nil)
    #expect(HypergeometricTail.sum(after: walk(1e6, 1e6, 1e6, 1e6)) != nil)
  }
}
