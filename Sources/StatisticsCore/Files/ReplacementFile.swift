#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Glibc
#endif

/// A file that appears complete or not at all.
///
/// Bytes go to a new file in the folder of the target; ``finish()`` brings them to the disk and
/// renames the new file. Who had the old file open or mapped keeps the old bytes. A file that is
/// not finished is removed.
package struct ReplacementFile: ~Copyable {
  /// What the system refused, to stand after "The file could not be".
  package struct Failure: Error {
    /// What was tried and why it failed.
    package var reason: String

    init(_ action: String, _ number: Int32) {
      reason = "\(action): \(SystemError.text(number))"
    }

    init(_ reason: String) { self.reason = reason }
  }

  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Opens a new file in the folder of `path`.
  ///
  /// A symbolic link is followed; an old file's permissions are kept; what is neither a file nor
  /// absent is refused.
  package init(path: String) throws(Failure) {
    var path = path
    if let resolved = unsafe realpath(path, nil) {
      path = unsafe String(cString: resolved)
      unsafe free(resolved)
    }
    var permissions: mode_t?
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw Failure("replaced: this is a directory, a pipe or a device; name a file")
      }
      permissions = status.st_mode & 0o777
    }
    // Two writers of one target must not share a file; the name reaches no result.
    let temporaryPath = "\(path).part\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let descriptor = unsafe open(
      temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions ?? 0o666)
    guard descriptor >= 0 else { throw Failure("created", errno) }
    // The creation mask may have taken more away than the old file lacked.
    if let permissions { _ = fchmod(descriptor, permissions) }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    guard descriptor >= 0 else { return }
    _ = close(descriptor)
    _ = unsafe unlink(temporaryPath)
  }

  /// Writes all of `bytes` after those written before.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var done = 0
    while done < bytes.count {
      // Systems refuse, or cut, a write of 2 GiB and more.
      let part = unsafe UnsafeRawBufferPointer(
        rebasing: bytes[done..<min(bytes.count, done + 1 << 26)])
      let written = unsafe Self.write(descriptor, part)
      if written < 0 {
        if errno == EINTR { continue }
        throw Failure("written", errno)
      }
      done += written
    }
  }

  /// Writes all of `bytes` after those written before.
  package func write(_ bytes: [UInt8]) throws(Failure) {
    // A typed error does not pass through `withUnsafeBytes`.
    let failure = unsafe bytes.withUnsafeBytes { buffer -> Failure? in
      do throws(Failure) {
        try unsafe write(buffer)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      unsafe Darwin.write(descriptor, bytes.baseAddress!, bytes.count)
    #elseif canImport(Musl)
      unsafe Musl.write(descriptor, bytes.baseAddress!, bytes.count)
    #elseif canImport(Android)
      unsafe Android.write(descriptor, bytes.baseAddress!, bytes.count)
    #else
      unsafe Glibc.write(descriptor, bytes.baseAddress!, bytes.count)
    #endif
  }

  /// Brings the bytes to the disk and puts the file in its place.
  package consuming func finish() throws(Failure) {
    // Some file systems cannot bring a file to the disk at will and say so with EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Failure("written", errno) }
    let open = descriptor
    descriptor = -1
    var failure: Failure?
    if close(open) != 0 {
      failure = Failure("written", errno)
    } else if unsafe rename(temporaryPath, path) != 0 {
      failure = Failure("replaced", errno)
    }
    if let failure {
      _ = unsafe unlink(temporaryPath)
      throw failure
    }
    // The new name is on the disk only with its folder; not every system lets folders be synced.
    let end = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let folder = end == path.startIndex ? "." : String(path[..<end])
    let folderDescriptor = Self.openFolder(folder)
    if folderDescriptor >= 0 {
      _ = fsync(folderDescriptor)
      _ = close(folderDescriptor)
    }
  }

  private static func openFolder(_ path: String) -> Int32 {
    unsafe open(path, O_RDONLY | O_CLOEXEC)
  }
}
