import StatisticsCore

/// What a clock and a calendar in one time zone show at an instant.
///
/// ```swift
/// let paris = try ReportingTimeZone(identifier: "Europe/Paris")
/// paris.localTime(of: EventTime("2020-12-20T23:20:05Z")!)   // 2020-12-21T00:20:05+01:00
/// ```
public struct LocalTime: Sendable, Hashable, CustomStringConvertible {
  /// The local day.
  public let day: CalendarDay
  /// The hour of the day, 0 to 23.
  public let hour: Int
  /// The minute of the hour, 0 to 59.
  public let minute: Int
  /// The second of the minute, 0 to 59.
  public let second: Int
  /// The microsecond of the second, 0 to 999,999.
  public let microsecond: Int
  /// How far the clock is ahead of UTC, in seconds; negative west of Greenwich.
  public let secondsFromUTC: Int

  init(_ time: EventTime, secondsFromUTC offset: Int) {
    let local = time.secondsRoundedDown + Int64(offset)
    let day = CivilCalendar.floorDivide(local, 86_400)
    let seconds = Int(local - day * 86_400)
    self.day = CalendarDay(clamping: Int(day))
    hour = seconds / 3600
    minute = seconds / 60 % 60
    second = seconds % 60
    microsecond = Int(CivilCalendar.floorModulo(time.microseconds, 1_000_000))
    secondsFromUTC = offset
  }

  /// The form of ISO 8601 with the offset, such as "2020-12-21T00:20:05+01:00".
  public var description: String {
    var text = "\(day)T" + CalendarText.twoDigits(hour) + ":" + CalendarText.twoDigits(minute)
    text += ":" + CalendarText.twoDigits(second)
    if microsecond != 0 { text += "." + CalendarText.padded(microsecond, to: 6) }
    return text + CalendarText.offset(secondsFromUTC)
  }
}

extension CalendarText {
  /// An offset as "Z", "+05:30" or, with odd seconds, "+00:09:21".
  static func offset(_ seconds: Int) -> String {
    if seconds == 0 { return "Z" }
    let size = abs(seconds)
    var text = seconds < 0 ? "-" : "+"
    text += twoDigits(size / 3600) + ":" + twoDigits(size / 60 % 60)
    return size % 60 == 0 ? text : text + ":" + twoDigits(size % 60)
  }
}
