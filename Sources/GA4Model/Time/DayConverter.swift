import StatisticsCore

/// Turns many instants into local days and hours, remembering the last stretch of one offset.
///
/// Instants of one season cost a comparison and a division; only a change of the clocks costs a
/// look-up. Make one per worker: a converter changes as it works.
package struct DayConverter: Sendable {
  @usableFromInline let rules: TimeZoneRules
  /// The first microsecond to which `offset` applies.
  @usableFromInline var lower: Int64
  /// The last microsecond to which `offset` applies.
  @usableFromInline var upper: Int64
  /// Microseconds east of UTC.
  @usableFromInline var offset: Int64

  /// A converter for a zone.
  package init(_ zone: ReportingTimeZone) {
    rules = zone.rules
    lower = 1
    upper = 0
    offset = 0
  }

  /// The local day of an instant, in days since 1970-01-01.
  @inlinable
  package mutating func day(ofMicroseconds time: Int64) -> Int32 {
    let local = localMicroseconds(time)
    let quotient = local / 86_400_000_000
    return Int32(truncatingIfNeeded: quotient &- (local % 86_400_000_000 < 0 ? 1 : 0))
  }

  /// The local hour of an instant, 0 to 23.
  @inlinable
  package mutating func hour(ofMicroseconds time: Int64) -> Int32 {
    let local = localMicroseconds(time)
    let remainder = local % 86_400_000_000
    return Int32(
      truncatingIfNeeded: (remainder < 0 ? remainder &+ 86_400_000_000 : remainder) / 3_600_000_000)
  }

  /// The microseconds from 1970-01-01T00:00 to an instant, both on the local clock, or the nearest
  /// bound of `Int64`.
  @inlinable
  package mutating func localMicroseconds(_ time: Int64) -> Int64 {
    if time < lower || time > upper { refill(time) }
    let (local, overflow) = time.addingReportingOverflow(offset)
    return overflow ? (offset < 0 ? .min : .max) : local
  }

  /// Looks up the stretch of one offset that holds an instant.
  @usableFromInline
  mutating func refill(_ time: Int64) {
    let interval = rules.interval(containing: CivilCalendar.floorDivide(time, 1_000_000))
    lower = interval.lower.multipliedSaturated(by: 1_000_000)
    let end = interval.upper.multipliedSaturated(by: 1_000_000)
    upper = end == .max ? .max : end - 1
    offset = Int64(interval.offset) * 1_000_000
  }
}

extension ReportingTimeZone {
  /// A converter for many instants.
  package func dayConverter() -> DayConverter { DayConverter(self) }
}
