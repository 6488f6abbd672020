import Foundation
import Testing

@testable import GA4Model

/// What the tests of all writers share.
enum WriterSamples {
  /// Texts that break careless writers.
  static let texts = [
    "", " ", "a", "Zip \"Hoodie\"", "back\\slash", "tab\tnew\nline\rreturn", "\u{0}",
    "\u{1F}\u{7F}",
    "\u{8}\u{C}", "é e\u{301} ß", "🛍️👩‍👩‍👧", "\u{2028}\u{2029}", "</script><!--", "a,b;c", "'quoted'",
    "=1+1", "-5", "{", "}", "[]", "null", "12345678901234567890", "(not set)", "1e5",
    String(repeating: "long, ", count: 40),
  ]
  static let integers: [Int64] = [
    0, 1, -1, 9, 10, 99, 100, .max, .min, 9_007_199_254_740_993, -3_377_499_465,
  ]
  static let doubles: [Double] = [
    0, -0.0, 1, -1.5, 54, 0.1, 1 / 3.0, 1e16, 1e22, 1e23, .leastNonzeroMagnitude,
    .greatestFiniteMagnitude, 1e-7,
  ]

  static func value(_ random: inout RepeatableGenerator, floats: Bool = false) -> FieldValue {
    switch Int.random(in: 0..<(floats ? 6 : 4), using: &random) {
    case 0: .string(texts.randomElement(using: &random)!)
    case 1: .int(integers.randomElement(using: &random)!)
    case 2: .double(doubles.randomElement(using: &random)!)
    case 3: .bool(.random(using: &random))
    case 4: .float(doubles.randomElement(using: &random)!)
    default: .empty
    }
  }

  /// A value of the type that the export documents for a field.
  static func value(of kind: FieldKind, _ random: inout RepeatableGenerator) -> FieldValue {
    switch kind {
    case .string: .string(texts.randomElement(using: &random)!)
    case .int: .int(integers.randomElement(using: &random)!)
    case .double: .double(doubles.randomElement(using: &random)!)
    case .bool: .bool(.random(using: &random))
    }
  }

  /// An event that may hold anything that a reader can give.
  static func event(_ random: inout RepeatableGenerator) -> Event {
    let names: [EventName] = [.purchase, .pageView, "", "odd \"name\"", "🛒"]
    var event = Event(
      names.randomElement(using: &random)!,
      at: EventTime(microseconds: Int64.random(in: -5...5, using: &random) * 1_000_001),
      by: [nil, "a", "b", "1003697.9625154394", ""].randomElement(using: &random)!,
      userID: [nil, nil, "a", "customer 7"].randomElement(using: &random)!)
    if Bool.random(using: &random) {
      event.date = CalendarDay(daysSinceEpoch: Int32.random(in: -800...30_000, using: &random))
    }
    let keys: [ParameterKey] = [.pageTitle, .value, "k", "\"", "é", "time", "source"]
    for _ in 0..<Int.random(in: 0..<5, using: &random) {
      event.parameters.append(
        keys.randomElement(using: &random)!, value(&random, floats: true))
    }
    for _ in 0..<Int.random(in: 0..<3, using: &random) {
      var property = UserProperty(
        ["tier", "", "p\n"].randomElement(using: &random)!, value(&random, floats: true))
      // A truth value with a time becomes text, which another test says.
      if NDJSONText.kind(of: property.value) != .bool, Bool.random(using: &random) {
        property.setTime = EventTime(microseconds: integers.randomElement(using: &random)!)
      }
      event.userProperties.append(property)
    }
    let documented = FieldSchema.documentedPaths.filter {
      !["event_date", "event_timestamp", "event_name", "user_id", "user_pseudo_id"].contains(
        $0.path)
    }
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      let (path, kind) = documented.randomElement(using: &random)!
      event[field: FieldPath(rawValue: path)] = value(of: kind, &random)
    }
    let unknown: [FieldPath] = [
      "own", "own.deep.er", "own.deep.est", "own-er", "tags.0", "tags.1", "tags.10", "device.own",
      "batch_page_id.x", "a..b", "\"q\".\"r\"", "geo.own.nested", "é.é",
    ]
    for _ in 0..<Int.random(in: 0..<4, using: &random) {
      event[field: unknown.randomElement(using: &random)!] = value(&random)
    }
    for _ in 0..<Int.random(in: 0..<3, using: &random) {
      var item = Item()
      for _ in 0..<Int.random(in: 0..<3, using: &random) {
        let (path, kind) = FieldSchema.documentedItemPaths.randomElement(using: &random)!
        item[FieldPath(rawValue: path)] = value(of: kind, &random)
      }
      if Bool.random(using: &random) { item["own.dotted"] = value(&random) }
      if Bool.random(using: &random) {
        item.parameters.append("size", value(&random, floats: true))
      }
      event.items.append(item)
    }
    return event
  }

  static func events(_ count: Int, seed: UInt64) -> [Event] {
    var random = RepeatableGenerator(seed: seed)
    var events = (0..<count).map { _ in event(&random) }
    // Exact duplicates, next to each other and apart.
    if let first = events.first { events += [first, events[count / 2], first] }
    return events
  }

  /// The log that lines of JSON spell.
  static func log(_ bytes: [UInt8]) throws -> EventLog {
    try EventReader().read(bytes: bytes).log
  }

  static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }
}

