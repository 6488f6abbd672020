import BenchmarkSample
import GA4Model
import GA4Samples

extension Sample {
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
