/// A product of an e-commerce event.
///
/// ```swift
/// let item = Item(id: "GGOEGXXX1", name: "Zip Hoodie", price: 54, quantity: 2)
/// item.revenue                              // nil: the export gives it on purchases only
/// item.lineRevenue                          // 108.0
/// ```
public struct Item: Sendable, Hashable {
  /// All fields of the item by their path inside it (`item_name`, `price`, …).
  public var fields: FieldSet
  /// The item-scoped custom parameters.
  public var parameters: Parameters

  /// Makes an item from its fields and custom parameters.
  public init(fields: FieldSet = FieldSet(), parameters: Parameters = Parameters()) {
    self.fields = fields
    self.parameters = parameters
  }

  /// Makes an item from the fields most used; those that are `nil` are absent.
  ///
  /// - Parameters:
  ///   - id: `item_id`.
  ///   - name: `item_name`.
  ///   - brand: `item_brand`.
  ///   - variant: `item_variant`.
  ///   - category: `item_category`.
  ///   - price: of one unit, in the currency of the event.
  ///   - quantity: how many units.
  ///   - revenue: price × quantity, as the export gives it on purchases.
  public init(
    id: String? = nil, name: String? = nil, brand: String? = nil, variant: String? = nil,
    category: String? = nil, price: Double? = nil, quantity: Int64? = nil, revenue: Double? = nil
  ) {
    self.init()
    self.id = id
    self.name = name
    self.brand = brand
    self.variant = variant
    self.category = category
    self.price = price
    self.quantity = quantity
    self.revenue = revenue
  }

  /// What stands at `path` inside the item.
  public subscript(path: FieldPath) -> FieldValue? {
    get { fields[path] }
    set { fields[path] = newValue }
  }

  /// `item_id`.
  public var id: String? {
    get { fields["item_id"]?.text }
    set { fields["item_id"] = newValue.map(FieldValue.string) }
  }
  /// `item_name`.
  public var name: String? {
    get { fields["item_name"]?.text }
    set { fields["item_name"] = newValue.map(FieldValue.string) }
  }
  /// `item_brand`.
  public var brand: String? {
    get { fields["item_brand"]?.text }
    set { fields["item_brand"] = newValue.map(FieldValue.string) }
  }
  /// `item_variant`.
  public var variant: String? {
    get { fields["item_variant"]?.text }
    set { fields["item_variant"] = newValue.map(FieldValue.string) }
  }
  /// `item_category`, the first of five levels; the others are `item_category2` … `5`.
  public var category: String? {
    get { fields["item_category"]?.text }
    set { fields["item_category"] = newValue.map(FieldValue.string) }
  }
  /// `price` of one unit, in the currency of the event.
  public var price: Double? {
    get { fields["price"]?.number }
    set { fields["price"] = newValue.map(FieldValue.double) }
  }
  /// `price_in_usd` of one unit.
  public var priceInUSD: Double? {
    get { fields["price_in_usd"]?.number }
    set { fields["price_in_usd"] = newValue.map(FieldValue.double) }
  }
  /// `quantity`; `nil` where the export leaves it out, as on views.
  public var quantity: Int64? {
    get { fields["quantity"]?.int }
    set { fields["quantity"] = newValue.map(FieldValue.int) }
  }
  /// `item_revenue`, in the currency of the event; purchases only.
  public var revenue: Double? {
    get { fields["item_revenue"]?.number }
    set { fields["item_revenue"] = newValue.map(FieldValue.double) }
  }
  /// `item_refund`, in the currency of the event; refunds only.
  public var refund: Double? {
    get { fields["item_refund"]?.number }
    set { fields["item_refund"] = newValue.map(FieldValue.double) }
  }
  /// `coupon` used for this item.
  public var coupon: String? {
    get { fields["coupon"]?.text }
    set { fields["coupon"] = newValue.map(FieldValue.string) }
  }
  /// `affiliation`: the supplying company or shop.
  public var affiliation: String? {
    get { fields["affiliation"]?.text }
    set { fields["affiliation"] = newValue.map(FieldValue.string) }
  }
  /// `item_list_name`: the list in which the item was shown.
  public var listName: String? {
    get { fields["item_list_name"]?.text }
    set { fields["item_list_name"] = newValue.map(FieldValue.string) }
  }
  /// `promotion_name`: the promotion that showed the item.
  public var promotionName: String? {
    get { fields["promotion_name"]?.text }
    set { fields["promotion_name"] = newValue.map(FieldValue.string) }
  }

  /// ``revenue``, or price × quantity (1 when absent) where the export gives none.
  public var lineRevenue: Double? {
    revenue ?? price.map { $0 * Double(quantity ?? 1) }
  }
}
