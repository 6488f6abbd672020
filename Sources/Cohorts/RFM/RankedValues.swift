/// Values that can be asked for by rank without being sorted as a whole.
///
/// The leading 16 bits of a value that sorts as its number does tell the bin of each rank; only the
/// values of that bin are looked at further. So few ranks of a million values cost a few passes.
final class RankedValues: RandomAccessCollection {
  /// The values as whole numbers in the same order.
  private let keys: [UInt64]
  /// How many values lie below each bin.
  private let binStarts: [Int]
  /// The bin that was asked for last, sorted, with the rank of its first value.
  private var known: (ranks: Range<Int>, values: [UInt64]) = (0..<0, [])

  /// Below so many values sorting is as quick.
  private static let fewValues = 2048

  /// Takes up values, none of which is NaN.
  ///
  /// - Complexity: O(*n*), where *n* is the number of values.
  init(_ values: [Double]) {
    keys = values.map { value in
      let bits = value.bitPattern
      return bits & 1 << 63 == 0 ? bits | 1 << 63 : ~bits
    }
    binStarts = Self.starts(keys, shift: 48)
  }

  private static func starts(_ keys: [UInt64], shift: UInt64) -> [Int] {
    var starts = [Int](repeating: 0, count: 1 << 16 + 1)
    for key in keys { starts[Int(truncatingIfNeeded: key &>> shift & 0xFFFF) &+ 1] &+= 1 }
    var sum = 0
    for bin in starts.indices {
      sum += starts[bin]
      starts[bin] = sum
    }
    return starts
  }

  var startIndex: Int { 0 }
  var endIndex: Int { keys.count }

  /// The value of a rank, counting from 0.
  subscript(rank: Int) -> Double {
    precondition(rank >= 0 && rank < keys.count, "There is no value of this rank")
    if !known.ranks.contains(rank) { find(rank) }
    // Equal values are kept once.
    let key =
      known.values.count == 1 ? known.values[0] : known.values[rank - known.ranks.lowerBound]
    return Double(bitPattern: key & 1 << 63 == 0 ? ~key : key & ~(1 << 63))
  }

  private func find(_ rank: Int) {
    var candidates = keys
    var starts = binStarts
    var first = 0
    var shift: UInt64 = 48
    while true {
      var (low, high) = (0, 1 << 16)
      while high - low > 1 {
        let middle = (low + high) / 2
        if starts[middle] <= rank - first { low = middle } else { high = middle }
      }
      let bin = UInt64(low)
      first += starts[low]
      var least = UInt64.max
      var greatest: UInt64 = 0
      candidates = candidates.filter { key in
        guard key &>> shift & 0xFFFF == bin else { return false }
        least = Swift.min(least, key)
        greatest = Swift.max(greatest, key)
        return true
      }
      let ranks = first..<first + candidates.count
      if least == greatest {
        known = (ranks, [least])
        return
      }
      if candidates.count <= Self.fewValues {
        known = (ranks, candidates.sorted())
        return
      }
      // Values that differ do so in some later bits.
      shift -= 16
      starts = Self.starts(candidates, shift: shift)
    }
  }
}

/// Small whole numbers that can be asked for by rank: they are counted instead of sorted.
struct RankedCounts: RandomAccessCollection {
  /// How many values lie below each number; behind the greatest all of them.
  private var starts: [Int]

  /// Numbers up to here are worth a place each.
  private static let most = 1 << 16

  /// Takes up values, `nil` where they are negative or too great.
  ///
  /// - Complexity: O(*n*), where *n* is the number of values.
  init?(_ values: some Collection<Int>) {
    starts = []
    var greatest = 0
    for value in values {
      if value < 0 || value >= Self.most { return nil }
      greatest = Swift.max(greatest, value)
    }
    starts = [Int](repeating: 0, count: greatest + 2)
    for value in values { starts[value + 1] += 1 }
    for value in starts.indices.dropFirst() { starts[value] += starts[value - 1] }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { starts[starts.count - 1] }

  /// The value of a rank, counting from 0.
  subscript(rank: Int) -> Double {
    precondition(rank >= 0 && rank < endIndex, "There is no value of this rank")
    var low = 0
    var high = starts.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= rank { low = middle } else { high = middle }
    }
    return Double(low)
  }
}
