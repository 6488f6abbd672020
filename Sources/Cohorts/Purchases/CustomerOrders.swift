import Algorithms
import GA4Model
import StatisticsCore

/// The purchases of customers as columns, customers in the order of their keys: what every query
/// about orders keeps.
///
/// Under a rule that counts a transaction id once, whoever bears it, an order stands or falls by
/// orders of other customers, so every order is kept until the report.
struct CustomerOrders: Sendable {
  /// The purchases of customers whose keys follow each other.
  struct Part: Sendable {
    fileprivate(set) var keys = CustomerKeys()
    /// Where the orders of each customer begin; those of nobody follow the last one's.
    fileprivate(set) var offsets: [Int] = [0]
    fileprivate(set) var days = OrderColumn<Int32>()
    /// Revenue, NaN where an order names none.
    fileprivate(set) var revenue = OrderColumn<Double>()
    /// Empty where neither the rule nor the query looks at them.
    fileprivate(set) var times = OrderColumn<Int64>()
    /// Transaction ids; empty where nothing can be repeated.
    fileprivate var ids = OrderColumn<UInt32>()
    /// Which orders bear an id that another one of the log bears, rising; `nil` where that is not
    /// known.
    fileprivate var repeatedPlaces: [Int]?

    var count: Int { days.count }
    var ownedCount: Int { offsets[offsets.count - 1] }

    fileprivate mutating func append(_ other: Part, _ range: Range<Int>) {
      repeatedPlaces = nil
      days.append(other.days, range)
      revenue.append(other.revenue, range)
      if !other.times.isEmpty { times.append(other.times, range) }
      if !other.ids.isEmpty { ids.append(other.ids, range) }
    }
  }

  /// The customers of each part come after those of the one before it.
  private(set) var parts: [Part] = []
  private var texts = OrderIDs.none
  /// Purchases after the last day.
  private(set) var later = 0
  /// Purchases that were dropped since the same user repeats them.
  private(set) var repeatsOfUsers = 0

  init() {}

  /// The purchases of `slice` up to `lastDay`; under a rule that looks at the user without those that
  /// the same user repeats.
  ///
  /// - Parameter keepsTimes: Whether the query needs times where the rule does not.
  init(
    _ slice: EventLog.UserSlice, _ terms: PurchaseTerms, lastDay: CalendarDay? = nil,
    keepsTimes: Bool = false
  ) {
    let storage = slice.log.storage
    let table = storage.purchaseTable(events: terms.events, revenue: terms.revenue)
    let owned = table.places(in: slice.userRows)
    let rest = table.places(in: slice.userRows.upperBound..<slice.rows.upperBound)
    let last = lastDay?.daysSinceEpoch ?? .max
    // Others may lie between the purchases of the slice's users and those of nobody.
    var chosen = PlaceChoice.range(owned.lowerBound..<rest.upperBound)
    if owned.upperBound != rest.lowerBound && !rest.isEmpty {
      chosen = .list(Array(owned) + Array(rest))
    } else if rest.isEmpty {
      chosen = .range(owned)
    }
    let found = chosen.count
    if !chosen.holdsAll(table.days, upTo: last) {
      chosen = .list(chosen.places.filter { table.days[$0] <= last })
    }
    later = found - chosen.count
    if chosen.count == 0 { return }

    var part = Part()
    if terms.rule != .none {
      texts = .pool(storage.strings, table.repeatedIDs)
      part.ids = chosen.column(table.ids)
      if !table.numericIDs.isEmpty {
        // A number is no text of the pool, so all ids become texts of their own.
        texts.leavePool(&part.ids)
        part.ids.change { ids in
          for (index, place) in chosen.places.enumerated() {
            if let text = table.numericIDs[place] { ids[index] = texts.code(text) }
          }
        }
      }
      if terms.rule == .byTransactionIDAndUser {
        let places = Array(chosen.places)
        let rows = chosen.column(table.rows)
        part.ids.change { ids in
          let kept = Self.distinct(&ids, texts.count, rows, slice)
          chosen = .list(kept.map { places[$0] })
          ids = kept.map { ids[$0] }
        }
        repeatsOfUsers = places.count - chosen.count
      }
    }
    part.days = chosen.column(table.days)
    part.revenue = chosen.column(table.revenue)
    part.repeatedPlaces = chosen.positions(of: table.repeatedPlaces)
    if terms.rule != .none || keepsTimes { part.times = chosen.column(table.times) }
    part.take(chosen.column(table.rows), slice)
    parts = [part]
  }

