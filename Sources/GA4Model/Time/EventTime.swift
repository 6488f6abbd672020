import StatisticsCore

/// An instant in microseconds since 1970-01-01T00:00:00Z, the unit of GA4's `event_timestamp`.
///
/// ```swift
/// let time = EventTime(microseconds: 1_608_484_805_027_497)
/// time                                     // 2020-12-20T17:20:05.027497Z
/// time + .seconds(60)                      // 2020-12-20T17:21:05.027497Z
/// EventTime("2020-12-20 18:20:05+01:00")   // 2020-12-20T17:20:05Z
/// ```
///
/// Days have 86,400 seconds, as in POSIX: leap seconds are not counted. Arithmetic that leaves
/// the range of some 292,000 years around 1970 stops at ``min`` or ``max``.
public struct EventTime: Sendable, Hashable {
  /// The number of microseconds since 1970-01-01T00:00:00Z, negative before it.
  public let microseconds: Int64

  /// The instant a number of microseconds after 1970-01-01T00:00:00Z.
  ///
  /// - Parameter microseconds: Microseconds, negative before 1970.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The instant a number of milliseconds after 1970-01-01T00:00:00Z.
  ///
  /// - Parameter milliseconds: Milliseconds, negative before 1970; results beyond ``min`` and
  ///   ``max`` stop there.
  public init(milliseconds: Int64) {
    microseconds = milliseconds.multipliedSaturated(by: 1000)
  }

  /// The instant a number of seconds after 1970-01-01T00:00:00Z.
  ///
  /// - Parameter seconds: Seconds, negative before 1970; results beyond ``min`` and ``max`` stop
  ///   there.
  public init(seconds: Int64) {
    microseconds = seconds.multipliedSaturated(by: 1_000_000)
  }

  /// 1970-01-01T00:00:00Z.
  public static var unixEpoch: EventTime { EventTime(microseconds: 0) }

  /// The earliest instant that can be expressed.
  public static var min: EventTime { EventTime(microseconds: .min) }

  /// The latest instant that can be expressed.
  public static var max: EventTime { EventTime(microseconds: .max) }

  /// The whole seconds since 1970-01-01T00:00:00Z, rounded down.
  var secondsRoundedDown: Int64 { CivilCalendar.floorDivide(microseconds, 1_000_000) }
}

// MARK: - Order and arithmetic

extension EventTime: Comparable {
  /// Whether one instant comes before another.
  public static func < (a: EventTime, b: EventTime) -> Bool { a.microseconds < b.microseconds }

  /// The instant a duration later.
  ///
  /// - Parameters:
  ///   - time: The instant to start from.
  ///   - duration: How much later; parts of a microsecond are dropped.
  /// - Returns: The later instant; a result beyond ``min`` and ``max`` stops there.
  public static func + (time: EventTime, duration: Duration) -> EventTime {
    EventTime(microseconds: time.microseconds.addingSaturated(duration.microseconds))
  }

  /// The instant a duration earlier.
  ///
  /// - Parameters:
  ///   - time: The instant to start from.
  ///   - duration: How much earlier; parts of a microsecond are dropped.
  /// - Returns: The earlier instant; a result beyond ``min`` and ``max`` stops there.
  public static func - (time: EventTime, duration: Duration) -> EventTime {
    let (difference, overflow) = time.microseconds.subtractingReportingOverflow(
      duration.microseconds)
    guard overflow else { return EventTime(microseconds: difference) }
    return duration < .zero ? .max : .min
  }

  /// The exact time from the second instant to the first, negative if the first is earlier.
  ///
  /// ```swift
  /// EventTime(seconds: 90) - EventTime(seconds: 60)   // 30.0 seconds
  /// ```
  public static func - (a: EventTime, b: EventTime) -> Duration {
    Duration.microseconds(a.microseconds) - Duration.microseconds(b.microseconds)
  }

  /// Moves the instant a duration later, as `+` does.
  public static func += (time: inout EventTime, duration: Duration) { time = time + duration }

  /// Moves the instant a duration earlier, as `-` does.
  public static func -= (time: inout EventTime, duration: Duration) { time = time - duration }
}

// MARK: - Text

extension EventTime: CustomStringConvertible, LosslessStringConvertible {
  /// The form of ISO 8601 in UTC, such as "2020-12-20T17:20:05.027497Z".
  ///
  /// The fraction has no digits when it is zero, three for whole milliseconds, and six otherwise.
  public var description: String {
    let seconds = secondsRoundedDown
    let day = CivilCalendar.floorDivide(seconds, 86_400)
    let second = Int(seconds - day * 86_400)
    let fraction = Int(CivilCalendar.floorModulo(microseconds, 1_000_000))
    var text = CalendarDay(clamping: Int(day)).description + "T"
    text += CalendarText.twoDigits(second / 3600) + ":"
    text += CalendarText.twoDigits(second / 60 % 60) + ":"
    text += CalendarText.twoDigits(second % 60)
    if fraction % 1000 != 0 {
      text += "." + CalendarText.padded(fraction, to: 6)
    } else if fraction != 0 {
      text += "." + CalendarText.padded(fraction / 1000, to: 3)
    }
    return text + "Z"
  }

