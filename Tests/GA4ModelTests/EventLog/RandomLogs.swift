import Foundation
import GA4Model

/// Events of every shape from small vocabularies, so that codes, ids and times often coincide.
struct RandomLogs {
  var random: RepeatableGenerator

  init(seed: UInt64) { random = RepeatableGenerator(seed: seed) }

  mutating func events(_ count: Int) -> [Event] { (0..<count).map { _ in event() } }

  mutating func event() -> Event {
    var event = Event(
      EventName(pick(["page_view", "purchase", "session_start", "", "caf\u{e9}", "cafe\u{301}"])),
      at: EventTime(
        microseconds: chance(1, of: 40)
          ? pick([Int64.min, .max, 0])
          : 1_608_484_805_000_000 + Int64.random(in: 0..<40, using: &random) * 600_000_000))
    if chance(1, of: 2) { event.userPseudoID = pick(["1.1", "2.2", "", "\u{e9}", "e\u{301}"]) }
    if chance(1, of: 4) { event.userID = pick(["anna", "ben", "1.1"]) }
    if chance(2, of: 3) {
      event.date = CalendarDay(daysSinceEpoch: Int32.random(in: 18_600..<18_604, using: &random))
    }
    if chance(1, of: 2) {
      event.parameters.append(.sessionID, chance(1, of: 8) ? "7" : .int(pick([1, 2, 3])))
    }
    for _ in 0..<Int.random(in: 0..<4, using: &random) {
      event.parameters.append(
        ParameterKey(rawValue: pick(["value", "page_title", "session_engaged", "\u{e9}", ""])),
        value())
    }
    for _ in 0..<(chance(1, of: 4) ? 2 : 0) {
      event.userProperties.append(
        UserProperty(
          pick(["tier", "theme"]), value(),
          setTime: chance(1, of: 2)
            ? EventTime(microseconds: Int64.random(in: -5...5, using: &random)) : nil))
    }
    for _ in 0..<Int.random(in: 0..<5, using: &random) {
      let path: FieldPath = pick([
        .deviceCategory, .country, .platform, .firstUserSource, .transactionID, .eventValueInUSD,
        "session_traffic_source_last_click.manual_campaign.source", "own.field",
        "collected_traffic_source.gclid", .batchEventIndex, .batchPageID,
        "event_previous_timestamp",
      ])
      event.fields[path] =
        path.rawValue.hasPrefix("batch") ? .int(Int64.random(in: 0..<3, using: &random)) : value()
    }
    for _ in 0..<(chance(1, of: 3) ? Int.random(in: 1...3, using: &random) : 0) {
      var item = Item(id: pick(["a", "b"]), price: pick([1, 0, -0.0, .nan, 2.5]))
      if chance(1, of: 3) { item.fields["quantity"] = value() }
      if chance(1, of: 3) { item.parameters.append("colour", value()) }
      event.items.append(item)
    }
    return event
  }

  mutating func value() -> FieldValue {
    pick([
      .string(""), .string("text"), .string("\u{e9}"), .string("e\u{301}"), .int(0), .int(.min),
      .int(.max), .double(0), .double(-0.0), .double(.nan), .double(-.nan), .double(.infinity),
      .double(12.5), .float(0), .float(12.5), .float(-.nan), .bool(true), .bool(false), .empty,
    ])
  }

  mutating func options() -> EventLogOptions {
    EventLogOptions(
      users: pick(UserIdentity.allCases),
      sessions: SessionRule(
        pick(SessionRule.Boundary.allCases), gap: pick([.seconds(60), .seconds(1800)]),
        engagedAfter: pick([.milliseconds(1), .seconds(10)]),
        keyEvents: pick([[], ["purchase"], ["purchase", "caf\u{e9}"]]), engagedViews: pick([1, 2])),
      timeZone: pick([.utc, try! ReportingTimeZone(identifier: "+05:30")]))
  }

  mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

  mutating func chance(_ part: Int, of whole: Int) -> Bool {
    Int.random(in: 0..<whole, using: &random) < part
  }

  /// How many random logs a test tries: `few` in a plain run, 20,000 in a deep one.
  static func budget(_ few: Int) -> Int {
    ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DEEP"] == "1" ? 20_000 : few
  }
}

/// Whether two logs are equal by the definition: options, and every event in order.
func areEqualEventByEvent(_ left: EventLog, _ right: EventLog) -> Bool {
  left.options == right.options && left.count == right.count && zip(left, right).allSatisfy(==)
}
