import Cohorts
import Foundation
import GA4Model
import TestSupport
import Testing

/// A case of `Reference/retention.json`: facts taken from the tests and documents of PostHog,
/// ClickHouse, Doris and Amplitude, each with its source.
private struct ReferenceCase: Sendable, CustomTestStringConvertible {
  let id: String
  let kind: String
  let definition: JSONValue
  let rows: [[JSONValue]]
  let expected: JSONValue

  var testDescription: String { id }

  static let all: [ReferenceCase] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/retention.json")
    let data = try! Data(contentsOf: file)
    return try! JSONDecoder().decode([JSONValue].self, from: data).map { value in
      ReferenceCase(
        id: value["id"]!.text!, kind: value["kind"]!.text!, definition: value["definition"]!,
        rows: value["events"]!.elements!.map { $0.elements! }, expected: value["expected"]!)
    }
  }()

  static func of(_ kind: String) -> [ReferenceCase] {
    all.filter { $0.kind == kind && differences[$0.id] == nil }
  }

  var zone: ReportingTimeZone {
    get throws { try ReportingTimeZone(identifier: definition["tz"]?.text ?? "UTC") }
  }

  func log() throws -> EventLog {
    var options = EventLogOptions()
    options.timeZone = try zone
    return try EventLog(
      rows.map { row in
        let time = row[1].text!.count == 10 ? row[1].text! + "T12:00:00Z" : row[1].text!
        var event = Event(EventName(row[2].text!), at: EventTime(time)!, by: row[0].text!)
        for (key, value) in row[3].members! {
          event.parameters.append(ParameterKey(rawValue: key), .string(value.text!))
        }
        return event
      }, options: options)
  }

  func predicate(_ key: String) -> EventPredicate {
    let value = definition[key]!
    var predicate = EventPredicate.always
    if let name = value["event"]?.text { predicate = EventPredicate { $0.name == EventName(name) } }
    for condition in value["where"]?.elements ?? [] {
      let parts = condition.elements!
      let property = ParameterKey(rawValue: parts[0].text!)
      predicate = predicate && EventPredicate { $0[property] == parts[2].text! }
    }
    return predicate
  }

  /// The query and how many cohorts it is about.
  func query() throws -> (query: RetentionQuery, cohorts: Int) {
    let calendar: CalendarPeriod =
      switch definition["period"]!.text! {
      case "hour": .hour
      case "week": .week(startingOn: Weekday(rawValue: definition["week_start"]!.text!)!)
      case "month": .month
      default: .day
      }
    let count = Int(definition["total_intervals"]!.number!)
    let text = definition["first_period"]!.text!
    let zone = try zone
    let first = CalendarDay(String(text.prefix(10)))!
    var end = calendar == .hour ? EventTime(text + "Z")! : zone.start(of: first)
    var last = first
    for _ in 0..<count {
      last = zone.day(of: end)
      end = calendar.next(after: end, in: zone)
    }
    return (
      RetentionQuery(
        birth: predicate("target"),
        birthRule: definition["type"]!.text == "recurring" ? .recurring : .first,
        returning: predicate("returning"),
        counting: definition["cumulative"] == nil ? .on : .onOrAfter,
        period: definition["time_window"] == nil ? .calendar(calendar) : .dayFromStart,
        periods: count - 1,
        minimumOccurrences: Int(definition["minimum_occurrences"]?.number ?? 1),
        cohorts: first...last, dataEnd: end),
      count
    )
  }
}

/// What other tools give and this library does not, on purpose: nothing.
private let differences: [String: String] = [:]

