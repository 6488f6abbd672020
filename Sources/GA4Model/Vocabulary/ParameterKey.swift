/// The key of an event parameter.
///
/// ```swift
/// event.parameters[.pageTitle]              // a key known to GA4
/// event.parameters["shirt_size"]            // one of your own
/// ```
public struct ParameterKey: RawRepresentable, Sendable, Hashable, Codable, Comparable,
  ExpressibleByStringLiteral, CustomStringConvertible
{
  /// The key as the export spells it.
  public var rawValue: String

  /// Makes the key `rawValue`.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Makes the key `value`.
  public init(stringLiteral value: String) { rawValue = value }

  /// The key as the export spells it.
  public var description: String { rawValue }

  /// Names are told apart by their bytes, as the export does.
  public static func == (left: ParameterKey, right: ParameterKey) -> Bool {
    left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  public static func < (left: ParameterKey, right: ParameterKey) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}
