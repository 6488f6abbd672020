public import GA4Model

/// Which items earned or sold most.
///
/// ```swift
/// let top = TopItemsQuery(limit: 5).evaluate(log)
/// top.items[0].name                         // "Google Crewneck Sweatshirt Navy"
/// top.items[0].revenue                      // 737.0
/// let categories = TopItemsQuery(by: .units, groupedBy: .category).evaluate(log)
/// ```
///
/// Only `purchase` events count, each under the purchase rule. The revenue of a line is
/// `item_revenue`, or else `price` × `quantity`, and its units are `quantity`, or else 1; so GA4
/// and its export have it. `PurchaseRule.none` gives the plain sums over all rows of the export.
public struct TopItemsQuery: EventQuery {
  /// What decides on the place of an item.
  public enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    /// The revenue.
    case revenue
    /// The number of units.
    case units
  }

  /// What an item is known by.
  public enum Grouping: String, Sendable, Hashable, Codable, CaseIterable {
    /// `item_name`.
    case name = "item_name"
    /// `item_id`.
    case id = "item_id"
    /// `item_category`.
    case category = "item_category"
    /// `item_brand`.
    case brand = "item_brand"
    /// `item_variant`.
    case variant = "item_variant"
  }

  /// What decides on the place of an item.
  public var measure: Measure
  /// How many items the report lists; all when `nil`.
  public var limit: Int?
  /// Which purchase events are orders.
  public var purchases: PurchaseRule
  /// What an item is known by.
  public var grouping: Grouping

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - measure: What decides on the place of an item.
  ///   - limit: How many items the report lists, at least 0; all when `nil`.
  ///   - purchases: Which purchase events are orders.
  ///   - grouping: What an item is known by.
  public init(
    by measure: Measure = .revenue, limit: Int? = 10, purchases: PurchaseRule = .byTransactionID,
    groupedBy grouping: Grouping = .name
  ) {
    precondition(limit ?? 0 >= 0, "The number of items must not be negative")
    self.measure = measure
    self.limit = limit
    self.purchases = purchases
    self.grouping = grouping
  }

  public func makeState() -> TopItemsState { TopItemsState(self) }

  /// The query in words.
  public var description: String {
    let count = limit.map { "the top \($0) items" } ?? "all items"
    return "\(count) by \(measure.rawValue), grouped by \(grouping.rawValue); orders: \(purchases)"
  }
}