  /// Which purchases of a log are taken.
  private enum PlaceChoice {
    case range(Range<Int>)
    case list([Int])

    var count: Int {
      switch self {
      case .range(let range): range.count
      case .list(let places): places.count
      }
    }

    var places: some Sequence<Int> {
      switch self {
      case .range(let range): Array(range)
      case .list(let places): places
      }
    }

    /// Whether no chosen day comes after `last`.
    func holdsAll(_ days: [Int32], upTo last: Int32) -> Bool {
      switch self {
      case .range(let range): days[range].allSatisfy { $0 <= last }
      case .list(let places): places.allSatisfy { days[$0] <= last }
      }
    }

    /// Where those of `wanted`, rising places, stand among the chosen.
    func positions(of wanted: [Int]) -> [Int] {
      switch self {
      case .range(let range):
        let start = wanted.partitioningIndex { $0 >= range.lowerBound }
        let end = wanted.partitioningIndex { $0 >= range.upperBound }
        return wanted[start..<end].map { $0 - range.lowerBound }
      case .list(let places):
        var rest = wanted[...]
        return places.indices.filter { index in
          rest = rest.drop { $0 < places[index] }
          return rest.first == places[index]
        }
      }
    }

    /// The chosen of a column that a log keeps.
    func column<Value>(_ column: [Value]) -> OrderColumn<Value> {
      switch self {
      case .range(let range): OrderColumn(column, in: range)
      case .list(let places): OrderColumn(places.map { column[$0] })
      }
    }
  }

  /// The positions without the repeats of an id by the same user; ids of users become 0, since nothing
  /// can repeat them any more.
  private static func distinct(
    _ ids: inout [UInt32], _ count: Int, _ rows: OrderColumn<UInt32>, _ slice: EventLog.UserSlice
  ) -> [Int] {
    let storage = slice.log.storage
    // For each id the user with whom it occurred last: rows are walked user by user.
    var userOfID = [UInt32](repeating: .max, count: count)
    var kept: [Int] = []
    var user = slice.users.lowerBound
    for index in rows.indices {
      if Int(rows[index]) < slice.userRows.upperBound, ids[index] != 0 {
        while storage.userOffsets[user + 1] <= rows[index] { user += 1 }
        let id = Int(ids[index])
        ids[index] = 0
        if userOfID[id] == UInt32(user) { continue }
        userOfID[id] = UInt32(user)
      }
      kept.append(index)
    }
    return kept
  }

  // MARK: Merging

  mutating func merge(_ other: CustomerOrders) {
    later += other.later
    repeatsOfUsers += other.repeatsOfUsers
    var other = other
    if case .none = texts {
      texts = other.texts
    } else if case .none = other.texts {
    } else if let joined = texts.joined(with: other.texts) {
      texts = joined
    } else {
      if texts.isOfPool { leavePool() }
      for index in other.parts.indices { texts.take(other.texts, &other.parts[index].ids) }
    }
    if isBefore(other) {
      parts += other.parts
    } else if other.isBefore(self) {
      parts = other.parts + parts
    } else {
      parts = [Part(flattened, other.flattened)]
    }
  }

  /// Whether all customers come before those of `other`; there may be none on either side.
  private func isBefore(_ other: CustomerOrders) -> Bool {
    guard let last = parts.last(where: { !$0.keys.isEmpty }),
      let first = other.parts.first(where: { !$0.keys.isEmpty })
    else { return true }
    return CustomerKeys.order(last.keys, last.keys.count - 1, first.keys, 0) < 0
  }

  /// Gives ids codes of own texts.
  private mutating func leavePool() {
    let pool = texts
    texts = .own(OrderIDs.Texts())
    for index in parts.indices { texts.take(pool, &parts[index].ids) }
  }

  /// All parts as one.
  private var flattened: Part {
    if parts.count == 1 { return parts[0] }
    var whole = Part()
    for part in parts {
      for offset in part.offsets.dropFirst() { whole.offsets.append(whole.count + offset) }
      whole.keys.append(contentsOf: part.keys)
      whole.append(part, 0..<part.ownedCount)
    }
    for part in parts { whole.append(part, part.ownedCount..<part.count) }
    return whole
  }

