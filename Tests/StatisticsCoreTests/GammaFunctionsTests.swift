import StatisticsCore
import TestSupport
import Testing

@Suite struct GammaFunctionsTests {
  @Test func `log gamma agrees with 80 digits to 1e-15, near its zeros too`() {
    for fields in GammaReference.cases(GammaReference.gamma) {
      let value = GammaFunctions.logGamma(fields[0])
      #expect(isClose(value, fields[1], 1e-15), "\(fields) \(value)")
    }
  }

  @Test func `digamma and trigamma agree with 80 digits`() {
    for fields in GammaReference.cases(GammaReference.gamma) {
      let first = GammaFunctions.digamma(fields[0])
      #expect(abs(first - fields[2]) <= 1e-15 * (1 + abs(fields[2])), "\(fields) \(first)")
      guard fields[3] < .infinity else { continue }
      let second = GammaFunctions.trigamma(fields[0])
      #expect(isClose(second, fields[3], 1e-15), "\(fields) \(second)")
    }
  }

  @Test func `log beta agrees with 80 digits to 1e-15 of the largest logarithm in it`() {
    for fields in GammaReference.cases(GammaReference.beta) {
      let value = GammaFunctions.logBeta(fields[0], fields[1])
      let largest = max(1, abs(fields[2]), abs(GammaFunctions.logGamma(min(fields[0], fields[1]))))
      #expect(abs(value - fields[2]) <= 1e-15 * largest, "\(fields) \(value)")
      #expect(GammaFunctions.logBeta(fields[1], fields[0]) == value)
    }
  }

  @Test func `differences of log gamma lose no digits however large the arguments`() {
    for fields in GammaReference.cases(GammaReference.differences) {
      let value = GammaFunctions.logGammaDifference(fields[0], plus: fields[1])
      // A step below ½ is not exact relative to itself, but to the tails of the series.
      let isRight = isClose(value, fields[2], 2e-15) || abs(value - fields[2]) < 1e-17
      #expect(isRight, "\(fields) \(value)")
      guard let count = Int(exactly: fields[1]), count < 1_000_000 else { continue }
      let rising = LogRisingFactorial.values(at: fields[0], counts: [count])[0]
      #expect(isClose(rising.value, fields[2], 2e-15), "\(fields) \(rising)")
      #expect(isClose(rising.first, fields[3], 1e-14), "\(fields) \(rising)")
      #expect(isClose(rising.second, fields[4], 1e-14), "\(fields) \(rising)")
    }
  }

  @Test func `the ends are infinite`() {
    #expect(GammaFunctions.logGamma(0) == .infinity)
    #expect(GammaFunctions.logGamma(.infinity) == .infinity)
    #expect(GammaFunctions.digamma(0) == -.infinity)
    #expect(GammaFunctions.trigamma(0) == .infinity)
  }

  @Test(arguments: Rounds.parts)
  func `the recurrences hold between pieces`(part: Int) {
    for var random in Rounds.generators("gamma functions", part: part) {
      let x = random.logNormal(mean: 0.5, standardDeviation: 2)
      let next = GammaFunctions.logGamma(x + 1)
      let step = PortableMath.log(x)
      #expect(
        abs(next - GammaFunctions.logGamma(x) - step) <= 2e-15 * (1 + abs(next) + abs(step)))
      let digamma = GammaFunctions.digamma(x + 1)
      #expect(
        abs(digamma - GammaFunctions.digamma(x) - 1 / x) <= 3e-15 * (1 + abs(digamma) + 1 / x))
      let trigamma = GammaFunctions.trigamma(x)
      #expect(isClose(GammaFunctions.trigamma(x + 1) + 1 / (x * x), trigamma, 2e-15))
    }
  }

  @Test func `rising factorials of many counts are those of each`() {
    let counts = [0, 0, 1, 2, 3, 10, 42, 43, 100, 100_000]
    for x in [1e-9, 0.243, 3, 1e7] {
      let values = LogRisingFactorial.values(at: x, counts: counts)
      for (count, value) in zip(counts, values) {
        var log = 0.0
        var first = 0.0
        var second = 0.0
        for index in 0..<count {
          let factor = x + Double(index)
          log += PortableMath.log(factor)
          first += 1 / factor
          second -= 1 / (factor * factor)
        }
        #expect(isClose(value.value, log, 1e-12), "\(x) \(count)")
        #expect(isClose(value.first, first, 1e-12), "\(x) \(count)")
        #expect(isClose(value.second, second, 1e-12), "\(x) \(count)")
      }
    }
  }
}
