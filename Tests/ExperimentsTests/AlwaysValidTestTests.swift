import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct AlwaysValidTestTests {
  @Test(arguments: ExperimentVector.of("growthbook_sequential"))
  func `intervals and p-values are those of GrowthBook`(_ vector: ExperimentVector) {
    let (a, b) = (vector.inputs["a"]!, vector.inputs["b"]!)
    let comparison = MetricComparison(
      control: MetricComparisonTests.growthBookEstimate(a),
      treatment: MetricComparisonTests.growthBookEstimate(b), relativeInterval: .linear)
    let isRelative = vector.inputs["difference_type"]!.text == "relative"
    let test = AlwaysValidTest(
      difference: isRelative ? comparison.lift! : comparison.difference,
      standardError: isRelative ? comparison.liftStandardError! : comparison.standardError,
      units: comparison.control.units + comparison.treatment.units,
      mixing: .tuned(units: Int(vector.number("tuning"))), confidence: 1 - vector.number("alpha"))
    vector.check(test.difference, "expected")
    vector.check(test.interval, "ci")
    vector.check(test.pValue, "p_value")
    vector.check(test.standardError, "se")
  }

  @Test func `the mixture is the average likelihood ratio over normal effects`() {
    let (difference, error, variance) = (0.3, 0.12, 0.04)
    let test = AlwaysValidTest(
      difference: difference, standardError: error, units: 100, mixing: .variance(variance))
    var ratio = 0.0
    let step = 0.001
    for index in -3000...3000 {
      let effect = Double(index) * step
      let prior = exp(-effect * effect / (2 * variance)) / (2 * Double.pi * variance).squareRoot()
      let likelihood = exp((difference * effect - effect * effect / 2) / (error * error))
      ratio += step * prior * likelihood
    }
    #expect(near(test.pValue, 1 / ratio, 1e-9))
    #expect(
      AlwaysValidTest(
        difference: 0, standardError: error, units: 100, mixing: .variance(variance)
      ).pValue == 1)
  }

  @Test func `an interval excludes 0 just where the p-value is below the level`() {
    for z in stride(from: 0.5, to: 6, by: 0.25) {
      let test = AlwaysValidTest(
        difference: z, standardError: 1, units: 500, mixing: .tuned(units: 700))
      #expect(test.interval.contains(0) == (test.pValue >= 0.05))
    }
  }

  @Test func `looking at every unit errs no more often than the level`() {
    let rounds = Rounds.isDeep ? 4_000 : 200
    var wrong = 0
    for round in 0..<rounds {
      var generator = SeededGenerator(seed: UInt64(round), path: "peeking")
      var (sum, isWrong) = (0.0, false)
      for count in 1...3_000 {
        sum += generator.normal()
        let test = AlwaysValidTest(
          difference: sum / Double(count), standardError: (1 / Double(count)).squareRoot(),
          units: count, mixing: .tuned(units: 500), confidence: 0.9)
        if test.pValue <= 0.1 { isWrong = true; break }
      }
      if isWrong { wrong += 1 }
    }
    let limit = 0.1 * Double(rounds) + 4.5 * (0.09 * Double(rounds)).squareRoot()
    #expect(Double(wrong) < limit)
    #expect(wrong > 0)
  }

  @Test func `a run keeps what all looks say`() {
    var run = AlwaysValidRun()
    #expect(run.pValue == 1)
    func look(_ difference: Double, _ units: Int) -> AlwaysValidTest {
      AlwaysValidTest(
        difference: difference, standardError: 1 / Double(units).squareRoot(), units: units,
        mixing: .tuned(units: 100))
    }
    run.look(look(0.8, 50))
    run.look(look(0.2, 60))
    #expect(run.looks == 2 && near(run.pValue, look(0.8, 50).pValue, 1e-15))
    #expect(run.interval.lowerBound == look(0.8, 50).interval.lowerBound)
    #expect(run.interval.upperBound == look(0.2, 60).interval.upperBound)
  }

  @Test func `nothing known and nothing varying are answered`() {
    func test(_ difference: Double, _ error: Double, _ units: Int) -> AlwaysValidTest {
      AlwaysValidTest(
        difference: difference, standardError: error, units: units, mixing: .tuned(units: 10))
    }
    #expect(test(0, .infinity, 5).pValue == 1 && test(0, 1, 0).pValue == 1)
    #expect(test(0, 0, 5).pValue == 1 && test(1, 0, 5).pValue == 0)
    #expect(test(1, 0, 5).interval == 1...1)
  }
}