  // MARK: Repeats

  /// Calls `body` with the parts and the range of their orders that belong to someone, then with those
  /// of nobody, and where the orders of the part begin among all.
  private func forEachStretch(_ body: (Part, Range<Int>, Int) -> Void) {
    for isOwned in [true, false] {
      var start = 0
      for part in parts {
        body(part, isOwned ? 0..<part.ownedCount : part.ownedCount..<part.count, start)
        start += part.count
      }
    }
  }

  /// Whether each order, counted through all parts, repeats another one and does not count; empty
  /// when none does.
  ///
  /// Of the orders with one id the earliest stands; of those at one time that of the lesser user,
  /// those of nobody last; and of one user the earlier row.
  var repeats: [Bool] {
    if texts.count == 1 { return [] }
    let repeated =
      texts.repeated ?? RepeatedIDs(in: parts.lazy.map(\.ids).joined(), count: texts.count)
    if repeated.codes.isEmpty { return [] }
    let placesAreKnown = texts.repeated != nil
    // Few ids are repeated, so that most orders need no look into a dictionary.
    var isRepeated = [UInt64](repeating: 0, count: texts.count / 64 + 1)
    for id in repeated.codes { isRepeated[Int(id / 64)] |= 1 << UInt64(id % 64) }
    var standing: [UInt32: (time: Int64, place: Int)] = [:]
    var result = [Bool](repeating: false, count: parts.reduce(0) { $0 + $1.count })
    forEachStretch { part, orders, start in
      if part.ids.isEmpty { return }
      func choose(_ order: Int) {
        let id = part.ids[order]
        if isRepeated[Int(id / 64)] & 1 << UInt64(id % 64) == 0 { return }
        let time = part.times[order]
        guard let known = standing[id] else {
          standing[id] = (time, start + order)
          return
        }
        // Orders come by rising users and rows, so at one time the known one stands.
        let stands = known.time <= time
        result[stands ? start + order : known.place] = true
        if !stands { standing[id] = (time, start + order) }
      }
      if placesAreKnown, let places = part.repeatedPlaces {
        for order in places where orders.contains(order) { choose(order) }
      } else {
        for order in orders { choose(order) }
      }
    }
    return result
  }

  /// Calls `body` for every customer of whom an order stands, in the order of their keys, with the
  /// places of these orders in the part.
  ///
  /// - Returns: How many orders of nobody stand, and how many purchases repeat another one.
  func forEachCustomer(
    _ body: (_ part: Part, _ customer: Int, _ places: [Int]) -> Void
  ) -> (unowned: Int, repeated: Int) {
    let repeats = self.repeats
    var (unowned, start) = (0, 0)
    var places: [Int] = []
    for part in parts {
      func stands(_ place: Int) -> Bool { repeats.isEmpty || !repeats[start + place] }
      for customer in part.keys.indices {
        places.removeAll(keepingCapacity: true)
        for place in part.orders(of: customer) where stands(place) { places.append(place) }
        if !places.isEmpty { body(part, customer, places) }
      }
      unowned += (part.ownedCount..<part.count).count(where: stands)
      start += part.count
    }
    return (unowned, repeatsOfUsers + repeats.count { $0 })
  }

  // MARK: Encoding

  func write(to writer: inout BinaryWriter) {
    let whole = flattened
    whole.keys.write(to: &writer)
    writer.array(zip(whole.offsets.dropFirst(), whole.offsets).map { $0 - $1 }) { $0.count($1) }
    writer.count(later)
    writer.count(repeatsOfUsers)
    // The orders of nobody come in the order of merging; equal states must be equal bytes.
    let (hasTimes, hasIDs) = (!whole.times.isEmpty, !whole.ids.isEmpty)
    let rest = (whole.ownedCount..<whole.count).sorted { left, right in
      if whole.days[left] != whole.days[right] { return whole.days[left] < whole.days[right] }
      if hasTimes, whole.times[left] != whole.times[right] {
        return whole.times[left] < whole.times[right]
      }
      if hasIDs, whole.ids[left] != whole.ids[right] {
        return texts[whole.ids[left]].utf8.lexicographicallyPrecedes(
          texts[whole.ids[right]].utf8)
      }
      return whole.revenue[left].bitPattern < whole.revenue[right].bitPattern
    }
    writer.bool(hasTimes)
    writer.bool(hasIDs)
    writer.array(Array(0..<whole.ownedCount) + rest) { writer, place in
      writer.int32(whole.days[place])
      writer.double(whole.revenue[place])
      if hasTimes { writer.int64(whole.times[place]) }
      if !hasIDs { return }
      let id = whole.ids[place]
      writer.bool(id != 0)
      if id != 0 { writer.string(texts[id]) }
    }
  }

