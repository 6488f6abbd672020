/// A set of rows of a log, one bit each.
package struct RowSet: Sendable, Hashable {
  /// The bits, those beyond ``count`` being 0.
  package var words: [UInt64]
  /// How many rows the log has.
  package let count: Int

  /// Makes the set of all or of no rows.
  package init(count: Int, all: Bool = false) {
    self.count = count
    words = Array(repeating: all ? .max : 0, count: (count + 63) / 64)
    if all { trim() }
  }

  /// Makes the set of the rows for which `body` holds.
  @inline(__always)
  package init(count: Int, where body: (Int) -> Bool) {
    self.init(count: count)
    var row = 0
    for index in words.indices {
      var word: UInt64 = 0
      let end = Swift.min(64, count - row)
      for bit in 0..<end where body(row + bit) { word |= 1 << UInt64(bit) }
      words[index] = word
      row += 64
    }
  }

  /// Makes the set of the rows of `candidates` for which `body` holds.
  package init(among candidates: RowSet, where body: (Int) -> Bool) {
    self = candidates
    for index in words.indices where words[index] != 0 {
      var word = words[index]
      while word != 0 {
        let bit = word.trailingZeroBitCount
        word &= word &- 1
        if !body(index * 64 + bit) { words[index] &= ~(1 << UInt64(bit)) }
      }
    }
  }

  /// Whether `row` is in the set.
  @inline(__always)
  package func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  /// How many rows are in the set.
  package var size: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The rows in the set, ascending.
  package var rows: [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(size)
    for (index, var word) in words.enumerated() {
      while word != 0 {
        rows.append(UInt32(index * 64 + word.trailingZeroBitCount))
        word &= word - 1
      }
    }
    return rows
  }

  /// Adds `row`.
  package mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

  package mutating func formIntersection(_ other: RowSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  package mutating func formUnion(_ other: RowSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  package mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    trim()
  }

  private mutating func trim() {
    if count & 63 != 0, let last = words.indices.last {
      words[last] &= (1 << UInt64(count & 63)) - 1
    }
  }
}
