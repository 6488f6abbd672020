import Cohorts
import GA4Model

/// Retention the obvious way: every cell by its definition, user by user and event by event.
struct RetentionOracle {
  struct Cell: Equatable, CustomStringConvertible {
    var units: Int
    var size: Int
    var values: [Double] = []
    var isPartial: Bool

    var description: String { "\(units)/\(size)\(isPartial ? "*" : "") \(values)" }
  }

  struct Row: Equatable {
    var label: String
    var size: Int
    var cells: [Cell?]
  }

  private struct User {
    var events: [(event: Event, day: CalendarDay)]
  }

  let query: RetentionQuery
  private let zone: ReportingTimeZone
  /// The starts of the periods that follow a cohort.
  private let starts = PeriodStarts()
  private var users: [User] = []
  private(set) var dataEnd: EventTime?
  private(set) var eventsAfterDataEnd = 0

  init(_ query: RetentionQuery, _ log: EventLog) {
    self.query = query
    zone = log.options.timeZone
    for user in log.users {
      var kept = User(events: [])
      for row in user.events {
        let event = log[row]
        if let end = query.dataEnd, event.time >= end {
          eventsAfterDataEnd += 1
        } else {
          kept.events.append((event, day(event)))
        }
      }
      users.append(kept)
    }
    dataEnd = query.dataEnd
    if dataEnd == nil {
      let days = log.map { event in
        isByTime ? max(day(event), zone.day(of: event.time)) : day(event)
      }
      dataEnd = days.max().map { zone.end(of: $0) }
    } else if log.isEmpty {
      dataEnd = nil
    }
  }

  private func day(_ event: Event) -> CalendarDay { event.date ?? zone.day(of: event.time) }

  private var cohortPeriod: CalendarPeriod {
    switch query.period {
    case .calendar(let period), .fromStart(_, _, let period): period
    }
  }

  private var isByTime: Bool {
    if case .fromStart = query.period { return true }
    return cohortPeriod == .hour
  }

  /// The start of the cohort period of an event.
  private func period(_ event: Event) -> EventTime {
    cohortPeriod == .hour
      ? cohortPeriod.start(of: event.time, in: zone)
      : zone.start(of: cohortPeriod.start(of: day(event)))
  }

  private func label(_ period: EventTime) -> String { cohortPeriod.label(for: period, in: zone) }

  /// The births of a user: the event that makes it a member of the cohort of its period.
  private func births(_ user: User) -> [Event] {
    func isEarlier(_ a: Int, _ b: Int) -> Bool {
      let (left, right) = (period(user.events[a].event), period(user.events[b].event))
      return (left, a) < (right, b)
    }
    let all = user.events.indices
    let births: [Int]
    switch query.birthRule {
    case .recurring:
      births = all.filter { query.birth.matches(user.events[$0].event) }.sorted(by: isEarlier)
        .reduce(into: []) { found, next in
          if let last = found.last,
            period(user.events[last].event) == period(user.events[next].event)
          {
            return
          }
          found.append(next)
        }
    case .first:
      births = [all.filter { query.birth.matches(user.events[$0].event) }.min(by: isEarlier)]
        .compactMap { $0 }
    case .firstEver(let among):
      births = [all.filter { among.matches(user.events[$0].event) }.min(by: isEarlier)]
        .compactMap { $0 }.filter { query.birth.matches(user.events[$0].event) }
    }
    return births.map { user.events[$0].event }
  }

  private func isListed(_ birth: Event) -> Bool {
    guard let days = query.cohorts else { return true }
    // The period has a day of the range.
    let start = period(birth)
    if cohortPeriod == .hour { return days.contains(zone.day(of: start)) }
    let first = zone.day(of: start)
    let next = cohortPeriod.next(after: first)
    return first <= days.upperBound && next > days.lowerBound
  }

  /// In which period after `birth` an event lies, `nil` before.
  private func offset(_ event: Event, _ birth: Event) -> Int? {
    switch query.period {
    case .calendar(let period):
      let offset =
        period == .hour
        ? period.count(from: birth.time, to: event.time, in: zone)
        : period.count(from: day(birth), to: day(event))
      return offset < 0 ? nil : offset
    case .fromStart(let hours, let isFloored, _):
      var start = birth.time
      if isFloored { start = CalendarPeriod.hour.start(of: start, in: zone) }
      if event.time < start { return nil }
      let microseconds = event.time.microseconds - start.microseconds
      return Int(microseconds / (Int64(hours) * 3_600_000_000))
    }
  }

  /// The numbers of the return events by period, in periods with enough of them.
  private func returns(_ user: User, _ birth: Event) -> [Int: [Double?]] {
    var found: [Int: [Double?]] = [:]
    for (event, _) in user.events where query.returning.matches(event) {
      guard let offset = offset(event, birth) else { continue }
      found[offset, default: []].append(number(event))
    }
    return found.filter { $0.value.count >= query.minimumOccurrences }
  }

  private func number(_ event: Event) -> Double? {
    let value: FieldValue?
    switch query.measure {
    case .users: return nil
    case .sum(.parameter("value")), .mean(.parameter("value")): value = event.parameters["value"]
    case .sum(.field(.purchaseRevenue)): value = event.fields[.purchaseRevenue]
    default: preconditionFailure("The oracle knows two numbers")
    }
    return value?.number
  }

