import GA4Model

/// Numbers for the periods of a calendar, one higher for each next period.
struct PeriodNumbers {
  let period: CalendarPeriod
  let zone: ReportingTimeZone
  private var lastDay: (day: Int32, number: Int)?
  /// The hour looked up last, and the number of every hour by its start.
  private var lastHour: (times: Range<Int64>, number: Int)?
  private var hours: [Int64: Int] = [:]

  init(_ period: CalendarPeriod, in zone: ReportingTimeZone) {
    self.period = period
    self.zone = zone
  }

  /// Whether the period of an event depends on its time; otherwise it depends on its day.
  var isByTime: Bool { period == .hour }

  /// The number of the period of whole days that holds `day`.
  @inline(__always)
  mutating func number(ofDay day: Int32) -> Int {
    if period == .day { return Int(day) }
    if let lastDay, lastDay.day == day { return lastDay.number }
    let number = period.count(from: .unixEpoch, to: CalendarDay(daysSinceEpoch: day))
    lastDay = (day, number)
    return number
  }

  /// The number of the hour that holds `time`.
  @inline(__always)
  mutating func number(ofTime time: Int64) -> Int {
    if let lastHour, lastHour.times.contains(time) { return lastHour.number }
    return lookUp(time)
  }

  @inline(never)
  private mutating func lookUp(_ time: Int64) -> Int {
    let instant = EventTime(microseconds: time)
    let start = period.start(of: instant, in: zone)
    let number = hours[start.microseconds] ?? period.count(from: .unixEpoch, to: instant, in: zone)
    hours[start.microseconds] = number
    let next = period.next(after: instant, in: zone).microseconds
    // At the ends of time an hour has no start or no end.
    lastHour = (min(start.microseconds, time)..<max(next, time), number)
    return number
  }

  /// The number of the period that holds an event.
  @inline(__always)
  mutating func number(day: Int32, time: Int64) -> Int {
    isByTime ? number(ofTime: time) : number(ofDay: day)
  }

  /// The number of the period that holds an instant.
  mutating func number(at time: EventTime) -> Int {
    number(day: zone.day(of: time).daysSinceEpoch, time: time.microseconds)
  }

  /// The first day of a period of whole days.
  private func day(_ number: Int) -> CalendarDay { period.advance(.unixEpoch, by: number) }

  /// The first instant of a period.
  mutating func start(of number: Int) -> EventTime {
    guard isByTime else { return zone.start(of: day(number)) }
    // Numbers rise with time, but not by a rule: changes of the clocks begin an hour of their own.
    // There are a few of those a year, and far fewer than one in a thousand hours.
    let slack = number.magnitude / 1_000 + 10_000
    var low = EventTime(seconds: Int64(number - Int(slack)) * 3_600).microseconds
    var high = EventTime(seconds: Int64(number + Int(slack)) * 3_600).microseconds
    while low < high {
      let middle = low + Int64(bitPattern: UInt64(bitPattern: high &- low) / 2)
      let found = period.count(
        from: .unixEpoch, to: EventTime(microseconds: middle), in: zone)
      if found < number { low = middle + 1 } else { high = middle }
    }
    return EventTime(microseconds: low)
  }

  /// The short name of a period that begins at `start`.
  func label(_ number: Int, startingAt start: EventTime) -> String {
    isByTime ? period.label(for: start, in: zone) : period.label(for: day(number))
  }
}
