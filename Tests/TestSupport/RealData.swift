import Foundation
package import GA4Model

/// Real events for golden figures, from the folder that `PRODUCT_ANALYTICS_DATA` names.
///
/// Tests that need them are skipped where the variable is not set.
package enum RealData {
  /// The folder, `nil` where the variable is not set.
  private static let folder = ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DATA"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }

  /// Whether there are real events.
  package static var isAvailable: Bool { folder != nil }

  /// Google's GA4 sample of 19 to 24 December 2020 in full: 220,734 events; read once.
  package static func sixDays() async throws -> EventLog { try await sixDayTask.value }

  /// 32 days of the same from 19 December 2020 as a flat table: 1,111,755 events; read once.
  package static func thirtyTwoDays() async throws -> EventLog { try await thirtyTwoDayTask.value }

  /// The complete sales of Online Retail: 397,884 of 541,909 lines; read once.
  package static func onlineRetail() async throws -> EventReader.Result {
    try await onlineRetailTask.value
  }

  /// The lines of Online Retail as text.
  package static func onlineRetailText() throws -> [UInt8] {
    try unzip("retail/online_retail.csv.gz")
  }

  private static let onlineRetailTask = Task {
    try TransactionReader(format: .onlineRetail, cleaning: .completeSales)
      .read(bytes: onlineRetailText())
  }

  private static let sixDayTask = Task {
    // One day at a time: a day in memory as text is large enough.
    var days: [EventLog] = []
    for day in 19...24 {
      let bytes = try unzip("ga4/events_202012\(day).ndjson.gz")
      days.append(try await EventReader(format: .ndjson).read(bytes: bytes, workers: 2).log)
    }
    return try days[0].merging(days.dropFirst())
  }

  private static let thirtyTwoDayTask = Task {
    let bytes = try unzip("ga4/ga4_events_skinny_20201219_20210119.csv.gz")
    return try await EventReader(format: .csv(.skinny)).read(bytes: bytes, workers: 2).log
  }

  /// The figures that `name` in the folder holds.
  package static func golden<Figures: Decodable>(
    _ name: String, as type: Figures.Type = Figures.self
  ) throws -> Figures {
    try JSONDecoder().decode(Figures.self, from: Data(contentsOf: url(name)))
  }

  /// The text of a file in the folder.
  package static func text(_ name: String) throws -> String {
    try String(contentsOf: url(name), encoding: .utf8)
  }

  private static func url(_ name: String) throws -> URL {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return folder.appendingPathComponent(name)
  }

  /// The content of a compressed file in the folder.
  ///
  /// The library reads no compressed files, so `gzip` does.
  package static func unzip(_ name: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", try url(name).path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return Array(data)
  }
}
