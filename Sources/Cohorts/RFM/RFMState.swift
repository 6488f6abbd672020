public import GA4Model
import StatisticsCore

/// The running summary of an ``RFMQuery``.
///
/// It grows with the number of orders: a transaction id may turn out to be a repeat of another
/// customer's.
public struct RFMState: MergeableState {
  public let query: RFMQuery
  private var orders = CustomerOrders()

  init(_ query: RFMQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    orders.merge(
      CustomerOrders(
        slice, PurchaseTerms(rule: query.purchases, revenue: query.revenue), lastDay: query.asOf))
  }

  public mutating func merge(_ other: RFMState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    orders.merge(other.orders)
  }

  /// The answer for all events seen so far.
  ///
  /// - Complexity: O(*n*), where *n* is the number of orders.
  public func report() -> RFMReport { RFMReport(query, orders) }

  public func report(workers: Int) async -> RFMReport {
    await RFMReport.make(query, orders, workers: workers)
  }

  private static let format = BinaryFormat(kind: "RFMState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { orders.write(to: &$0) }
  }

  public init(decoding bytes: [UInt8], query: RFMQuery) throws(StateError) {
    self.init(query)
    orders = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in try CustomerOrders(from: &reader)
    }
  }
}
