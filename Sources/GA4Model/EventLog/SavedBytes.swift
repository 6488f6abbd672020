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

/// The bytes of a saved log, mapped from a file or copied, at an address that suits every column.
///
/// Columns that refer to the bytes keep this object alive, and with it the mapping; the file itself
/// is closed at once, so that a log holds no file descriptor.
@safe
final class SavedBytes: @unchecked Sendable {
  let count: Int
  private let base: UnsafeRawPointer
  private let isMapped: Bool

  /// Maps the file at `path`.
  init(path: String) throws(EventLogError) {
    // Without O_NONBLOCK a named pipe would wait for a writer before it could be refused.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure("opened", errno) }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("examined", errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw EventLogError(.file, "opened: this is a directory; name a file inside it")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw EventLogError(.file, "mapped: this is a pipe or a device; name a file on a disk")
    }
    guard let size = Int(exactly: status.st_size) else {
      throw EventLogError(.file, "mapped: it is larger than the address space of this machine")
    }
    // An empty file cannot be mapped, and nothing shorter than a header is a log.
    guard size >= LogFileFormat.fixedHeader else { throw EventLogError(.notALog) }
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw Self.failure("mapped", errno)
    }
    unsafe base = UnsafeRawPointer(address)
    count = size
    isMapped = true
  }

  /// Copies `bytes`.
  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, bytes.count), alignment: LogFileFormat.alignment)
    unsafe bytes.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress {
        unsafe copy.copyMemory(from: start, byteCount: bytes.count)
      }
    }
    unsafe base = UnsafeRawPointer(copy)
    count = bytes.count
    isMapped = false
  }

  deinit {
    if isMapped {
      _ = unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      unsafe base.deallocate()
    }
  }

  /// The bytes of `range`, which must lie inside.
  func array(_ range: Range<Int>) -> [UInt8] { unsafe Array(buffer(range)) }

  /// The checksum of the bytes of `range`, which must lie inside.
  func update(_ checksum: inout Checksum, with range: Range<Int>) {
    unsafe checksum.update(buffer(range))
  }

  /// The `count` values from `offset` on, which must be aligned and lie inside, as a column that
  /// keeps the bytes alive.
  func column<Element>(_ type: Element.Type, at offset: Int, count: Int) -> Column<Element> {
    if count == 0 { return Column([]) }
    let bytes = unsafe buffer(offset..<(offset + count * MemoryLayout<Element>.stride))
    precondition(offset.isMultiple(of: MemoryLayout<Element>.alignment), "Misaligned column")
    return unsafe Column(
      mapped: bytes.baseAddress!.assumingMemoryBound(to: Element.self), count: count, owner: self)
  }

  private func buffer(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "Range outside the file")
    return unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  private static func failure(_ action: String, _ number: Int32) -> EventLogError {
    EventLogError(.file, "\(action): \(InputFile.errorText(number))")
  }
}
