/// A value of an event under a name of its own: a column of a CSV file, or a property that another
/// product is told.
///
/// ```swift
/// let columns: [ExportColumn] = [
///   .date, .time, .eventName,
///   .field(.country, as: "country"),
///   .parameter(.pageTitle, as: "title"),
/// ]
/// ```
public struct ExportColumn: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    case eventName, time, isoTime, date, isoDate, userID, pseudoID, user, itemCount, session
    case parameter(ParameterKey), userProperty(String), field(FieldPath)
  }

  /// What the value is called in the export.
  public var name: String
  let content: Content

  private init(_ name: String, _ content: Content) {
    self.name = name
    self.content = content
  }

  /// The name of the event.
  public static let eventName = ExportColumn("event_name", .eventName)
  /// When it happened, in microseconds since 1970.
  public static let time = ExportColumn("event_timestamp", .time)
  /// When it happened, as ISO 8601 in UTC, such as 2020-12-20T17:20:05.027497Z.
  public static let isoTime = ExportColumn("event_time", .isoTime)
  /// The day as 20201220: of a log the day by which it counts, of a single event `event_date`.
  public static let date = ExportColumn("event_date", .date)
  /// The day as 2020-12-20; see ``date``.
  public static let isoDate = ExportColumn("event_date", .isoDate)
  /// The signed-in user, `user_id`.
  public static let userID = ExportColumn("user_id", .userID)
  /// The device or browser, `user_pseudo_id`.
  public static let userPseudoID = ExportColumn("user_pseudo_id", .pseudoID)
  /// `user_id`, otherwise `user_pseudo_id`.
  public static let user = ExportColumn("user_id", .user)
  /// How many items the event has.
  public static let itemCount = ExportColumn("item_count", .itemCount)
  /// The position of the session in the log's ``EventLog/sessions``; only a log knows it, so events
  /// written one by one leave it absent.
  public static let session = ExportColumn("session", .session)

  /// The first value of the parameter `key`, called `name` or else as the key.
  public static func parameter(_ key: ParameterKey, as name: String? = nil) -> ExportColumn {
    ExportColumn(name ?? key.rawValue, .parameter(key))
  }

  /// The first value of the user property `key`, called `name` or else as the key.
  public static func userProperty(_ key: String, as name: String? = nil) -> ExportColumn {
    ExportColumn(name ?? key, .userProperty(key))
  }

  /// The field at `path`, called `name` or else as the path.
  public static func field(_ path: FieldPath, as name: String? = nil) -> ExportColumn {
    ExportColumn(name ?? path.rawValue, .field(path))
  }

  /// The column under another name.
  public func named(_ name: String) -> ExportColumn { ExportColumn(name, content) }

  /// What `event` holds here, `nil` when it holds nothing.
  public func value(in event: Event) -> FieldValue? {
    let value: FieldValue? =
      switch content {
      case .eventName: .string(event.name.rawValue)
      case .time: .int(event.time.microseconds)
      case .isoTime: .string(event.time.description)
      case .date: (event.date?.basicDescription).map(FieldValue.string)
      case .isoDate: (event.date?.description).map(FieldValue.string)
      case .userID: event.userID.map(FieldValue.string)
      case .pseudoID: event.userPseudoID.map(FieldValue.string)
      case .user: (event.userID ?? event.userPseudoID).map(FieldValue.string)
      case .itemCount: .int(Int64(event.items.count))
      case .session: nil
      case .parameter(let key): event.parameters[key]
      case .userProperty(let key): event.userProperties.first { $0.key == key }?.value
      case .field(let path): event.fields[path]
      }
    return value == .empty ? nil : value
  }
}

extension [ExportColumn] {
  /// Ten columns that suffice for active users, retention, funnels and revenue: user_id (otherwise
  /// the pseudo id), event_date, event_timestamp, event_name, country, device_category, source,
  /// medium, transaction_id and purchase_revenue_usd.
  public static var skinny: [ExportColumn] {
    [
      .user, .date, .time, .eventName, .field(.country, as: "country"),
      .field(.deviceCategory, as: "device_category"),
      .field(.firstUserSource, as: "source"), .field(.firstUserMedium, as: "medium"),
      .field(.transactionID, as: "transaction_id"),
      .field(.purchaseRevenueInUSD, as: "purchase_revenue_usd"),
    ]
  }
}
