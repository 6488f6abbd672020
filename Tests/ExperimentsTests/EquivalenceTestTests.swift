import Experiments
import TestSupport
import Testing

struct EquivalenceTestTests {
  @Test(arguments: ExperimentVector.of("tost"))
  func `two one-sided tests are those of statsmodels`(_ vector: ExperimentVector) {
    let margins = vector.number("low")...vector.number("upp")
    func whole(_ key: String) -> Int { Int(vector.number(key)) }
    guard vector.inputs["x1"] != nil else {
      let test = EquivalenceTest(whole("x"), of: whole("n"), margins: margins)
      vector.check(test.pValue, "p_value")
      vector.check(test.lowerP, "p_low")
      vector.check(test.upperP, "p_upp")
      vector.check(test.lowerStatistic, "z_low")
      vector.check(test.upperStatistic, "z_upp")
      return
    }
    for (error, key) in [
      (EquivalenceTest.ProportionError.wald, "p_value_wald"),
      (.agrestiCaffo, "p_value_agresti_caffo"),
    ] {
      let test = EquivalenceTest(
        whole("x1"), of: whole("n1"), whole("x2"), of: whole("n2"), margins: margins, error: error)
      vector.check(test.pValue, key)
    }
  }

  @Test func `equivalence is an interval within the margins`() {
    let arms = MetricComparisonTests.arms().map { MetricEstimate(.mean(0), of: $0) }
    let comparison = MetricComparison(control: arms[0], treatment: arms[1], confidence: 0.9)
    for reach in [0.5, 0.7, 0.9] {
      let test = EquivalenceTest(comparison, margins: -reach...reach)
      let isWithin =
        comparison.interval.lowerBound > -reach && comparison.interval.upperBound < reach
      #expect((test.pValue < 0.05) == isWithin)
    }
    let onesided = EquivalenceTest(comparison, margins: -0.5...Double.infinity)
    #expect(onesided.upperP == 0 && onesided.pValue == onesided.lowerP)
  }

  @Test func `nothing known is not equivalence`() {
    #expect(EquivalenceTest(0, of: 0, margins: 0...1).pValue == 1)
    #expect(EquivalenceTest(0, of: 0, 3, of: 5, margins: -1...1).pValue == 1)
    #expect(EquivalenceTest(difference: 0.1, standardError: 0, margins: -1...1).pValue == 0)
    #expect(EquivalenceTest(difference: 1.1, standardError: 0, margins: -1...1).pValue == 1)
  }
}
