import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct PoissonTests {
  @Test func `counts of zero have answers`() {
    let none = PoissonRate(0, per: 10)
    #expect(none.confidenceInterval(level: 0.95).lowerBound == 0)
    // No event in ten units excludes rates above log(40) / 10.
    #expect(isNear(none.confidenceInterval(level: 0.95).upperBound, 0.36888794541139363, 1e-13))
    for method in [PoissonRatioTest.Method.conditional, .score, .wald, .parametric] {
      let empty = PoissonRatioTest(none, none, method: method)
      #expect(empty.pValue == 1 && empty.estimate == nil)
      #expect(empty.confidenceInterval(level: 0.95) == 0...Double.infinity)
      for alternative in Alternative.allCases {
        let test = PoissonRatioTest(
          none, PoissonRate(4, per: 10), method: method, alternative: alternative)
        #expect(test.pValue > 0 && test.pValue <= 1 && test.estimate == 0)
        let swapped = PoissonRatioTest(
          PoissonRate(4, per: 10), none, method: method, alternative: alternative)
        #expect(swapped.estimate == .infinity)
        #expect(swapped.confidenceInterval(level: 0.95).upperBound == .infinity)
      }
    }
    #expect(PoissonRateTest(none, nullRate: 0).pValue == 1)
    #expect(PoissonRateTest(PoissonRate(1, per: 1), nullRate: 0).pValue == 0)
  }

  @Test(arguments: Rounds.parts)
  func `the exact test of one rate sums the rare counts`(part: Int) {
    for var random in Rounds.generators("Poisson tests", part: part, perPart: 10) {
      let count = random.integer(in: 0...30)
      let mean = random.uniform(in: 0.1..<25)
      let distribution = PoissonDistribution(mean: mean)
      let observed = distribution.mass(count).value
      let sum = (0...150).map { distribution.mass($0).value }
        .filter { $0 <= observed * (1 + 1e-7) }.reduce(0, +)
      let test = PoissonRateTest(PoissonRate(count, per: 1), nullRate: mean)
      #expect(isNear(test.pValue, min(1, sum), 1e-10), "\(count) \(mean)")
    }
  }

  @Test func `the E-test sums all pairs of counts`() {
    for (x, y, ratio) in [(6, 1, 1.0), (2, 9, 1.5), (0, 5, 0.7)] {
      let (first, second) = (PoissonRate(x, per: 1), PoissonRate(y, per: 1))
      for alternative in Alternative.allCases {
        let test = PoissonRatioTest(
          first, second, nullRatio: ratio, method: .parametric, alternative: alternative)
        func z(_ x: Double, _ y: Double) -> Double {
          x + y == 0 ? 0 : (x - y * ratio) / ((x + y) * ratio).squareRoot()
        }
        let mean = Double(x + y) / (1 + ratio)
        let (a, b) = (
          PoissonDistribution(mean: mean * ratio), PoissonDistribution(mean: mean)
        )
        let observed = z(Double(x), Double(y))
        var sum = 0.0
        for i in 0...60 {
          for j in 0...60 {
            let value = z(Double(i), Double(j))
            let isExtreme =
              switch alternative {
              case .twoSided: abs(value) >= abs(observed) - 1e-12
              case .less: value <= observed + 1e-12
              case .greater: value >= observed - 1e-12
              }
            if isExtreme { sum += a.mass(i).value * b.mass(j).value }
          }
        }
        #expect(isNear(test.pValue, sum, 1e-11), "\(x) \(y) \(alternative)")
      }
    }
  }
}