@Suite struct RetentionReferenceTests {
  @Test(arguments: ReferenceCase.of("retention"))
  private func `peers' own matrices are reproduced by named options`(_ item: ReferenceCase) throws {
    let (query, count) = try item.query()
    let matrix = query.evaluate(try item.log())
    // PostHog lists periods without users, and fills up what cannot be known with 0.
    var cohorts: [[Int]] = []
    var start =
      query.period == .hour
      ? EventTime(item.definition["first_period"]!.text! + "Z")!
      : try item.zone.start(of: query.cohorts!.lowerBound)
    let calendar: CalendarPeriod =
      switch query.period {
      case .calendar(let period), .fromStart(_, _, let period): period
      }
    for index in 0..<count {
      let row = matrix.rows.first { $0.start == start }
      let cells = row?.cells.map { $0?.units ?? 0 } ?? Array(repeating: 0, count: count)
      if query.period != .dayFromStart, let row {
        // Later columns than PostHog's rows have could still add users to "or after".
        let mayGrow = query.counting == .onOrAfter && index > 0
        #expect(row.cells.dropFirst().allSatisfy { $0?.isPartial ?? mayGrow == mayGrow })
        #expect(row.cells.count { $0 != nil } == count - index, "\(item.id)")
      }
      cohorts.append(cells)
      start = calendar.next(after: start, in: try item.zone)
    }
    if let expected = item.expected["matrix"]?.elements {
      #expect(
        cohorts == expected.map { $0.elements!.map { Int($0.number!) } }, "\(item.id)")
    }
    for (index, expected) in item.expected["rows"]?.members ?? [:] {
      let wanted = expected.elements!.map { Int($0.number!) }
      #expect(Array(cohorts[Int(index)!].prefix(wanted.count)) == wanted, "\(item.id)")
    }
  }

  @Test(arguments: ReferenceCase.of("retention_conditions"))
  private func `conditions on days are cohorts of the first day`(_ item: ReferenceCase) throws {
    let days = item.definition["conditions"]!.elements!.map {
      CalendarDay(String($0.text!.dropFirst("date=".count)))!
    }
    let query = RetentionQuery(
      birthRule: .recurring, periods: days.count - 1, cohorts: days[0]...days[0])
    let log = try item.log()
    func counts(_ log: EventLog) -> [Int] {
      query.evaluate(log).rows.first?.cells.map { $0?.units ?? 0 }
        ?? Array(repeating: 0, count: days.count)
    }
    if let sums = item.expected["sums"]?.elements {
      #expect(counts(log) == sums.map { Int($0.number!) })
    }
    for (user, expected) in item.expected["by_user"]!.members! {
      let own = log.filter { $0.userPseudoID == user }
      #expect(counts(own) == expected.elements!.map { Int($0.number!) }, "\(item.id), \(user)")
    }
  }

  @Test(arguments: ReferenceCase.of("retention_interval"))
  private func `windows from the start can begin with its hour`(_ item: ReferenceCase) throws {
    let log = try item.log()
    func day(_ isFloored: Bool) -> Int? {
      RetentionQuery(
        birth: EventPredicate { $0.name == "start" },
        returning: EventPredicate { $0.name == "return" },
        period: .fromStart(hours: 24, flooredToHour: isFloored), firstColumn: .returns
      ).evaluate(log).rows[0].cells.firstIndex { $0.map { $0.units == 1 } ?? false }
    }
    #expect(day(true) == Int(item.expected["day_index"]!.number!))
    #expect(day(false) == 0)
  }

  @Test(arguments: ReferenceCase.of("lifecycle"))
  private func `a lifecycle is PostHog's, with dormant users counted from 0`(
    _ item: ReferenceCase
  ) throws {
    let unit = item.definition["aggregate_by"]!.text!
    let name = EventName(item.definition["event"]!.text!)
    let report = LifecycleQuery(by: .day, where: EventPredicate { $0.name == name })
      .evaluate(try item.log().grouped(by: .parameter(ParameterKey(rawValue: unit))))
    #expect(report.rows.first?.label == item.definition["date_from"]!.text)
    #expect(report.rows.last?.label == item.definition["date_to"]!.text)
    for (key, counts) in [
      ("new", report.rows.map(\.new)), ("returning", report.rows.map(\.returning)),
      ("resurrecting", report.rows.map(\.resurrecting)),
      ("dormant", report.rows.map { -$0.dormant }),
    ] {
      #expect(counts == item.expected[key]!.elements!.map { Int($0.number!) }, "\(key)")
    }
  }
}
