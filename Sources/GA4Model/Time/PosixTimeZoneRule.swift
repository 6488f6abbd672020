import StatisticsCore

/// The rule of a POSIX TZ string, such as "CET-1CEST,M3.5.0,M10.5.0/3": when daylight saving
/// time starts and ends in every year.
///
/// A TZif file ends with such a rule for the time after its table: RFC 9636, section 3.3.1, which
/// widens the times of POSIX to −167…167 hours.
struct PosixTimeZoneRule: Sendable, Hashable {
  /// The offset outside daylight saving time, in seconds east of UTC.
  let standardOffset: Int
  /// The offset in daylight saving time, in seconds east of UTC.
  let daylightOffset: Int
  /// When daylight saving time starts, on the standard clock; `nil` when the offset never changes.
  let start: Change?
  /// When daylight saving time ends, on the daylight clock.
  let end: Change?

  /// A moment of the year on the local clock.
  struct Change: Sendable, Hashable {
    /// The day of the year.
    var day: Day
    /// The seconds after the midnight with which the day starts, which may lie in other days.
    var seconds: Int

    /// The seconds from 1970-01-01 to this moment of a year, both on the local clock.
    func localSeconds(year: Int) -> Int { day.daysSinceEpoch(year: year) * 86_400 + seconds }
  }

  /// The three ways in which a rule names a day.
  enum Day: Sendable, Hashable {
    /// "Jn": the n-th day, 1 to 365, of a year without 29 February.
    case julian(Int)
    /// "n": the day n, 0 to 365, with 29 February counted in leap years.
    case ordinal(Int)
    /// "Mm.w.d": the w-th (5: the last) weekday d, 0 for Sunday, of the month m.
    case weekday(Int, week: Int, month: Int)

    /// The number of days from 1970-01-01 to this day of a year.
    func daysSinceEpoch(year: Int) -> Int {
      switch self {
      case .julian(let number):
        let newYear = CivilCalendar.days(year: year, month: 1, day: 1)
        return newYear + number - (number >= 60 && CivilCalendar.isLeap(year) ? 0 : 1)
      case .ordinal(let number):
        return CivilCalendar.days(year: year, month: 1, day: 1) + number
      case .weekday(let weekday, let week, let month):
        let first = CivilCalendar.days(year: year, month: month, day: 1)
        // 1970-01-01 was a Thursday, 4 when Sunday is 0.
        let firstWeekday = CivilCalendar.floorModulo(first + 4, 7)
        var day = CivilCalendar.floorModulo(weekday - firstWeekday, 7) + (week - 1) * 7
        if day >= CivilCalendar.days(inMonth: month, ofYear: year) { day -= 7 }
        return first + day
      }
    }
  }

  private init(standardOffset: Int, daylightOffset: Int, start: Change?, end: Change?) {
    self.standardOffset = standardOffset
    self.daylightOffset = daylightOffset
    self.start = start
    self.end = end
  }

  /// A rule of one offset for all times.
  init(constant offset: Int) {
    self.init(standardOffset: offset, daylightOffset: offset, start: nil, end: nil)
  }

  /// Whether the offset never changes.
  var isConstant: Bool { start == nil }

  /// The changes of a year in UTC seconds, each with the offset that it brings.
  func changes(year: Int) -> [(time: Int, offset: Int)] {
    guard let start, let end else { return [] }
    return [
      (start.localSeconds(year: year) - standardOffset, daylightOffset),
      (end.localSeconds(year: year) - daylightOffset, standardOffset),
    ]
  }

  /// The stretch of one offset that holds a time in UTC seconds.
  ///
  /// - Complexity: O(1).
  func interval(containing time: Int64) -> OffsetInterval {
    guard !isConstant else {
      return OffsetInterval(lower: .min, upper: .max, offset: standardOffset)
    }
    let localDay = CivilCalendar.floorDivide(Int(time) + standardOffset, 86_400)
    let year = CivilCalendar.date(days: localDay).year
    // Times of up to a week before or after their day may move a change into the next year.
    var lower = (time: Int.min, offset: standardOffset)
    var upper = Int.max
    for nearby in (year - 2)...(year + 2) {
      for change in changes(year: nearby) {
        if change.time > Int(time) {
          upper = Swift.min(upper, change.time)
        } else if change.time > lower.time
          || (change.time == lower.time && change.offset == daylightOffset)
        {
          // At an end that is the next start, daylight saving time goes on.
          lower = change
        }
      }
    }
    return OffsetInterval(lower: Int64(lower.time), upper: Int64(upper), offset: lower.offset)
  }
}

// MARK: - Parsing

