/// What the pages of the shop are called.
enum PageText {
  static let searchTerms = [
    "hoodie", "mug", "backpack", "headphones", "candle", "notebook", "gift", "sale",
  ]

  static func title(of page: Page) -> String {
    switch page {
    case .home: "Home | Sample Shop"
    case .list(let category): lists[Int(category)].title
    case .product(let product): goods[Int(product)].pageTitle
    case .search: "Search | Sample Shop"
    case .information: "About Us | Sample Shop"
    case .login: "Sign In | Sample Shop"
    case .cart: "Your Cart | Sample Shop"
    case .checkout: "Checkout | Sample Shop"
    case .shipping: "Shipping | Sample Shop"
    case .payment: "Payment | Sample Shop"
    case .confirmation: "Thank You | Sample Shop"
    }
  }

  static func location(of page: Page) -> String {
    switch page {
    case .home: "https://shop.example/"
    case .list(let category): lists[Int(category)].location
    case .product(let product): goods[Int(product)].pageLocation
    case .search(let term): "https://shop.example/search?q=" + searchTerms[Int(term)]
    case .information: "https://shop.example/about"
    case .login: "https://shop.example/login"
    case .cart: "https://shop.example/cart"
    case .checkout: "https://shop.example/checkout"
    case .shipping: "https://shop.example/checkout/shipping"
    case .payment: "https://shop.example/checkout/payment"
    case .confirmation: "https://shop.example/checkout/thank-you"
    }
  }

  private static let lists = categories.map { category in
    (title: category + " | Sample Shop", location: "https://shop.example/" + category.lowercased())
  }
}
