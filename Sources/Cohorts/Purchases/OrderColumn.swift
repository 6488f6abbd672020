/// A column of orders: values of its own, or some that follow each other in a column of a log, which
/// need no copy.
struct OrderColumn<Value: BitwiseCopyable & Sendable>: Sendable, RandomAccessCollection {
  private var values: [Value]
  private var range: Range<Int>

  init(_ values: [Value] = []) { self.init(values, in: values.indices) }

  init(_ values: [Value], in range: Range<Int>) {
    precondition(range.upperBound <= values.count, "A column must hold the range of its values")
    self.values = values
    self.range = range
  }

  var startIndex: Int { 0 }
  var endIndex: Int { range.count }

  @inline(__always)
  subscript(index: Int) -> Value { values[range.lowerBound + index] }

  /// Calls `body` with the values.
  @inline(__always)
  func withValues<Result>(_ body: (Span<Value>) -> Result) -> Result {
    body(values.span.extracting(range))
  }

  /// Calls `body` with the values as an array of its own.
  mutating func change(_ body: (inout [Value]) -> Void) {
    if range != values.indices { values = Array(values[range]) }
    body(&values)
    range = values.indices
  }

  mutating func append(_ value: Value) { change { $0.append(value) } }

  /// Adds those of `other` at `indices`.
  mutating func append(_ other: OrderColumn, _ indices: Range<Int>) {
    let start = other.range.lowerBound
    let added = other.values[start + indices.lowerBound..<start + indices.upperBound]
    change { $0.append(contentsOf: added) }
  }
}
