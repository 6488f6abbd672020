import Funnel
import GA4Model
import TestSupport
import Testing

/// Patterns over the 32 real days, exactly.
///
/// The figures are those of ClickHouse 26.9.2, with its events in the order of time and input, and
/// gaps between times in microseconds.
@Suite(.enabled(if: RealData.isAvailable)) struct SequenceGoldenTests {
  private struct Golden {
    var text: String
    var names: [EventName]
    /// Matching units and matches, by user and by session.
    var users: (units: Int, matches: Int)
    var sessions: (units: Int, matches: Int)
  }

  @Test func `the 32 days`() async throws {
    let log = try await RealData.thirtyTwoDays()
    let steps: [EventName] = [.viewItem, .addToCart, .beginCheckout, .purchase]
    let views: [EventName] = [.pageView]
    for golden in [
      Golden(text: "(?1)(?2)", names: steps, users: (3538, 13300), sessions: (4025, 13186)),
      Golden(
        text: "(?1).*(?2).*(?3).*(?4)", names: steps, users: (662, 722), sessions: (637, 675)),
      Golden(text: "(?2)..(?4)", names: steps, users: (7, 7), sessions: (6, 6)),
      Golden(
        text: "(?1)(?t>=60)(?2)(?t>=1)(?4)", names: steps, users: (585, 627), sessions: (524, 546)),
      Golden(
        text: "(?1)(?t<=60)(?1)", names: views, users: (72294, 150_953), sessions: (82619, 150_937)),
      Golden(
        text: "(?1)(?1)(?t>600)(?1)", names: views, users: (10519, 16477), sessions: (5172, 6634)),
      Golden(text: "(?1)(?t==0)(?1)", names: views, users: (0, 0), sessions: (0, 0)),
    ] {
      let pattern = try SequencePattern(
        clickHouse: golden.text, conditions: golden.names.map { SequencePattern.Condition($0) })
      for (unit, figures, count) in [
        (FunnelUnit.users, golden.users, 93_693), (.sessions, golden.sessions, 113_943),
      ] {
        let query = SequenceQuery(pattern, unit: unit)
        let report = query.evaluate(log)
        #expect(report.units == count)
        #expect(report.matchingUnits == figures.units, "\(query)")
        #expect(report.matches == figures.matches, "\(query)")
        #expect(query.firstMatches(in: log).count == figures.units)
        #expect(await query.evaluate(log, workers: 7) == report)
      }
    }
  }
}
