/// What happened: the name of an event.
///
/// ```swift
/// let name: EventName = "newsletter_signup"
/// name == .purchase                         // false
/// ```
public struct EventName: RawRepresentable, Sendable, Hashable, Codable, Comparable,
  ExpressibleByStringLiteral, CustomStringConvertible
{
  /// The name as the export spells it.
  public var rawValue: String

  /// Makes the name `rawValue`.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Makes the name `value`.
  public init(stringLiteral value: String) { rawValue = value }

  /// Makes the name `value`.
  public init(_ value: String) { rawValue = value }

  /// The name as the export spells it.
  public var description: String { rawValue }

  /// Names are told apart by their bytes, as the export does.
  public static func == (left: EventName, right: EventName) -> Bool {
    left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  public static func < (left: EventName, right: EventName) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}
