/// How a log groups its events: users, sessions and days.
///
/// ```swift
/// let options = EventLogOptions(timeZone: try ReportingTimeZone(identifier: "Europe/Paris"))
/// ```
public struct EventLogOptions: Sendable, Hashable, Codable {
  /// Which events belong to one user.
  public var users: UserIdentity
  /// Which events belong to one session, and when it counts as engaged.
  public var sessions: SessionRule
  /// The reporting zone: gives a day to events without `event_date`, and the hour to all.
  public var timeZone: ReportingTimeZone

  /// Makes options; the defaults are GA4's, with days and hours in UTC.
  public init(
    users: UserIdentity = .userIDOrPseudoID, sessions: SessionRule = SessionRule(),
    timeZone: ReportingTimeZone = .utc
  ) {
    self.users = users
    self.sessions = sessions
    self.timeZone = timeZone
  }
}

/// Where the days of a log come from.
enum DayOrigin: Sendable {
  /// Every event had its `event_date`.
  case exported
  /// No event had one; all days come from time and zone.
  case derived
  /// 1 for the events that had one.
  case mixed(Column<UInt8>)
}
