/// Why a log could not be built, saved or opened.
public struct EventLogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public struct Code: Sendable, Hashable {
    private enum Value: Sendable, Hashable {
      case tooManyNames, tooManyKeys, tooManyRows, tooManyTexts, notALog, unsupportedVersion, damaged, file
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
    /// The file was saved by a version that this one cannot read.
    public static let unsupportedVersion = Code(value: .unsupportedVersion)
    /// The file is cut short or its bytes have changed.
    public static let damaged = Code(value: .damaged)
    /// The system refused to read or write the file.
    public static let file = Code(value: .file)
  }

  /// What went wrong.
  public var code: Code
  /// The rest of the sentence, if any.
  private var detail: String

  init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }

  /// The sentence for people.
  public var description: String {
    switch code {
    case .tooManyNames:
      "The log would hold more than 65,535 distinct event names; check that names carry no ids."
    case .tooManyKeys:
      "The log would hold more than 65,535 distinct parameter keys and field paths; check that keys carry no ids."
    case .tooManyRows:
      "The log would hold more rows, parameters or items than 4,294,967,295; split it by user."
    case .tooManyTexts:
      "The log would hold more than 2,147,483,647 distinct texts; keep fewer parameters or split it."
    case .notALog: "The file is not a saved event log\(detail)."
    case .unsupportedVersion: "The saved event log cannot be read by this version\(detail)."
    case .damaged: "The saved event log is damaged\(detail); save it again from its source."
    default: "The event log file could not be used\(detail)."
    }
  }
}
