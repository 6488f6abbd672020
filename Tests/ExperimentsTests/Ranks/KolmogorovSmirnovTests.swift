import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct KolmogorovSmirnovTests {
  private let uniform = [0.61, 0.29, 0.06, 0.59, 0.84, 0.90, 0.51, 0.47, 0.33, 0.94]

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-12 * expected
  }

  @Test func `one sample against a known distribution has the figures of SciPy`() {
    // SciPy 1.17.1, kstest against the uniform distribution, exact and "asymp".
    for (alternative, statistic, p) in [
      (Alternative.twoSided, 0.19, 0.7994599807966075), (.greater, 0.09, 0.8045296048501923),
      (.less, 0.19, 0.43149298473537273),
    ] {
      let test = KolmogorovSmirnovTest(uniform, distribution: { $0 }, alternative: alternative)
      #expect(isNear(test.statistic, statistic))
      #expect(isNear(test.pValue, p), "\(test)")
      #expect(test.kind == .exact && test.alternative == alternative)
    }
    let limit = KolmogorovSmirnovTest(uniform, distribution: { $0 }, method: .asymptotic)
    #expect(isNear(limit.pValue, 0.8631781896252815))
    // Forty even values against the exponential distribution.
    let even = (0..<40).map { 0.05 + Double($0) * (2.95 / 39) }
    for (alternative, p) in [
      (Alternative.twoSided, 0.000380845185542484), (.greater, 0.7939841477924705),
      (.less, 0.000190422592771242),
    ] {
      let test = KolmogorovSmirnovTest(
        even, distribution: { -PortableMath.expm1(-$0) }, alternative: alternative)
      #expect(abs(test.pValue - p) <= 1e-11 * p, "\(test)")
    }
  }

  @Test func `one-sided tests of two samples have the figures of SciPy`() {
    // SciPy 1.17.1, ks_2samp, exact.
    let first = [1.1, 2.2, 2.3, 4.0, 5.5, 0.2, 7.7]
    let second = [3.1, 6.2, 8.8, 2.9, 9.4, 6.6, 2.4, 7.1, 4.4]
    for (alternative, statistic, p) in [
      (Alternative.twoSided, 0.5714285714285714, 0.0979020979020979),
      (.greater, 0.5714285714285714, 0.04895104895104895),
    ] {
      let test = KolmogorovSmirnovTest(first, second, alternative: alternative)
      #expect(isNear(test.statistic, statistic) && isNear(test.pValue, p), "\(test)")
    }
    let less = KolmogorovSmirnovTest(first, second, alternative: .less)
    #expect(less.statistic == 0 && less.pValue == 1)
    let exchanged = KolmogorovSmirnovTest(second, first, alternative: .less)
    #expect(isNear(exchanged.pValue, 0.04895104895104895))
    let limit = KolmogorovSmirnovTest(
      first, second, alternative: .greater, method: .asymptotic)
    #expect(abs(limit.logP + 2 * (4.0 / 7) * (4.0 / 7) * 63 / 16) < 1e-14)
  }

  @Test(arguments: Rounds.parts)
  func `one-sided probabilities count all orders of the values, tied or not`(part: Int) {
    for var random in Rounds.generators("one-sided distances", part: part, perPart: 3) {
      let (m, n) = (random.integer(in: 1...4), random.integer(in: 1...4))
      let isTied = random.bernoulli(0.5)
      let all = (0..<m + n).map { _ in
        isTied ? Double(random.integer(in: 1...4)) : random.uniform()
      }
      for alternative in [Alternative.less, .greater] {
        func test(_ first: [Double], _ second: [Double]) -> KolmogorovSmirnovTest {
          KolmogorovSmirnovTest(first, second, alternative: alternative, method: .exact)
        }
        let observed = test(Array(all[..<m]), Array(all[m...]))
        var (count, far) = (0.0, 0.0)
        for mask in 0..<(1 << (m + n)) where mask.nonzeroBitCount == m {
          let first = all.indices.filter { mask & (1 << $0) != 0 }.map { all[$0] }
          let second = all.indices.filter { mask & (1 << $0) == 0 }.map { all[$0] }
          count += 1
          if test(first, second).statistic >= observed.statistic - 1e-12 { far += 1 }
        }
        #expect(isNear(observed.pValue, far / count), "\(all) \(m)")
      }
    }
  }

  @Test func `samples without values are no evidence, and impossible ones are all`() {
    let none = KolmogorovSmirnovTest([], distribution: { $0 })
    #expect(none.statistic == 0 && none.pValue == 1)
    let impossible = KolmogorovSmirnovTest([2, 3], distribution: { _ in 1 })
    #expect(impossible.statistic == 1 && impossible.pValue == 0 && impossible.logP == -.infinity)
    #expect(
      impossible.description.hasPrefix("One-sample Kolmogorov–Smirnov test (exact): statistic 1"))
  }

  @Test func `a test of one sample keeps its level`() {
    // The exact level is 5 %, as the statistic is continuous.
    let rounds = Rounds.isDeep ? 20_000 : 400
    var count = 0
    for round in 0..<rounds {
      var random = SeededGenerator(seed: 20_261_121, path: "one sample", UInt64(round))
      let sample = (0..<12).map { _ in random.uniform() }
      if KolmogorovSmirnovTest(sample, distribution: { $0 }).pValue <= 0.05 { count += 1 }
    }
    let error = (0.05 * 0.95 / Double(rounds)).squareRoot()
    #expect(abs(Double(count) / Double(rounds) - 0.05) <= 4 * error)
  }
}
