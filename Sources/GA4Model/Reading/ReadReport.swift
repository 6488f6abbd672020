/// What became of an input: every record is an event or a line of one, was left out by a rule, or was
/// skipped.
public struct ReadReport: Sendable, Hashable, Codable {
  /// Records read: lines of NDJSON, elements of an array, rows of CSV after the header; blank lines
  /// do not count.
  public var lines = 0
  /// Records that were malformed and left out.
  public var skipped = 0
  /// Bytes read.
  public var bytes: Int64 = 0
  /// Events whose parameters repeat a key; all are kept and the first is the value.
  public var repeatedParameters = 0
  /// Parameters and properties with more than one typed value; the first was kept.
  public var multipleValues = 0
  /// Numbers that stood where the export has text; they were kept as text.
  public var numbersAsText = 0
  /// Parameters and properties without a key, and entries inside them that the export does not
  /// have, which were left out.
  public var ignoredEntries = 0
  /// Records that are sound and were left out by a rule of the reader, by reason; an
  /// ``EventReader`` leaves out none.
  public var leftOut: [LeftOut] = []
  /// Where the first skipped records stand and why they were skipped, at most 100.
  public var problems: [Problem] = []

  /// A record that was skipped.
  public struct Problem: Sendable, Hashable, Codable {
    /// The file, `nil` for bytes and streams.
    public var path: String?
    /// The line, counting from 1.
    public var line: Int
    /// The byte in the line, counting from 1.
    public var column: Int
    /// The field in which the record is malformed, where that is known.
    public var field: String?
    /// What is wrong.
    public var reason: String
  }

  /// Records that were left out by a rule.
  public struct LeftOut: Sendable, Hashable, Codable {
    /// Why.
    public var reason: String
    /// How many records.
    public var lines: Int

    /// Makes a count.
    public init(reason: String, lines: Int) {
      self.reason = reason
      self.lines = lines
    }
  }

  /// The most ``problems`` that are listed; all are counted in ``skipped``.
  static let listed = 100

  /// Makes the report of nothing.
  public init() {}
}

extension ReadReport: CustomStringConvertible {
  /// The report in words.
  public var description: String {
    var text = "\(lines) records read, \(skipped) skipped"
    let notes = [
      (repeatedParameters, "events repeat a parameter"),
      (multipleValues, "parameters with several values"),
      (numbersAsText, "numbers kept as text"), (ignoredEntries, "unknown entries left out"),
    ]
    for (count, words) in notes where count > 0 { text += ", \(count) \(words)" }
    for rule in leftOut { text += "\n  \(rule.lines) left out: \(rule.reason)" }
    for problem in problems {
      text += "\n  \(ReadError(problem))"
    }
    if skipped > problems.count { text += "\n  … and \(skipped - problems.count) more" }
    return text
  }
}

extension ReadError {
  init(_ problem: ReadReport.Problem) {
    self.init(
      .malformed, problem.reason, path: problem.path, line: problem.line,
      column: problem.column, field: problem.field)
  }
}

/// What to do with a record that is not an event.
public enum MalformedPolicy: Sendable, Hashable, Codable {
  /// Stop with the first one.
  case fail
  /// Leave out at most `limit` and list them in the ``ReadReport``; one more is an error.
  case skip(limit: Int)

  var limit: Int {
    switch self {
    case .fail: 0
    case .skip(let limit): max(0, limit)
    }
  }

  /// The error for an input with more malformed records than the limit, as `report` lists them.
  func refusal(_ report: ReadReport, _ code: ReadError.Code) -> ReadError {
    let first = report.problems[0]
    var error = ReadError(first)
    error.code = code
    guard limit > 0 else { return error }
    error.code = .tooManyMalformed
    error.reason = "more than \(limit) records are malformed; the first one: \(first.reason)"
    return error
  }
}

/// How much of an input is taken before reading refuses; generous for exports, finite for attacks.
public struct ReadLimits: Sendable, Hashable, Codable {
  /// The longest record in bytes.
  public var recordBytes: Int
  /// How deep objects and arrays may be nested, at most ``deepestNesting``.
  public var nesting: Int
  /// The most bytes of distinct text that the input may hold.
  public var textBytes: Int

  /// The deepest nesting that fits into the stack of a thread.
  public static let deepestNesting = 500

  /// Makes limits: 16 MiB a record, 64 levels, 64 GiB of distinct text.
  public init(recordBytes: Int = 16 << 20, nesting: Int = 64, textBytes: Int = 64 << 30) {
    precondition(recordBytes > 0 && nesting > 0 && textBytes > 0, "Limits must be positive")
    precondition(
      nesting <= Self.deepestNesting, "Nesting can be at most \(Self.deepestNesting) levels")
    self.recordBytes = recordBytes
    self.nesting = nesting
    self.textBytes = textBytes
  }
}
