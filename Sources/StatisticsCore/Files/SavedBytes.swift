#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#else
  import Glibc
#endif

/// Bytes that were saved, mapped from a file or copied, at an address that suits every type.
///
/// Who refers to the bytes keeps this object alive, and with it the mapping; the file itself is
/// closed at once, so that no file descriptor is held.
@safe
package final class SavedBytes: @unchecked Sendable {
  /// What the system refused, to stand after "The file could not be".
  package struct Failure: Error {
    /// What was tried and why it failed.
    package var reason: String

    init(_ action: String, _ number: Int32) {
      reason = "\(action): \(SystemError.text(number))"
    }

    init(_ reason: String) { self.reason = reason }
  }

  /// The number of bytes.
  package let count: Int
  private let base: UnsafeRawPointer
  private let isMapped: Bool

  /// Maps the file at `path`.
  package init(path: String) throws(Failure) {
    // Without O_NONBLOCK a named pipe would wait for a writer before it could be refused.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure("opened", errno) }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Failure("examined", errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure("opened: this is a directory; name a file inside it")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("mapped: this is a pipe or a device; name a file on a disk")
    }
    guard let size = Int(exactly: status.st_size) else {
      throw Failure("mapped: it is larger than the address space of this machine")
    }
    // An empty file cannot be mapped.
    guard size > 0 else {
      unsafe base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
      count = 0
      isMapped = false
      return
    }
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw Failure("mapped", errno)
    }
    unsafe base = UnsafeRawPointer(address)
    count = size
    isMapped = true
  }

  /// Copies `bytes`.
  package init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, bytes.count), alignment: 64)
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
  package func array(_ range: Range<Int>) -> [UInt8] { unsafe Array(buffer(range)) }

  /// The checksum of the bytes of `range`, which must lie inside.
  package func update(_ checksum: inout Checksum, with range: Range<Int>) {
    unsafe checksum.update(buffer(range))
  }

  /// The bytes of `range`, which must lie inside, for as long as this object lives.
  package func buffer(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "Range outside the file")
    return unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }
}