struct EventWriterTests {
  @Test func `a large log leaves in chunks of about a megabyte that join to the whole`() throws {
    let event = Event(
      .pageView, at: .unixEpoch, by: "a",
      parameters: ["page_title": .string(String(repeating: "x", count: 1000))])
    let log = try EventLog(repeatElement(event, count: 3000))
    var chunks: [[UInt8]] = []
    let report = NDJSONWriter().write(log) { chunks.append($0) }
    #expect(report.written == 3000)
    #expect(chunks.count == 4)
    #expect(chunks.allSatisfy { $0.count < 1_100_000 })
    #expect(Array(chunks.joined()) == NDJSONWriter().bytes(of: Array(log)))
  }

  @Test func `what a sink throws comes out and nothing follows`() throws {
    struct Full: Error {}
    let log = try EventLog([Event(.pageView, at: .unixEpoch)])
    var calls = 0
    #expect(throws: Full.self) {
      try NDJSONWriter().write(log) { _ throws(Full) in
        calls += 1
        throw Full()
      }
    }
    #expect(calls == 1)
  }

  @Test func `a file appears complete and replaces the one before`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("events.csv").path
    let writer = CSVWriter([.eventName])
    try writer.write([Event(.purchase, at: .unixEpoch)], toPath: path)
    let log = try EventLog([Event(.pageView, at: .unixEpoch)])
    let report = try writer.write(log, toPath: path)
    #expect(report.written == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "event_name\npage_view\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["events.csv"])
  }

  @Test func `a folder that does not exist is named with what to do`() throws {
    let error = try #require(throws: WriteError.self) {
      try NDJSONWriter().write([Event](), toPath: "/nowhere-at-all/events.ndjson")
    }
    #expect(
      error.description
        == "/nowhere-at-all/events.ndjson: the file could not be created: No such file or directory;"
        + " a file that was there is unchanged")
  }

  @Test func `a folder in the place of the file is refused and leaves nothing behind`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let target = folder.appendingPathComponent("events")
    try FileManager.default.createDirectory(
      at: target.appendingPathComponent("full"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = try #require(throws: WriteError.self) {
      try NDJSONWriter().write([Event](), toPath: target.path)
    }
    #expect(error.reason == "replaced: this is a directory, a pipe or a device; name a file")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["events"])
  }

  @Test func `a report says in words what was left out`() {
    var report = ExportReport()
    report.written = 3
    #expect(report.description == "3 events written")
    report.skippedWithoutUser = 2
    report.refusedIDs = 1
    #expect(
      report.description
        == "3 events written, 2 left out without user, 1 ids left out that the destination refuses")
    #expect(report.skipped == 2)
  }
}
