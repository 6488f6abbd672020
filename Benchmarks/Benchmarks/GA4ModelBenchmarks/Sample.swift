import GA4Model
import GA4Samples

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The data of all benchmarks, generated when first needed.
enum Sample {
  /// `PRODUCT_ANALYTICS_BENCHMARK_USERS`, or else 20,000, which is about 290,000 events.
  static let users: Int = {
    guard let text = unsafe getenv("PRODUCT_ANALYTICS_BENCHMARK_USERS") else { return 20_000 }
    guard let users = Int(unsafe String(cString: text)), users > 0 else {
      preconditionFailure("PRODUCT_ANALYTICS_BENCHMARK_USERS must be a positive whole number")
    }
    return users
  }()

  static let shop = SampleShop(seed: 1, users: users, days: SampleShop.benchmark.days)

  static let log: EventLog = {
    do { return try shop.log() } catch { fatalError("The sample cannot be built: \(error)") }
  }()

  /// The events as values; few, since each takes kilobytes.
  static let events: [Event] = Array(
    SampleShop(seed: 1, users: max(1, users / 10), days: shop.days).events)

  /// The log of each third of the users.
  static let parts: [EventLog] = (0..<3).map { third in
    let range = users * third / 3..<users * (third + 1) / 3
    do {
      return try EventLog(shop.events(ofUsers: range))
    } catch {
      fatalError("The sample cannot be built: \(error)")
    }
  }

  static let ndjson: [UInt8] = NDJSONWriter().bytes(of: log)
  static let csv: [UInt8] = CSVWriter(.skinny).bytes(of: log)
}
