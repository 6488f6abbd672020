import GA4Model
import StatisticsCore

/// The purchases of customers as columns, customers in the order of their keys.
///
/// Under a rule that counts a transaction id once, whoever bears it, an order stands or falls by
/// orders of other customers, so every order is kept until the report.
struct CustomerOrders: Sendable {
  private(set) var keys = CustomerKeys()
  /// Where the orders of each customer begin; those of nobody follow the last one's.
  private(set) var offsets: [Int] = [0]
  private(set) var days: [Int32] = []
  /// Revenue, NaN where an order names none.
  private(set) var revenue: [Double] = []
  /// Times and ids decide between repeats; both are empty where nothing can be repeated.
  private var times: [Int64] = []
  private var ids: [UInt32] = []
  private var texts = OrderIDs.none
  /// Purchases after the last day.
  private(set) var later = 0

  init() {}

  var count: Int { days.count }
  var ownedCount: Int { offsets[offsets.count - 1] }

  /// The purchases of `slice` up to `lastDay`, each once for each user under that rule.
  init(
    _ slice: EventLog.UserSlice, rule: PurchaseRule, revenue field: RevenueField,
    lastDay: CalendarDay
  ) {
    let storage = slice.log.storage
    guard let name = storage.nameCode(.purchase) else { return }
    let last = lastDay.daysSinceEpoch
    var rows: [UInt32] = []
    var later = 0
    storage.name.withValues { names in
      storage.day.withValues { days in
        for row in slice.rows where names[row] == name {
          if days[row] <= last { rows.append(UInt32(row)) } else { later += 1 }
        }
      }
    }
    self.later = later
    let values = PurchaseColumns(storage, field: field).values(rows, ids: rule != .none)
    var ids = values.ids
    texts = .pool(storage.strings)
    if !values.numericIDs.isEmpty {
      // A number is no text of the pool, so all ids become texts of their own.
      texts.leavePool(&ids)
      for (place, text) in values.numericIDs { ids[place] = texts.code(text) }
    }
    if rule == .byTransactionIDAndUser {
      let kept = Self.dropRepeats(of: &ids, texts.count, rows, slice)
      self.ids = kept.map { ids[$0] }
      revenue = kept.map { Self.finite(values.revenue[$0]) }
      rows = kept.map { rows[$0] }
    } else {
      self.ids = ids
      revenue = values.revenue.map(Self.finite)
    }
    storage.day.withValues { allDays in days = rows.map { allDays[Int($0)] } }
    if rule != .none {
      storage.time.withValues { allTimes in times = rows.map { allTimes[Int($0)] } }
    }
    (keys, offsets) = Self.customers(of: rows, slice)
  }

