/// One row of the GA4 export: what happened, when, and to whom.
///
/// ```swift
/// let time = EventTime(microseconds: 1_608_484_805_027_497)
/// var event = Event(.purchase, at: time, by: "1003697.9625")
/// event.parameters[.currency] = "EUR"
/// event.ecommerce.transactionID = "T-1"
/// event.ecommerce.purchaseRevenue = 54
/// event[field: .purchaseRevenue]            // .double(54.0), the same field by its path
/// event.items = [Item(name: "Zip Hoodie", price: 54, quantity: 1)]
/// ```
///
/// Fields that have no property here are addressed by their dotted path, so nothing that an export
/// holds is out of reach. An ``EventLog`` stores events in columns and hands out this readable row.
public struct Event: Sendable, Hashable {
  /// `event_name`.
  public var name: EventName
  /// `event_timestamp`: when it was logged.
  public var time: EventTime
  /// `event_date`: the day in the property's time zone, `nil` where the source has none.
  public var date: CalendarDay?
  /// `user_pseudo_id`: the device or browser; an opaque text even where it looks like a number.
  public var userPseudoID: String?
  /// `user_id`: the signed-in user.
  public var userID: String?
  /// `event_params`.
  public var parameters: Parameters
  /// `user_properties`.
  public var userProperties: [UserProperty]
  /// `items`.
  public var items: [Item]
  /// Every other field by its dotted path.
  public var fields: FieldSet

  /// Makes an event.
  ///
  /// - Parameters:
  ///   - name: what happened.
  ///   - time: when.
  ///   - userPseudoID: the device or browser, `nil` when consent was denied.
  ///   - userID: the signed-in user, if any.
  ///   - date: the day in the property's time zone; without one a log takes that of `time`.
  ///   - parameters: `event_params`.
  ///   - userProperties: `user_properties`.
  ///   - items: `items`.
  ///   - fields: every other field by its dotted path.
  public init(
    _ name: EventName, at time: EventTime, by userPseudoID: String? = nil, userID: String? = nil,
    date: CalendarDay? = nil, parameters: Parameters = Parameters(),
    userProperties: [UserProperty] = [], items: [Item] = [], fields: FieldSet = FieldSet()
  ) {
    self.name = name
    self.time = time
    self.date = date
    self.userPseudoID = userPseudoID
    self.userID = userID
    self.parameters = parameters
    self.userProperties = userProperties
    self.items = items
    self.fields = fields
  }

  /// The first value of the parameter `key`, or `nil`.
  public subscript(key: ParameterKey) -> FieldValue? {
    get { parameters[key] }
    set { parameters[key] = newValue }
  }

  /// What stands at `path`, or `nil`.
  public subscript(field path: FieldPath) -> FieldValue? {
    get { fields[path] }
    set { fields[path] = newValue }
  }

  /// The export's session id, the parameter `ga_session_id`.
  public var sessionID: Int64? {
    get { parameters[.sessionID]?.int }
    set { parameters[.sessionID] = newValue.map(FieldValue.int) }
  }
}
