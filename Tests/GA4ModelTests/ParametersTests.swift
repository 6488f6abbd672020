import GA4Model
import Testing

struct ParametersTests {
  @Test func `the first of repeated keys is the value and all are kept`() {
    var parameters: Parameters = ["value": 1, "page_title": "Cart", "value": 2]
    parameters.append("value", 3)
    #expect(parameters[.value] == 1)
    #expect(parameters.count == 4)
    #expect(parameters.filter { $0.key == .value }.map(\.value) == [1, 2, 3])
  }

  @Test func `assigning replaces the first in its place`() {
    var parameters: Parameters = ["a": 1, "b": 2, "a": 3]
    parameters["a"] = 9
    #expect(parameters.map(\.value) == [9, 2, 3])
    parameters["c"] = 4
    #expect(parameters.map(\.key.rawValue) == ["a", "b", "a", "c"])
  }

  @Test func `assigning nil removes every one`() {
    var parameters: Parameters = ["a": 1, "b": 2, "a": 3]
    parameters["a"] = nil
    #expect(parameters == ["b": 2])
    parameters["missing"] = nil
    #expect(parameters.count == 1)
  }

  @Test func `a key without a value is present`() {
    let parameters: Parameters = ["page_referrer": .empty]
    #expect(parameters[.pageReferrer] == .empty)
    #expect(parameters[.pageTitle] == nil)
  }

  @Test func `order and repetitions count in equality`() {
    let parameters: Parameters = ["a": 1, "b": 2]
    #expect(parameters != ["b": 2, "a": 1])
    #expect(parameters != ["a": 1, "b": 2, "b": 2])
    #expect(parameters == Parameters(Array(parameters)))
  }

  @Test func `the session of an event is its parameter, as text or number`() {
    var event = Event(.pageView, at: EventTime(microseconds: 0))
    #expect(event.sessionID == nil)
    event.parameters["ga_session_id"] = "1608304805"
    #expect(event.sessionID == 1_608_304_805)
    event.sessionID = 5
    #expect(event[.sessionID] == 5)
    event.sessionID = nil
    #expect(event.parameters.isEmpty)
  }
}

struct ItemTests {
  @Test func `an item made of nothing is empty`() {
    #expect(Item().fields.isEmpty)
    #expect(Item().lineRevenue == nil)
  }

  @Test func `properties and paths are the same fields`() {
    var item = Item(
      id: "1", name: "Hoodie", brand: "B", variant: "S", category: "Apparel", price: 54,
      quantity: 2, revenue: 100)
    item.priceInUSD = 60
    item.refund = 10
    item.coupon = "C"
    item.affiliation = "A"
    item.listName = "L"
    item.promotionName = "P"
    #expect(
      item.fields == [
        "item_id": "1", "item_name": "Hoodie", "item_brand": "B", "item_variant": "S",
        "item_category": "Apparel", "price": .double(54), "quantity": 2,
        "item_revenue": .double(100),
        "price_in_usd": .double(60), "item_refund": .double(10), "coupon": "C", "affiliation": "A",
        "item_list_name": "L", "promotion_name": "P",
      ])
    for field in item.fields { #expect(FieldSchema.itemKind(of: field.path.rawValue) != nil) }
    let copy = Item(fields: item.fields)
    #expect(copy == item)
    #expect(copy.priceInUSD == 60 && copy.refund == 10 && copy.coupon == "C")
    #expect(copy.affiliation == "A" && copy.listName == "L" && copy.promotionName == "P")
  }

  @Test func `a line is worth its revenue, otherwise price times quantity`() {
    #expect(Item(price: 54, quantity: 2).lineRevenue == 108)
    #expect(Item(price: 54).lineRevenue == 54)
    #expect(Item(price: 54, quantity: 0).lineRevenue == 0)
    #expect(Item(price: 54, quantity: 2, revenue: 100).lineRevenue == 100)
    #expect(Item(quantity: 2).lineRevenue == nil)
  }
}
