import Experiments
import Testing

/// What every test and interval of rates answers where others divide by zero.
@Suite struct DegenerateProportionTests {
  /// All pairs of small arms, with empty ones and ones that never or always succeed.
  static let pairs: [(Proportion, Proportion)] = {
    let arms = [0, 1, 3].flatMap { trials in
      (0...trials).map { Proportion($0, of: trials) }
    }
    return arms.flatMap { first in arms.map { (first, $0) } }
  }()

  private func check(
    _ test: some SignificanceTest, _ pair: (Proportion, Proportion), isEmpty: Bool
  ) {
    #expect(test.pValue >= 0 && test.pValue <= 1 && test.logP <= 0, "\(test) \(pair)")
    #expect(!test.statistic.isNaN, "\(test) \(pair)")
    #expect(!isEmpty || test.pValue == 1, "\(test) \(pair)")
    #expect(test.pValue > 0, "No test of ten users can exclude chance: \(test) \(pair)")
  }

  private func check(_ interval: ClosedRange<Double>, within limits: ClosedRange<Double>) {
    #expect(!interval.lowerBound.isNaN && !interval.upperBound.isNaN)
    #expect(limits.contains(interval.lowerBound) && limits.contains(interval.upperBound))
  }

  @Test func `tests of two rates always have an answer`() {
    for pair in Self.pairs {
      let (first, second) = pair
      let isEmpty = first.trials == 0 || second.trials == 0
      for alternative in Alternative.allCases {
        for variance in ProportionVariance.allCases {
          for null in [0, 0.1, -0.3] {
            let test = TwoProportionZTest(
              first, second, variance: variance, nullDifference: null, alternative: alternative)
            check(test, pair, isEmpty: isEmpty)
            check(test.confidenceInterval(level: 0.95), within: -1...1)
            #expect((test.estimate == nil) == isEmpty)
          }
        }
        let fisher = FisherExactTest(first, second, alternative: alternative)
        check(fisher, pair, isEmpty: isEmpty)
        check(fisher.confidenceInterval(level: 0.95), within: 0...Double.infinity)
        check(
          BoschlooTest(first, second, alternative: alternative), pair, isEmpty: isEmpty)
      }
      for kind in ChiSquareTest.Statistic.allCases {
        check(ChiSquareTest([first, second], statistic: kind), pair, isEmpty: isEmpty)
      }
    }
  }

  @Test func `no interval of two rates ever fails`() {
    for (first, second) in Self.pairs {
      let isEmpty = first.trials == 0 || second.trials == 0
      let difference = ProportionDifference(first, second)
      #expect((difference.estimate == nil) == isEmpty)
      for method in DifferenceIntervalMethod.allCases {
        let interval = difference.confidenceInterval(level: 0.9, method: method)
        check(interval, within: -1...1)
        #expect(!isEmpty || interval == -1...1)
        if let estimate = difference.estimate, method != .agrestiCaffo {
          #expect(interval.contains(estimate), "\(method) \(first) \(second) \(interval)")
        }
        if method != .wald {
          #expect(interval.lowerBound < interval.upperBound, "\(method) \(first) \(second)")
        }
      }
      for method in RatioIntervalMethod.allCases {
        let ratio = ProportionRatio(first, second)
        let interval = ratio.confidenceInterval(level: 0.9, method: method)
        check(interval, within: 0...Double.infinity)
        #expect(!isEmpty || interval == 0...Double.infinity)
        if let estimate = ratio.estimate, method != .adjustedLogarithm {
          #expect(interval.contains(estimate), "\(method) \(first) \(second) \(interval)")
        }
        let odds = ProportionOddsRatio(first, second)
        let other = odds.confidenceInterval(level: 0.9, method: method)
        check(other, within: 0...Double.infinity)
        #expect(!isEmpty || other == 0...Double.infinity)
        if let estimate = odds.estimate, method != .adjustedLogarithm {
          #expect(other.contains(estimate), "\(method) \(first) \(second) \(other)")
        }
      }
    }
  }

  @Test func `intervals of one rate stay within 0 and 1 and hold the rate`() {
    for arm in Self.pairs.map(\.0) {
      for method in ProportionIntervalMethod.allCases {
        let interval = arm.confidenceInterval(level: 0.95, method: method)
        check(interval, within: 0...1)
        guard let rate = arm.rate else {
          #expect(interval == 0...1)
          continue
        }
        #expect(interval.contains(rate), "\(method) \(arm) \(interval)")
      }
      for alternative in Alternative.allCases {
        let z = OneProportionZTest(
          arm, nullRate: 0.3, standardError: .observed, alternative: alternative)
        check(z, (arm, arm), isEmpty: arm.trials == 0)
        check(z.confidenceInterval(level: 0.95), within: 0...1)
        let exact = BinomialTest(arm, nullRate: 0.3, alternative: alternative)
        check(exact, (arm, arm), isEmpty: arm.trials == 0)
        check(exact.confidenceInterval(level: 0.95), within: 0...1)
      }
    }
    #expect(BinomialTest(Proportion(1, of: 3), nullRate: 0).pValue == 0)
    #expect(BinomialTest(Proportion(0, of: 3), nullRate: 0).pValue == 1)
  }

  @Test func `paired answers without differences are no evidence`() {
    for method in [McNemarTest.Method.exact, .midP, .asymptotic, .corrected] {
      let test = McNemarTest(firstOnly: 0, secondOnly: 0, method: method)
      #expect(test.pValue == 1 && test.logP == 0 && test.estimate == nil)
      #expect(test.confidenceInterval(level: 0.95) == 0...Double.infinity)
    }
    let table = McNemarTest([[10, 3], [9, 8]], method: .midP)
    // 2 P(X ≤ 3) − P(X = 3) for X binomial with 12 trials: (598 − 220) / 4096.
    #expect(isNear(table.pValue, 378.0 / 4096, 1e-14))
  }

  @Test func `tables without two rows and columns of counts are no evidence`() {
    for table in [
      [[0, 0], [0, 0]], [[3, 4], [0, 0]], [[3, 0], [5, 0]], [], [[], []], [[2, 3]],
    ] {
      let test = ChiSquareTest(table)
      #expect(test.pValue == 1 && test.statistic == 0 && test.degreesOfFreedom == 0)
      #expect(FisherTableTest(table).pValue == 1)
    }
    let test = ChiSquareTest([[3, 0, 4], [0, 0, 0], [5, 0, 1]])
    #expect(test.degreesOfFreedom == 1)
  }
}
