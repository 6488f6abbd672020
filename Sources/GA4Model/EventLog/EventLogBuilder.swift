/// Collects events one by one and sorts them into a log.
///
/// ```swift
/// var builder = EventLogBuilder()
/// try builder.append(Event(.pageView, at: time, by: "a"))
/// let log = try builder.build()
/// ```
public struct EventLogBuilder: ~Copyable {
  private let part = LogPart()
  private let options: EventLogOptions

  /// Makes an empty builder of a log with `options`.
  public init(options: EventLogOptions = EventLogOptions()) { self.options = options }

  /// How many events have been added.
  public var count: Int { part.count }

  /// Adds `event`; the order of addition decides among events of a user with equal times.
  ///
  /// - Throws: ``EventLogError`` when there are more distinct names or keys than a log can hold.
  public mutating func append(_ event: Event) throws(EventLogError) { try part.append(event) }

  /// Sorts what was added into a log.
  ///
  /// - Throws: ``EventLogError`` when there is more than a log can hold.
  public consuming func build() throws(EventLogError) -> EventLog {
    try LogAssembly.log([part.sealed()], options: options)
  }
}
