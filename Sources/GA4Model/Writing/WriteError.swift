import StatisticsCore

/// Why a file could not be written.
///
/// ```swift
/// do {
///   try NDJSONWriter().write(log, toPath: "/nowhere/events.ndjson")
/// } catch {
///   print(error)
///   // /nowhere/events.ndjson: the file could not be created: No such file or directory; a file
///   // that was there is unchanged
/// }
/// ```
public struct WriteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file that was to be written.
  public var path: String
  /// What was tried and why the system refused it.
  public var reason: String

  init(path: String, _ failure: ReplacementFile.Failure) {
    self.path = path
    reason = failure.reason
  }

  /// The sentence for people.
  public var description: String {
    "\(path): the file could not be \(reason); a file that was there is unchanged"
  }
}
