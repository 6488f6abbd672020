/// A property of a user as an event carries it.
public struct UserProperty: Sendable, Hashable {
  /// What the property is called.
  public var key: String
  /// The value, ``FieldValue/empty`` where the export has none.
  public var value: FieldValue
  /// When the property was set, `nil` where the export does not say.
  public var setTime: EventTime?

  /// Makes a property of a user.
  public init(_ key: String, _ value: FieldValue, setTime: EventTime? = nil) {
    self.key = key
    self.value = value
    self.setTime = setTime
  }
}