  /// The periods of a column of a row in which `last` is the last period that is asked.
  private func periods(_ column: Int, last: Int) -> [Int] {
    if column == 0 { return [0] }
    switch query.counting {
    case .on: return [column]
    case .onOrAfter: return column <= last ? Array(column...last) : []
    case .onOrBefore, .everyPeriodSoFar: return Array(1...column)
    case .brackets(let ranges): return Array(ranges[column - 1])
    }
  }

  /// Whether period `j` of the cohort begins, and ends, before the data do.
  private func knowledge(_ j: Int, _ cohort: EventTime) -> (begins: Bool, ends: Bool) {
    let end = dataEnd!
    switch query.period {
    case .calendar(let period):
      let start = starts.start(j, after: cohort, period, zone)
      return (start < end, period.next(after: start, in: zone) <= end)
    case .fromStart(let hours, _, _):
      let window = Duration.seconds(hours * 3_600)
      let next = cohortPeriod.next(after: cohort, in: zone)
      return (cohort + window * j < end, next + window * (j + 1) <= end)
    }
  }

  private var bracketCount: Int? {
    if case .brackets(let ranges) = query.counting { ranges.count } else { nil }
  }

  /// The matrix of the births with `value`, of all for `nil`, in the cohorts of all.
  func rows(_ value: String??) -> [Row] {
    var members: [EventTime: [(user: User, birth: Event)]] = [:]
    for user in users {
      for birth in births(user) where isListed(birth) {
        members[period(birth), default: []].append((user, birth))
      }
    }
    guard let first = members.keys.min(), let last = members.keys.max() else { return [] }
    var cohorts = [first]
    while cohorts.last! < last {
      cohorts.append(cohortPeriod.next(after: cohorts.last!, in: zone))
    }
    func lastKnown(_ cohort: EventTime) -> Int {
      var j = 0
      while knowledge(j, cohort).begins { j += 1 }
      return j - 1
    }
    let lastColumn =
      bracketCount ?? query.periods ?? max(0, cohorts.map { lastKnown($0) }.max()!)
    return cohorts.map { cohort in
      let units = (members[cohort] ?? []).filter { member in
        value.map { $0 == member.birth.fields[.country]?.text } ?? true
      }
      let lastAsked = query.periods ?? lastKnown(cohort)
      var row = Row(label: label(cohort), size: units.count, cells: [])
      for column in 0...lastColumn {
        let asked = periods(column, last: lastAsked)
        let isKnown: Bool
        var isComplete = asked.allSatisfy { knowledge($0, cohort).ends }
        switch query.counting {
        case .brackets where column > 0: isKnown = knowledge(asked[0], cohort).begins
        default: isKnown = column == 0 || knowledge(column, cohort).begins
        }
        if column == 0 && query.firstColumn == .cohort {
          isComplete = cohortPeriod.next(after: cohort, in: zone) <= dataEnd!
        }
        if !isKnown {
          row.cells.append(nil)
          continue
        }
        var cell = Cell(units: 0, size: units.count, isPartial: !isComplete)
        for (user, birth) in units {
          let returns = returns(user, birth)
          var asked = asked
          if query.counting == .onOrAfter && column > 0 {
            // By contradicting dates users begin before their cohort, and return after its last period.
            asked = returns.keys.filter { $0 >= column && $0 <= query.periods ?? .max }.sorted()
          }
          let qualifies =
            query.counting == .everyPeriodSoFar
            ? asked.allSatisfy { returns[$0] != nil } : asked.contains { returns[$0] != nil }
          if qualifies {
            cell.units += 1
            cell.values += asked.flatMap { returns[$0] ?? [] }.compactMap { $0 }
          }
        }
        if column == 0 && query.firstColumn == .cohort { cell.units = units.count }
        row.cells.append(cell)
      }
      return row
    }
  }

  /// The distinct users of each value, by value.
  func unitsByValue() -> [String?: Int] {
    var counts: [String?: Int] = [:]
    for user in users {
      let values = Set(
        births(user).filter { isListed($0) }.map { $0.fields[.country]?.text })
      for value in values { counts[value, default: 0] += 1 }
    }
    return counts
  }

  /// Users in the matrix, without birth, and of other cohorts.
  func unitCounts() -> [Int] {
    var counts = [0, 0, 0]
    for user in users {
      let births = births(user)
      if births.isEmpty {
        counts[1] += 1
      } else if births.contains(where: { isListed($0) }) {
        counts[0] += 1
      } else {
        counts[2] += 1
      }
    }
    return counts
  }
}

/// Periods one after the other, each found once.
private final class PeriodStarts {
  private var known: [EventTime: [EventTime]] = [:]

  func start(
    _ count: Int, after cohort: EventTime, _ period: CalendarPeriod, _ zone: ReportingTimeZone
  ) -> EventTime {
    var starts = known[cohort] ?? [cohort]
    while starts.count <= count { starts.append(period.next(after: starts.last!, in: zone)) }
    known[cohort] = starts
    return starts[count]
  }
}
