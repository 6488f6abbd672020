import Experiments
import StatisticsCore
import TestSupport
import Testing

struct SampleRatioTestTests {
  @Test(arguments: ExperimentVector.of("srm"))
  func `p-values are those of the χ² test`(_ vector: ExperimentVector) {
    let test = SampleRatioTest(
      vector.numbers("observed").map { Int($0) }, weights: vector.numbers("weights"))
    if vector.expected["statistic"] != nil {
      vector.check(test.statistic, "statistic")
      vector.check(Double(test.degreesOfFreedom), "dof")
    }
    vector.check(test.pValue, "p_value")
  }

  @Test func `a vanishing p-value has its logarithm`() {
    let test = SampleRatioTest([600_000, 400_000])
    #expect(test.pValue == 0 && test.isMismatch)
    // log erfc(√20000) by mpmath.
    #expect(near(test.logP, -20_005.524137, 1e-5))
    #expect(test.description.hasSuffix("p = 5.1e-8689"), "\(test)")
  }

  @Test func `arms without share or units are answered`() {
    #expect(SampleRatioTest([10, 0], weights: [1, 0]).pValue == 1)
    #expect(SampleRatioTest([10, 1], weights: [1, 0]).pValue == 0)
    #expect(SampleRatioTest([0, 0]).pValue == 1)
    #expect(SampleRatioTest([7]).pValue == 1)
    #expect(SampleRatioTest([]).pValue == 1)
  }

  @Test func `Cookie Cats has a mismatch`() {
    let test = SampleRatioTest([44_700, 45_489])
    #expect(near(test.pValue, 0.0086, 0.0001))
    #expect(test.isMismatch)
    #expect(!SampleRatioTest([44_700, 45_489], level: 0.001).isMismatch)
    #expect(
      test.description == "sample ratio mismatch: 44,700 (49.56% of 50.00%),"
        + " 45,489 (50.44% of 50.00%), p = 0.0086")
  }

  @Test func `the sequential check finds mismatches and seldom others`() {
    let rounds = Rounds.isDeep ? 4_000 : 200
    func smallest(_ share: Double, _ seed: UInt64) -> Double {
      var generator = SeededGenerator(seed: seed, path: "ratio")
      var check = SequentialSampleRatioTest(weights: [1, 1])
      var counts = [0, 0]
      for _ in 0..<2_000 {
        counts[generator.bernoulli(share) ? 0 : 1] += 1
        check.look(counts)
      }
      return check.pValue
    }
    let wrong = (0..<rounds).count { smallest(0.5, UInt64($0)) < 0.05 }
    #expect(Double(wrong) < 0.05 * Double(rounds) + 4.5 * (0.0475 * Double(rounds)).squareRoot())
    #expect((0..<20).allSatisfy { smallest(0.4, UInt64($0)) < 0.001 })
  }

  @Test func `the Bayes factor is that of the Dirichlet mixture`() {
    var check = SequentialSampleRatioTest(weights: [1, 1], concentration: 2)
    check.look([3, 0])
    // A uniform prior: ∫ p³ dp / 0.5³ = 2.
    #expect(near(check.statistic, 0.6931471805599453, 1e-14))
    #expect(near(check.pValue, 0.5, 1e-14))
    check.look([3, 3])
    #expect(near(check.pValue, 0.5, 1e-14))
  }
}
