import StatisticsCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Glibc
#endif

/// A file open for reading; every access names its offset, so workers can share it.
final class InputFile: Sendable {
  let path: String
  /// Bytes, `nil` for pipes and devices.
  let size: Int?
  private let descriptor: Int32

  /// Opens the file at `path`.
  init(path: String) throws(ReadError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ReadError(
        .file, "the file could not be opened (\(SystemError.text(errno)))", path: path)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw ReadError(
        .file, "the file could not be examined (\(SystemError.text(number)))", path: path)
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      close(descriptor)
      throw ReadError(
        .file, "this is a directory; name the files inside it", path: path)
    }
    size = kind == S_IFREG ? Int(status.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Reads up to `count` bytes at `offset` (or the next ones of a pipe) to `start`; 0 at the end.
  func read(into start: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int)
    throws(ReadError) -> Int
  {
    while true {
      let taken =
        size == nil
        ? unsafe Self.readNext(descriptor, start, count)
        : unsafe pread(descriptor, start, count, off_t(offset))
      if taken >= 0 { return taken }
      guard errno == EINTR else {
        throw ReadError(
          .file, "the file could not be read (\(SystemError.text(errno)))", path: path)
      }
    }
  }

  private static func readNext(
    _ descriptor: Int32, _ start: UnsafeMutablePointer<UInt8>, _ count: Int
  ) -> Int {
    #if canImport(Darwin)
      unsafe Darwin.read(descriptor, start, count)
    #elseif canImport(Musl)
      unsafe Musl.read(descriptor, start, count)
    #elseif canImport(Android)
      unsafe Android.read(descriptor, start, count)
    #else
      unsafe Glibc.read(descriptor, start, count)
    #endif
  }
}

/// A file to be opened by whoever reads it.
struct ClosedFile: ByteSource {
  let path: String

  func read(into start: UnsafeMutablePointer<UInt8>, count: Int, at offset: Int)
    throws(ReadError) -> Int
  {
    try unsafe InputFile(path: path).read(into: start, count: count, at: offset)
  }
}

extension ByteScan {
  /// The first `byte` in `count` bytes, `nil` when there is none.
  @inline(__always)
  static func first(_ byte: UInt8, _ start: Cursor, _ count: Int) -> Cursor? {
    guard let found = unsafe memchr(start, Int32(byte), count) else { return nil }
    return unsafe Cursor(found.assumingMemoryBound(to: UInt8.self))
  }

  /// The last `byte` in `count` bytes, `nil` when there is none.
  static func last(_ byte: UInt8, _ start: Cursor, _ count: Int) -> Cursor? {
    var index = count
    while index > 0 {
      index -= 1
      if unsafe start[index] == byte { return unsafe start + index }
    }
    return nil
  }

  /// How often `byte` stands in `count` bytes.
  static func occurrences(of byte: UInt8, _ start: Cursor, _ count: Int) -> Int {
    var total = 0
    var index = 0
    while index + 8 <= count {
      let hits = unsafe exactZeros(word(start + index) ^ (ones &* UInt64(byte)))
      total += hits.nonzeroBitCount
      index += 8
    }
    while index < count {
      if unsafe start[index] == byte { total += 1 }
      index += 1
    }
    return total
  }

  /// The high bit of every byte of `word` that is zero, without false ones.
  @inline(__always)
  static func exactZeros(_ word: UInt64) -> UInt64 {
    let low = word & ~highs
    return ~((low &+ ~highs) | word | ~highs)
  }
}
