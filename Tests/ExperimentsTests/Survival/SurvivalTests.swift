import Experiments
import Testing

@Suite struct SurvivalTests {
  @Test func `curves without events stay at 1`() {
    let none = KaplanMeierCurve([])
    #expect(none.steps.isEmpty && none.survival(at: 5) == 1 && none.median == nil)
    let censored = KaplanMeierCurve([SurvivalTime(3, isEvent: false)])
    #expect(censored.survival(at: 9) == 1)
    #expect(censored.confidenceInterval(at: 9, level: 0.95) == 1...1)
  }

  @Test func `a curve without censoring is the share still waiting`() {
    let curve = KaplanMeierCurve([1, 2, 2, 3, 5].map { SurvivalTime($0) })
    for (time, share) in [(0.5, 1), (1, 0.8), (2, 0.4), (4, 0.2), (5, 0)] {
      #expect(abs(curve.survival(at: time) - share) < 1e-15)
    }
    #expect(curve.median == 2)
    // Greenwood's error is then the binomial one.
    #expect(isNear(curve.steps[1].standardError, (0.4 * 0.6 / 5).squareRoot(), 1e-14))
    #expect(curve.steps.last?.standardError == 0)
    #expect(curve.confidenceInterval(at: 5, level: 0.95) == 0...1)
    let interval = curve.confidenceInterval(at: 2, level: 0.95)
    #expect(interval.contains(0.4) && interval.lowerBound > 0 && interval.upperBound < 1)
  }

  @Test func `the log-rank test of groups that never meet is no evidence`() {
    #expect(LogRankTest([[]]).pValue == 1)
    #expect(LogRankTest([[SurvivalTime(1)], []]).pValue == 1)
    #expect(LogRankTest([[SurvivalTime(1, isEvent: false)], [SurvivalTime(2)]]).pValue == 1)
    let same = [1, 2, 3, 4].map { SurvivalTime($0) }
    let test = LogRankTest([same, same, same])
    #expect(test.degreesOfFreedom == 2 && abs(test.statistic) < 1e-12)
    #expect(test.observed == [4, 4, 4])
    // An empty group changes nothing.
    let other = [2, 5, 6].map { SurvivalTime($0) }
    let two = LogRankTest([same, other])
    let three = LogRankTest([same, [], other])
    #expect(isNear(two.statistic, three.statistic, 1e-12) && two.degreesOfFreedom == 1)
  }
}
