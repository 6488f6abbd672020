#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes what a program has made.
public enum FileOutput {
  /// Writes `bytes` to the file at `path`, replacing it as a whole: who reads it meanwhile sees
  /// the old or the new one.
  ///
  /// - Throws: ``InputError`` when the system refuses.
  public static func write(_ bytes: [UInt8], toPath path: String) throws(InputError) {
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR {
      throw InputError(.directory, path, "this is a directory; name a file")
    }
    // Devices, pipes and links are written through; replacing them would destroy them.
    var link = stat()
    let isLink = unsafe lstat(path, &link) == 0 && link.st_mode & S_IFMT == S_IFLNK
    guard !isLink && (!exists || status.st_mode & S_IFMT == S_IFREG) else {
      return try write(bytes, path, name: path)
    }
    let temporary = path + ".\(getpid()).partial"
    do throws(InputError) {
      try write(bytes, temporary, name: path)
      if exists { unsafe chmod(temporary, status.st_mode & 0o777) }
      guard unsafe rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  /// Writes `bytes` to standard output.
  ///
  /// - Throws: ``InputError`` when the system refuses.
  public static func writeToStandardOutput(_ bytes: [UInt8]) throws(InputError) {
    try write(bytes, to: STDOUT_FILENO, name: "standard output")
  }

  /// Makes the folder at `path` and those around it, unless they are there.
  ///
  /// - Throws: ``InputError`` when the system refuses.
  public static func makeDirectory(_ path: String) throws(InputError) {
    var parent = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      parent += part
      if unsafe mkdir(parent, 0o777) != 0 && errno != EEXIST { throw failure(parent) }
      parent += "/"
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw InputError(.directory, path, "this is not a directory; name one, or a new name")
    }
  }

  private static func write(_ bytes: [UInt8], _ path: String, name: String) throws(InputError) {
    let descriptor = unsafe creat(path, 0o666)
    guard descriptor >= 0 else { throw failure(name) }
    defer { close(descriptor) }
    try write(bytes, to: descriptor, name: name)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, name: String)
    throws(InputError)
  {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBufferPointer {
        unsafe writeBytes(descriptor, $0.baseAddress!, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw failure(name)
      }
    }
  }

  private static func failure(_ name: String) -> InputError {
    InputError(.file, name, "the file could not be written (\(systemErrorText(errno)))")
  }
}

private func writeBytes(
  _ descriptor: Int32, _ start: UnsafePointer<UInt8>, _ count: Int
) -> Int {
  unsafe write(descriptor, start, count)
}
