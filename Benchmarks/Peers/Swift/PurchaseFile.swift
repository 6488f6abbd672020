import GA4Model

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of purchases alone, for what is computed by customer.
///
/// It has the columns of the other CSV file. Customers buy three times on average within a year;
/// one purchase in a hundred is logged twice. Revenue is in quarters, so that sums are exact in every
/// order of addition.
enum PurchaseFile {
  /// The day after the last purchase.
  static let lastDay = CalendarDay("2025-01-01")!

  static func write(customers: Int, to path: String) throws {
    guard let file = unsafe fopen(path, "w") else {
      throw UsageError(description: "\(path) cannot be written")
    }
    defer { unsafe fclose(file) }
    var random = SplitMix(state: 1)
    let first = CalendarDay("2024-01-01")!
    let days = Int(first.distance(to: lastDay))
    var text =
      "user_id,event_date,event_timestamp,event_name,country,device_category,source,medium,"
      + "transaction_id,purchase_revenue_usd\n"
    // By time, as exports are.
    let orders = customers * 3
    let pace = Int64(days) * 86_400_000_000 / Int64(orders)
    for order in 0..<orders {
      // Few buy much: the product of two even numbers leans to the first customers.
      let share = random.share() * random.share()
      let customer = order < customers ? order * 7919 % customers : Int(share * Double(customers))
      let moment = Int64(order) * pace
      let day = first.advanced(by: Int(moment / 86_400_000_000)).basicDescription
      let time = Int64(first.daysSinceEpoch) * 86_400_000_000 + moment
      let revenue = Double(1 + Int(random.share() * random.share() * 2_000)) / 4
      for copy in 0..<(random.share() < 0.01 ? 2 : 1) {
        text += "customer.\(1_000_000 + customer),\(day),\(time + Int64(copy)),purchase,"
        text += "France,mobile,google,organic,T\(10_000_000 + order),\(revenue)\n"
      }
      if text.utf8.count > 1 << 20 {
        unsafe fputs(text, file)
        text = ""
      }
    }
    unsafe fputs(text, file)
  }
}

/// The generator SplitMix64 of Steele, Lea and Flood (2014).
private struct SplitMix {
  var state: UInt64

  /// A number from 0 to below 1.
  mutating func share() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((word ^ word >> 31) >> 11) * 0x1p-53
  }
}
