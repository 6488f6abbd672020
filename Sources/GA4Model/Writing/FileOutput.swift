#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Why a file could not be written, with what to do.
///
/// ```swift
/// do {
///   try NDJSONWriter().write(log, toPath: "/nowhere/events.ndjson")
/// } catch {
///   print(error)
///   // /nowhere/events.ndjson: the file could not be created: No such file or directory;
///   // check that the folder exists and may be written to
/// }
/// ```
public struct WriteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The step that failed.
  public enum Step: String, Sendable, Hashable {
    /// A new file beside the target could not be created.
    case create
    /// The bytes could not be written.
    case write
    /// The finished file could not take the place of the target.
    case replace
  }

  /// The file that was to be written.
  public var path: String
  /// The step that failed.
  public var step: Step
  /// The system's error number.
  public var code: Int32

  /// The sentence for people.
  public var description: String {
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    switch step {
    case .create:
      return "\(path): the file could not be created: \(reason);"
        + " check that the folder exists and may be written to"
    case .write:
      return "\(path): the file could not be written: \(reason);"
        + " check the space on the disk. The old file, if any, is unchanged"
    case .replace:
      return "\(path): the finished file could not be put in place: \(reason);"
        + " check that the path is not a folder. The old file, if any, is unchanged"
    }
  }
}

/// A file that appears complete or not at all: bytes go to a new file beside it, which takes its
/// place by rename.
package struct FileOutput: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Opens a new file beside `path`.
  package init(path: String) throws(WriteError) {
    self.path = path
    // Two writers of one target must not share a file; the name reaches no result.
    temporaryPath = path + ".part" + String(UInt32.random(in: .min ... .max), radix: 16)
    descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw WriteError(path: path, step: .create, code: errno) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    _ = close(descriptor)
    _ = unsafe unlink(temporaryPath)
  }

  /// Writes all of `bytes`.
  package func write(_ bytes: [UInt8]) throws(WriteError) {
    let code: Int32 = unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        #if canImport(Darwin)
          let count = unsafe Darwin.write(
            descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
        #elseif canImport(Glibc)
          let count = unsafe Glibc.write(
            descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
        #elseif canImport(Musl)
          let count = unsafe Musl.write(
            descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
        #elseif canImport(Android)
          let count = unsafe Android.write(
            descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
        #endif
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return 0
    }
    guard code == 0 else { throw WriteError(path: path, step: .write, code: code) }
  }

  /// Puts the file in its place; a file that was there is replaced.
  package consuming func finish() throws(WriteError) {
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw WriteError(path: path, step: .write, code: errno)
    }
    let open = descriptor
    descriptor = -1
    var failure: WriteError?
    if close(open) != 0 {
      failure = WriteError(path: path, step: .write, code: errno)
    } else if unsafe rename(temporaryPath, path) != 0 {
      failure = WriteError(path: path, step: .replace, code: errno)
    }
    if let failure {
      _ = unsafe unlink(temporaryPath)
      throw failure
    }
  }
}
