/// Why an input could not be read or an output not be written: one sentence with the file's name.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// The system refused to open, read or write a file.
    case file
    /// A folder was named where a file is needed.
    case directory
    /// Compressed data end before they are complete.
    case cutShort
    /// Compressed data have changed.
    case damaged
    /// The inputs together hold more malformed records than the reader lets pass.
    case malformed
  }

  /// What went wrong.
  public var code: Code
  /// The file, with the place where that is known; "standard input" for that.
  public var name: String
  /// What is wrong and what to do.
  public var reason: String

  /// Makes an error.
  public init(_ code: Code, _ name: String, _ reason: String) {
    self.code = code
    self.name = name
    self.reason = reason
  }

  /// The sentence.
  public var description: String { "\(name): \(reason)" }
}
