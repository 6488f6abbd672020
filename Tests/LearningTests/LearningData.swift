import Foundation
import Learning

/// Public tables for checks, from the folder that `PRODUCT_ANALYTICS_DATA` names.
enum LearningData {
  private static let folder = ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DATA"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }

  static var isAvailable: Bool { folder != nil }

  /// Numbers without a header, the target last.
  static func numbers(_ name: String) throws -> (table: FeatureTable, target: [Double]) {
    let rows = try text("learning/\(name).csv").split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",").map { Double($0)! }
    }
    let names = (0..<(rows[0].count - 1)).map { "x\($0)" }
    return (
      try FeatureTable(names: names, rows: rows.map { $0.dropLast() }), rows.map { $0.last! }
    )
  }

  static func classes(_ name: String) throws -> (table: FeatureTable, target: ClassTarget) {
    if name == "iris" { return Reference.iris }
    let (table, target) = try numbers(name)
    return (table, ClassTarget(target.map { Int($0) }))
  }

  /// S1's table: a row for each date and channel, and whether anyone bought.
  static func propensity(oneHot: Bool = true) throws -> (table: FeatureTable, target: ClassTarget) {
    let lines = try text("seeds/seed0_fact_funnel_by_date_channel_sample.csv")
      .split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    var formatter = Calendar(identifier: .gregorian)
    formatter.timeZone = TimeZone(secondsFromGMT: 0)!
    let days = lines.map { line -> (month: Double, day: String) in
      let parts = line[0].split(separator: "-").map { Int($0)! }
      let date = formatter.date(
        from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))!
      return (Double(parts[1]), "\(formatter.component(.weekday, from: date))")
    }
    var columns = [
      FeatureColumn("sessions", lines.map { Double($0[3])! }),
      FeatureColumn("add_to_cart", lines.map { Double($0[4])! }),
      FeatureColumn("month", days.map(\.month)),
    ]
    for (name, values) in [("channel_group", lines.map { $0[2] }), ("day_name", days.map(\.day))] {
      if !oneHot {
        columns.append(FeatureColumn(name, values))
        continue
      }
      for category in Set(values).sorted() {
        columns.append(
          FeatureColumn("\(name)_\(category)", values.map { $0 == category ? 1.0 : 0 }))
      }
    }
    return (try FeatureTable(columns), ClassTarget(lines.map { Double($0[5])! > 0 }))
  }

  /// Online Shoppers: 12,330 sessions and whether they bought.
  static func shoppers() throws -> (table: FeatureTable, target: ClassTarget) {
    let lines = try unzip("learning/online_shoppers_intention.csv.gz")
      .split(whereSeparator: \.isNewline).map { $0.split(separator: ";").map(String.init) }
    let names = lines[0]
    let rows = lines.dropFirst()
    let textual: Set = ["Month", "VisitorType"]
    return (
      try FeatureTable(
        names.indices.dropLast().map { column in
          let values = rows.map { $0[column] }
          if textual.contains(names[column]) { return FeatureColumn(names[column], values) }
          if names[column] == "Weekend" {
            return FeatureColumn(names[column], values.map { $0 == "TRUE" })
          }
          return FeatureColumn(names[column], values.map { Double($0)! })
        }), ClassTarget(rows.map { $0.last! == "TRUE" })
    )
  }

  private static func text(_ name: String) throws -> String {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  private static func unzip(_ name: String) throws -> String {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder.appendingPathComponent(name).path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
