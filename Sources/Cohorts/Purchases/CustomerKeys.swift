import GA4Model
import StatisticsCore

/// The keys of users in rising order, as columns: an object for each of a million keys would cost
/// more than all else.
struct CustomerKeys: Sendable, Hashable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var isUserID: [Bool] = []

  init() {}

  /// Adds the key of user number `user` of a log, which must come after all keys so far.
  mutating func append(user: Int, of storage: EventLogStorage) {
    let word = storage.userKeys[user]
    unsafe storage.strings.withBytes(of: word >> 1) { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    isUserID.append(word & 1 == 1)
  }

  /// Adds `key`, which must come after all keys so far.
  mutating func append(_ key: UserKey) {
    bytes.append(contentsOf: key.id.utf8)
    ends.append(bytes.count)
    if case .userID = key { isUserID.append(true) } else { isUserID.append(false) }
  }

  /// Adds the key at `index` of `other`, which must come after all keys so far.
  mutating func append(_ index: Int, of other: CustomerKeys) {
    bytes.append(contentsOf: other.bytes[other.range(index)])
    ends.append(bytes.count)
    isUserID.append(other.isUserID[index])
  }

  /// Adds all keys of `other`, which must come after all keys so far.
  mutating func append(contentsOf other: CustomerKeys) {
    let start = bytes.count
    bytes.append(contentsOf: other.bytes)
    ends.append(contentsOf: other.ends.lazy.map { $0 + start })
    isUserID.append(contentsOf: other.isUserID)
  }

  mutating func reserve(_ count: Int) {
    ends.reserveCapacity(count)
    isUserID.reserveCapacity(count)
    bytes.reserveCapacity(count * 8)
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Whether key `left` of `a` is before, the same as or after key `right` of `b`: −1, 0 or 1.
  static func order(_ a: CustomerKeys, _ left: Int, _ b: CustomerKeys, _ right: Int) -> Int {
    var i = a.range(left).lowerBound
    var j = b.range(right).lowerBound
    let (iEnd, jEnd) = (a.ends[left], b.ends[right])
    while i < iEnd, j < jEnd {
      if a.bytes[i] != b.bytes[j] { return a.bytes[i] < b.bytes[j] ? -1 : 1 }
      i += 1
      j += 1
    }
    if i < iEnd { return 1 }
    if j < jEnd { return -1 }
    if a.isUserID[left] == b.isUserID[right] { return 0 }
    return b.isUserID[right] ? -1 : 1
  }

  /// Where the keys of two columns stand in the one that holds both.
  struct Merged {
    var keys = CustomerKeys()
    /// For each key the index on either side, `nil` where it is not there; empty where all keys of
    /// the right come after those of the left.
    var sources: [(left: Int?, right: Int?)] = []
    var isConcatenation = false
  }

  /// The keys of `left` and `right` in rising order.
  static func merged(_ left: CustomerKeys, _ right: CustomerKeys) -> Merged {
    var result = Merged()
    if left.isEmpty || right.isEmpty || order(left, left.count - 1, right, 0) < 0 {
      result.keys = left
      result.keys.append(contentsOf: right)
      result.isConcatenation = true
      return result
    }
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      let order = i == left.count ? 1 : j == right.count ? -1 : order(left, i, right, j)
      result.keys.append(order <= 0 ? i : j, of: order <= 0 ? left : right)
      result.sources.append((order <= 0 ? i : nil, order >= 0 ? j : nil))
      if order <= 0 { i += 1 }
      if order >= 0 { j += 1 }
    }
    return result
  }
}

extension CustomerKeys: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { ends.count }

  subscript(index: Int) -> UserKey {
    let id = String(decoding: bytes[range(index)], as: UTF8.self)
    return isUserID[index] ? .userID(id) : .pseudoID(id)
  }
}

extension CustomerKeys {
  func write(to writer: inout BinaryWriter) {
    writer.array(self) { $0.userKey($1) }
  }

  /// Reads keys, which must rise.
  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let start = reader.offset
    let keys = try reader.array { reader throws(BinaryDecodingError) in try reader.userKey() }
    guard zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .valueOutOfRange(name: "order of users", offset: start)
    }
    for key in keys { append(key) }
  }
}
