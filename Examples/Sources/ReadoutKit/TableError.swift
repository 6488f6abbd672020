/// Why a table could not be read: one sentence with the place and what to do.
public struct TableError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// Makes an error.
  public init(_ description: String) { self.description = description }
}
