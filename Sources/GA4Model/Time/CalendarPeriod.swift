import StatisticsCore

/// The length of the periods into which a report divides time, on the local calendar.
///
/// ```swift
/// let day = CalendarDay("2020-12-19")!
/// CalendarPeriod.week().start(of: day)                                // 2020-12-14
/// CalendarPeriod.week().label(for: day)                               // "2020-W51"
/// CalendarPeriod.month.next(after: day)                               // 2021-01-01
/// CalendarPeriod.month.count(from: day, to: CalendarDay("2021-03-01")!)   // 3
/// ```
///
/// Days, weeks, months, quarters and years consist of whole local days. Hours are hours of the
/// local clock, and a change of the clocks starts a new one: the hour that autumn repeats is
/// two periods, and the hour that spring skips is none.
public enum CalendarPeriod: Sendable, Hashable {
  /// An hour of the local clock.
  case hour
  /// A local day.
  case day
  /// Seven local days.
  case week(startingOn: Weekday = .monday)
  /// A calendar month.
  case month
  /// Three calendar months from January, April, July or October.
  case quarter
  /// A calendar year.
  case year
}

// MARK: - Days

extension CalendarPeriod {
  /// The first day of the period that holds a day.
  ///
  /// - Parameters:
  ///   - day: The local day.
  /// - Precondition: The period is not `hour`, of which a day has many.
  /// - Complexity: O(1).
  public func start(of day: CalendarDay) -> CalendarDay {
    switch self {
    case .hour: Self.refuseHour()
    case .day: day
    case .week(let first): day.startOfWeek(startingOn: first)
    case .month: day.startOfMonth
    case .quarter: day.startOfQuarter
    case .year: day.startOfYear
    }
  }

  /// The first day of the period after the one that holds a day.
  ///
  /// - Parameters:
  ///   - day: The local day.
  /// - Precondition: The period is not `hour`, of which a day has many.
  /// - Complexity: O(1).
  public func next(after day: CalendarDay) -> CalendarDay {
    advance(day, by: 1)
  }

  /// The first day of the period a number of periods after the one that holds a day.
  ///
  /// ```swift
  /// CalendarPeriod.quarter.advance(CalendarDay("2020-12-19")!, by: -1)   // 2020-07-01
  /// ```
  ///
  /// - Parameters:
  ///   - day: The local day.
  ///   - count: The number of periods, negative for earlier ones. Results beyond
  ///     ``CalendarDay/min`` and ``CalendarDay/max`` stop there.
  /// - Precondition: The period is not `hour`, of which a day has many.
  /// - Complexity: O(1).
  public func advance(_ day: CalendarDay, by count: Int) -> CalendarDay {
    switch self {
    case .hour: Self.refuseHour()
    case .day: day.advanced(by: count)
    case .week(let first):
      day.startOfWeek(startingOn: first).advanced(by: count.multipliedSaturated(by: 7))
    case .month: Self.advance(day, months: count, of: 1)
    case .quarter: Self.advance(day, months: count, of: 3)
    case .year: Self.advance(day, months: count, of: 12)
    }
  }

  /// The number of periods from the one that holds a day to the one that holds another: 0 in the
  /// same period, negative if the second is earlier.
  ///
  /// ```swift
  /// CalendarPeriod.week().count(
  ///   from: CalendarDay("2020-12-20")!, to: CalendarDay("2020-12-21")!)   // 1: Sunday, Monday
  /// ```
  ///
  /// - Parameters:
  ///   - first: A local day.
  ///   - second: Another local day.
  /// - Precondition: The period is not `hour`, of which a day has many.
  /// - Complexity: O(1).
  public func count(from first: CalendarDay, to second: CalendarDay) -> Int {
    switch self {
    case .hour: Self.refuseHour()
    case .day: first.distance(to: second)
    case .week(let weekday):
      Self.week(of: second, startingOn: weekday) - Self.week(of: first, startingOn: weekday)
    case .month: Self.index(second, months: 1) - Self.index(first, months: 1)
    case .quarter: Self.index(second, months: 3) - Self.index(first, months: 3)
    case .year: Self.index(second, months: 12) - Self.index(first, months: 12)
    }
  }

  /// A short name of the period that holds a day; later periods of one length have later names in
  /// alphabetical order, in the years 0 to 9999.
  ///
  /// Days are "2020-12-19", weeks from Monday "2020-W51", other weeks their first day, months
  /// "2020-12", quarters "2020-Q4" and years "2020".
  ///
  /// - Parameters:
  ///   - day: The local day.
  /// - Precondition: The period is not `hour`, of which a day has many.
  public func label(for day: CalendarDay) -> String {
    switch self {
    case .hour: Self.refuseHour()
    case .day: day.description
    case .week(.monday): day.isoWeek.description
    case .week: start(of: day).description
    case .month: String(day.startOfMonth.description.dropLast(3))
    case .quarter: CalendarText.year(day.year) + "-Q\(day.quarter)"
    case .year: CalendarText.year(day.year)
    }
  }

  private static func refuseHour() -> Never {
    preconditionFailure(
      "A day has many hours; to divide time into hours, pass an EventTime and a time zone.")
  }

  /// The number of the period of `months` months that holds a day, counted from the year 0.
  private static func index(_ day: CalendarDay, months: Int) -> Int {
    let (year, month, _) = day.components
    return CivilCalendar.floorDivide(year * 12 + month - 1, months)
  }

