import StatisticsCore
import Testing

@Suite struct BinomialIntervalTests {
  /// statsmodels 0.15.0, `proportion_confint(x, n, method="wilson")`.
  @Test(arguments: [
    (0, 20, 0.0, 0.1611251580528194),
    (1, 10, 0.017876213095072924, 0.40415002679523854),
    (5, 83, 0.026003401041882, 0.13338428093238416),
    (8_502, 44_700, 0.18658979684366292, 0.19386613051747012),
    (15, 1_000_000, 9.090610233532338e-06, 2.475071858709069e-05),
  ])
  func `Wilson's interval is that of statsmodels`(
    successes: Int, trials: Int, lower: Double, upper: Double
  ) throws {
    let interval = try #require(BinomialInterval.wilson(successes, of: trials, level: 0.95))
    #expect(abs(interval.lowerBound - lower) <= 1e-9 * lower)
    #expect(abs(interval.upperBound - upper) <= 1e-9 * upper)
  }

  @Test func `no trials have no interval`() {
    #expect(BinomialInterval.wilson(0, of: 0, level: 0.95) == nil)
  }

  @Test func `the interval holds the share and ends where the score test does`() throws {
    let z = -NormalDistribution.quantile(0.05)
    for trials in [1, 2, 7, 50, 1_000_000] {
      for successes in [0, 1, trials / 2, trials] {
        let interval = try #require(
          BinomialInterval.wilson(successes, of: trials, level: 0.9))
        let share = Double(successes) / Double(trials)
        #expect(interval.contains(share))
        for limit in [interval.lowerBound, interval.upperBound] where limit > 0 && limit < 1 {
          let error = (limit * (1 - limit) / Double(trials)).squareRoot()
          #expect(abs(abs(share - limit) / error - z) < 1e-6)
        }
      }
    }
  }
}
