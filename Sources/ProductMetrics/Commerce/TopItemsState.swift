public import GA4Model
import StatisticsCore

/// The running summary of a ``TopItemsQuery``.
///
/// It grows with the number of items, and with orders where repeats are told by their transaction
/// id.
public struct TopItemsState: MergeableState {
  public let query: TopItemsQuery

  /// What an item is known by, `nil` where a line does not say.
  struct Key: Sendable, Hashable {
    var text: Bytewise?
  }

  /// What is added up for one item.
  struct Tally: Sendable, Hashable {
    var units = 0
    var revenue = ExactSum()
    var orders = 0
  }

  /// A line of an order.
  struct Line: Sendable, Hashable {
    var key: Key
    var units: Int
    var revenue: Double?

    static func precedes(_ left: Line, _ right: Line) -> Bool {
      if left.key != right.key { return Bytewise?.precedes(left.key.text, right.key.text) }
      if left.units != right.units { return left.units < right.units }
      let bits = { (line: Line) in line.revenue.map { ($0.bitPattern, 1) } ?? (0, 0) }
      return bits(left) < bits(right)
    }
  }

  /// An order that other events may repeat.
  struct Order: OrderContent {
    var lines: [Line]

    static func precedes(_ left: Order, _ right: Order) -> Bool {
      left.lines.lexicographicallyPrecedes(right.lines, by: Line.precedes)
    }
  }

  /// What is added up over purchases.
  private struct Sums {
    var items: [Key: Tally] = [:]
    var orders = 0
    var ordersWithoutItems = 0

    mutating func add(_ order: Order) {
      orders += 1
      if order.lines.isEmpty { ordersWithoutItems += 1 }
      for (index, line) in order.lines.enumerated() {
        let isFirst = !order.lines[..<index].contains { $0.key == line.key }
        items[line.key, default: Tally()].orders += isFirst ? 1 : 0
        // Absurd quantities may wrap around; they must not stop the program.
        items[line.key]!.units &+= line.units
        if let revenue = line.revenue { items[line.key]!.revenue.add(revenue) }
      }
    }
  }

  private var plain = Sums()
  private var repeatable = OrderBook<Order>()

  init(_ query: TopItemsQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let log = slice.log
    let storage = log.storage
    guard let name = storage.nameCode(.purchase) else { return }
    let rows = storage.name.withValues { names in slice.rows.filter { names[$0] == name } }
    if rows.isEmpty { return }
    let purchases = PurchaseColumns(storage)
    // Each distinct item is read once.
    var known: [UInt32: Line] = [:]
    for row in rows {
      let lines = storage.items(of: row).map { place in
        let code = storage.itemCodes[place]
        if let line = known[code] { return line }
        let line = Self.line(storage.item(code), query.grouping)
        known[code] = line
        return line
      }
      if query.purchases != .none, let id = purchases.transactionID(row) {
        repeatable.add(
          OrderBook.Order(
            time: storage.time[row], user: log.user(ofEvent: row).map(storage.userKey),
            content: Order(lines: lines)),
          id: id, rule: query.purchases)
      } else {
        plain.add(Order(lines: lines))
      }
    }
  }

  private static func line(_ item: Item, _ grouping: TopItemsQuery.Grouping) -> Line {
    let text = item[FieldPath(rawValue: grouping.rawValue)]?.text
    return Line(
      key: Key(text: text.map(Bytewise.init)), units: Int(item.quantity ?? 1),
      revenue: item.lineRevenue)
  }

  public mutating func merge(_ other: TopItemsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (key, tally) in other.plain.items {
      plain.items[key, default: Tally()].units &+= tally.units
      plain.items[key]!.revenue.merge(tally.revenue)
      plain.items[key]!.orders += tally.orders
    }
    plain.orders += other.plain.orders
    plain.ordersWithoutItems += other.plain.ordersWithoutItems
    repeatable.merge(other.repeatable)
  }

  public func report() -> TopItems {
    var sums = plain
    for order in repeatable.contents { sums.add(order) }
    var revenue = ExactSum()
    var units = 0
    for tally in sums.items.values {
      revenue.merge(tally.revenue)
      units &+= tally.units
    }
    let items = sums.items.map { key, tally in
      TopItems.Row(
        name: key.text?.text, units: tally.units, revenue: tally.revenue.rounded,
        orders: tally.orders)
    }.sorted { TopItems.precedes($0, $1, by: query.measure) }
    return TopItems(
      query: query, items: query.limit.map { Array(items.prefix($0)) } ?? items,
      itemCount: items.count, units: units, revenue: revenue.rounded, orders: sums.orders,
      ordersWithoutItems: sums.ordersWithoutItems)
  }

  // MARK: Encoding

  private static let format = BinaryFormat(kind: "TopItemsState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      // Dictionaries have no order of their own: equal states must be equal bytes.
      let items = plain.items.sorted { Bytewise?.precedes($0.key.text, $1.key.text) }
      writer.array(items) { writer, entry in
        writer.optional(entry.key.text) { $0.string($1.text) }
        writer.int64(Int64(entry.value.units))
        entry.value.revenue.encode(into: &writer)
        writer.count(entry.value.orders)
      }
      writer.count(plain.orders)
      writer.count(plain.ordersWithoutItems)
      repeatable.write(to: &writer) { writer, order in
        writer.array(order.lines) { writer, line in
          writer.optional(line.key.text) { $0.string($1.text) }
          writer.int64(Int64(line.units))
          writer.optional(line.revenue) { $0.double($1) }
        }
      }
    }
  }

  public init(decoding bytes: [UInt8], query: TopItemsQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = TopItemsState(query)
      let items = try reader.array { reader throws(BinaryDecodingError) in
        let key = try Key(from: &reader)
        var tally = Tally()
        tally.units = Int(try reader.int64())
        tally.revenue = try ExactSum(from: &reader)
        tally.orders = try reader.tally()
        return (key, tally)
      }
      for (key, tally) in items { state.plain.items[key] = tally }
      state.plain.orders = try reader.tally()
      state.plain.ordersWithoutItems = try reader.tally()
      state.repeatable = try OrderBook(from: &reader) { reader throws(BinaryDecodingError) in
        Order(
          lines: try reader.array { reader throws(BinaryDecodingError) in
            Line(
              key: try Key(from: &reader), units: Int(try reader.int64()),
              revenue: try reader.optional { reader throws(BinaryDecodingError) in
                try reader.double()
              })
          })
      }
      return state
    }
  }
}

extension TopItemsState.Key {
  fileprivate init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    text = try reader.optional { reader throws(BinaryDecodingError) in
      Bytewise(try reader.string())
    }
  }
}
