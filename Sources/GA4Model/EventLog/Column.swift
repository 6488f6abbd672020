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

  /// Takes over memory that was allocated with `UnsafeMutablePointer.allocate`.
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
    let base = UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(1, values.count))
    for index in values.indices { unsafe (base + index).initialize(to: values[index]) }
    unsafe self.init(taking: base, count: values.count)
  }

  deinit { if owner == nil { unsafe base.deallocate() } }

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
    unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: self.capacity)
    unsafe used = 0
  }

  /// Makes a column of `count` times `value`.
  package init(repeating value: Element, count: Int) {
    unsafe capacity = Swift.max(1, count)
    unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    unsafe base.initialize(repeating: value, count: count)
    unsafe used = count
  }

  /// Makes a column of `count` values that the caller promises to write before any is read.
  package init(uninitialized count: Int) {
    unsafe capacity = Swift.max(1, count)
    unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    unsafe used = count
  }

  deinit { if !isSealed { unsafe base.deallocate() } }

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
    let new = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    unsafe new.moveInitialize(from: base, count: used)
    unsafe base.deallocate()
    unsafe base = new
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
      let fitted = unsafe UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(1, used))
      unsafe fitted.moveInitialize(from: base, count: used)
      unsafe base.deallocate()
      return unsafe Column(taking: fitted, count: used)
    }
    return unsafe Column(taking: base, count: used)
  }
}
