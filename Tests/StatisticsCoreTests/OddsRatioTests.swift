import StatisticsCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct OddsRatioTests {
  @Test func `reference odds ratios and Woolf intervals are reproduced`() throws {
    let cases = StatisticsReference.cases(StatisticsReference.woolf)
    #expect(cases.count >= 5)
    for fields in cases {
      let cells = fields[1...4].map { Int($0)! }
      let tolerance = Double(fields[10])!
      let odds = OddsRatio(cells[0], cells[1], cells[2], cells[3], prior: Double(fields[5])!)
      if let expected = Double(fields[7]) {
        #expect(isClose(try #require(odds.estimate), expected, tolerance), "\(fields)")
      }
      let interval = odds.interval(level: Double(fields[6])!)
      #expect(isClose(interval.lowerBound, Double(fields[8])!, tolerance), "\(fields)")
      #expect(isClose(interval.upperBound, Double(fields[9])!, tolerance), "\(fields)")
    }
  }

  @Test func `the prior is a half in each cell unless told otherwise`() throws {
    let odds = OddsRatio(3, 1, 1, 3)
    let side = 3.5 / 1.5
    let error = (2 / 3.5 + 2 / 1.5).squareRoot()
    #expect(odds.estimate == side * side)
    #expect(odds.standardError == error)
    let logEstimate = try #require(odds.logEstimate)
    #expect(isClose(logEstimate, 2 * log(side), 1e-15))
    #expect(OddsRatio(2, 0, 0, 2, prior: 1).estimate == 9)
    #expect(OddsRatio(0, 0, 0, 0).estimate == 1)
  }

  @Test func `empty cells without a prior give 0, ∞ or nothing, and every interval`() {
    let cases: [([Int], Double?)] = [
      ([0, 3, 4, 5], 0), ([3, 0, 4, 5], .infinity), ([3, 4, 0, 5], .infinity), ([3, 4, 5, 0], 0),
      ([0, 3, 4, 0], 0), ([3, 0, 0, 4], .infinity), ([0, 0, 4, 5], nil), ([4, 0, 5, 0], nil),
      ([0, 0, 0, 0], nil),
    ]
    for (cells, expected) in cases {
      let odds = OddsRatio(cells[0], cells[1], cells[2], cells[3], prior: 0)
      #expect(odds.estimate == expected)
      #expect(odds.logEstimate == expected.map { log($0) })
      #expect(odds.standardError == nil)
      #expect(odds.interval(level: 0.95) == 0...Double.infinity)
    }
  }
}

@Suite struct NormalDistributionTests {
  @Test func `reference quantiles are reproduced`() {
    let cases = StatisticsReference.cases(StatisticsReference.normalQuantiles)
    #expect(cases.count == 16)
    for fields in cases {
      let value = NormalDistribution.quantile(Double(fields[1])!)
      #expect(isClose(value, Double(fields[2])!, 1e-15), "\(value) \(fields)")
    }
  }

  @Test func `quantiles invert the distribution function and rise`() {
    var last = -Double.infinity
    for step in 1..<4_000 {
      let p = step < 2_000 ? exp(-Double(2_000 - step) / 2.8) * 0.5 : Double(step) / 4_000
      let value = NormalDistribution.quantile(p)
      #expect(value > last)
      #expect(isClose(erfc(-value / 2.squareRoot()) / 2, p, 1e-12), "\(p)")
      last = value
    }
  }

  @Test func `quantiles are odd and end at infinity`() {
    for p in [0.5, 0.25, 0.125, 0x1p-10, 0x1p-30, 0x1p-50] {
      #expect(NormalDistribution.quantile(p) == -NormalDistribution.quantile(1 - p))
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
  }
}
