import StatisticsCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The memory of columns that own theirs.
///
/// It is that of the C library: a large column that grows is moved by the tables of the memory
/// unit, where a copy would touch every page twice.
private enum ColumnMemory {
  static func allocate<Element: BitwiseCopyable>(_ type: Element.Type, _ count: Int)
    -> UnsafeMutablePointer<Element>
  {
    unsafe checked(malloc(byteCount(type, count)), type, count)
  }

  /// The memory at `base` with room for `count` values and, as far as they fit, the same content.
  static func resized<Element: BitwiseCopyable>(
    _ base: UnsafeMutablePointer<Element>, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    unsafe checked(realloc(base, byteCount(Element.self, count)), Element.self, count)
  }

  static func free<Element>(_ base: UnsafeMutablePointer<Element>) {
    #if canImport(Darwin)
      unsafe Darwin.free(base)
    #elseif canImport(Musl)
      unsafe Musl.free(base)
    #else
      unsafe Glibc.free(base)
    #endif
  }

  private static func byteCount<Element>(_ type: Element.Type, _ count: Int) -> Int {
    precondition(MemoryLayout<Element>.alignment <= 16, "Elements need more than malloc aligns")
    let (bytes, overflow) = Swift.max(1, count).multipliedReportingOverflow(
      by: MemoryLayout<Element>.stride)
    precondition(!overflow, "A column of more bytes than a machine can address")
    return bytes
  }

  private static func checked<Element: BitwiseCopyable>(
    _ memory: UnsafeMutableRawPointer?, _ type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = unsafe memory else { fatalError("There is no memory for the event log") }
    unsafe LargePages.advise(memory, byteCount: byteCount(type, count))
    return unsafe memory.bindMemory(to: type, capacity: Swift.max(1, count))
  }
}

/// Contiguous immutable values that a log owns or maps from a file.
///
/// The door to the memory is ``withValues(_:)``: inside it a `Span` checks every access. The
/// memory stays valid as long as the column lives, since the column owns it or keeps its owner.
@safe
package final class Column<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  @usableFromInline let base: UnsafePointer<Element>
  package let count: Int
  /// Keeps a mapped file open; `nil` when the column owns its memory.
  private let owner: AnyObject?

  /// Takes over memory of ``ColumnMemory``.
  init(taking base: UnsafeMutablePointer<Element>, count: Int) {
    unsafe self.base = UnsafePointer(base)
    self.count = count
    owner = nil
  }

  /// Refers to memory that `owner` keeps alive.
  init(mapped base: UnsafePointer<Element>, count: Int, owner: AnyObject) {
    unsafe self.base = base
    self.count = count
    self.owner = owner
  }

  /// Copies `values`.
  package convenience init(_ values: [Element]) {
    let base = unsafe ColumnMemory.allocate(Element.self, values.count)
    for index in values.indices { unsafe (base + index).initialize(to: values[index]) }
    unsafe self.init(taking: base, count: values.count)
  }

  deinit { if owner == nil { unsafe ColumnMemory.free(UnsafeMutablePointer(mutating: base)) } }

  /// Calls `body` with the values.
  @inlinable package func withValues<Result, Failure: Error>(
    _ body: (Span<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe Span(_unsafeStart: base, count: count))
  }

  /// The value at `index`, checked.
  @inlinable package subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count, "Index out of the column's range")
    return unsafe base[index]
  }

  package var isEmpty: Bool { count == 0 }

  /// The values as an array, for small columns.
  package var array: [Element] { (0..<count).map { self[$0] } }

  /// The memory as bytes, for writing and checksums.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(UnsafeBufferPointer(start: base, count: count)))
  }
}

/// A column while it is written: it grows by `append`, or is written at random by several workers
/// that never share an index; ``sealed()`` turns it into a ``Column`` without a copy.
@safe
package final class MutableColumn<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Unchecked exclusivity: one writer per instance, or writers of disjoint indices.
  @exclusivity(unchecked) @usableFromInline var base: UnsafeMutablePointer<Element>
  @exclusivity(unchecked) @usableFromInline var used: Int
  @exclusivity(unchecked) @usableFromInline var capacity: Int
  private var isSealed = false

  /// Makes an empty column with room for `capacity` values.
  package init(capacity: Int = 0) {
    unsafe self.capacity = Swift.max(16, capacity)
    unsafe base = ColumnMemory.allocate(Element.self, self.capacity)
    unsafe used = 0
  }

  /// Makes a column of `count` times `value`.
  package init(repeating value: Element, count: Int) {
    unsafe capacity = Swift.max(1, count)
    unsafe base = ColumnMemory.allocate(Element.self, capacity)
    unsafe base.initialize(repeating: value, count: count)
    unsafe used = count
  }

  /// Makes a column of `count` values that the caller promises to write before any is read.
  package init(uninitialized count: Int) {
    unsafe capacity = Swift.max(1, count)
    unsafe base = ColumnMemory.allocate(Element.self, capacity)
    unsafe used = count
  }

  deinit { if !isSealed { unsafe ColumnMemory.free(base) } }

  package var count: Int { unsafe used }

  /// Adds `value` at the end.
  @inlinable @inline(__always) package func append(_ value: Element) {
    if unsafe used == capacity { unsafe grow(to: used + 1) }
    unsafe (base + used).initialize(to: value)
    unsafe used += 1
  }

  /// Makes room for at least `minimum` values.
  @usableFromInline @inline(never) func grow(to minimum: Int) {
    let newCapacity = unsafe Swift.max(minimum, capacity * 2)
    unsafe base = ColumnMemory.resized(base, newCapacity)
    unsafe capacity = newCapacity
  }

  /// Adds `count` values from `source`.
  func append(_ source: UnsafePointer<Element>, count: Int) {
    if unsafe used + count > capacity { unsafe grow(to: used + count) }
    unsafe (base + used).initialize(from: source, count: count)
    unsafe used += count
  }

  /// Adds `value` until the column has `count` values.
  func pad(to count: Int, with value: Element) {
    guard unsafe count > used else { return }
    if unsafe count > capacity { grow(to: count) }
    unsafe (base + used).initialize(repeating: value, count: count - used)
    unsafe used = count
  }

  /// Forgets all values from `count` on.
  func truncate(to count: Int) { unsafe used = unsafe Swift.min(used, count) }

  @inlinable package subscript(index: Int) -> Element {
    get {
      unsafe precondition(index >= 0 && index < used, "Index out of the column's range")
      return unsafe base[index]
    }
    set {
      unsafe precondition(index >= 0 && index < used, "Index out of the column's range")
      unsafe base[index] = newValue
    }
  }

  /// Ends the writing: the memory passes to the column returned and this one becomes empty.
  package func sealed() -> Column<Element> {
    precondition(!isSealed, "A column can be sealed only once")
    isSealed = true
    // A column that grew may hold up to twice what it needs; give a large surplus back.
    if unsafe capacity > used + used / 4 + 1024 {
      return unsafe Column(taking: ColumnMemory.resized(base, used), count: used)
    }
    return unsafe Column(taking: base, count: used)
  }
}
