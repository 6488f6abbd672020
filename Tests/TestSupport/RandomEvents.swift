package import GA4Model
package import StatisticsCore

/// Small logs with everything that real exports surprise with: few users, equal times, repeated
/// keys, missing ids, logins, colliding session ids, odd texts and numbers.
package struct RandomEvents {
  package var generator: SeededGenerator

  package init(_ generator: SeededGenerator) { self.generator = generator }

  /// Texts that break careless code.
  package static let texts = [
    "", "a", "(not set)", "<Other>", "(data deleted)", "say \"hi\"", "line\nbreak", "crlf\r\nend",
    "tab\tand,comma;", "back\\slash", "😀 emoji", "e\u{301} and \u{E9}", "null", "true", "1", "01",
    "1.5", "-0", "9223372036854775807", "99999999999999999999", "1e999", "\u{0}", "\u{7F}\u{80}",
    String(repeating: "long ", count: 60), " blanks ", "\u{FEFF}mark", "'quoted'",
  ]

  static let pseudoIDs = ["1003.9625", "1003.96250", "77", "", "d\"1", "shared"]
  static let userIDs = ["u1", "u2", "77", "null", "shared"]
  static let names: [EventName] = [
    "page_view", "screen_view", "purchase", "session_start", "user_engagement", "scroll", "",
    "e\u{301}vent", "\u{E9}vent",
  ]
  static let times: [Int64] = [
    0, 0, 1, 5_000_000, 10_000_000, 10_000_001, 60_000_000, 1_800_000_000, 1_800_000_001,
    3_600_000_000, 86_400_000_000, 40_000_000_000,
  ]

  /// Up to `limit` events.
  package mutating func events(upTo limit: Int = 24) -> [Event] {
    let count = generator.integer(below: limit + 1)
    var time: Int64 = 1_608_336_000_000_000
    let hasIDs = generator.bernoulli(0.8)
    let hasDates = generator.choose(weights: [1, 1, 1])
    let hasBatches = generator.bernoulli(0.4)
    return (0..<count).map { _ in
      if generator.bernoulli(0.5) { time += generator.choose(from: Self.times) }
      if generator.bernoulli(0.1) { time -= generator.choose(from: Self.times) }
      var event = event(at: time, hasIDs: hasIDs)
      if hasDates == 1 || hasDates == 2 && generator.bernoulli(0.5) {
        event.date = CalendarDay(daysSinceEpoch: 18_615 + Int32(generator.integer(below: 3)))
      }
      if hasBatches {
        for path: FieldPath in [.batchPageID, .batchOrderingID, .batchEventIndex]
        where generator.bernoulli(0.7) {
          event[field: path] = .int(Int64(generator.integer(below: 3)))
        }
      }
      return event
    }
  }

  /// One event.
  package mutating func event(at time: Int64, hasIDs: Bool = true) -> Event {
    let extreme = generator.bernoulli(0.01)
    let time = extreme ? generator.choose(from: [Int64.min, .max, 0, -1]) : time
    var event = Event(
      generator.choose(from: Self.names), at: EventTime(microseconds: time),
      by: generator.bernoulli(0.85) ? generator.choose(from: Self.pseudoIDs) : nil,
      userID: generator.bernoulli(0.3) ? generator.choose(from: Self.userIDs) : nil)
    if hasIDs && generator.bernoulli(0.8) { event.parameters.append(.sessionID, sessionID()) }
    if generator.bernoulli(0.3) {
      event.parameters.append(
        "session_engaged",
        generator.choose(from: [.string("1"), .string("0"), .int(1), .int(0), .double(1), .empty]))
    }
    for _ in 0..<generator.integer(below: 3) {
      event.parameters.append(
        ParameterKey(rawValue: generator.choose(from: ["page_title", "value", "k\"ey", "", "x"])),
        value(orEmpty: true))
    }
    if hasIDs && generator.bernoulli(0.1) { event.parameters.append(.sessionID, sessionID()) }
    for _ in 0..<generator.integer(below: 2) {
      event.userProperties.append(
        UserProperty(
          generator.choose(from: ["tier", "plan"]), value(orEmpty: true),
          setTime: generator.bernoulli(0.5) ? EventTime(microseconds: time) : nil))
    }
    for path: FieldPath in [
      .deviceCategory, .browser, .country, .city, .firstUserSource, .transactionID, .platform,
      "event_value_in_usd", "session_traffic_source_last_click.manual_campaign.source",
      "my_own.deep.field", "user_ltv.revenue",
    ] where generator.bernoulli(0.25) {
      event[field: path] = value(orEmpty: false)
    }
    for _ in 0..<max(0, generator.integer(below: 5) - 2) { event.items.append(item()) }
    return event
  }

  private mutating func sessionID() -> FieldValue {
    let id = Int64(generator.integer(below: 3))
    switch generator.integer(below: 8) {
    case 0: return .string(String(id))
    case 1: return .string("none")
    case 2: return .double(Double(id))
    default: return .int(id)
    }
  }

  private mutating func item() -> Item {
    var item = Item()
    for path: FieldPath in ["item_id", "item_name", "price", "quantity", "my_field"]
    where generator.bernoulli(0.5) {
      item[path] = value(orEmpty: false)
    }
    for _ in 0..<generator.integer(below: 2) {
      item.parameters.append(generator.choose(from: ["size", "color"]), value(orEmpty: true))
    }
    return item
  }

  /// Any value.
  package mutating func value(orEmpty: Bool) -> FieldValue {
    switch generator.integer(below: orEmpty ? 7 : 6) {
    case 0: .int(generator.choose(from: [0, 1, -1, .min, .max, 42]))
    case 1:
      .double(generator.choose(from: [0, -0.0, 1.5, 1e300, -Double.leastNonzeroMagnitude, 0.1]))
    case 2: .float(generator.choose(from: [0.5, 1e10]))
    case 3: .bool(generator.bernoulli(0.5))
    case 6: .empty
    default: .string(generator.choose(from: Self.texts))
    }
  }

  /// Options of every kind.
  package mutating func options() -> EventLogOptions {
    EventLogOptions(
      users: generator.choose(from: UserIdentity.allCases), sessions: sessionRule(),
      timeZone: generator.choose(from: Self.zones))
  }

  private mutating func sessionRule() -> SessionRule {
    SessionRule(
      generator.bernoulli(0.7) ? .exported : .gap,
      gap: generator.choose(from: [.seconds(1800), .seconds(5), .microseconds(1)]),
      engagedAfter: generator.choose(from: [.seconds(10), .zero, .seconds(Int64.max)]),
      keyEvents: generator.bernoulli(0.5) ? ["purchase"] : ["\u{E9}vent", "scroll"],
      engagedViews: generator.integer(in: 1...3))
  }

  static let zones: [ReportingTimeZone] = [
    .utc, try! ReportingTimeZone(identifier: "+05:30"),
    try! ReportingTimeZone(identifier: "-11:00"),
  ]
}
