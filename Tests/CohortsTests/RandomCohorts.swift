import GA4Model
import StatisticsCore

@testable import Cohorts

/// Small logs for cohorts: few users over a few days, with everything that makes periods hard.
enum RandomCohorts {
  static let names: [EventName] = ["a", "b", "c", "purchase"]

  /// Up to 30 events around the change of the clocks in autumn 2020.
  static func events(
    _ generator: inout SeededGenerator, users: Int = 5, days: Int? = nil
  ) -> [Event] {
    // 2020-10-23T00:00Z; the clocks of Paris change on the 25th.
    let start: Int64 = 1_603_411_200
    let days = days ?? generator.choose(from: [2, 5, 12, 80])
    let hasDates = generator.bernoulli(0.3)
    return (0..<generator.integer(in: 0...30)).map { _ in
      var seconds = start + Int64(generator.integer(below: days * 24)) * 3_600
      if generator.bernoulli(0.5) { seconds += Int64(generator.integer(below: 3_600)) }
      let user = generator.integer(below: users + 1)
      var event = Event(
        generator.choose(from: names), at: EventTime(seconds: seconds),
        by: user == 0 ? nil : "u\(user)")
      if hasDates && generator.bernoulli(0.5) {
        event.date = CalendarDay(
          daysSinceEpoch: Int32(seconds / 86_400) + Int32(generator.integer(in: -2...2)))
      }
      if generator.bernoulli(0.7) {
        event.parameters.append(
          "value",
          generator.choose(from: [
            .double(0.1), .double(0.2), .int(3), .string("4.5"), .string("many"), .double(-1e17),
            .double(1e17),
          ]))
      }
      if generator.bernoulli(0.7) {
        event[field: .country] = .string(generator.choose(from: ["", "F", "G"]))
      }
      if event.name == .purchase {
        if generator.bernoulli(0.8) { event[field: .purchaseRevenue] = .double(Double(user) + 0.1) }
        if generator.bernoulli(0.6) {
          event[field: .transactionID] = .string(
            generator.choose(from: ["t1", "t2", "t3", "(not set)", "t4", "t5"]))
        }
      }
      return event
    }
  }

  static let paris = try! ReportingTimeZone(identifier: "Europe/Paris")

  static func log(
    _ generator: inout SeededGenerator, users: Int = 5, days: Int? = nil
  ) throws -> EventLog {
    var options = EventLogOptions()
    options.timeZone = generator.choose(from: [.utc, paris])
    return try EventLog(events(&generator, users: users, days: days), options: options)
  }

  /// A query and a log that is short where its cohorts are.
  static func retentionAndLog(
    _ generator: inout SeededGenerator, users: Int = 5
  ) throws -> (RetentionQuery, EventLog) {
    let query = retention(&generator)
    let isShort = query.period.ofCohorts == .hour
    return (query, try log(&generator, users: users, days: isShort ? 2 : nil))
  }

  static func predicate(_ generator: inout SeededGenerator) -> EventPredicate {
    switch generator.integer(below: 5) {
    case 0: EventPredicate { $0.name == "a" }
    case 1: EventPredicate { $0.name.isOne(of: ["a", "b"]) && $0["value"] > 0 }
    case 2: EventPredicate { $0["value"].isPresent }
    default: .always
    }
  }

  static func retention(_ generator: inout SeededGenerator) -> RetentionQuery {
    let counting: RetentionCounting = generator.choose(from: [
      .on, .on, .onOrAfter, .onOrBefore, .everyPeriodSoFar, .brackets([1...1, 2...4, 3...9]),
    ])
    var query = RetentionQuery(
      birth: predicate(&generator),
      birthRule: generator.choose(from: [
        .recurring, .first, .first, .firstEver(),
        .firstEver(among: EventPredicate { $0.name == "b" }),
      ]),
      returning: predicate(&generator), counting: counting,
      period: generator.choose(from: [
        .day, .day, .day, .hour, .week(), .week(startingOn: .sunday), .month, .dayFromStart,
        .fromStart(hours: 24, flooredToHour: true), .fromStart(hours: 5, cohorts: .week()),
        .fromStart(hours: 30, flooredToHour: true, cohorts: .hour),
      ]),
      minimumOccurrences: generator.choose(from: [1, 1, 2]),
      measure: generator.choose(from: [
        .users, .users, .sum(.parameter("value")), .mean(.parameter("value")),
        .sum(.field(.purchaseRevenue)),
      ]),
      firstColumn: generator.choose(from: [.cohort, .cohort, .returns]))
    if case .brackets = counting {
    } else if generator.bernoulli(0.5) {
      query.periods = generator.integer(in: 1...9)
    }
    if generator.bernoulli(0.3) {
      query.breakdown = RetentionBreakdown(by: .country, limit: generator.integer(in: 1...3))
    }
    let day = CalendarDay("2020-10-24")!
    if generator.bernoulli(0.2) {
      query.cohorts = day...day.advanced(by: generator.integer(below: 5))
    }
    if generator.bernoulli(0.2) {
      query.dataEnd = EventTime(seconds: 1_603_411_200 + Int64(generator.integer(below: 400_000)))
    }
    return query
  }
}
