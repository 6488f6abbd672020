import GA4Model
import StatisticsCore

/// The orders of every buyer, and where the data lie.
struct OrderHistory: Sendable {
  /// An order.
  struct Order: Sendable {
    var time: Int64
    var day: Int32
    var revenue: Double
  }

  private let terms: PurchaseTerms
  private var orders = CustomerOrders()
  private(set) var bounds = DataBounds()

  init(_ terms: PurchaseTerms) { self.terms = terms }

  /// Takes up the purchases of a slice.
  mutating func add(_ slice: EventLog.UserSlice) {
    guard !slice.rows.isEmpty else { return }
    bounds.add(slice, byTime: false)
    orders.merge(CustomerOrders(slice, terms, keepsTimes: true))
  }

  mutating func merge(_ other: OrderHistory) {
    orders.merge(other.orders)
    bounds.merge(other.bounds)
  }

  /// The orders that stand by buyer in the order of ids, each buyer's by day and time; and what is
  /// left out.
  func resolved() -> (orders: [[Order]], leftOut: PurchasesLeftOut) {
    var leftOut = PurchasesLeftOut()
    var buyers: [[Order]] = []
    (leftOut.purchasesWithoutUser, leftOut.repeatedOrders) = orders.forEachCustomer {
      part, _, places in
      // Rows of a user are in the order of time, which dates of an export can contradict.
      let byDay = places.sorted { (part.days[$0], $0) < (part.days[$1], $1) }
      buyers.append(
        byDay.map { place in
          let revenue = part.revenue[place]
          if revenue.isNaN { leftOut.ordersWithoutRevenue += 1 }
          return Order(
            time: part.times[place], day: part.days[place], revenue: revenue.isNaN ? 0 : revenue)
        })
    }
    return (buyers, leftOut)
  }

  func write(to writer: inout BinaryWriter) {
    orders.write(to: &writer)
    bounds.write(to: &writer)
  }

  init(from reader: inout BinaryReader, _ terms: PurchaseTerms) throws(BinaryDecodingError) {
    self.init(terms)
    orders = try CustomerOrders(from: &reader, keepsTimes: true)
    bounds = try DataBounds(from: &reader)
  }
}

/// What a report about purchases leaves out.
public struct PurchasesLeftOut: Sendable, Hashable, Codable {
  /// Orders that belong to no user.
  public var purchasesWithoutUser = 0
  /// Purchase events that repeat the transaction id of another.
  public var repeatedOrders = 0
  /// Orders without revenue, which count as orders of 0.
  public var ordersWithoutRevenue = 0

  init() {}

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
