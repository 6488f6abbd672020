/// The sums of a purchase or refund: the record `ecommerce`.
///
/// ```swift
/// event.ecommerce.purchaseRevenue           // 54.0
/// event.ecommerce.transactionID             // "(not set)"
/// event.ecommerce.realTransactionID         // nil
/// ```
public struct Ecommerce: EventRecord {
  public static let record = "ecommerce"
  public let fields: FieldSet

  public init(fields: FieldSet) { self.fields = fields.fields(of: Self.record) }

  /// Makes the sums of a purchase from the fields most used; those that are `nil` are absent.
  public init(
    transactionID: String? = nil, purchaseRevenue: Double? = nil,
    purchaseRevenueInUSD: Double? = nil, refundValue: Double? = nil,
    refundValueInUSD: Double? = nil, shippingValue: Double? = nil, taxValue: Double? = nil,
    totalItemQuantity: Int64? = nil, uniqueItems: Int64? = nil
  ) {
    self.init(fields: FieldSet())
    self.transactionID = transactionID
    self.purchaseRevenue = purchaseRevenue
    self.purchaseRevenueInUSD = purchaseRevenueInUSD
    self.refundValue = refundValue
    self.refundValueInUSD = refundValueInUSD
    self.shippingValue = shippingValue
    self.taxValue = taxValue
    self.totalItemQuantity = totalItemQuantity
    self.uniqueItems = uniqueItems
  }

  /// `ecommerce.transaction_id` as exported, also "" and "(not set)".
  public var transactionID: String? {
    get { self[text: "transaction_id"] }
    set { self[text: "transaction_id"] = newValue }
  }

  /// `ecommerce.purchase_revenue`, in the currency of the event.
  public var purchaseRevenue: Double? {
    get { self[number: "purchase_revenue"] }
    set { self[number: "purchase_revenue"] = newValue }
  }

  /// `ecommerce.purchase_revenue_in_usd`.
  public var purchaseRevenueInUSD: Double? {
    get { self[number: "purchase_revenue_in_usd"] }
    set { self[number: "purchase_revenue_in_usd"] = newValue }
  }

  /// `ecommerce.refund_value`, in the currency of the event.
  public var refundValue: Double? {
    get { self[number: "refund_value"] }
    set { self[number: "refund_value"] = newValue }
  }

  /// `ecommerce.refund_value_in_usd`.
  public var refundValueInUSD: Double? {
    get { self[number: "refund_value_in_usd"] }
    set { self[number: "refund_value_in_usd"] = newValue }
  }

  /// `ecommerce.shipping_value`, in the currency of the event.
  public var shippingValue: Double? {
    get { self[number: "shipping_value"] }
    set { self[number: "shipping_value"] = newValue }
  }

  /// `ecommerce.shipping_value_in_usd`.
  public var shippingValueInUSD: Double? {
    get { self[number: "shipping_value_in_usd"] }
    set { self[number: "shipping_value_in_usd"] = newValue }
  }

  /// `ecommerce.tax_value`, in the currency of the event.
  public var taxValue: Double? {
    get { self[number: "tax_value"] }
    set { self[number: "tax_value"] = newValue }
  }

  /// `ecommerce.tax_value_in_usd`.
  public var taxValueInUSD: Double? {
    get { self[number: "tax_value_in_usd"] }
    set { self[number: "tax_value_in_usd"] = newValue }
  }

  /// `ecommerce.total_item_quantity`: the sum of the quantities of all items.
  public var totalItemQuantity: Int64? {
    get { self[int: "total_item_quantity"] }
    set { self[int: "total_item_quantity"] = newValue }
  }

  /// `ecommerce.unique_items`: how many different items.
  public var uniqueItems: Int64? {
    get { self[int: "unique_items"] }
    set { self[int: "unique_items"] = newValue }
  }

  /// ``transactionID``, or `nil` where it is empty or "(not set)" and so tells no purchase apart.
  public var realTransactionID: String? {
    transactionID.flatMap(PurchaseRule.realID)
  }
}

extension Event {
  /// The sums of a purchase or refund: the record `ecommerce`.
  public var ecommerce: Ecommerce {
    get { self[record: Ecommerce.self] }
    set { self[record: Ecommerce.self] = newValue }
  }
}
