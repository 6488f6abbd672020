import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct RankTests {
  @Test func `samples without anything to rank are no evidence`() {
    for (a, b) in [([], []), ([1], []), ([2, 2], [2, 2, 2])] as [([Double], [Double])] {
      for method in [RankTestMethod.automatic, .exact, .corrected, .asymptotic] {
        let test = MannWhitneyTest(a, b, method: method)
        #expect(test.pValue == 1 && !test.statistic.isNaN, "\(a) \(b) \(method)")
        #expect((test.probabilityOfSuperiority == nil) == (a.isEmpty || b.isEmpty))
      }
      #expect(BrunnerMunzelTest(a, b).pValue == 1)
      #expect(KolmogorovSmirnovTest(a, b).pValue == 1)
      #expect(KruskalWallisTest([a, b]).pValue == 1)
      let test = QuantileTest(
        QuantileEstimate(a, probability: 0.5), QuantileEstimate(b, probability: 0.5))
      #expect(test.pValue == 1)
    }
    for method in [RankTestMethod.automatic, .exact, .corrected, .asymptotic] {
      #expect(WilcoxonSignedRankTest([0, 0, 0], method: method).pValue == 1)
      #expect(WilcoxonSignedRankTest([], method: method).pValue == 1)
      #expect(WilcoxonSignedRankTest([0.5], method: method).pValue <= 1)
    }
    #expect(ShapiroWilkTest([1, 2]).pValue == 1 && ShapiroWilkTest([3, 3, 3, 3]).pValue == 1)
    // Three values in equal steps are as normal as three can be.
    #expect(isNear(ShapiroWilkTest([1, 2, 3]).pValue, 1, 1e-7))
  }

  @Test func `samples that do not overlap have an exact Brunner–Munzel probability`() {
    let test = BrunnerMunzelTest([1, 2, 3], [4, 5, 6, 7])
    #expect(test.statistic == .infinity && test.estimate == 0)
    #expect(isNear(test.pValue, 2.0 / 35, 1e-12))
    #expect(BrunnerMunzelTest([1, 2, 3], [4, 5, 6, 7], alternative: .greater).pValue == 1)
    #expect(test.confidenceInterval(level: 0.95) == 0...1)
  }

  @Test(arguments: Rounds.parts)
  func `exact rank probabilities count all ways to share the ranks`(part: Int) {
    for var random in Rounds.generators("ranks", part: part, perPart: 8) {
      let (m, n) = (random.integer(in: 1...5), random.integer(in: 1...5))
      let isTied = random.bernoulli(0.5)
      func value() -> Double {
        isTied ? Double(random.integer(in: 1...4)) : random.uniform()
      }
      let all = (0..<m + n).map { _ in value() }
      let observed = MannWhitneyTest(Array(all[..<m]), Array(all[m...]), method: .exact)
      let distance = KolmogorovSmirnovTest(
        Array(all[..<m]), Array(all[m...]), method: .exact)
      var (count, less, greater, far) = (0.0, 0.0, 0.0, 0.0)
      for mask in 0..<(1 << (m + n)) where mask.nonzeroBitCount == m {
        let first = all.indices.filter { mask & (1 << $0) != 0 }.map { all[$0] }
        let second = all.indices.filter { mask & (1 << $0) == 0 }.map { all[$0] }
        let u = MannWhitneyTest(first, second, method: .asymptotic).statistic
        count += 1
        if u <= observed.statistic { less += 1 }
        if u >= observed.statistic { greater += 1 }
        if KolmogorovSmirnovTest(first, second, method: .asymptotic).statistic
          >= distance.statistic - 1e-12
        {
          far += 1
        }
      }
      #expect(isNear(observed.pValue, min(1, 2 * min(less, greater) / count), 1e-12))
      #expect(isNear(distance.pValue, far / count, 1e-12), "\(all) \(m)")
      // Signs of differences.
      let differences = all.filter { $0 != 0 }.map { random.bernoulli(0.5) ? $0 : -$0 }
      let signed = WilcoxonSignedRankTest(
        differences, method: .exact, alternative: .greater)
      var extreme = 0.0
      for mask in 0..<(1 << differences.count) {
        let other = differences.enumerated().map {
          mask & (1 << $0.offset) != 0 ? abs($0.element) : -abs($0.element)
        }
        let sum = WilcoxonSignedRankTest(other, method: .asymptotic).statistic
        if sum >= signed.statistic { extreme += 1 }
      }
      #expect(isNear(signed.pValue, extreme / Double(1 << differences.count), 1e-12))
    }
  }

  @Test func `clusters of one are independent values`() {
    var random = SeededGenerator(seed: 7)
    let values = (0..<6000).map { _ in random.uniform() }
    let plain = QuantileEstimate(values, probability: 0.7)
    let clustered = QuantileEstimate(clusters: values.map { [$0] }, probability: 0.7)
    #expect(plain.value == clustered.value)
    #expect(isNear(clustered.standardError, plain.standardError, 0.02))
    // The same values told five times each say no more than once.
    let copies = QuantileEstimate(
      clusters: values.map { Array(repeating: $0, count: 5) }, probability: 0.7)
    #expect(isNear(copies.standardError, plain.standardError, 0.03))
    let naive = QuantileEstimate(
      values.flatMap { Array(repeating: $0, count: 5) }, probability: 0.7)
    #expect(naive.standardError < 0.6 * plain.standardError)
    // A uniform quantile has the standard error √(p (1 − p) / n).
    #expect(isNear(plain.standardError, (0.21 / 6000).squareRoot(), 0.2))
    let test = QuantileTest(plain, QuantileEstimate(values.map { $0 + 1 }, probability: 0.7))
    #expect(isNear(test.estimate!, -1, 1e-12) && test.pValue < 1e-100)
    #expect(test.confidenceInterval(level: 0.95).contains(-1))
  }
}
