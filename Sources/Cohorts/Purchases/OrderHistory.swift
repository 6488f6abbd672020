import GA4Model
import StatisticsCore

/// The orders of every buyer.
///
/// A state keeps them all: repeats of a transaction id can lie with different users, so that which
/// orders stand is known at the end only.
struct OrderHistory: Sendable {
  /// An order.
  struct Order: Sendable {
    var time: Int64
    var day: Int32
    var revenue: Double
    /// The real transaction id, where the rule asks for it.
    var id: String?
  }

  private let terms: PurchaseTerms
  private var buyers: [UserKey: [Order]] = [:]
  private(set) var bounds = DataBounds()
  private(set) var leftOut = PurchasesLeftOut()

  init(_ terms: PurchaseTerms) { self.terms = terms }

  /// Takes up the purchases of a slice.
  mutating func add(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    bounds.add(slice, byTime: false)
    let storage = slice.log.storage
    let purchases = PurchaseColumns(storage, events: terms.events, field: terms.revenue)
    guard purchases.hasPurchases else { return }
    storage.name.withValues { names in
      for user in slice.users {
        var orders: [Order] = []
        var ids: Set<Bytewise> = []
        for row in storage.rows(ofUser: user) where purchases.isPurchase(names[row]) {
          let id = terms.rule == .none ? nil : purchases.transactionID(row)
          if let id, !ids.insert(Bytewise(id)).inserted {
            leftOut.repeatedOrders += 1
            continue
          }
          let revenue = purchases.revenue(row).flatMap { $0.isFinite ? $0 : nil }
          if revenue == nil { leftOut.ordersWithoutRevenue += 1 }
          orders.append(
            Order(
              time: storage.time[row], day: storage.day[row], revenue: revenue ?? 0, id: id))
        }
        if !orders.isEmpty { buyers[storage.userKey(user)] = orders }
      }
      for row in slice.userRows.upperBound..<slice.rows.upperBound
      where purchases.isPurchase(names[row]) {
        leftOut.purchasesWithoutUser += 1
      }
    }
  }

  mutating func merge(_ other: OrderHistory) {
    buyers.merge(other.buyers) { $0 + $1 }
    bounds.merge(other.bounds)
    leftOut.merge(other.leftOut)
  }

  /// The orders that stand by buyer in the order of ids, each buyer's by day and time; and what is
  /// left out.
  func resolved() -> (orders: [[Order]], leftOut: PurchasesLeftOut) {
    var leftOut = leftOut
    let sorted = buyers.sorted { $0.key < $1.key }
    var owners: [Bytewise: (time: Int64, buyer: Int)] = [:]
    if terms.rule == .byTransactionID {
      for (buyer, entry) in sorted.enumerated() {
        for order in entry.value {
          guard let id = order.id.map(Bytewise.init) else { continue }
          // The earliest stands, of one time that of the lesser user.
          if let owner = owners[id], owner.time <= order.time { continue }
          owners[id] = (order.time, buyer)
        }
      }
    }
    var orders: [[Order]] = []
    for (buyer, entry) in sorted.enumerated() {
      var own = entry.value
      if terms.rule == .byTransactionID {
        own.removeAll { order in
          guard let id = order.id else { return false }
          return owners[Bytewise(id)]!.buyer != buyer
        }
        leftOut.repeatedOrders += entry.value.count - own.count
      }
      // Rows of a user are in the order of time, which dates of an export can contradict.
      let byDay = own.enumerated().sorted {
        ($0.element.day, $0.offset) < ($1.element.day, $1.offset)
      }
      if !own.isEmpty { orders.append(byDay.map(\.element)) }
    }
    return (orders, leftOut)
  }

  func write(to writer: inout BinaryWriter) {
    writer.array(buyers.sorted { $0.key < $1.key }) { writer, entry in
      writer.userKey(entry.key)
      writer.array(entry.value) { writer, order in
        writer.int64(order.time)
        writer.int32(order.day)
        writer.double(order.revenue)
        writer.optional(order.id) { $0.string($1) }
      }
    }
    bounds.write(to: &writer)
    leftOut.write(to: &writer)
  }

  init(from reader: inout BinaryReader, _ terms: PurchaseTerms) throws(BinaryDecodingError) {
    self.init(terms)
    let entries = try reader.array { reader throws(BinaryDecodingError) in
      let key = try reader.userKey()
      let orders = try reader.array(minimumBytes: 21) { reader throws(BinaryDecodingError) in
        let order = Order(
          time: try reader.int64(), day: try reader.int32(), revenue: try reader.double(),
          id: try reader.optional { reader throws(BinaryDecodingError) in try reader.string() })
        guard order.revenue.isFinite else {
          throw .valueOutOfRange(name: "revenue", offset: reader.offset)
        }
        return order
      }
      return (key, orders)
    }
    for (key, orders) in entries { buyers[key] = orders }
    bounds = try DataBounds(from: &reader)
    leftOut = try PurchasesLeftOut(from: &reader)
  }
}

/// What a report about purchases leaves out.
public struct PurchasesLeftOut: Sendable, Hashable, Codable {
  /// Purchase events that belong to no user.
  public var purchasesWithoutUser = 0
  /// Purchase events that repeat the transaction id of another.
  public var repeatedOrders = 0
  /// Orders without revenue, which count as orders of 0.
  public var ordersWithoutRevenue = 0

  init() {}

  mutating func merge(_ other: PurchasesLeftOut) {
    purchasesWithoutUser += other.purchasesWithoutUser
    repeatedOrders += other.repeatedOrders
    ordersWithoutRevenue += other.ordersWithoutRevenue
  }

  func write(to writer: inout BinaryWriter) {
    for count in [purchasesWithoutUser, repeatedOrders, ordersWithoutRevenue] {
      writer.count(count)
    }
  }

  init(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    purchasesWithoutUser = try reader.tally()
    repeatedOrders = try reader.tally()
    ordersWithoutRevenue = try reader.tally()
  }

  /// What was left out as a line of text, `nil` for nothing.
  var words: String? {
    let parts = [
      (purchasesWithoutUser, "purchases without user"), (repeatedOrders, "repeats of an order"),
      (ordersWithoutRevenue, "revenues that orders do not name"),
    ].filter { $0.0 > 0 }
    if parts.isEmpty { return nil }
    return "not counted: "
      + parts.map { "\(NumberFormat.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}
