import GA4Model
import ProductMetrics
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Top items` {
  private func purchase(_ seconds: Int64, _ id: String?, _ items: [Item]) -> Event {
    var event = Event(.purchase, at: EventTime(seconds: seconds), by: "a", items: items)
    event.ecommerce = Ecommerce(transactionID: id)
    return event
  }

  private func log() throws -> EventLog {
    let hoodie = Item(id: "H", name: "Hoodie", category: "Apparel", price: 54, quantity: 1)
    let mug = Item(id: "M", name: "Mug", category: "Home", price: 10, quantity: 3, revenue: 27)
    return try EventLog([
      purchase(1, "T1", [hoodie, mug, hoodie]), purchase(2, "T1", [hoodie]),
      purchase(3, "(not set)", [mug, Item(price: 2)]), purchase(4, nil, []),
      Event("view_item", at: EventTime(seconds: 5), by: "a", items: [mug]),
    ])
  }

  @Test func `items are listed by revenue under the purchase rule`() throws {
    let top = TopItemsQuery().evaluate(try log())
    #expect(
      top.items == [
        TopItems.Row(name: "Hoodie", units: 2, revenue: 108, orders: 1),
        TopItems.Row(name: "Mug", units: 6, revenue: 54, orders: 2),
        TopItems.Row(name: nil, units: 1, revenue: 2, orders: 1),
      ])
    #expect(top.orders == 3)
    #expect(top.ordersWithoutItems == 1)
    #expect(top.revenue == 164)
    let raw = TopItemsQuery(purchases: .none).evaluate(try log())
    #expect(raw.items[0] == TopItems.Row(name: "Hoodie", units: 3, revenue: 162, orders: 2))
  }

  @Test func `units, limit and other groups change the list`() throws {
    let top = TopItemsQuery(by: .units, limit: 1, groupedBy: .category).evaluate(try log())
    #expect(top.items == [TopItems.Row(name: "Home", units: 6, revenue: 54, orders: 2)])
    #expect(top.itemCount == 3)
    #expect(
      "\(top)" == """
        item_category  units  revenue  orders
        ─────────────  ─────  ───────  ──────
        Home               6    54.00       2
        and 2 more
        total: 9 units, 164.00 in 3 orders (once per transaction id, events without id always), \
        1 of them without items
        """)
  }

  @Test func `items are those of the obvious way`() throws {
    for var shop in ShopEvents.rounds("top items") {
      let log = try shop.log()
      let query = TopItemsQuery(
        by: shop.generator.choose(from: TopItemsQuery.Measure.allCases), limit: nil,
        purchases: shop.generator.choose(from: PurchaseRule.allCases),
        groupedBy: shop.generator.choose(from: [.name, .id, .category]))
      func key(_ item: Item) -> [UInt8]? {
        let text =
          switch query.grouping {
          case .id: item.id
          case .category: item.category
          default: item.name
          }
        return text.map { Array($0.utf8) }
      }
      func rank(_ position: Int) -> [[UInt64]] {
        log[position].items.map { item in
          [key(item) == nil ? 0 : 1] + (key(item) ?? []).map { UInt64($0) + 1 } + [
            0, UInt64(item.quantity ?? 1), item.lineRevenue?.bitPattern ?? 0,
            item.lineRevenue == nil ? 0 : 1,
          ]
        }
      }
      let orders = log.orders(query.purchases) {
        rank($0).lexicographicallyPrecedes(rank($1)) { $0.lexicographicallyPrecedes($1) }
      }
      var sums: [[UInt8]?: (units: Int, revenue: Double, orders: Int)] = [:]
      for position in orders {
        for item in log[position].items {
          sums[key(item), default: (0, 0, 0)].units += Int(item.quantity ?? 1)
          sums[key(item)]!.revenue += item.lineRevenue ?? 0
        }
        for name in Set(log[position].items.map(key)) { sums[name]!.orders += 1 }
      }
      let report = query.evaluate(log)
      #expect(report.orders == orders.count)
      #expect(report.itemCount == sums.count)
      #expect(report.items.count == sums.count)
      for row in report.items {
        let sum = try #require(sums[row.name.map { Array($0.utf8) }])
        #expect((row.units, row.revenue, row.orders) == sum)
      }
      for (left, right) in zip(report.items, report.items.dropFirst()) {
        let values =
          query.measure == .units
          ? (Double(left.units), Double(right.units)) : (left.revenue, right.revenue)
        #expect(values.0 >= values.1)
        if values.0 == values.1 {
          let name = try #require(right.name)
          #expect(left.name.map { $0.utf8.lexicographicallyPrecedes(name.utf8) } ?? true)
        }
      }
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for var shop in ShopEvents.rounds("top items laws", 30) {
      shop.hasAwkwardMoney = true
      let log = try shop.log()
      let query = TopItemsQuery(purchases: shop.generator.choose(from: PurchaseRule.allCases))
      try await checkMergeLaws(
        query, log, other: TopItemsQuery(limit: 3, purchases: query.purchases),
        seed: shop.generator.next())
    }
  }
}