extension PosixTimeZoneRule {
  /// The rule of a TZ string in ASCII; `nil` when it breaks the grammar.
  init?(_ text: borrowing Span<UInt8>) {
    var position = 0
    guard Self.skipName(text, &position),
      let west = Self.parseTime(text, &position, largestHour: 24)
    else { return nil }
    let standard = -west
    guard position < text.count else {
      self.init(constant: standard)
      return
    }
    let comma = UInt8(ascii: ",")
    guard Self.skipName(text, &position) else { return nil }
    var daylight = standard + 3600
    if position < text.count, text[position] != comma {
      guard let west = Self.parseTime(text, &position, largestHour: 24) else { return nil }
      daylight = -west
    }
    guard CalendarText.skip(comma, in: text, &position),
      let start = Self.parseChange(text, &position),
      CalendarText.skip(comma, in: text, &position),
      let end = Self.parseChange(text, &position),
      position == text.count
    else { return nil }

    // Daylight saving time that ends when or after that of the next year starts lasts all year
    // ("EST5EDT,0/0,J365/25"), and one that ends when it starts never is. Four years show both
    // kinds of year.
    let years = 2001...2004
    let lastsAllYear = years.allSatisfy { year in
      end.localSeconds(year: year) - daylight >= start.localSeconds(year: year + 1) - standard
    }
    let neverIs = years.allSatisfy { year in
      end.localSeconds(year: year) - daylight == start.localSeconds(year: year) - standard
    }
    if lastsAllYear {
      self.init(constant: daylight)
    } else if neverIs || standard == daylight {
      self.init(constant: standard)
    } else {
      self.init(standardOffset: standard, daylightOffset: daylight, start: start, end: end)
    }
  }

  /// Moves past a name: three letters or more, or letters, digits and signs between "<" and ">".
  private static func skipName(_ text: borrowing Span<UInt8>, _ position: inout Int) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    if CalendarText.skip(UInt8(ascii: "<"), in: text, &position) {
      let start = position
      while position < text.count {
        let byte = text[position]
        position += 1
        if byte == UInt8(ascii: ">") { return position - 1 - start >= 3 }
        guard
          isLetter(byte) || byte &- 0x30 <= 9 || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "-")
        else { return false }
      }
      return false
    }
    let start = position
    while position < text.count, isLetter(text[position]) { position += 1 }
    return position - start >= 3
  }

  /// Reads "[+-]h[h[h]][:mm[:ss]]" in seconds.
  private static func parseTime(
    _ text: borrowing Span<UInt8>, _ position: inout Int, largestHour: Int
  ) -> Int? {
    var sign = 1
    if CalendarText.skip(UInt8(ascii: "-"), in: text, &position) {
      sign = -1
    } else {
      _ = CalendarText.skip(UInt8(ascii: "+"), in: text, &position)
    }
    guard let hours = parseNumber(text, &position, range: 0...largestHour) else { return nil }
    var seconds = hours * 3600
    for scale in [60, 1] where CalendarText.skip(UInt8(ascii: ":"), in: text, &position) {
      guard let value = CalendarText.parseDigits(text, &position, count: 2), value <= 59 else {
        return nil
      }
      seconds += value * scale
    }
    return sign * seconds
  }

  /// Reads a number of one to three digits in a range.
  private static func parseNumber(
    _ text: borrowing Span<UInt8>, _ position: inout Int, range: ClosedRange<Int>
  ) -> Int? {
    let start = position
    var number = 0
    while position < text.count, text[position] &- 0x30 <= 9, position - start < 3 {
      number = number * 10 + Int(text[position] &- 0x30)
      position += 1
    }
    return position > start && range.contains(number) ? number : nil
  }

  /// Reads a day and its time, which is 02:00 if absent.
  private static func parseChange(
    _ text: borrowing Span<UInt8>, _ position: inout Int
  ) -> Change? {
    let dot = UInt8(ascii: ".")
    let day: Day
    if CalendarText.skip(UInt8(ascii: "J"), in: text, &position) {
      guard let number = parseNumber(text, &position, range: 1...365) else { return nil }
      day = .julian(number)
    } else if CalendarText.skip(UInt8(ascii: "M"), in: text, &position) {
      guard let month = parseNumber(text, &position, range: 1...12),
        CalendarText.skip(dot, in: text, &position),
        let week = parseNumber(text, &position, range: 1...5),
        CalendarText.skip(dot, in: text, &position),
        let weekday = parseNumber(text, &position, range: 0...6)
      else { return nil }
      day = .weekday(weekday, week: week, month: month)
    } else {
      guard let number = parseNumber(text, &position, range: 0...365) else { return nil }
      day = .ordinal(number)
    }
    guard CalendarText.skip(UInt8(ascii: "/"), in: text, &position) else {
      return Change(day: day, seconds: 7200)
    }
    guard let seconds = parseTime(text, &position, largestHour: 167) else { return nil }
    return Change(day: day, seconds: seconds)
  }
}
