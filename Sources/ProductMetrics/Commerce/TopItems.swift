import GA4Model

/// The answer of a ``TopItemsQuery``.
public struct TopItems: Sendable, Hashable, Codable {
  /// What one item sold.
  public struct Row: Sendable, Hashable, Codable {
    /// What the item is known by, `nil` for the lines that do not say.
    public var name: String?
    /// How many units were sold.
    public var units: Int
    /// The revenue, in the currency of the events.
    public var revenue: Double
    /// In how many orders the item occurs.
    public var orders: Int

    /// Makes a row.
    public init(name: String?, units: Int, revenue: Double, orders: Int) {
      self.name = name
      self.units = units
      self.revenue = revenue
      self.orders = orders
    }
  }

  /// The query that was asked.
  public var query: TopItemsQuery
  /// The items that earned or sold most, largest first; among equal ones by the bytes of their
  /// names, a missing name first.
  public var items: [Row]
  /// How many items were sold, listed or not.
  public var itemCount: Int
  /// The units of all items.
  public var units: Int
  /// The revenue of all items, which lacks the tax and shipping that some shops put into that of
  /// the order.
  public var revenue: Double
  /// How many orders counted.
  public var orders: Int
  /// How many of them name no item.
  public var ordersWithoutItems: Int

  /// Whether `left` is listed before `right`.
  static func precedes(_ left: Row, _ right: Row, by measure: TopItemsQuery.Measure) -> Bool {
    switch measure {
    case .units:
      if left.units != right.units { return left.units > right.units }
    case .revenue:
      // A sum that is no number stands last.
      let (a, b) = (left.revenue, right.revenue)
      if a.isNaN != b.isNaN { return b.isNaN }
      if !a.isNaN && a != b { return a > b }
    }
    return Bytewise?.precedes(left.name.map(Bytewise.init), right.name.map(Bytewise.init))
  }
}

extension TopItems: CustomStringConvertible {
  /// The report as a text table.
  public var description: String {
    var table = TextTable(
      [query.grouping.rawValue, "units", "revenue", "orders"], numbers: [1, 2, 3])
    for row in items {
      table.append([
        row.name ?? "(missing)", NumberFormat.grouped(row.units),
        NumberFormat.fixed(row.revenue, 2), NumberFormat.grouped(row.orders),
      ])
    }
    var text = "\(table)"
    if itemCount > items.count {
      text += "\nand \(NumberFormat.grouped(itemCount - items.count)) more"
    }
    text += "\ntotal: \(NumberFormat.grouped(units)) units, \(NumberFormat.fixed(revenue, 2)) in "
    text += "\(NumberFormat.grouped(orders)) orders (\(query.purchases))"
    if ordersWithoutItems > 0 {
      text += ", \(NumberFormat.grouped(ordersWithoutItems)) of them without items"
    }
    return text
  }
}
