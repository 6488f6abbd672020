import GA4Model
import StatisticsCore

/// What an order adds to a report.
protocol OrderContent: Sendable, Hashable {
  /// A total order, which decides between repeats that nothing else tells apart.
  static func precedes(_ left: Self, _ right: Self) -> Bool
}

/// Purchases with a transaction id, of which the earliest of each id stands.
///
/// Repeats of an id can lie with different users, so a state keeps the id of every order.
struct OrderBook<Content: OrderContent>: Sendable, Hashable {
  /// What repeats share.
  struct Key: Sendable, Hashable {
    var id: Bytewise
    /// `nil` under a rule that does not look at the user, and for an event without one.
    var user: UserKey?
  }

  /// A purchase.
  struct Order: Sendable, Hashable {
    var time: Int64
    var user: UserKey?
    var content: Content

    /// Whether `other` repeats this purchase.
    ///
    /// Of events of one time those of the lesser user stand, those of nobody last; of one user the
    /// earlier row, which is the one known.
    fileprivate func stands(against other: Order) -> Bool {
      if time != other.time { return time < other.time }
      switch (user, other.user) {
      case (let left?, let right?): return left <= right
      case (_?, nil): return true
      case (nil, _?): return false
      case (nil, nil): return !Content.precedes(other.content, content)
      }
    }
  }

  private var orders: [Key: Order] = [:]

  init() {}

  /// The orders that stand, in no particular order.
  var contents: some Collection<Content> { orders.values.lazy.map(\.content) }

  /// Takes up a purchase with a real transaction id.
  mutating func add(_ order: Order, id: String, rule: PurchaseRule) {
    add(order, Key(id: Bytewise(id), user: rule == .byTransactionIDAndUser ? order.user : nil))
  }

  private mutating func add(_ order: Order, _ key: Key) {
    if let known = orders[key], known.stands(against: order) { return }
    orders[key] = order
  }

  mutating func merge(_ other: OrderBook) {
    for (key, order) in other.orders { add(order, key) }
  }

  func write(
    to writer: inout BinaryWriter, _ writeContent: (inout BinaryWriter, Content) -> Void
  ) {
    let sorted = orders.sorted { left, right in
      if left.key.id != right.key.id { return left.key.id < right.key.id }
      guard let user = right.key.user else { return false }
      return left.key.user.map { $0 < user } ?? true
    }
    writer.array(sorted) { writer, entry in
      writer.string(entry.key.id.text)
      writer.bool(entry.key.user != nil)
      writer.int64(entry.value.time)
      writer.optional(entry.value.user) { $0.userKey($1) }
      writeContent(&writer, entry.value.content)
    }
  }

  init(
    from reader: inout BinaryReader,
    _ readContent: (inout BinaryReader) throws(BinaryDecodingError) -> Content
  ) throws(BinaryDecodingError) {
    let entries = try reader.array { reader throws(BinaryDecodingError) in
      let id = try reader.string()
      let isByUser = try reader.bool()
      let order = Order(
        time: try reader.int64(),
        user: try reader.optional { reader throws(BinaryDecodingError) in try reader.userKey() },
        content: try readContent(&reader))
      return (Key(id: Bytewise(id), user: isByUser ? order.user : nil), order)
    }
    for (key, order) in entries { orders[key] = order }
  }
}
