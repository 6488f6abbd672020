import GA4Model
import StatisticsCore

/// A combination of hardware, system and browser.
struct DeviceKind: Sendable {
  let share: Double
  let category: String
  let brand: String
  let model: String
  let system: String
  let version: String
  let browser: String
  let browserVersion: String
  /// How far the device helps or hinders filling a cart.
  let cartFactor: Double

  init(
    _ share: Double, _ category: String, _ brand: String, _ model: String, _ system: String,
    _ version: String, _ browser: String, _ browserVersion: String
  ) {
    self.share = share
    self.category = category
    self.brand = brand
    self.model = model
    self.system = system
    self.version = version
    self.browser = browser
    self.browserVersion = browserVersion
    cartFactor = SampleTruth.cartFactor(ofDevice: category)
  }

  static let all = [
    DeviceKind(0.20, "desktop", "Google", "Chrome", "Windows", "Windows 10", "Chrome", "120.0"),
    DeviceKind(0.13, "desktop", "Apple", "Safari", "Macintosh", "10.15.7", "Safari", "17.2"),
    DeviceKind(0.08, "desktop", "Google", "Chrome", "Macintosh", "10.15.7", "Chrome", "120.0"),
    DeviceKind(0.06, "desktop", "Microsoft", "Edge", "Windows", "Windows 11", "Edge", "120.0"),
    DeviceKind(0.05, "desktop", "Mozilla", "Firefox", "Linux", "x86_64", "Firefox", "121.0"),
    DeviceKind(0.24, "mobile", "Apple", "iPhone", "iOS", "iOS 17.2", "Safari", "17.2"),
    DeviceKind(0.11, "mobile", "Samsung", "SM-G991B", "Android", "Android 13", "Chrome", "120.0"),
    DeviceKind(
      0.06, "mobile", "Samsung", "SM-A536B", "Android", "Android 13", "Samsung Internet", "23.0"),
    DeviceKind(0.04, "mobile", "Google", "Pixel 7", "Android", "Android 14", "Chrome", "120.0"),
    DeviceKind(0.03, "tablet", "Apple", "iPad", "iPadOS", "iPadOS 17.2", "Safari", "17.2"),
  ]
  static let weights = CumulativeWeights(all.map(\.share))
}

/// Where visitors live.
struct Place: Sendable {
  let share: Double
  let continent: String
  let subContinent: String
  let country: String
  let region: String
  let city: String
  let language: String

  init(
    _ share: Double, _ continent: String, _ subContinent: String, _ country: String,
    _ region: String, _ city: String, _ language: String
  ) {
    self.share = share
    self.continent = continent
    self.subContinent = subContinent
    self.country = country
    self.region = region
    self.city = city
    self.language = language
  }

  static let all = [
    Place(
      0.14, "Americas", "Northern America", "United States", "California", "San Francisco", "en-us"),
    Place(0.12, "Americas", "Northern America", "United States", "New York", "New York", "en-us"),
    Place(0.09, "Americas", "Northern America", "United States", "Texas", "Austin", "en-us"),
    Place(0.07, "Americas", "Northern America", "United States", "Illinois", "Chicago", "en-us"),
    Place(0.07, "Americas", "Northern America", "Canada", "Ontario", "Toronto", "en-ca"),
    Place(0.03, "Americas", "Northern America", "Canada", "Quebec", "Montreal", "fr-ca"),
    Place(0.09, "Europe", "Northern Europe", "United Kingdom", "England", "London", "en-gb"),
    Place(0.06, "Europe", "Western Europe", "Germany", "Berlin", "Berlin", "de-de"),
    Place(0.05, "Europe", "Western Europe", "France", "Ile-de-France", "Paris", "fr-fr"),
    Place(0.03, "Europe", "Southern Europe", "Spain", "Community of Madrid", "Madrid", "es-es"),
    Place(0.09, "Asia", "Southern Asia", "India", "Karnataka", "Bengaluru", "en-us"),
    Place(0.04, "Asia", "Eastern Asia", "Japan", "Tokyo", "Tokyo", "ja-jp"),
    Place(0.04, "Americas", "South America", "Brazil", "State of Sao Paulo", "Sao Paulo", "pt-br"),
    Place(0.04, "Oceania", "Australasia", "Australia", "New South Wales", "Sydney", "en-au"),
    Place(0.04, "Africa", "Western Africa", "Nigeria", "Lagos", "Lagos", "en-gb"),
  ]
  static let weights = CumulativeWeights(all.map(\.share))
}

/// What brings visitors.
struct Channel: Sendable {
  /// The name of GA4's default channel group.
  let group: String
  let source: String
  let medium: String
  let campaign: String
  /// The share of first visits.
  let firstShare: Double
  /// The share of later visits.
  let returnShare: Double
  /// How far the channel helps or hinders looking at products.
  let viewFactor: Double
  /// Whether the links carry `utm_` parameters.
  let isTagged: Bool
  let referrer: String?

  init(
    _ group: String, _ source: String, _ medium: String, _ campaign: String, first: Double,
    later: Double, views: Double, tagged: Bool, referrer: String? = nil
  ) {
    self.group = group
    self.source = source
    self.medium = medium
    self.campaign = campaign
    firstShare = first
    returnShare = later
    viewFactor = views
    isTagged = tagged
    self.referrer = referrer
  }

  static let direct = 1
  static let paidSearch = 2