  private static func advance(_ day: CalendarDay, months count: Int, of months: Int) -> CalendarDay
  {
    // More periods than there are days lead beyond the calendar in any case.
    let count = Swift.max(-1 << 32, Swift.min(count, 1 << 32))
    let month = (index(day, months: months) + count) * months
    let year = CivilCalendar.floorDivide(month, 12)
    return CalendarDay(
      clamping: CivilCalendar.days(year: year, month: month - year * 12 + 1, day: 1))
  }

  private static func week(of day: CalendarDay, startingOn weekday: Weekday) -> Int {
    // 1970-01-01 was a Thursday, ISO number 4.
    CivilCalendar.floorDivide(Int(day.daysSinceEpoch) + 4 - weekday.isoNumber, 7)
  }
}

// MARK: - Instants

extension CalendarPeriod {
  /// The first instant of the period that holds an instant.
  ///
  /// ```swift
  /// let paris = try ReportingTimeZone(identifier: "Europe/Paris")
  /// let time = EventTime("2020-12-20T17:20:05Z")!
  /// CalendarPeriod.hour.start(of: time, in: paris)    // 2020-12-20T17:00:00Z
  /// CalendarPeriod.month.start(of: time, in: paris)   // 2020-11-30T23:00:00Z
  /// ```
  ///
  /// - Parameters:
  ///   - time: The instant.
  ///   - zone: The zone whose clock and calendar divide the time.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func start(of time: EventTime, in zone: ReportingTimeZone) -> EventTime {
    guard self == .hour else { return zone.start(of: start(of: zone.day(of: time))) }
    let seconds = time.secondsRoundedDown
    let interval = zone.rules.interval(containing: seconds)
    let passed = CivilCalendar.floorModulo(seconds + Int64(interval.offset), 3600)
    return EventTime(seconds: Swift.max(interval.lower, seconds - passed))
  }

  /// The first instant of the period after the one that holds an instant.
  ///
  /// - Parameters:
  ///   - time: The instant.
  ///   - zone: The zone whose clock and calendar divide the time.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func next(after time: EventTime, in zone: ReportingTimeZone) -> EventTime {
    guard self == .hour else { return zone.start(of: next(after: zone.day(of: time))) }
    let seconds = time.secondsRoundedDown
    let interval = zone.rules.interval(containing: seconds)
    let passed = CivilCalendar.floorModulo(seconds + Int64(interval.offset), 3600)
    return EventTime(seconds: Swift.min(interval.upper, seconds - passed + 3600))
  }

  /// The number of periods from the one that holds an instant to the one that holds another: 0 in
  /// the same period, negative if the second is earlier.
  ///
  /// - Parameters:
  ///   - first: An instant.
  ///   - second: Another instant.
  ///   - zone: The zone whose clock and calendar divide the time.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record; for hours also
  ///   O(*k*), where *k* is the number of clock changes between the instants.
  public func count(
    from first: EventTime, to second: EventTime, in zone: ReportingTimeZone
  ) -> Int {
    guard self == .hour else { return count(from: zone.day(of: first), to: zone.day(of: second)) }
    if second < first { return -count(from: second, to: first, in: zone) }
    // Every stretch of one offset starts a period, and so does each of its full hours.
    let end = second.secondsRoundedDown
    var time = first.secondsRoundedDown
    var count = 0
    while true {
      let interval = zone.rules.interval(containing: time)
      let offset = Int64(interval.offset)
      let last = Swift.min(end, interval.upper - 1)
      count += Int(
        CivilCalendar.floorDivide(last + offset, 3600)
          - CivilCalendar.floorDivide(time + offset, 3600))
      if last == end { return count }
      time = interval.upper
      count += 1
    }
  }

  /// A short name of the period that holds an instant.
  ///
  /// Hours are "2020-12-20T18:00+01:00", where the offset tells the two hours apart that autumn
  /// makes of one; the other periods are as in ``label(for:)``.
  ///
  /// - Parameters:
  ///   - time: The instant.
  ///   - zone: The zone whose clock and calendar divide the time.
  public func label(for time: EventTime, in zone: ReportingTimeZone) -> String {
    guard self == .hour else { return label(for: zone.day(of: time)) }
    let local = zone.localTime(of: start(of: time, in: zone))
    return "\(local.day)T" + CalendarText.twoDigits(local.hour) + ":"
      + CalendarText.twoDigits(local.minute) + CalendarText.offset(local.secondsFromUTC)
  }
}

// MARK: - Text

extension CalendarPeriod: CustomStringConvertible {
  /// The period in words, such as "week from Monday".
  public var description: String {
    switch self {
    case .hour: "hour"
    case .day: "day"
    case .week(let weekday): "week from \(weekday)"
    case .month: "month"
    case .quarter: "quarter"
    case .year: "year"
    }
  }
}

extension CalendarPeriod: Codable {
  /// Reads the name of a period, such as "month" or "week from Monday"; "week" alone starts on
  /// Monday.
  ///
  /// - Throws: `DecodingError` when the text names no period.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let weeks = Weekday.allCases.map { CalendarPeriod.week(startingOn: $0) }
    if text == "week" {
      self = .week()
    } else if let period = ([.hour, .day, .month, .quarter, .year] + weeks).first(where: {
      $0.description == text
    }) {
      self = period
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "This text names no period; use hour, day, week, week from Sunday (or"
          + " another day), month, quarter or year.")
    }
  }

  /// Writes the name of the period.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
