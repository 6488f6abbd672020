#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Pages of megabytes for large memory: of the usual ones it needs so many that the first touch of each,
/// and finding them again, cost more than what is done with the memory.
package enum LargePages {
  /// Asks for large pages for memory that has not been written yet; only advice, and none for less than
  /// four megabytes.
  package static func advise(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux) || os(Android)
      let page = 1 << 16
      guard byteCount >= 1 << 22 else { return }
      let start = unsafe memory.alignedUp(toMultipleOf: page)
      // Where the system knows no such pages, all is as usual.
      _ = unsafe madvise(start, (byteCount - page) & ~(page - 1), MADV_HUGEPAGE)
    #endif
  }
}

extension Array {
  /// An empty array with room for `capacity` elements in large pages.
  package init(capacityInLargePages capacity: Int) {
    self.init()
    reserveCapacity(capacity)
    unsafe withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe LargePages.advise(base, byteCount: capacity * MemoryLayout<Element>.stride)
    }
  }
}
