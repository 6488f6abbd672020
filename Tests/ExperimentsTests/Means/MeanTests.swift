import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct MeanTests {
  private func isAnswer(_ test: some SignificanceTest) -> Bool {
    !test.statistic.isNaN && test.pValue >= 0 && test.pValue <= 1 && test.logP <= 0
  }

  @Test func `samples too small for a variance are no evidence`() {
    for (a, b) in [([], []), ([1], []), ([1], [2]), ([1, 2], [5])] as [([Double], [Double])] {
      let test = TwoSampleTTest(a, b)
      #expect(test.pValue == 1 && test.statistic == 0 && test.degreesOfFreedom == 0)
      #expect(test.confidenceInterval(level: 0.95) == -Double.infinity...Double.infinity)
      #expect((test.estimate == nil) == (a.isEmpty || b.isEmpty))
      #expect(YuenTest(a, b).pValue == 1)
      #expect(isAnswer(AnalysisOfVariance([a, b], variances: .unequal)))
    }
    // Student's pooled variance needs only one sample to vary.
    let student = TwoSampleTTest([1, 2], [5], variances: .equal)
    #expect(student.degreesOfFreedom == 1 && student.pValue < 1)
    #expect(OneSampleTTest(SampleMoments([3])).pValue == 1)
    #expect(TukeyTest([[1], [2]]).comparisons[0].pValue == 1)
    #expect(AnalysisOfVariance([[1, 2, 3]]).pValue == 1)
    #expect(AnalysisOfVariance([[Double]]()).pValue == 1)
  }

  @Test func `samples without variance differ surely or not at all`() {
    for variances in VarianceAssumption.allCases {
      let same = TwoSampleTTest([2, 2, 2], [2, 2], variances: variances)
      #expect(same.pValue == 1 && same.statistic == 0 && same.logP == 0)
      #expect(same.confidenceInterval(level: 0.9) == 0...0)
      let other = TwoSampleTTest([2, 2, 2], [3, 3], variances: variances)
      #expect(other.pValue == 0 && other.statistic == -.infinity && other.logP == -.infinity)
      #expect(other.confidenceInterval(level: 0.9) == -1...(-1))
      let wrongSide = TwoSampleTTest(
        [2, 2, 2], [3, 3], variances: variances, alternative: .greater)
      #expect(wrongSide.pValue == 1)
      #expect(AnalysisOfVariance([[2, 2], [2, 2]], variances: variances).pValue == 1)
      #expect(AnalysisOfVariance([[2, 2], [3, 3]], variances: variances).pValue == 0)
    }
    #expect(TukeyTest([[2, 2], [3, 3]]).comparisons[0].pValue == 0)
    #expect(TwoSampleTTest([2, 2], [3, 3]).cohensD == nil)
    #expect(YuenTest([2, 2, 2], [3, 3, 3]).pValue == 0)
    for kind in [CorrelationTest.Kind.pearson, .spearman, .kendall] {
      let flat = CorrelationTest([1, 1, 1, 1], [1, 2, 3, 4], kind: kind)
      #expect(flat.estimate == nil && flat.pValue == 1)
      #expect(flat.confidenceInterval(level: 0.95) == -1...1)
      let perfect = CorrelationTest([1, 2, 3, 4, 5], [2, 4, 6, 8, 10], kind: kind)
      #expect(perfect.estimate == 1)
      #expect(perfect.confidenceInterval(level: 0.95) == 1...1)
      #expect(kind == .kendall ? isNear(perfect.pValue, 2.0 / 120, 1e-12) : perfect.pValue == 0)
    }
  }

  @Test(arguments: Rounds.parts)
  func `laws that hold for all samples`(part: Int) {
    for var random in Rounds.generators("means", part: part, perPart: 10) {
      let a = (0..<random.integer(in: 2...30)).map { _ in random.normal() }
      let b = (0..<random.integer(in: 2...30)).map { _ in random.normal(mean: 0.3) }
      let test = TwoSampleTTest(a, b)
      let swapped = TwoSampleTTest(b, a)
      #expect(test.statistic == -swapped.statistic && test.pValue == swapped.pValue)
      // The interval excludes zero exactly if the test rejects.
      let interval = test.confidenceInterval(level: 1 - test.pValue)
      let nearest = min(abs(interval.lowerBound), abs(interval.upperBound))
      #expect(nearest < 1e-9, "\(interval)")
      // One-sided probabilities add up to 1, and two samples are a case of several.
      let less = TwoSampleTTest(a, b, alternative: .less)
      let greater = TwoSampleTTest(a, b, alternative: .greater)
      #expect(abs(less.pValue + greater.pValue - 1) < 1e-14)
      let student = TwoSampleTTest(a, b, variances: .equal)
      let analysis = AnalysisOfVariance([a, b])
      #expect(isNear(analysis.statistic, student.statistic * student.statistic, 1e-9))
      #expect(isNear(analysis.pValue, student.pValue, 1e-9))
      let welch = AnalysisOfVariance([a, b], variances: .unequal)
      #expect(isNear(welch.pValue, test.pValue, 1e-8))
      #expect(isNear(TukeyTest([a, b]).comparisons[0].pValue, student.pValue, 1e-9))
      let yuen = YuenTest(a, b, trim: 0)
      #expect(isNear(yuen.pValue, test.pValue, 1e-9))
      // The line through the ranks of a rising function is the same.
      let c = a.map { PortableMath.exp($0) }
      let spearman = CorrelationTest(a, c, kind: .spearman)
      #expect(a.count < 3 || spearman.estimate == 1)
    }
  }

  @Test(arguments: Rounds.parts)
  func `Kendall's exact probability counts all orders`(part: Int) {
    for var random in Rounds.generators("Kendall", part: part, perPart: 2) {
      let n = random.integer(in: 3...6)
      let x = (0..<n).map { Double($0) }
      let y = random.shuffled(x)
      let test = CorrelationTest(x, y, kind: .kendall)
      var (all, extreme) = (0.0, 0.0)
      func visit(_ rest: [Double], _ chosen: [Double]) {
        if rest.isEmpty {
          all += 1
          let other = CorrelationTest(x, chosen, kind: .kendall)
          if abs(other.statistic) >= abs(test.statistic) { extreme += 1 }
        }
        for (index, value) in rest.enumerated() {
          var rest = rest
          rest.remove(at: index)
          visit(rest, chosen + [value])
        }
      }
      visit(x, [])
      #expect(isNear(test.pValue, extreme / all, 1e-12))
    }
  }
}
