import Cohorts
import GA4Model
import Testing

@Suite struct SurvivalTests {
  /// Users of two cohorts: a column says how many periods in a row each came after the first.
  private func log(_ first: [Int], _ second: [Int]) throws -> EventLog {
    var events: [Event] = []
    for (start, lasting) in [(0, first), (1, second)] {
      for (number, periods) in lasting.enumerated() {
        for day in 0...periods {
          events.append(
            Event(
              "a", at: EventTime(seconds: Int64(start + day) * 86_400 + 60),
              by: "\(start)-\(number)"))
        }
      }
    }
    return try EventLog(events)
  }

  @Test func `the curve is that of Kaplan and Meier`() throws {
    // The data end on day 3: the second cohort is censored after its period 2.
    let log = try log([0, 0, 1, 3, 3], [0, 2, 2, 1])
    let curve = try #require(
      RetentionQuery(counting: .everyPeriodSoFar).evaluate(log).survivalCurve)
    #expect(curve.map(\.atRisk) == [9, 9, 6, 2])
    #expect(curve.map(\.stayed) == [9, 6, 4, 2])
    let survivals = curve.map { $0.survival ?? -1 }
    for (found, wanted) in zip(survivals, [1, 6.0 / 9, 6.0 / 9 * 4 / 6, 6.0 / 9 * 4 / 6]) {
      #expect(abs(found - wanted) < 1e-12)
    }
    // Greenwood: 3/(9·6) and 2/(6·4).
    let error = (3.0 / 54 + 2.0 / 24).squareRoot()
    #expect(abs(try #require(curve[3].logError) - error) < 1e-12)
    let interval = try #require(curve[3].interval())
    #expect(interval.contains(4.0 / 9))
    #expect(interval.upperBound <= 1)
  }

  @Test func `other matrices have no curve`() throws {
    #expect(RetentionQuery().evaluate(try log([1], [1])).survivalCurve == nil)
  }

  @Test func `nobody has no survival`() throws {
    let curve = try #require(
      RetentionQuery(counting: .everyPeriodSoFar).evaluate(try EventLog([Event]())).survivalCurve)
    #expect(curve.map(\.survival) == [nil])
  }
}
