import StatisticsCore

/// The time zone in which a report draws its days, weeks and hours.
///
/// ```swift
/// let paris = try ReportingTimeZone(identifier: "Europe/Paris")
/// let time = EventTime("2020-12-20T23:20:05Z")!
/// paris.day(of: time)                               // 2020-12-21
/// paris.hour(of: time)                              // 0
/// paris.start(of: CalendarDay("2020-12-21")!)       // 2020-12-20T23:00:00Z
/// ```
///
/// Zones come from the time zone database of the machine (TZif files, RFC 9636), which is sought
/// in `$TZDIR`, `/usr/share/zoneinfo`, `/var/db/timezone/zoneinfo` and `/usr/share/lib/zoneinfo`.
/// UTC and fixed offsets need no database. Foundation is not needed either.
///
/// A value keeps the rules that it read. Two values are equal when their identifiers are, and an
/// encoded value holds only the identifier: decoding reads the rules of the machine it runs on.
public struct ReportingTimeZone: Sendable, Hashable, CustomStringConvertible {
  /// The name of the zone in the IANA database, "UTC", or an offset such as "+05:30".
  public let identifier: String

  let rules: TimeZoneRules

  /// Coordinated universal time.
  public static let utc = ReportingTimeZone("UTC", TimeZoneRules(constant: 0))

  private init(_ identifier: String, _ rules: TimeZoneRules) {
    self.identifier = identifier
    self.rules = rules
  }

  /// The zone of an identifier.
  ///
  /// ```swift
  /// try ReportingTimeZone(identifier: "America/Los_Angeles")
  /// try ReportingTimeZone(identifier: "+05:30")
  /// ```
  ///
  /// - Parameter identifier: A name of the IANA database such as "Europe/Paris"; "UTC"; or a
  ///   fixed offset "+hh:mm", "+hhmm" or "+hh" of at most 23:59.
  /// - Throws: ``TimeZoneError`` when there is no such zone, the machine has no time zone
  ///   database, or the file of the zone is damaged.
  /// - Complexity: One read of a file of a few KiB; keep the value rather than making it again.
  public init(identifier: String) throws(TimeZoneError) {
    if identifier == "UTC" || identifier == "Z" {
      self = .utc
      return
    }
    if let offset = Self.fixedOffset(identifier) {
      let name = offset == 0 ? "UTC" : CalendarText.offset(offset)
      self.init(name, TimeZoneRules(constant: offset))
      return
    }
    let bytes = try TimeZoneDatabase.contents(of: identifier)
    self.init(identifier, try TimeZoneRules(tzif: bytes, identifier: identifier))
  }

  /// The zone of the bytes of a TZif file.
  package init(identifier: String, tzif bytes: [UInt8]) throws(TimeZoneError) {
    self.init(identifier, try TimeZoneRules(tzif: bytes, identifier: identifier))
  }

  /// The seconds of an identifier such as "+05:30"; `nil` for other texts.
  private static func fixedOffset(_ identifier: String) -> Int? {
    guard identifier.utf8.count <= 6 else { return nil }
    let text = Array(identifier.utf8)
    var position = 0
    guard let offset = CalendarText.parseOffset(text.span, &position), position == text.count
    else { return nil }
    return offset
  }

  /// The identifier.
  public var description: String { identifier }

  /// Whether two zones have the same identifier.
  public static func == (a: ReportingTimeZone, b: ReportingTimeZone) -> Bool {
    a.identifier == b.identifier
  }

  /// Hashes the identifier.
  public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

// MARK: - From instants to local time

extension ReportingTimeZone {
  /// How far the clocks of the zone are ahead of UTC at an instant, in seconds; negative west of
  /// Greenwich.
  ///
  /// - Parameter time: The instant.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func secondsFromUTC(at time: EventTime) -> Int {
    rules.interval(containing: time.secondsRoundedDown).offset
  }

  /// The local day of an instant.
  ///
  /// - Parameter time: The instant.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func day(of time: EventTime) -> CalendarDay {
    let local = time.secondsRoundedDown + Int64(secondsFromUTC(at: time))
    return CalendarDay(clamping: Int(CivilCalendar.floorDivide(local, 86_400)))
  }

  /// The local hour of an instant, 0 to 23.
  ///
  /// - Parameter time: The instant.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func hour(of time: EventTime) -> Int {
    let local = time.secondsRoundedDown + Int64(secondsFromUTC(at: time))
    return Int(CivilCalendar.floorModulo(local, 86_400)) / 3600
  }

  /// The local day and clock time of an instant.
  ///
  /// - Parameter time: The instant.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func localTime(of time: EventTime) -> LocalTime {
    LocalTime(time, secondsFromUTC: secondsFromUTC(at: time))
  }
}

// MARK: - From days to instants

extension ReportingTimeZone {
  /// The first instant of a local day.
  ///
  /// This is midnight, with three exceptions. Where clocks skip midnight, as in São Paulo on
  /// 2018-11-04, it is the moment of the change, 01:00. Where midnight happens twice, it is the
  /// first. Where the whole day is skipped, as in Apia on 2011-12-30, it is the start of the next.
  ///
  /// - Parameter day: The local day. Beyond the range of ``EventTime`` the result stops at its
  ///   bounds.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func start(of day: CalendarDay) -> EventTime {
    // The first second whose local time is not before the day. No clock is as far as 26 hours
    // from UTC, so that the search can start there.
    let midnight = Int64(day.daysSinceEpoch) * 86_400
    var from = midnight - 93_600
    while true {
      let interval = rules.interval(containing: from)
      let candidate = Swift.max(from, midnight - Int64(interval.offset))
      if candidate < interval.upper { return EventTime(seconds: candidate) }
      from = interval.upper
    }
  }

  /// The first instant after a local day, which is the start of the next day.
  ///
  /// - Parameter day: The local day. Beyond the range of ``EventTime`` the result stops at its
  ///   bounds.
  /// - Complexity: O(log *n*), where *n* is the number of clock changes on record.
  public func end(of day: CalendarDay) -> EventTime {
    guard day < .max else { return .max }
    return start(of: day.advanced(by: 1))
  }
}

extension ReportingTimeZone: Codable {
  /// Reads an identifier and the rules that this machine has for it.
  ///
  /// - Throws: `DecodingError`, whose underlying error is a ``TimeZoneError`` when the zone cannot
  ///   be had.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let identifier = try container.decode(String.self)
    do throws(TimeZoneError) {
      self = try ReportingTimeZone(identifier: identifier)
    } catch {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: container.codingPath, debugDescription: error.description,
          underlyingError: error))
    }
  }

  /// Writes the identifier.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(identifier)
  }
}
