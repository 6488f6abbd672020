import StatisticsCore
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct SaddlePointTests {
  @Test func `binomial probabilities of small numbers agree with exact fractions`() {
    var row = [1]
    for n in 0...30 {
      for k in 0...n {
        // C(n, k) / 2ⁿ and C(n, k) 3ᵏ / 4ⁿ, whose parts are whole numbers below 2⁶³.
        let half = Double(row[k]) / Double(1 << n)
        let power = (0..<k).reduce(1) { value, _ in value * 3 }
        let quarter = Double(row[k]) * Double(power) / Double(1 << n) / Double(1 << n)
        for (p, expected) in [(0.5, half), (0.75, quarter)] {
          let mass = SaddlePoint.binomial(k, of: n, probability: p)
          #expect(isClose(mass.value, expected, 1.5e-15), "\(k) of \(n)")
          #expect(abs(mass.log - log(expected)) <= 1e-15 * max(1, -log(expected)))
        }
      }
      row = (0...n + 1).map { ($0 > 0 ? row[$0 - 1] : 0) + ($0 <= n ? row[$0] : 0) }
    }
  }

  @Test func `binomial probabilities agree with 80 digits up to counts of 2⁵³`() {
    let cases = StatisticsReference.cases(StatisticsReference.binomialMasses)
    #expect(cases.count == 18)
    for fields in cases {
      let numbers = fields[2...].map { Double($0)! }
      let mass = SaddlePoint.binomial(
        Int(fields[0])!, of: Int(fields[1])!, probability: numbers[0])
      // Below the smallest normal number only absolute accuracy is left.
      let tiny = 4 * Double.leastNonzeroMagnitude
      let isRight = isClose(mass.value, numbers[1], 2e-15) || abs(mass.value - numbers[1]) < tiny
      #expect(isRight, "\(mass.value) \(fields)")
      #expect(abs(mass.log - numbers[2]) <= 1e-15 * max(1, -numbers[2]), "\(mass.log) \(fields)")
    }
  }

  @Test func `sums of binomial probabilities agree with the reference`() {
    for fields in StatisticsReference.cases(StatisticsReference.binomialSums) {
      let (n, p) = (Int(fields[2])!, Double(fields[3])!)
      var sum = 0.0
      for k in 0...Int(fields[1])! { sum += SaddlePoint.binomial(k, of: n, probability: p).value }
      #expect(isClose(sum, Double(fields[4])!, 1e-13), "\(fields)")
    }
  }

  @Test func `impossible and sure outcomes have probability 0 and 1`() {
    let impossible = [(-1, 5, 0.5), (6, 5, 0.5), (1, 5, 0), (4, 5, 1), (Int.min, 0, 0.5)]
    for (k, n, p) in impossible {
      let mass = SaddlePoint.binomial(k, of: n, probability: p)
      #expect(mass.value == 0)
      #expect(mass.log == -.infinity)
    }
    for (k, n, p) in [(0, 0, 0.5), (0, 5, 0), (5, 5, 1), (0, 0, 0), (0, 0, 1)] {
      let mass = SaddlePoint.binomial(k, of: n, probability: p)
      #expect(mass.value == 1)
      #expect(mass.log == 0)
    }
    #expect(SaddlePoint.hypergeometric(0, 0, 0, 0).value == 1)
    #expect(SaddlePoint.hypergeometric(3, 0, 4, 0).log == 0)
  }

  @Test(arguments: Rounds.parts)
  func `neighbouring probabilities have the ratio of their counts`(part: Int) {
    for var random in Rounds.generators("saddle point", part: part) {
      let size = exp(random.uniform(in: 0..<35))
      let cells = (0..<4).map { _ in 1 + Int(random.uniform() * random.uniform() * size) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let mass = SaddlePoint.hypergeometric(a, b, c, d)
      let next = SaddlePoint.hypergeometric(a + 1, b - 1, c - 1, d + 1)
      let ratio = Double(b) / Double(a + 1) * (Double(c) / Double(d + 1))
      #expect(abs(next.log - mass.log - log(ratio)) <= 5e-15 * max(1, -mass.log), "\(cells)")
      // The masses themselves are good to a few units in the last place, however small.
      if mass.value > 1e-290, next.value > 1e-290 {
        #expect(isClose(next.value / mass.value, ratio, 4e-15), "\(cells)")
      }
    }
  }
}
