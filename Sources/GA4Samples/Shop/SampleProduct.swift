import GA4Model

/// A product that a sample shop sells.
///
/// ```swift
/// SampleProduct.catalogue[0].name           // "Zip Hoodie", the most popular one
/// SampleProduct.catalogue.count             // 60
/// ```
public struct SampleProduct: Sendable, Hashable, Codable {
  /// `item_id`.
  public let id: String
  /// `item_name`.
  public let name: String
  /// `item_category`.
  public let category: String
  /// The price in US dollars, a multiple of 0.25, so that sums of amounts are exact in binary.
  public let price: Double

  /// All products; number *k*, counting from 1, is looked at in proportion to 1/*k* (Zipf).
  public static let catalogue: [SampleProduct] = goods.map(\.product)
}

/// A product with what its events need, made ready.
struct Goods: Sendable {
  let product: SampleProduct
  /// The price in quarters of a dollar.
  let quarters: Int64
  let pageTitle: String
  let pageLocation: String
  /// The fields of an item that was only shown.
  let shown: FieldSet
}

/// The products in the order of their popularity.
let goods: [Goods] = assortment.enumerated().map { rank, entry in
  let digits = padded(rank + 1, to: 3)
  let id = "SKU-" + entry.code + digits
  let price = Double(entry.quarters) / 4
  let product = SampleProduct(id: id, name: entry.name, category: entry.category, price: price)
  let path = String(entry.name.map { $0 == " " ? "-" : $0 }).lowercased()
  let shown: FieldSet = [
    "item_brand": "Sample Shop", "item_category": .string(entry.category), "item_id": .string(id),
    "item_name": .string(entry.name), "price": .double(price),
  ]
  return Goods(
    product: product, quarters: entry.quarters, pageTitle: entry.name + " | Sample Shop",
    pageLocation: "https://shop.example/" + entry.category.lowercased() + "/" + path, shown: shown)
}

/// Name, category, its code and the price in quarters of a dollar.
private let assortment: [(name: String, category: String, code: String, quarters: Int64)] = [
  ("Zip Hoodie", "Apparel", "AP", 216),
  ("Travel Mug", "Drinkware", "DR", 76),
  ("City Backpack", "Bags", "BA", 296),
  ("Notebook", "Office", "OF", 38),
  ("Charging Cable", "Electronics", "EL", 56),
  ("Throw Blanket", "Home", "HO", 192),
  ("Logo Tee", "Apparel", "AP", 88),
  ("Steel Bottle", "Drinkware", "DR", 108),
  ("Tote Bag", "Bags", "BA", 60),
  ("Gel Pen Set", "Office", "OF", 27),
  ("Wireless Earbuds", "Electronics", "EL", 316),
  ("Scented Candle", "Home", "HO", 68),
  ("Crewneck Sweater", "Apparel", "AP", 184),
  ("Ceramic Mug", "Drinkware", "DR", 44),
  ("Laptop Sleeve", "Bags", "BA", 128),
  ("Desk Mat", "Office", "OF", 112),
  ("Power Bank", "Electronics", "EL", 148),
  ("Plant Pot", "Home", "HO", 102),
  ("Rain Jacket", "Apparel", "AP", 356),
  ("Glass Bottle", "Drinkware", "DR", 86),
  ("Weekender", "Bags", "BA", 476),
  ("Sticker Sheet", "Office", "OF", 14),
  ("Smart Speaker", "Electronics", "EL", 376),
  ("Wall Clock", "Home", "HO", 172),
  ("Running Socks", "Apparel", "AP", 50),
  ("Tumbler", "Drinkware", "DR", 64),
  ("Sling Bag", "Bags", "BA", 164),
  ("Monitor Stand", "Office", "OF", 232),
  ("Webcam", "Electronics", "EL", 264),
  ("Cushion", "Home", "HO", 124),
  ("Beanie", "Apparel", "AP", 72),
  ("Thermos", "Drinkware", "DR", 152),
  ("Gym Sack", "Bags", "BA", 70),
  ("Desk Lamp", "Office", "OF", 288),
  ("Keyboard", "Electronics", "EL", 336),
  ("Photo Frame", "Home", "HO", 78),
  ("Polo Shirt", "Apparel", "AP", 136),
  ("Espresso Cup Set", "Drinkware", "DR", 116),
  ("Messenger Bag", "Bags", "BA", 272),
  ("Planner", "Office", "OF", 92),
  ("Mouse", "Electronics", "EL", 158),
  ("Door Mat", "Home", "HO", 90),
  ("Baseball Cap", "Apparel", "AP", 98),
  ("Tea Pot", "Drinkware", "DR", 176),
  ("Toiletry Bag", "Bags", "BA", 104),
  ("Cable Box", "Office", "OF", 82),
  ("Headphones", "Electronics", "EL", 716),
  ("Table Runner", "Home", "HO", 110),
  ("Fleece Vest", "Apparel", "AP", 248),
  ("Straw Set", "Drinkware", "DR", 30),
  ("Packing Cubes", "Bags", "BA", 144),
  ("Letter Opener", "Office", "OF", 48),
  ("E-Reader", "Electronics", "EL", 556),
  ("Storage Basket", "Home", "HO", 132),
  ("Denim Jacket", "Apparel", "AP", 392),
  ("Camping Cup", "Drinkware", "DR", 52),
  ("Trolley Case", "Bags", "BA", 656),
  ("Task Chair", "Office", "OF", 980),
  ("Tablet", "Electronics", "EL", 1556),
  ("Floor Lamp", "Home", "HO", 516),
]

/// The categories in the order of the catalogue.
let categories = ["Apparel", "Drinkware", "Bags", "Office", "Electronics", "Home"]
