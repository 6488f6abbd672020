/// Which purchase events count as an order; every revenue figure names the rule it follows.
///
/// Shops report a purchase twice when its page is loaded again, so counting events overstates both
/// orders and revenue.
public enum PurchaseRule: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every purchase event is an order.
  case none
  /// Events with a real transaction id count once for each id, the earliest one; events without
  /// one always count. An id such as "" or "(not set)" is not real.
  case byTransactionID
  /// As ``byTransactionID``, where the same id of another user is another order.
  case byTransactionIDAndUser

  /// `id`, unless it is one of the placeholders that stand for "none".
  package static func realID(_ id: String) -> String? {
    ["", "(not set)", "(data deleted)", "<Other>", "null", "undefined"].contains(id) ? nil : id
  }
}

extension PurchaseRule: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    switch self {
    case .none: "every purchase event"
    case .byTransactionID: "once per transaction id, events without id always"
    case .byTransactionIDAndUser: "once per transaction id and user, events without id always"
    }
  }
}

/// Which number of a purchase event is its revenue.
public enum RevenueField: String, Sendable, Hashable, Codable, CaseIterable {
  /// `ecommerce.purchase_revenue`; where an event has none, `ecommerce.purchase_revenue_in_usd`.
  case purchaseRevenue
  /// `ecommerce.purchase_revenue_in_usd`.
  case purchaseRevenueInUSD
  /// The parameter `value`.
  case value
}

extension RevenueField: CustomStringConvertible {
  /// The field's name.
  public var description: String {
    switch self {
    case .purchaseRevenue: "ecommerce.purchase_revenue"
    case .purchaseRevenueInUSD: "ecommerce.purchase_revenue_in_usd"
    case .value: "parameter value"
    }
  }
}

/// What the events of one log say about purchases.
package struct PurchaseColumns {
  private let storage: EventLogStorage
  private let field: RevenueField
  private let isPurchase: [Bool]
  private let revenue: RecordField
  private let revenueInUSD: RecordField
  private let transactionOfRecord: RecordField
  private let value: AttributeColumn
  private let transaction: AttributeColumn

  package init(
    _ storage: EventLogStorage, events: [EventName] = [.purchase],
    field: RevenueField = .purchaseRevenue
  ) {
    self.storage = storage
    self.field = field
    let names = Set(events.map(\.rawValue))
    isPurchase = storage.names.map { names.contains(storage.strings[$0]) }
    revenue = RecordField(storage, .ecommerce, .purchaseRevenue)
    revenueInUSD = RecordField(storage, .ecommerce, .purchaseRevenueInUSD)
    transactionOfRecord = RecordField(storage, .ecommerce, .transactionID)
    value = AttributeColumn(storage, .parameter, "value")
    transaction = AttributeColumn(storage, .parameter, "transaction_id")
  }

  /// Whether the name code is a purchase's.
  @inline(__always)
  package func isPurchase(_ name: UInt16) -> Bool { isPurchase[Int(name)] }

  /// Whether any event of the log could be a purchase.
  package var hasPurchases: Bool { isPurchase.contains(true) }

  /// The revenue of `row`, `nil` when it names none.
  package func revenue(_ row: Int) -> Double? {
    if field == .value { return value.value(row)?.number }
    if field == .purchaseRevenueInUSD { return revenueInUSD.number(row) }
    return revenue.number(row) ?? revenueInUSD.number(row)
  }

  /// The real transaction id of `row`.
  package func transactionID(_ row: Int) -> String? {
    transactionOfRecord.value(row)?.text.flatMap(PurchaseRule.realID)
      ?? transaction.value(row)?.text.flatMap(PurchaseRule.realID)
  }
}
