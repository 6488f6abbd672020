import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells a person at a terminal how far a long read has come.
///
/// Nothing is shown in the first second, nor when standard error is not a terminal, so that log
/// files stay clean.
public final class ReadProgress: Sendable {
  private struct State {
    var bytes = 0
    var lastShown: ContinuousClock.Instant
    var isShown = false
  }

  private let total: Int?
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  /// Whether standard error is a terminal.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Starts the clock.
  ///
  /// - Parameter total: the bytes to be read, `nil` when nobody knows.
  public init(total: Int?) {
    self.total = total
    start = .now
    state = Mutex(State(lastShown: start))
  }

  /// Adds `bytes` that have been read.
  public func add(_ bytes: Int) {
    state.withLock { state in
      state.bytes += bytes
      let now = ContinuousClock.now
      guard now - start > .seconds(1), now - state.lastShown > .milliseconds(200) else { return }
      state.lastShown = now
      state.isShown = true
      writeError("\r\u{1B}[K" + Self.text(bytes: state.bytes, total: total))
    }
  }

  /// Wipes the line.
  public func finish() {
    state.withLock { state in
      if state.isShown { writeError("\r\u{1B}[K") }
      state.isShown = false
    }
  }

  /// The line for `bytes` of `total`.
  static func text(bytes: Int, total: Int?) -> String {
    func megabytes(_ count: Int) -> String { "\((count + 500_000) / 1_000_000) MB" }
    guard let total, total > 0 else { return "read \(megabytes(bytes))" }
    let percent = min(100, Int(Double(bytes) / Double(total) * 100))
    return "read \(megabytes(bytes)) of \(megabytes(total)) (\(percent)%)"
  }
}

/// Writes `text` to standard error.
public func writeError(_ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = unsafe bytes.withUnsafeBufferPointer {
      unsafe write(STDERR_FILENO, $0.baseAddress!, $0.count)
    }
    guard count > 0 else { return }
    bytes = bytes.dropFirst(count)
  }
}
