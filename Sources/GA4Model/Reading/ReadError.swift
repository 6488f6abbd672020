/// Why events could not be read, with the place and what to do.
///
/// ```swift
/// do {
///   _ = try EventReader().read(path: "events.ndjson")
/// } catch {
///   print(error)
///   // events.ndjson:12:31: event_timestamp: expected a whole number of microseconds; …
/// }
/// ```
///
/// The sentence never holds a value of the data, since values can be personal.
public struct ReadError: Error, Sendable, Hashable {
  /// What went wrong.
  public struct Code: Sendable, Hashable {
    private enum Value: Sendable, Hashable {
      case file, malformed, tooManyMalformed, tooLong, format, header, limit
    }
    private var value: Value

    /// The system refused to open or read a file.
    public static let file = Code(value: .file)
    /// A record is not an event.
    public static let malformed = Code(value: .malformed)
    /// More records were malformed than the policy lets pass.
    public static let tooManyMalformed = Code(value: .tooManyMalformed)
    /// A record is longer than ``ReadLimits/recordBytes``.
    public static let tooLong = Code(value: .tooLong)
    /// The input is in none of the known formats.
    public static let format = Code(value: .format)
    /// The header of a CSV file lacks a column that the mapping needs.
    public static let header = Code(value: .header)
    /// The events hold more than a log can.
    public static let limit = Code(value: .limit)
  }

  /// What went wrong.
  public var code: Code
  /// The file, `nil` for bytes and streams.
  public var path: String?
  /// The line, counting from 1.
  public var line: Int?
  /// The byte in the line, counting from 1.
  public var column: Int?
  /// The field of the export in which it stands.
  public var field: String?
  /// What is wrong and what to do.
  public var reason: String

  package init(
    _ code: Code, _ reason: String, path: String? = nil, line: Int? = nil, column: Int? = nil,
    field: String? = nil
  ) {
    self.code = code
    self.reason = reason
    self.path = path
    self.line = line
    self.column = column
    self.field = field
  }
}

extension ReadError: CustomStringConvertible {
  /// The place and the sentence.
  public var description: String {
    var place = path ?? ""
    if let line {
      place += place.isEmpty ? "line \(line)" : ":\(line)"
      if let column { place += path == nil ? ", column \(column)" : ":\(column)" }
    }
    if !place.isEmpty { place += ": " }
    if let field { place += field + ": " }
    return place + reason
  }
}
