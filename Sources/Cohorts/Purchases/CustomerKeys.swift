import GA4Model
import StatisticsCore

/// The keys of users in rising order, as columns: an object for each of a million keys would cost
/// more than all else.
///
/// Keys of one log are its words for them, which copies no text; they keep the texts of the log.
struct CustomerKeys: Sendable {
  /// The texts of the log whose ``words`` the keys are, `nil` where they have bytes of their own.
  private var pool: StringPool?
  /// The code of each text, doubled, plus 1 for a user id.
  private var words: [UInt32] = []
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var isUserID: [Bool] = []

  init() {}

  /// Adds the key of user number `user` of a log, which must come after all keys so far.
  mutating func append(user: Int, of storage: EventLogStorage) {
    append(CollectionOfOne(storage.userKeys[user]), of: storage.strings)
  }

  /// Adds the keys of users by the words of their log for them, which must come after all keys so
  /// far.
  mutating func append(_ new: some Collection<UInt32>, of pool: StringPool) {
    if isEmpty { self.pool = pool }
    if self.pool?.bytes === pool.bytes {
      words.append(contentsOf: new)
    } else {
      leavePool()
      for word in new { appendBytes(of: word, pool) }
    }
  }

  /// Adds `key`, which must come after all keys so far.
  mutating func append(_ key: UserKey) {
    leavePool()
    bytes.append(contentsOf: key.id.utf8)
    ends.append(bytes.count)
    if case .userID = key { isUserID.append(true) } else { isUserID.append(false) }
  }

  /// Adds the key at `index` of `other`, which must come after all keys so far.
  mutating func append(_ index: Int, of other: CustomerKeys) {
    append(index..<index + 1, of: other)
  }

  /// Adds all keys of `other`, which must come after all keys so far.
  mutating func append(contentsOf other: CustomerKeys) {
    append(other.indices, of: other)
  }

  /// Adds the keys at `indices` of `other`, which must come after all keys so far.
  mutating func append(_ indices: Range<Int>, of other: CustomerKeys) {
    if let pool = other.pool {
      append(other.words[indices], of: pool)
      return
    }
    leavePool()
    for index in indices {
      bytes.append(contentsOf: other.bytes[other.range(index)])
      ends.append(bytes.count)
      isUserID.append(other.isUserID[index])
    }
  }

  mutating func reserve(_ count: Int) { words.reserveCapacity(count) }

  private mutating func appendBytes(of word: UInt32, _ pool: StringPool) {
    unsafe pool.withBytes(of: word >> 1) { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    isUserID.append(word & 1 == 1)
  }

  /// Gives the keys bytes of their own.
  private mutating func leavePool() {
    guard let pool else { return }
    let words = self.words
    self.pool = nil
    self.words = []
    for word in words { appendBytes(of: word, pool) }
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Calls `body` with the bytes of the key at `index`.
  private func withBytes<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if let pool { return unsafe pool.withBytes(of: words[index] >> 1, body) }
    let range = range(index)
    return unsafe bytes.withUnsafeBufferPointer { unsafe body(.init(rebasing: $0[range])) }
  }

  private func isUserID(_ index: Int) -> Bool {
    pool == nil ? isUserID[index] : words[index] & 1 == 1
  }

  /// Whether key `left` of `a` is before, the same as or after key `right` of `b`: −1, 0 or 1.
  static func order(_ a: CustomerKeys, _ left: Int, _ b: CustomerKeys, _ right: Int) -> Int {
    if let pool = a.pool, pool.bytes === b.pool?.bytes, a.words[left] == b.words[right] { return 0 }
    let order = unsafe a.withBytes(left) { i in
      unsafe b.withBytes(right) { j in
        for place in 0..<Swift.min(i.count, j.count) where unsafe i[place] != j[place] {
          return unsafe i[place] < j[place] ? -1 : 1
        }
        return (i.count - j.count).signum()
      }
    }
    if order != 0 || a.isUserID(left) == b.isUserID(right) { return order }
    return b.isUserID(right) ? -1 : 1
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
  var endIndex: Int { pool == nil ? ends.count : words.count }

  subscript(index: Int) -> UserKey {
    let id = unsafe withBytes(index) { unsafe String(decoding: $0, as: UTF8.self) }
    return isUserID(index) ? .userID(id) : .pseudoID(id)
  }
}

extension CustomerKeys: Hashable {
  /// Whether the keys are the same, wherever their texts are.
  static func == (left: CustomerKeys, right: CustomerKeys) -> Bool {
    left.count == right.count && left.indices.allSatisfy { order(left, $0, right, $0) == 0 }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for index in indices { unsafe withBytes(index) { unsafe hasher.combine(bytes: .init($0)) } }
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
