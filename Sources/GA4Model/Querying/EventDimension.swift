/// A property of events by which a report can be broken down.
///
/// ```swift
/// MetricsQuery(by: [.month, .deviceCategory])
/// MetricsQuery(by: [.parameter("page_type")])
/// ```
///
/// A missing value is a group of its own, `nil`, and is not the empty text.
public struct EventDimension: Sendable, Hashable, Codable {
  /// Which source of traffic a channel is told from.
  public enum ChannelScope: String, Sendable, Hashable, Codable, CaseIterable {
    /// The session's; see ``SessionAttribution``.
    case session
    /// The user's first, `traffic_source`, as each event carries it.
    case firstUser
  }

  package enum Source: Sendable, Hashable, Codable {
    case name
    case field(FieldPath)
    case parameter(ParameterKey)
    case userProperty(String)
    case period(CalendarPeriod)
    case weekday
    case hour
    case channel(ChannelGrouping, ChannelScope)
  }

  package var source: Source

  /// The event's name.
  public static let name = EventDimension(source: .name)
  /// The day.
  public static let day = EventDimension(source: .period(.day))
  /// The week, from Monday.
  public static let week = EventDimension(source: .period(.week()))
  /// The month.
  public static let month = EventDimension(source: .period(.month))
  /// The day of the week.
  public static let weekday = EventDimension(source: .weekday)
  /// The hour of the day in the reporting zone, 00 to 23.
  public static let hour = EventDimension(source: .hour)
  /// `geo.country`.
  public static let country = EventDimension(source: .field(.country))
  /// `geo.city`.
  public static let city = EventDimension(source: .field(.city))
  /// `device.category`.
  public static let deviceCategory = EventDimension(source: .field(.deviceCategory))
  /// `device.operating_system`.
  public static let operatingSystem = EventDimension(source: .field(.operatingSystem))
  /// `device.web_info.browser`.
  public static let browser = EventDimension(source: .field(.browser))
  /// `platform`.
  public static let platform = EventDimension(source: .field(.platform))
  /// The channel group of the session, by GA4's rules.
  public static let channel = EventDimension.channel(.ga4)

  /// The channel group by `grouping`.
  public static func channel(
    _ grouping: ChannelGrouping, scope: ChannelScope = .session
  ) -> EventDimension {
    EventDimension(source: .channel(grouping, scope))
  }
  /// A field by its dotted path.
  public static func field(_ path: FieldPath) -> EventDimension {
    EventDimension(source: .field(path))
  }
  /// The first value of a parameter.
  public static func parameter(_ key: ParameterKey) -> EventDimension {
    EventDimension(source: .parameter(key))
  }
  /// A property of the user.
  public static func userProperty(_ key: String) -> EventDimension {
    EventDimension(source: .userProperty(key))
  }
  /// A period of the calendar; hours are those of the reporting zone, with their day.
  public static func period(_ period: CalendarPeriod) -> EventDimension {
    EventDimension(source: .period(period))
  }

  /// Whether the dimension is a time, by which a session counts where it starts.
  package var isTime: Bool {
    switch source {
    case .period, .weekday, .hour: true
    default: false
    }
  }
}

extension EventDimension: CustomStringConvertible {
  /// The dimension in words.
  public var description: String {
    switch source {
    case .name: "event name"
    case .field(let path): path.rawValue
    case .parameter(let key): "parameter \(key)"
    case .userProperty(let key): "user property \(key)"
    case .period(let period): "\(period)"
    case .weekday: "weekday"
    case .hour: "hour of day"
    case .channel(let grouping, let scope):
      "\(scope == .session ? "session" : "first user") channel (\(grouping.name))"
    }
  }
}