  /// - Parameter keepsTimes: Whether the query needs times.
  init(
    from reader: inout BinaryReader, keepsTimes: Bool = false
  ) throws(BinaryDecodingError) {
    var part = Part()
    part.keys = try CustomerKeys(from: &reader)
    let start = reader.offset
    let counts = try reader.array { reader throws(BinaryDecodingError) in try reader.tally() }
    later = try reader.tally()
    repeatsOfUsers = try reader.tally()
    let hasTimes = try reader.bool()
    let hasIDs = try reader.bool()
    guard hasTimes || !hasIDs else { throw .valueOutOfRange(name: "times", offset: start) }
    var own = OrderIDs.Texts()
    let orders = try reader.array(minimumBytes: 12) { reader throws(BinaryDecodingError) in
      let day = try reader.int32()
      let revenueStart = reader.offset
      let revenue = try reader.double()
      guard revenue.isFinite || revenue.isNaN else {
        throw .valueOutOfRange(name: "revenue", offset: revenueStart)
      }
      let time = hasTimes ? try reader.int64() : 0
      var id: UInt32 = 0
      if hasIDs, try reader.bool() { id = own.code(try reader.string()) }
      return (day: day, revenue: revenue, time: time, id: id)
    }
    for order in orders {
      part.days.append(order.day)
      part.revenue.append(order.revenue)
      if hasTimes { part.times.append(order.time) }
      if hasIDs { part.ids.append(order.id) }
    }
    for count in counts {
      guard count <= part.count - part.ownedCount else {
        throw .valueOutOfRange(name: "number of orders", offset: start)
      }
      part.offsets.append(part.ownedCount + count)
    }
    guard part.offsets.count == part.keys.count + 1 else {
      throw .valueOutOfRange(name: "number of customers", offset: start)
    }
    guard hasTimes || !keepsTimes || orders.isEmpty else {
      throw .valueOutOfRange(name: "times", offset: start)
    }
    if hasIDs { texts = .own(own) }
    if !orders.isEmpty || !part.keys.isEmpty { parts = [part] }
  }
}

extension CustomerOrders.Part {
  /// Takes up the customers whose purchases stand at `rows`, and where those of each begin.
  fileprivate mutating func take(_ rows: OrderColumn<UInt32>, _ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    let count = min(rows.count, slice.users.count)
    var words: [UInt32] = []
    words.reserveCapacity(count)
    offsets.reserveCapacity(count + 1)
    let end = slice.userRows.upperBound
    storage.userOffsets.withValues { userOffsets in
      storage.userKeys.withValues { userKeys in
        rows.withValues { rows in
          var place = 0
          var user = slice.users.lowerBound
          while place < rows.count, Int(rows[place]) < end {
            while userOffsets[user + 1] <= rows[place] { user += 1 }
            let end = userOffsets[user + 1]
            while place < rows.count, rows[place] < end { place += 1 }
            words.append(userKeys[user])
            offsets.append(place)
          }
        }
      }
    }
    keys.append(words, of: storage.strings)
  }

  /// Merges two parts, whose customers may alternate.
  fileprivate init(_ left: CustomerOrders.Part, _ right: CustomerOrders.Part) {
    let merged = CustomerKeys.merged(left.keys, right.keys)
    keys = merged.keys
    if merged.isConcatenation {
      append(left, 0..<left.ownedCount)
      append(right, 0..<right.ownedCount)
      offsets = left.offsets + right.offsets.dropFirst().map { $0 + left.ownedCount }
    } else {
      for source in merged.sources {
        if let index = source.left { append(left, left.orders(of: index)) }
        if let index = source.right { append(right, right.orders(of: index)) }
        offsets.append(count)
      }
    }
    append(left, left.ownedCount..<left.count)
    append(right, right.ownedCount..<right.count)
  }

  /// Where the orders of a customer stand.
  func orders(of customer: Int) -> Range<Int> { offsets[customer]..<offsets[customer + 1] }
}
