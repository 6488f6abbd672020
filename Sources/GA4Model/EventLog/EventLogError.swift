/// Why a log could not be built, saved or opened.
///
/// ```swift
/// do {
///   _ = try EventLog(contentsOf: "december.ga4log")
/// } catch {
///   print(error)
///   // december.ga4log: The file could not be opened: No such file or directory.
/// }
/// ```
///
/// The sentence never holds a value of the data or the id of a user.
public struct EventLogError: Error, Sendable, Hashable {
  /// What went wrong.
  public struct Code: Sendable, Hashable {
    private enum Value: Sendable, Hashable {
      case tooManyNames, tooManyKeys, tooManyRows, tooManyTexts, notALog, unsupportedVersion
      case damaged, timeZone, file
    }
    private var value: Value

    /// More than 65,535 distinct event names.
    public static let tooManyNames = Code(value: .tooManyNames)
    /// More than 65,535 distinct keys of parameters, properties and fields.
    public static let tooManyKeys = Code(value: .tooManyKeys)
    /// More rows, parameters or items than 32 bits can count.
    public static let tooManyRows = Code(value: .tooManyRows)
    /// More distinct texts than 31 bits can count.
    public static let tooManyTexts = Code(value: .tooManyTexts)
    /// The file is not a saved log.
    public static let notALog = Code(value: .notALog)
    /// The file was saved by a version, or on a kind of machine, that this one cannot read.
    public static let unsupportedVersion = Code(value: .unsupportedVersion)
    /// The file is cut short or its bytes have changed.
    public static let damaged = Code(value: .damaged)
    /// This machine does not know the time zone of the saved log.
    public static let timeZone = Code(value: .timeZone)
    /// The system refused to read or write the file.
    public static let file = Code(value: .file)
  }

  /// What went wrong.
  public var code: Code
  /// The file, `nil` for bytes and for logs that could not be built.
  public var path: String?
  /// The part of the sentence that depends on the case, if any.
  private var detail: String

  init(_ code: Code, _ detail: String = "", path: String? = nil) {
    self.code = code
    self.detail = detail
    self.path = path
  }

  /// The same error of the file at `path`.
  func at(_ path: String) -> EventLogError { EventLogError(code, detail, path: path) }
}

extension EventLogError: CustomStringConvertible {
  /// The file, if there is one, and the sentence for people.
  public var description: String { path.map { "\($0): \(sentence)" } ?? sentence }

  private var sentence: String {
    switch code {
    case .tooManyNames:
      "The log would hold more than 65,535 distinct event names; check that names carry no ids."
    case .tooManyKeys:
      "The log would hold more than 65,535 distinct parameter keys and field paths;"
        + " check that keys carry no ids."
    case .tooManyRows:
      "The log would hold more rows, parameters or items than 4,294,967,294; split it by user."
    case .tooManyTexts:
      "The log would hold more than 2,147,483,647 distinct texts; keep fewer parameters or split it."
    case .notALog: "This is not a saved event log; read exported events with EventReader."
    case .unsupportedVersion:
      "The saved event log cannot be read here: \(detail); save it again with this version."
    case .damaged: "The saved event log is damaged: \(detail); save it again from its source."
    case .timeZone: "The time zone of the saved event log cannot be had: \(detail)"
    default: "The file could not be \(detail)."
    }
  }
}
