/// What the columns of a CSV file mean.
///
/// ```swift
/// var mapping = CSVMapping.automatic
/// mapping.columns["when"] = .time(.iso8601)
/// mapping.columns["shopper"] = .userID
/// mapping.columns["what"] = .name
/// let log = try EventReader(format: .csv(mapping)).read(path: "orders.csv").log
/// ```
///
/// Columns are named by the header, whatever the case of its letters. An empty cell is an absent
/// value.
public struct CSVMapping: Sendable, Hashable {
  /// What one column holds.
  public enum Column: Sendable, Hashable {
    /// The event's name; every row needs one.
    case name
    /// The event's time; every row needs one.
    case time(TimeFormat)
    /// The day, `YYYYMMDD` or `YYYY-MM-DD`.
    case date
    /// `user_id`.
    case userID
    /// `user_pseudo_id`.
    case userPseudoID
    /// A parameter.
    case parameter(ParameterKey, ValueType)
    /// A user property.
    case userProperty(String, ValueType)
    /// Another field of the export, of the type that the export documents.
    case field(FieldPath)
    /// Nothing that is kept.
    case ignored
  }

  /// How a time is written.
  public enum TimeFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// Whole microseconds since 1970, as in the export.
    case microseconds
    /// Whole milliseconds since 1970.
    case milliseconds
    /// Whole seconds since 1970.
    case seconds
    /// A day, or a day and a time, in UTC unless an offset is given.
    case iso8601
  }

  /// How a value is read.
  public enum ValueType: String, Sendable, Hashable, Codable, CaseIterable {
    /// As text.
    case text
    /// As a whole number.
    case integer
    /// As a number.
    case number
    /// As a whole number, a number, or else as text: whichever fits first.
    case automatic
  }

  /// What becomes of a column that ``columns`` does not name.
  public enum UnknownColumns: Sendable, Hashable {
    /// It becomes a parameter of its name.
    case parameters
    /// It is not kept.
    case ignored
    /// It is an error.
    case refused
  }

  /// Columns by the name in the header, in lower case.
  public var columns: [String: Column]
  /// What becomes of other columns.
  public var unknownColumns: UnknownColumns
  /// The names of the columns where the file has no header line.
  public var header: [String]?
  /// The ASCII character between cells.
  public var delimiter: Character
  /// Whether event names are turned to lower case.
  public var lowercasesNames: Bool

  /// Makes a mapping.
  public init(
    columns: [String: Column], unknownColumns: UnknownColumns = .parameters,
    header: [String]? = nil, delimiter: Character = ",", lowercasesNames: Bool = false
  ) {
    precondition(
      delimiter.isASCII && delimiter != "\"" && delimiter != "\n" && delimiter != "\r",
      "A delimiter must be one ASCII character other than a quote or a line end")
    self.columns = columns
    self.unknownColumns = unknownColumns
    self.header = header
    self.delimiter = delimiter
    self.lowercasesNames = lowercasesNames
  }

  /// The export's own column names, flattened: `event_name`, `event_timestamp`, `event_date`,
  /// `user_id`, `user_pseudo_id`, every documented dotted path, `country`, `device_category`,
  /// `source`, `medium`, `transaction_id`, `purchase_revenue_usd`; other columns are parameters.
  public static let automatic = CSVMapping(columns: [
    "event_name": .name, "event_timestamp": .time(.microseconds), "event_date": .date,
    "user_id": .userID, "user_pseudo_id": .userPseudoID,
    "country": .field("geo.country"), "device_category": .field("device.category"),
    "source": .field("traffic_source.source"), "medium": .field("traffic_source.medium"),
    "campaign": .field("traffic_source.name"),
    "transaction_id": .field("ecommerce.transaction_id"),
    "purchase_revenue": .field("ecommerce.purchase_revenue"),
    "purchase_revenue_usd": .field("ecommerce.purchase_revenue_in_usd"),
    "platform": .field("platform"), "stream_id": .field("stream_id"),
    "ga_session_id": .parameter("ga_session_id", .integer),
    "ga_session_number": .parameter("ga_session_number", .integer),
    "session_engaged": .parameter("session_engaged", .automatic),
    "engagement_time_msec": .parameter("engagement_time_msec", .integer),
  ])

  /// The skinny event table: `user_id`, `event_date`, `event_timestamp`, `event_name`, `country`,
  /// `device_category`, `source`, `medium`, `transaction_id`, `purchase_revenue_usd`, with or
  /// without `user_pseudo_id` and the session columns; names are turned to lower case.
  public static let skinny: CSVMapping = {
    var mapping = automatic
    mapping.lowercasesNames = true
    return mapping
  }()

  /// What the column of `name` holds.
  func column(named name: String) throws(ReadError) -> Column {
    if let column = columns[name.lowercased()] { return column }
    if FieldSchema.kind(of: name) != nil { return .field(FieldPath(rawValue: name)) }
    switch unknownColumns {
    case .parameters: return .parameter(ParameterKey(rawValue: name), .automatic)
    case .ignored: return .ignored
    case .refused:
      throw ReadError(
        .header, "a column of the header is not in the mapping; add it or let unknown columns pass")
    }
  }
}