  /// The instant written in ISO 8601; `nil` for text that is not one.
  ///
  /// ```swift
  /// EventTime("2020-12-20")                         // 2020-12-20T00:00:00Z
  /// EventTime("2020-12-20T17:20:05.5Z")             // 2020-12-20T17:20:05.500Z
  /// EventTime("2020-12-20 22:50:05+05:30")          // 2020-12-20T17:20:05Z
  /// EventTime("2020-12-20 17:20:05.027497 UTC")     // BigQuery's form
  /// ```
  ///
  /// A date may stand alone; a time follows "T" or one space, its seconds may be absent, and
  /// their fraction has one to nine digits, of which six are kept. The offset is "Z", " UTC",
  /// "+hh:mm", "+hhmm" or "+hh"; a text without one is UTC. A leap second, written as second 60,
  /// is the first second of the next minute.
  ///
  /// - Parameter description: The text, without spaces around it.
  public init?(_ description: String) {
    // No form is longer, and a long text need not be copied to be refused.
    guard description.utf8.count <= 48 else { return nil }
    self.init(utf8: Array(description.utf8).span)
  }

  /// The instant written in ASCII, in the forms that `init(_:)` takes.
  package init?(utf8 text: borrowing Span<UInt8>) {
    var position = 0
    let day: CalendarDay
    if text.count >= 8, let basic = CalendarDay(eightDigits: text, at: 0) {
      day = basic
      position = 8
    } else if let extended = CalendarText.parseExtendedDay(text, &position) {
      day = extended
    } else {
      return nil
    }
    var seconds = Int64(day.daysSinceEpoch) * 86_400
    var fraction: Int64 = 0
    if position < text.count {
      switch text[position] {
      case UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " "): position += 1
      default: return nil
      }
      guard let time = Self.parseTime(text, &position),
        let offset = Self.parseOffset(text, position)
      else { return nil }
      seconds += time.seconds - offset
      fraction = time.microseconds
    }
    // Both parts take the sign of the sum, so that the earliest instant does not overflow halfway.
    if seconds < 0, fraction > 0 {
      seconds += 1
      fraction -= 1_000_000
    }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflowOfSum) = whole.addingReportingOverflow(fraction)
    guard !overflow, !overflowOfSum else { return nil }
    microseconds = sum
  }

  /// Reads "17:20", "17:20:05" or "17:20:05.027497" and moves past it.
  private static func parseTime(
    _ text: borrowing Span<UInt8>, _ position: inout Int
  ) -> (seconds: Int64, microseconds: Int64)? {
    let colon = UInt8(ascii: ":")
    guard let hour = CalendarText.parseDigits(text, &position, count: 2), hour <= 23,
      CalendarText.skip(colon, in: text, &position),
      let minute = CalendarText.parseDigits(text, &position, count: 2), minute <= 59
    else { return nil }
    var second = 0
    var fraction: Int64 = 0
    if CalendarText.skip(colon, in: text, &position) {
      guard let value = CalendarText.parseDigits(text, &position, count: 2), value <= 60 else {
        return nil
      }
      second = value
      if CalendarText.skip(UInt8(ascii: "."), in: text, &position) {
        var scale: Int64 = 100_000
        let start = position
        while position < text.count, text[position] &- 0x30 <= 9 {
          fraction += scale * Int64(text[position] &- 0x30)
          scale /= 10
          position += 1
        }
        guard position > start, position - start <= 9 else { return nil }
      }
    }
    return (Int64(hour * 3600 + minute * 60 + second), fraction)
  }

  /// Reads the offset that ends the text, in seconds east of UTC; nothing is UTC.
  private static func parseOffset(_ text: borrowing Span<UInt8>, _ start: Int) -> Int64? {
    var position = start
    guard position < text.count else { return 0 }
    let remaining = text.count - position
    switch text[position] {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      return remaining == 1 ? 0 : nil
    case UInt8(ascii: " "):
      let isUTC =
        remaining == 4 && text[position + 1] == UInt8(ascii: "U")
        && text[position + 2] == UInt8(ascii: "T") && text[position + 3] == UInt8(ascii: "C")
      return isUTC ? 0 : nil
    default:
      guard let offset = CalendarText.parseOffset(text, &position), position == text.count else {
        return nil
      }
      return Int64(offset)
    }
  }
}

extension CalendarText {
  /// Reads "+hh:mm", "+hhmm" or "+hh", of at most 23:59, in seconds east of UTC.
  static func parseOffset(_ text: borrowing Span<UInt8>, _ position: inout Int) -> Int? {
    let sign: Int
    if skip(UInt8(ascii: "+"), in: text, &position) {
      sign = 1
    } else if skip(UInt8(ascii: "-"), in: text, &position) {
      sign = -1
    } else {
      return nil
    }
    guard let hours = parseDigits(text, &position, count: 2), hours <= 23 else { return nil }
    guard position < text.count else { return sign * hours * 3600 }
    _ = skip(UInt8(ascii: ":"), in: text, &position)
    guard let minutes = parseDigits(text, &position, count: 2), minutes <= 59 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

extension EventTime: Codable {
  /// Reads the integer number of microseconds.
  ///
  /// - Throws: `DecodingError` when the value is not an integer of 64 bits.
  public init(from decoder: any Decoder) throws {
    microseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  /// Writes the integer number of microseconds.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}
