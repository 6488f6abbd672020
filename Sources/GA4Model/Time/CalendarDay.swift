import StatisticsCore

/// A day of the Gregorian calendar, without a time or a time zone.
///
/// ```swift
/// let day = CalendarDay("2020-12-19")!
/// day.weekday                          // Saturday
/// day.isoWeek                          // 2020-W51
/// day.advanced(by: 14)                 // 2021-01-02
/// CalendarDay("20201219") == day       // true: the form of GA4's event_date
/// ```
///
/// The calendar is the proleptic one of ISO 8601: the Gregorian rules hold for all years, and a
/// year 0 precedes the year 1. A day is one `Int32`, the number of days since 1970-01-01, so it
/// compares, hashes and sorts as an integer.
///
/// The arithmetic between days and years, months and days is that of Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms" (`days_from_civil`, `civil_from_days`),
/// <https://howardhinnant.github.io/date_algorithms.html>.
public struct CalendarDay: Sendable, Hashable {
  /// The number of days since 1970-01-01, negative before it.
  public let daysSinceEpoch: Int32

  /// The day a number of days after 1970-01-01.
  ///
  /// - Parameter daysSinceEpoch: Days since 1970-01-01, negative before it.
  public init(daysSinceEpoch: Int32) {
    self.daysSinceEpoch = daysSinceEpoch
  }

  /// The day of a year, month and day of the month; `nil` when there is no such day.
  ///
  /// ```swift
  /// CalendarDay(year: 2020, month: 2, day: 29)   // 2020-02-29
  /// CalendarDay(year: 2021, month: 2, day: 29)   // nil
  /// ```
  ///
  /// - Parameters:
  ///   - year: The year; 0 is the year before 1.
  ///   - month: The month, 1 to 12.
  ///   - day: The day of the month, from 1.
  public init?(year: Int, month: Int, day: Int) {
    guard year >= -5_877_641, year <= 5_881_580, month >= 1, month <= 12,
      day >= 1, day <= CivilCalendar.days(inMonth: month, ofYear: year),
      let days = Int32(exactly: CivilCalendar.days(year: year, month: month, day: day))
    else { return nil }
    daysSinceEpoch = days
  }

  /// The day nearest to a count of days since 1970-01-01, for results that may leave `Int32`.
  init(clamping days: Int) {
    daysSinceEpoch = Int32(clamping: days)
  }

  /// 1970-01-01.
  public static var unixEpoch: CalendarDay { CalendarDay(daysSinceEpoch: 0) }

  /// The earliest day that can be expressed, in the year −5,877,641.
  public static var min: CalendarDay { CalendarDay(daysSinceEpoch: .min) }

  /// The latest day that can be expressed, in the year 5,881,580.
  public static var max: CalendarDay { CalendarDay(daysSinceEpoch: .max) }
}

// MARK: - Components

extension CalendarDay {
  /// The year, month and day of the month together, for one third of the work.
  ///
  /// - Complexity: O(1).
  public var components: (year: Int, month: Int, day: Int) {
    CivilCalendar.date(days: Int(daysSinceEpoch))
  }

  /// The year; 0 is the year before 1.
  public var year: Int { components.year }

  /// The month, 1 to 12.
  public var month: Int { components.month }

  /// The day of the month, from 1.
  public var day: Int { components.day }

  /// The quarter of the year, 1 to 4.
  public var quarter: Int { (month + 2) / 3 }

  /// The day of the year, 1 to 366.
  public var dayOfYear: Int {
    Int(daysSinceEpoch) - CivilCalendar.days(year: year, month: 1, day: 1) + 1
  }

  /// The day of the week.
  public var weekday: Weekday {
    // 1970-01-01 was a Thursday, ISO number 4.
    let number = CivilCalendar.floorModulo(Int(daysSinceEpoch) + 3, 7) + 1
    return Weekday(isoNumber: number)!
  }

  /// The English name of the month, such as "December".
  public var monthName: String {
    switch month {
    case 1: "January"
    case 2: "February"
    case 3: "March"
    case 4: "April"
    case 5: "May"
    case 6: "June"
    case 7: "July"
    case 8: "August"
    case 9: "September"
    case 10: "October"
    case 11: "November"
    default: "December"
    }
  }

  /// A week of ISO 8601: it starts on Monday and belongs to the year that holds its Thursday.
  public struct ISOWeek: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The year of the week, which differs from that of the day around New Year.
    public let year: Int
    /// The number of the week in its year, 1 to 53.
    public let number: Int