  private static func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }

  /// The customers whose purchases stand at `rows`, and where those of each begin.
  private static func customers(
    of rows: [UInt32], _ slice: EventLog.UserSlice
  ) -> (CustomerKeys, [Int]) {
    let storage = slice.log.storage
    var keys = CustomerKeys()
    var offsets = [0]
    keys.reserve(min(rows.count, slice.users.count))
    offsets.reserveCapacity(min(rows.count, slice.users.count) + 1)
    storage.userOffsets.withValues { userOffsets in
      var place = 0
      var user = slice.users.lowerBound
      while place < rows.count, Int(rows[place]) < slice.userRows.upperBound {
        while userOffsets[user + 1] <= rows[place] { user += 1 }
        let end = userOffsets[user + 1]
        while place < rows.count, rows[place] < end { place += 1 }
        keys.append(user: user, of: storage)
        offsets.append(place)
      }
    }
    return (keys, offsets)
  }

  /// The places in `rows` without the repeats of an id by the same user; ids of users become 0, since
  /// nothing can repeat them any more.
  private static func dropRepeats(
    of ids: inout [UInt32], _ count: Int, _ rows: [UInt32], _ slice: EventLog.UserSlice
  ) -> [Int] {
    let storage = slice.log.storage
    // For each id the user with whom it occurred last: rows are walked user by user.
    var userOfID = [UInt32](repeating: .max, count: count)
    var kept: [Int] = []
    var user = slice.users.lowerBound
    for place in rows.indices {
      if Int(rows[place]) < slice.userRows.upperBound, ids[place] != 0 {
        while storage.userOffsets[user + 1] <= rows[place] { user += 1 }
        let id = Int(ids[place])
        ids[place] = 0
        if userOfID[id] == UInt32(user) { continue }
        userOfID[id] = UInt32(user)
      }
      kept.append(place)
    }
    return kept
  }

  // MARK: Merging

  mutating func merge(_ other: CustomerOrders) {
    if count == 0 && keys.isEmpty {
      let later = self.later
      self = other
      self.later += later
      return
    }
    var other = other
    if !texts.isSamePool(as: other.texts) {
      texts.leavePool(&ids)
      texts.take(other.texts, &other.ids)
    }
    let merged = CustomerKeys.merged(keys, other.keys)
    var result = CustomerOrders()
    result.later = later + other.later
    result.texts = texts
    result.keys = merged.keys
    if merged.isConcatenation {
      result.append(self, 0..<ownedCount)
      result.append(other, 0..<other.ownedCount)
      result.offsets = offsets + other.offsets.dropFirst().map { $0 + ownedCount }
    } else {
      for source in merged.sources {
        if let left = source.left { result.append(self, offsets[left]..<offsets[left + 1]) }
        if let right = source.right {
          result.append(other, other.offsets[right]..<other.offsets[right + 1])
        }
        result.offsets.append(result.count)
      }
    }
    result.append(self, ownedCount..<count)
    result.append(other, other.ownedCount..<other.count)
    self = result
  }

  private mutating func append(_ other: CustomerOrders, _ range: Range<Int>) {
    days.append(contentsOf: other.days[range])
    revenue.append(contentsOf: other.revenue[range])
    if other.ids.isEmpty { return }
    times.append(contentsOf: other.times[range])
    ids.append(contentsOf: other.ids[range])
  }

  // MARK: Repeats

  /// Whether each order repeats another one and does not count, empty when none does.
  ///
  /// Of the orders with one id the earliest stands; of those at one time that of the lesser user,
  /// those of nobody last; and of one user the earlier row.
  var repeats: [Bool] {
    if ids.isEmpty { return [] }
    var seen = [UInt64](repeating: 0, count: texts.count / 64 + 1)
    var repeated: Set<UInt32> = []
    for id in ids where id != 0 {
      let word = Int(id / 64)
      let bit: UInt64 = 1 << UInt64(id % 64)
      if seen[word] & bit != 0 { repeated.insert(id) }
      seen[word] |= bit
    }
    if repeated.isEmpty { return [] }
    // Few ids are repeated, so that most orders need no look into a dictionary.
    for word in seen.indices { seen[word] = 0 }
    for id in repeated { seen[Int(id / 64)] |= 1 << UInt64(id % 64) }
    var standing: [UInt32: Int] = [:]
    var result = [Bool](repeating: false, count: count)
    for place in ids.indices {
      let id = ids[place]
      if seen[Int(id / 64)] & 1 << UInt64(id % 64) == 0 { continue }
      guard let known = standing[id] else {
        standing[id] = place
        continue
      }
      // Places rise with users and rows, so at one time the known order stands.
      let stands = times[known] <= times[place]
      result[stands ? place : known] = true
      if !stands { standing[id] = place }
    }
    return result
  }

  // MARK: Encoding

  func write(to writer: inout BinaryWriter) {
    keys.write(to: &writer)
    writer.array(zip(offsets.dropFirst(), offsets).map { $0 - $1 }) { $0.count($1) }
    writer.count(later)
    // The orders of nobody come in the order of merging; equal states must be equal bytes.
    let hasIDs = !ids.isEmpty
    let rest = (ownedCount..<count).sorted { left, right in
      if days[left] != days[right] { return days[left] < days[right] }
      let bits = (revenue[left].bitPattern, revenue[right].bitPattern)
      if !hasIDs { return bits.0 < bits.1 }
      if times[left] != times[right] { return times[left] < times[right] }
      if ids[left] != ids[right] {
        return texts[ids[left]].utf8.lexicographicallyPrecedes(texts[ids[right]].utf8)
      }
      return bits.0 < bits.1
    }
    writer.bool(hasIDs)
    writer.array(Array(0..<ownedCount) + rest) { writer, place in
      writer.int32(days[place])
      writer.double(revenue[place])
      if !hasIDs { return }
      writer.int64(times[place])
      writer.bool(ids[place] != 0)
      if ids[place] != 0 { writer.string(texts[ids[place]]) }
    }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    keys = try CustomerKeys(from: &reader)
    let start = reader.offset
    let counts = try reader.array { reader throws(BinaryDecodingError) in try reader.tally() }
    later = try reader.tally()
    let hasIDs = try reader.bool()
    texts = .own(OrderIDs.Texts())
    _ = try reader.array { reader throws(BinaryDecodingError) in
      days.append(try reader.int32())
      let revenue = try reader.double()
      self.revenue.append(revenue.isFinite ? revenue : .nan)
      if !hasIDs { return }
      times.append(try reader.int64())
      ids.append(try reader.bool() ? texts.code(try reader.string()) : 0)
    }
    for count in counts {
      guard count <= days.count - ownedCount else {
        throw .valueOutOfRange(name: "number of orders", offset: start)
      }
      offsets.append(ownedCount + count)
    }
    guard offsets.count == keys.count + 1 else {
      throw .valueOutOfRange(name: "number of customers", offset: start)
    }
  }
}

