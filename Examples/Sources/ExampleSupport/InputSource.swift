#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where bytes come from.
public enum InputSource: Sendable, Hashable {
  /// A file, a pipe or a device.
  case path(String)
  /// What is piped into the program.
  case standardInput

  /// The source that an argument names; `-` is standard input.
  public init(argument: String) { self = argument == "-" ? .standardInput : .path(argument) }

  /// The name for messages.
  public var name: String {
    switch self {
    case .path(let path): path
    case .standardInput: "standard input"
    }
  }

  /// What is known of a source before it is read.
  public struct Facts: Sendable, Hashable {
    /// Bytes, `nil` for pipes and devices, whose end nobody knows.
    public var size: Int?
    /// Whether it begins as gzip does; `nil` where looking would take the bytes away.
    public var isGzip: Bool?
  }

  /// Looks at the source without taking anything from it.
  ///
  /// - Throws: ``InputError`` when it cannot be opened or is a folder.
  public func facts() throws(InputError) -> Facts {
    guard case .path(let path) = self else { return Facts() }
    let kind = try FileKind(path: path)
    guard kind.isRegular else { return Facts() }
    let file = try OpenFile(self)
    var head: [UInt8] = []
    while head.count < 2, let more = try file.read(2 - head.count) { head += more }
    return Facts(size: kind.size, isGzip: head == GzipStream.magic)
  }
}

/// What a path leads to.
struct FileKind {
  var isRegular: Bool
  var size: Int

  init(path: String) throws(InputError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw InputError(.file, path, "the file could not be opened (\(systemErrorText(errno)))")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw InputError(.directory, path, "this is a directory; name the files inside it")
    }
    isRegular = status.st_mode & S_IFMT == S_IFREG
    size = Int(status.st_size)
  }
}

/// An input that is open.
final class OpenFile {
  private let descriptor: Int32
  private let source: InputSource

  init(_ source: InputSource) throws(InputError) {
    self.source = source
    switch source {
    case .standardInput: descriptor = STDIN_FILENO
    case .path(let path):
      _ = try FileKind(path: path)
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw InputError(.file, path, "the file could not be opened (\(systemErrorText(errno)))")
      }
    }
  }

  deinit { if source != .standardInput { close(descriptor) } }

  /// The next bytes, at most `limit`; `nil` at the end.
  func read(_ limit: Int) throws(InputError) -> [UInt8]? {
    var number: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      repeat {
        count = unsafe readBytes(descriptor, buffer.baseAddress!, limit)
        number = count < 0 ? errno : 0
      } while number == EINTR
      count = max(0, count)
    }
    switch number {
    case 0: return bytes.isEmpty ? nil : bytes
    case EISDIR:
      throw InputError(.directory, source.name, "this is a directory; name the files inside it")
    default:
      throw InputError(
        .file, source.name, "the file could not be read (\(systemErrorText(number)))")
    }
  }
}

private func readBytes(
  _ descriptor: Int32, _ start: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Int {
  unsafe read(descriptor, start, count)
}

/// The system's words for an error number.
func systemErrorText(_ number: Int32) -> String {
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}
