/// A day of the week, from Monday to Sunday in the order of ISO 8601.
///
/// ```swift
/// CalendarDay("2020-12-19")?.weekday        // Saturday
/// Weekday.saturday.isoNumber                // 6
/// ```
public enum Weekday: String, Sendable, Hashable, Codable, CaseIterable, Comparable,
  CustomStringConvertible
{
  /// Monday, ISO number 1.
  case monday
  /// Tuesday, ISO number 2.
  case tuesday
  /// Wednesday, ISO number 3.
  case wednesday
  /// Thursday, ISO number 4.
  case thursday
  /// Friday, ISO number 5.
  case friday
  /// Saturday, ISO number 6.
  case saturday
  /// Sunday, ISO number 7.
  case sunday

  /// The day with an ISO 8601 number, 1 for Monday to 7 for Sunday; `nil` for any other number.
  ///
  /// - Parameter isoNumber: The number of the day.
  public init?(isoNumber: Int) {
    switch isoNumber {
    case 1: self = .monday
    case 2: self = .tuesday
    case 3: self = .wednesday
    case 4: self = .thursday
    case 5: self = .friday
    case 6: self = .saturday
    case 7: self = .sunday
    default: return nil
    }
  }

  /// The ISO 8601 number: 1 for Monday to 7 for Sunday.
  public var isoNumber: Int {
    switch self {
    case .monday: 1
    case .tuesday: 2
    case .wednesday: 3
    case .thursday: 4
    case .friday: 5
    case .saturday: 6
    case .sunday: 7
    }
  }

  /// Whether the day is a Saturday or a Sunday.
  public var isWeekend: Bool { self == .saturday || self == .sunday }

  /// The English name, such as "Monday".
  public var description: String {
    switch self {
    case .monday: "Monday"
    case .tuesday: "Tuesday"
    case .wednesday: "Wednesday"
    case .thursday: "Thursday"
    case .friday: "Friday"
    case .saturday: "Saturday"
    case .sunday: "Sunday"
    }
  }

  /// Whether one day comes before another in a week that starts on Monday.
  public static func < (a: Weekday, b: Weekday) -> Bool { a.isoNumber < b.isoNumber }
}