/// What the codes of transaction ids stand for; code 0 is an order without one.
enum OrderIDs: Sendable {
  case none
  /// The texts of one log, whose codes tell ids apart without looking at them.
  case pool(StringPool)
  case own(Texts)

  /// Texts of several logs.
  struct Texts: Sendable {
    var texts: [String] = [""]
    var codes: [Bytewise: UInt32] = [:]

    mutating func code(_ text: String) -> UInt32 {
      if let code = codes[Bytewise(text)] { return code }
      let code = UInt32(texts.count)
      texts.append(text)
      codes[Bytewise(text)] = code
      return code
    }
  }

  var isOfPool: Bool { if case .pool = self { true } else { false } }

  func isSamePool(as other: OrderIDs) -> Bool {
    guard case .pool(let a) = self, case .pool(let b) = other else { return false }
    return a.bytes === b.bytes
  }

  /// How many codes there may be, including 0.
  var count: Int {
    switch self {
    case .none: 1
    case .pool(let pool): pool.count
    case .own(let texts): texts.texts.count
    }
  }

  subscript(code: UInt32) -> String {
    switch self {
    case .none: ""
    case .pool(let pool): pool[code]
    case .own(let texts): texts.texts[Int(code)]
    }
  }

  /// The code of `text`, which must not be asked of a pool.
  mutating func code(_ text: String) -> UInt32 {
    guard case .own(var texts) = self else { preconditionFailure("A pool takes up no texts") }
    self = .none
    let code = texts.code(text)
    self = .own(texts)
    return code
  }

  /// Turns codes of a pool into codes of own texts.
  mutating func leavePool(_ ids: inout [UInt32]) {
    if case .own = self { return }
    let pool = self
    self = .own(Texts())
    take(pool, &ids)
  }

  /// Takes up the texts of the codes in `ids`, which are codes of `other`.
  mutating func take(_ other: OrderIDs, _ ids: inout [UInt32]) {
    guard case .own(var texts) = self else { preconditionFailure("A pool takes up no texts") }
    self = .none
    var known: [UInt32: UInt32] = [0: 0]
    for place in ids.indices {
      let id = ids[place]
      let code = known[id] ?? texts.code(other[id])
      known[id] = code
      ids[place] = code
    }
    self = .own(texts)
  }
}