    /// The usual short form, such as "2020-W51".
    public var description: String {
      CalendarText.year(year) + "-W" + CalendarText.twoDigits(number)
    }

    /// Whether one week comes before another.
    public static func < (a: ISOWeek, b: ISOWeek) -> Bool {
      (a.year, a.number) < (b.year, b.number)
    }
  }

  /// The week of ISO 8601 that holds the day.
  ///
  /// ```swift
  /// CalendarDay("2020-12-19")!.isoWeek   // 2020-W51
  /// CalendarDay("2021-01-01")!.isoWeek   // 2020-W53
  /// ```
  public var isoWeek: ISOWeek {
    let thursday = Int(daysSinceEpoch) + 4 - weekday.isoNumber
    let year = CivilCalendar.date(days: thursday).year
    let newYear = CivilCalendar.days(year: year, month: 1, day: 1)
    return ISOWeek(year: year, number: (thursday - newYear) / 7 + 1)
  }
}

// MARK: - Starts of periods

extension CalendarDay {
  /// The first day of the week that holds the day.
  ///
  /// ```swift
  /// CalendarDay("2020-12-19")!.startOfWeek()                      // 2020-12-14, a Monday
  /// CalendarDay("2020-12-19")!.startOfWeek(startingOn: .sunday)   // 2020-12-13
  /// ```
  ///
  /// - Parameter weekday: The day on which weeks start.
  public func startOfWeek(startingOn weekday: Weekday = .monday) -> CalendarDay {
    let passed = CivilCalendar.floorModulo(self.weekday.isoNumber - weekday.isoNumber, 7)
    return CalendarDay(clamping: Int(daysSinceEpoch) - passed)
  }

  /// The first day of the month.
  public var startOfMonth: CalendarDay {
    CalendarDay(clamping: Int(daysSinceEpoch) - day + 1)
  }

  /// The first day of the quarter: 1 January, April, July or October.
  public var startOfQuarter: CalendarDay {
    let (year, month, _) = components
    return CalendarDay(
      clamping: CivilCalendar.days(year: year, month: (month - 1) / 3 * 3 + 1, day: 1))
  }

  /// The first of January of the year.
  public var startOfYear: CalendarDay {
    CalendarDay(clamping: CivilCalendar.days(year: year, month: 1, day: 1))
  }
}

// MARK: - Order and distance

extension CalendarDay: Comparable, Strideable {
  /// Whether two values are the same day.
  public static func == (a: CalendarDay, b: CalendarDay) -> Bool {
    a.daysSinceEpoch == b.daysSinceEpoch
  }

  /// Whether one day comes before another.
  public static func < (a: CalendarDay, b: CalendarDay) -> Bool {
    a.daysSinceEpoch < b.daysSinceEpoch
  }

  /// The number of days until another day, negative if that day is earlier.
  public func distance(to other: CalendarDay) -> Int {
    Int(other.daysSinceEpoch) - Int(daysSinceEpoch)
  }

  /// The day a number of days later, or earlier if negative.
  ///
  /// - Parameter days: The number of days; results beyond ``min`` and ``max`` stop there.
  public func advanced(by days: Int) -> CalendarDay {
    CalendarDay(clamping: Int(daysSinceEpoch).addingSaturated(days))
  }
}

// MARK: - Text

extension CalendarDay: CustomStringConvertible, LosslessStringConvertible {
  /// The form of ISO 8601, such as "2020-12-19".
  ///
  /// A year outside 0…9999 is written with its sign and at least six digits, as in
  /// "+010000-01-01".
  public var description: String {
    let (year, month, day) = components
    return CalendarText.year(year) + "-" + CalendarText.twoDigits(month) + "-"
      + CalendarText.twoDigits(day)
  }

  /// The eight digits of GA4's `event_date`, such as "20201219".
  ///
  /// A year outside 0…9999 cannot be written so, and gives the form of ``description``.
  public var basicDescription: String {
    let (year, month, day) = components
    guard year >= 0, year <= 9999 else { return description }
    return CalendarText.year(year) + CalendarText.twoDigits(month) + CalendarText.twoDigits(day)
  }

  /// The day written as "2020-12-19" or "20201219"; `nil` for any other text and for days that
  /// do not exist.
  ///
  /// - Parameter description: The text, without spaces around it.
  public init?(_ description: String) {
    // No form is longer, and a long text need not be copied to be refused.
    guard description.utf8.count <= 16 else { return nil }
    self.init(utf8: Array(description.utf8).span)
  }

