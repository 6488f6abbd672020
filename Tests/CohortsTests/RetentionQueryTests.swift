import GA4Model
import TestSupport
import Testing

@testable import Cohorts

@Suite struct RetentionQueryTests {
  private let query = RetentionQuery(
    birth: EventPredicate { $0.name == "a" }, birthRule: .firstEver(), counting: .onOrBefore,
    period: .week(), periods: 8, measure: .sum(.parameter("value")),
    breakdown: RetentionBreakdown(by: .country, limit: 3),
    cohorts: CalendarDay("2020-12-01")!...CalendarDay("2020-12-31")!)

  /// The sentence by which the query is refused with another value of a member.
  private func refusal(_ path: [String], _ value: Any) throws -> String? {
    try StoredQuery.refusal(of: query, path, value)
  }

  @Test func `a query says what it asks`() {
    #expect(
      RetentionQuery().description
        == "retention by day: users by the first period with any event, who return with any event"
        + " in that period")
    #expect(
      query.description
        == "retention by week from Monday: users whose first ever event is one where name = \"a\","
        + " who return with any event in periods 1 up to that, sum of parameter value,"
        + " by geo.country, cohorts of 2020-12-01 to 2020-12-31")
    #expect(
      RetentionQuery(
        birthRule: .recurring, returning: EventPredicate { $0.name == "b" },
        period: .fromStart(hours: 24, flooredToHour: true), minimumOccurrences: 2,
        firstColumn: .returns
      ).description
        == "retention by 24 hours from the start of the hour of birth, cohorts by day: users of each"
        + " period with any event, who return with at least 2 events where name = \"b\" in that"
        + " period, in period 0 too")
  }

  @Test func `a matrix has from 1 to 1,000 periods`() throws {
    let sentence = "A retention matrix can have 1 to 1000 periods after the first"
    #expect(try refusal(["periods"], 0) == sentence)
    #expect(try refusal(["periods"], 1_001) == sentence)
    #expect(try refusal(["periods"], 1_000) == nil)
  }

  @Test func `brackets lie behind period 0`() throws {
    func problem(_ ranges: [ClosedRange<Int>], periods: Int? = nil) -> String? {
      var stored = Stored(query)
      stored.counting = .brackets(ranges)
      stored.periods = periods
      return StoredQuery.refusal(of: RetentionQuery.self, stored)
    }
    #expect(problem([1...3, 4...7]) == nil)
    #expect(problem([]) == "A retention matrix can have 1 to 100 brackets")
    #expect(
      problem(Array(repeating: 1...2, count: 101))
        == "A retention matrix can have 1 to 100 brackets")
    let sentence = "A bracket must lie in the periods 1 to 1000; period 0 is column 0"
    #expect(problem([0...2]) == sentence)
    #expect(problem([2...1_001]) == sentence)
    #expect(
      problem([1...2], periods: 4)
        == "Brackets name their periods themselves; leave the number of periods out")
  }

  @Test func `a window lasts from an hour to ten years`() {
    var stored = Stored(query)
    let sentence = "A window from the start must last 1 to 87,600 hours, which are ten years"
    for (hours, wanted) in [(0, sentence), (87_601, sentence), (1, nil)] {
      stored.period = .fromStart(hours: hours)
      #expect(StoredQuery.refusal(of: RetentionQuery.self, stored) == wanted)
    }
  }

  @Test func `a sum needs a number`() {
    var stored = Stored(query)
    for dimension in [EventDimension.name, .weekday, .hour, .channel, .day] {
      stored.measure = .mean(dimension)
      #expect(
        StoredQuery.refusal(of: RetentionQuery.self, stored)
          == "A sum or mean needs a number: use a parameter, a field or a user property")
    }
  }

  @Test func `a period counts by an event at least`() throws {
    #expect(
      try refusal(["minimumOccurrences"], 0) == "A period needs at least one return event to count")
    #expect(try refusal(["breakdown", "limit"], 0) == "A breakdown must list at least one value")
  }

  @Test func `cohorts have a first and a last day`() throws {
    let sentence = "The cohorts must have a first and a last day, the earlier one first"
    #expect(try refusal(["lastCohort"], "2020-11-30") == sentence)
    var stored = Stored(query)
    stored.lastCohort = nil
    #expect(StoredQuery.refusal(of: RetentionQuery.self, stored) == sentence)
  }

  #if !os(iOS) && !os(tvOS) && !os(watchOS) && !os(visionOS)
    @Test func `a programmer's mistake ends the program`() async {
      await #expect(processExitsWith: .failure) { _ = RetentionQuery(periods: 0) }
      await #expect(processExitsWith: .failure) {
        var query = RetentionQuery()
        query.counting = .brackets([])
      }
    }
  #endif

  // MARK: Reports

  private func event(_ name: EventName, _ time: String, _ user: String) -> Event {
    Event(name, at: EventTime(time)!, by: user)
  }

  private var log: EventLog {
    get throws {
      try EventLog([
        event("a", "2020-12-19T10:00:00Z", "1"), event("a", "2020-12-20T10:00:00Z", "1"),
        event("a", "2020-12-19T10:00:00Z", "2"), event("b", "2020-12-21T10:00:00Z", "2"),
        event("a", "2020-12-21T10:00:00Z", "3"), Event("a", at: EventTime("2020-12-20T00:00:00Z")!),
      ])
    }
  }

  @Test func `a matrix prints as a triangle`() throws {
    #expect(
      RetentionQuery().evaluate(try log).description == """
        cohort      users      1      2
        ──────────  ─────  ─────  ─────
        2020-12-19      2  50.0%  50.0%
        2020-12-20      0      —
        2020-12-21      1
        average         3  50.0%  50.0%
        retention by day: users by the first period with any event, who return with any event in \
        that period
        not counted: 1 events without user
        """)
    let noon = RetentionQuery(dataEnd: EventTime("2020-12-21T12:00:00Z")!).evaluate(try log)
    #expect(noon.rows[0].cells[2]?.isPartial == true)
    #expect(noon.averages[2] == nil)
    #expect(noon.description.contains("50.0%*"))
  }

  @Test func `a matrix is written as CSV`() throws {
    let matrix = RetentionQuery(dataEnd: EventTime("2020-12-21T12:00:00Z")!).evaluate(try log)
    #expect(
      matrix.csv()
        == "cohort,size,0,1,2\n2020-12-19,2,2,1,1\n2020-12-20,0,0,0,\n2020-12-21,1,1,,\n")
    #expect(
      matrix.csv(.rates, includesPartial: false)
        == "cohort,size,0,1,2\n2020-12-19,2,1,0.5,\n2020-12-20,0,,,\n2020-12-21,1,,,\n")
  }

  @Test func `a log without events has no cohorts`() throws {
    let matrix = RetentionQuery().evaluate(try EventLog([Event]()))
    #expect(matrix.rows.isEmpty && matrix.dataEnd == nil && matrix.units == 0)
    #expect(matrix.averages == [nil])
  }

  @Test func `a stray date does not make a cohort for every day between`() throws {
    let stray = try EventLog([
      event("a", "1970-01-01T10:00:00Z", "1"), event("a", "2020-12-20T10:00:00Z", "1"),
      event("a", "2020-12-20T10:00:00Z", "2"),
    ])
    let matrix = RetentionQuery().evaluate(stray)
    #expect(matrix.rows.map(\.label) == ["1970-01-01", "2020-12-20"])
    #expect(matrix.columns.count == 1_001)
    #expect(RetentionQuery(period: .hour).evaluate(stray).rows.map(\.size) == [1, 1])
  }
}

/// The stored form of a query, which can be any.
private struct Stored: Encodable {
  var birth: EventPredicate
  var birthRule: RetentionBirth
  var returning: EventPredicate
  var counting: RetentionCounting
  var period: RetentionPeriod
  var periods: Int?
  var minimumOccurrences: Int
  var measure: RetentionMeasure
  var firstColumn: RetentionFirstColumn
  var breakdown: RetentionBreakdown?
  var firstCohort: CalendarDay?
  var lastCohort: CalendarDay?

  init(_ query: RetentionQuery) {
    birth = query.birth
    birthRule = query.birthRule
    returning = query.returning
    counting = query.counting
    period = query.period
    periods = query.periods
    minimumOccurrences = query.minimumOccurrences
    measure = query.measure
    firstColumn = query.firstColumn
    breakdown = query.breakdown
    firstCohort = query.cohorts?.lowerBound
    lastCohort = query.cohorts?.upperBound
  }
}