  static let all = [
    Channel(
      "Organic Search", "google", "organic", "(organic)", first: 0.36, later: 0.24, views: 1,
      tagged: false, referrer: "https://www.google.com/"),
    Channel(
      "Direct", "(direct)", "(none)", "(direct)", first: 0.22, later: 0.40, views: 1.05,
      tagged: false),
    Channel(
      "Paid Search", "google", "cpc", "brand_search", first: 0.11, later: 0.04, views: 1.2,
      tagged: true, referrer: "https://www.google.com/"),
    Channel(
      "Referral", "reviews.example", "referral", "(referral)", first: 0.09, later: 0.05,
      views: 0.9, tagged: false, referrer: "https://reviews.example/"),
    Channel(
      "Organic Social", "instagram.com", "social", "(referral)", first: 0.07, later: 0.04,
      views: 0.7, tagged: true, referrer: "https://l.instagram.com/"),
    Channel(
      "Paid Social", "facebook", "paid_social", "lookalikes", first: 0.05, later: 0.02,
      views: 0.6, tagged: true, referrer: "https://l.facebook.com/"),
    Channel(
      "Email", "newsletter", "email", "weekly_news", first: 0.03, later: 0.16, views: 1.4,
      tagged: true),
    Channel(
      "Display", "adnetwork.example", "display", "retargeting_a", first: 0.03, later: 0.01,
      views: 0.4, tagged: true),
    Channel(
      "Affiliates", "coupons.example", "affiliate", "partner_codes", first: 0.03, later: 0.03,
      views: 1.3, tagged: true, referrer: "https://coupons.example/"),
    Channel(
      "Organic Video", "youtube.com", "referral", "(referral)", first: 0.01, later: 0.01,
      views: 0.8, tagged: false, referrer: "https://www.youtube.com/"),
  ]
  static let firstWeights = CumulativeWeights(all.map(\.firstShare))
  static let returnWeights = CumulativeWeights(all.map(\.returnShare))
}

/// How often a kind of visitor does what.
struct Behaviour: Sendable {
  let name: String
  let share: Double
  /// The probabilities of each next step of a visit.
  let view: Double
  let cart: Double
  let checkout: Double
  let shipping: Double
  let payment: Double
  let purchase: Double
  /// The probability of a visit *k* days after the first is
  /// `returning` / (1 + `fading` × (*k* − 1)) + `staying`.
  let returning: Double
  let fading: Double
  let staying: Double
  /// The share who have an account.
  let account: Double
  /// Of how many products the cheapest is chosen.
  let bargains: Int
  /// Of how many products the dearest is chosen.
  let luxuries: Int
  let largestQuantity: Int
  /// The share of purchases with a coupon.
  let coupon: Double

  static let all = [
    Behaviour(
      name: "Window shoppers", share: 0.55, view: 0.32, cart: 0.16, checkout: 0.40,
      shipping: 0.85, payment: 0.90, purchase: 0.70, returning: 0.032, fading: 0.6,
      staying: 0.002, account: 0.10, bargains: 1, luxuries: 1, largestQuantity: 1, coupon: 0.05),
    Behaviour(
      name: "Bargain hunters", share: 0.20, view: 0.46, cart: 0.32, checkout: 0.50,
      shipping: 0.85, payment: 0.90, purchase: 0.72, returning: 0.07, fading: 0.5,
      staying: 0.008, account: 0.25, bargains: 3, luxuries: 1, largestQuantity: 2, coupon: 0.60),
    Behaviour(
      name: "Loyal customers", share: 0.17, view: 0.58, cart: 0.36, checkout: 0.60,
      shipping: 0.92, payment: 0.95, purchase: 0.75, returning: 0.16, fading: 0.3,
      staying: 0.025, account: 0.70, bargains: 1, luxuries: 1, largestQuantity: 2, coupon: 0.15),
    Behaviour(
      name: "Big spenders", share: 0.08, view: 0.52, cart: 0.32, checkout: 0.60,
      shipping: 0.92, payment: 0.95, purchase: 0.75, returning: 0.09, fading: 0.4,
      staying: 0.015, account: 0.55, bargains: 1, luxuries: 4, largestQuantity: 4, coupon: 0.02),
  ]
  static let weights = CumulativeWeights(all.map(\.share))

  /// The probability of a visit `day` days after the first, from 1.
  func returnProbability(onDay day: Int) -> Double {
    returning / (1 + fading * Double(day - 1)) + staying
  }
}

/// When visitors come.
enum Season {
  /// How many times as many new visitors come on `day` as on a plain one.
  static func weight(of day: CalendarDay) -> Double {
    let weekday =
      switch day.weekday {
      case .monday: 1.1
      case .tuesday, .wednesday: 1.0
      case .thursday: 1.05
      case .friday: 0.9
      case .saturday: 0.75
      case .sunday: 0.85
      }
    return weekday * peak(of: day)
  }

  private static func peak(of day: CalendarDay) -> Double {
    let (_, month, number) = day.components
    if number == 25 { return month == 12 ? 0.4 : 1.6 }
    // The Friday after the fourth Thursday of November, and the Monday after it.
    if month == 11, day.weekday == .friday, (23...29).contains(number) { return 3.5 }
    let isAfterIt = (month == 11 && number >= 26) || (month == 12 && number <= 2)
    if isAfterIt, day.weekday == .monday { return 2.5 }
    return 1
  }

  /// The weights of the hours; visits of the last hour would cross midnight.
  static let hours = CumulativeWeights([
    1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 14, 16, 14, 13, 13, 14, 16, 19, 22, 24, 20, 12, 0,
  ])
}