  /// The day written in ASCII as "2020-12-19", "20201219" or with a signed long year.
  package init?(utf8 text: borrowing Span<UInt8>) {
    if text.count == 8 {
      self.init(eightDigits: text, at: 0)
      return
    }
    var position = 0
    guard let day = CalendarText.parseExtendedDay(text, &position), position == text.count else {
      return nil
    }
    self = day
  }

  /// The day of a number such as 20201219; `nil` when there is no such day.
  package init?(yyyymmdd number: Int) {
    guard number >= 0, number <= 9999_12_31 else { return nil }
    self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
  }

  /// The day of eight ASCII digits inside a text; `nil` when the text is too short, holds
  /// another byte, or there is no such day.
  package init?(eightDigits text: borrowing Span<UInt8>, at offset: Int) {
    guard offset >= 0, text.count >= 8, offset <= text.count - 8 else { return nil }
    var number = 0
    for index in offset..<(offset + 8) {
      let digit = text[index] &- 0x30
      guard digit <= 9 else { return nil }
      number = number &* 10 &+ Int(digit)
    }
    self.init(yyyymmdd: number)
  }

  /// The day of the eight ASCII digits at a pointer; the caller vouches for eight readable bytes.
  @unsafe package init?(eightDigits text: UnsafePointer<UInt8>) {
    var number = 0
    for index in 0..<8 {
      let digit = unsafe text[index] &- 0x30
      guard digit <= 9 else { return nil }
      number = number &* 10 &+ Int(digit)
    }
    self.init(yyyymmdd: number)
  }
}

extension CalendarDay: Codable {
  /// Reads a day written as text, "2020-12-19" or "20201219".
  ///
  /// - Throws: `DecodingError` when the text is not a day.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let day = CalendarDay(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "This text is not a day; write a day as 2020-12-19 or 20201219.")
    }
    self = day
  }

  /// Writes the day as text, such as "2020-12-19".
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

// MARK: - Arithmetic

extension FixedWidthInteger where Self: SignedInteger {
  /// The sum, or the nearest bound of the type.
  func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The product, or the nearest bound of the type.
  func multipliedSaturated(by other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}

/// The writing and reading of dates and times in ASCII.
enum CalendarText {
  /// A year of at least four digits, or sign and at least six outside 0…9999.
  static func year(_ year: Int) -> String {
    if year >= 0, year <= 9999 { return padded(year, to: 4) }
    return (year < 0 ? "-" : "+") + padded(abs(year), to: 6)
  }

  /// A number of 0…99 as two digits.
  static func twoDigits(_ number: Int) -> String { padded(number, to: 2) }

  /// A number of at least zero with zeros before it.
  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Reads a number of exactly `count` digits and moves past it.
  static func parseDigits(
    _ text: borrowing Span<UInt8>, _ position: inout Int, count: Int
  ) -> Int? {
    guard count > 0, position <= text.count - count else { return nil }
    var number = 0
    for index in position..<(position + count) {
      let digit = text[index] &- 0x30
      guard digit <= 9 else { return nil }
      number = number &* 10 &+ Int(digit)
    }
    position += count
    return number
  }

  /// Moves past a byte if it is the next one.
  static func skip(
    _ byte: UInt8, in text: borrowing Span<UInt8>, _ position: inout Int
  ) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// Reads "2020-12-19", or a signed year of six or seven digits in place of four.
  static func parseExtendedDay(
    _ text: borrowing Span<UInt8>, _ position: inout Int
  ) -> CalendarDay? {
    guard position < text.count else { return nil }
    var sign = 1
    var width = 4
    let first = text[position]
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      sign = first == UInt8(ascii: "-") ? -1 : 1
      position += 1
      width = 0
      while position + width < text.count, text[position + width] &- 0x30 <= 9 { width += 1 }
      guard width == 6 || width == 7 else { return nil }
    }
    guard let year = parseDigits(text, &position, count: width),
      skip(UInt8(ascii: "-"), in: text, &position),
      let month = parseDigits(text, &position, count: 2),
      skip(UInt8(ascii: "-"), in: text, &position),
      let day = parseDigits(text, &position, count: 2)
    else { return nil }
    return CalendarDay(year: sign * year, month: month, day: day)
  }
}
