import Foundation
import GA4Model
import StatisticsCore

/// Small logs of a shop with what surprises a metric: logins, events without user, repeated and
/// placeholder transaction ids, equal times, silences of exactly half an hour, dates that contradict
/// the times, stray dates, and texts that look alike.
struct ShopEvents {
  var generator: SeededGenerator
  /// Whether sums of money depend on their order unless they are exact.
  var hasAwkwardMoney = false

  /// Generators for the rounds of a random test: 500, or 20,000 with `PRODUCT_ANALYTICS_DEEP=1`.
  static func rounds(_ name: String, _ count: Int = 500) -> [ShopEvents] {
    let isDeep = ProcessInfo.processInfo.environment["PRODUCT_ANALYTICS_DEEP"] == "1"
    return (0..<(isDeep ? count * 40 : count)).map {
      ShopEvents(generator: SeededGenerator(seed: 20_201_219, path: name, UInt64($0)))
    }
  }

  private static let sources: [String?] = [
    "google", "(direct)", "<Other>", "", nil, "caf\u{E9}", "cafe\u{301}",
  ]
  private static let mediums: [String?] = ["organic", "cpc", "(none)", "referral", nil]
  private static let texts: [String?] = [
    "Hoodie", "Mug", "", "(not set)", nil, "caf\u{E9}", "cafe\u{301}",
  ]
  private static let transactions: [String?] = [
    "T1", "T2", "T3", "T4", "(not set)", "", nil, "caf\u{E9}", "cafe\u{301}",
  ]
  private static let names: [EventName] = [
    .sessionStart, .addToCart, .purchase, .purchase, "page_view", "view_item",
  ]
  private static let steps: [Int64] = [
    0, 1, 60_000_000, 1_799_999_999, 1_800_000_000, 1_800_000_001, 30_000_000_000, 86_400_000_000,
    5 * 86_400_000_000,
  ]

  mutating func log(upTo limit: Int = 30) throws -> EventLog {
    let zones = [ReportingTimeZone.utc, try ReportingTimeZone(identifier: "-11:00")]
    let options = EventLogOptions(
      users: generator.choose(from: [.userIDOrPseudoID, .userIDOrPseudoID, .pseudoID, .userID]),
      sessions: SessionRule(generator.bernoulli(0.7) ? .exported : .gap),
      timeZone: generator.choose(from: zones))
    return try EventLog(events(upTo: limit), options: options)
  }

  private mutating func events(upTo limit: Int) -> [Event] {
    var time: Int64 = 1_608_336_000_000_000
    let dates = generator.choose(weights: [3, 2, 1, 1, 1])
    let users = generator.integer(in: 1...5)
    return (0..<generator.integer(below: limit + 1)).map { _ in
      time += generator.choose(from: Self.steps)
      var event = Event(
        generator.choose(from: Self.names), at: EventTime(microseconds: time),
        by: generator.bernoulli(0.9) ? "p\(generator.integer(below: users))" : nil,
        userID: generator.bernoulli(0.15) ? "u\(generator.integer(below: 2))" : nil)
      let day = ReportingTimeZone.utc.day(of: event.time)
      switch dates {
      case 1: event.date = day
      case 2: event.date = day.advanced(by: generator.integer(in: -3...3))
      case 3: event.date = generator.bernoulli(0.5) ? day : nil
      case 4:
        event.date =
          generator.bernoulli(0.1)
          ? CalendarDay(generator.bernoulli(0.5) ? "1970-01-01" : "9999-12-31") : day
      default: break
      }
      if generator.bernoulli(0.8) { event.sessionID = Int64(generator.integer(below: 3)) }
      if generator.bernoulli(0.2) {
        event["source"] = generator.choose(from: Self.sources).map(
          FieldValue.string)
        event["medium"] = generator.choose(from: Self.mediums).map(FieldValue.string)
      }
      if generator.bernoulli(0.9) {
        event[field: .firstUserSource] = generator.choose(from: Self.sources).map {
          .string($0)
        }
        event[field: .firstUserMedium] = generator.choose(from: Self.mediums).map { .string($0) }
      }
      if event.name == .purchase || generator.bernoulli(0.1) { sell(&event) }
      return event
    }
  }

  private mutating func sell(_ event: inout Event) {
    event.ecommerce = Ecommerce(
      transactionID: generator.choose(from: Self.transactions),
      purchaseRevenue: generator.bernoulli(0.8) ? money() : nil,
      purchaseRevenueInUSD: generator.bernoulli(0.2) ? money() : nil)
    event.items = (0..<max(0, generator.integer(below: 5) - 1)).map { _ in
      Item(
        id: generator.choose(from: Self.texts), name: generator.choose(from: Self.texts),
        category: generator.choose(from: Self.texts),
        price: generator.bernoulli(0.8) ? money() : nil,
        quantity: generator.bernoulli(0.7) ? Int64(generator.integer(below: 4)) : nil,
        revenue: generator.bernoulli(0.5) ? money() : nil)
    }
  }

  private mutating func money() -> Double {
    generator.choose(
      from: hasAwkwardMoney ? [0.1, 0.2, 0.7, 1e16, -1e16, 1e-9, .infinity] : [0, 0.25, 12.5, 100])
  }
}

extension EventLog {
  /// The day of an event, as the definition has it.
  func day(of position: Int) -> CalendarDay {
    self[position].date ?? options.timeZone.day(of: self[position].time)
  }

  /// The key of the user of an event, as the definition has it.
  func user(of position: Int) -> UserKey? {
    user(ofEvent: position).map { users[$0].key }
  }

  /// Every day from the first to the last; where these are far apart, both and those of `days`.
  func listedDays(_ days: Set<CalendarDay>) -> [CalendarDay] {
    let all = indices.map { day(of: $0) }
    guard let first = all.min(), let last = all.max() else { return [] }
    if first.distance(to: last) < 65_536 { return Array(first...last) }
    return days.union([first, last]).sorted()
  }

  /// The purchases that stand under `rule`: the positions of their events.
  ///
  /// Among repeats the first by time and then by user stands, those of nobody last and these in the
  /// order of `precedes`.
  func orders(_ rule: PurchaseRule, _ precedes: (Int, Int) -> Bool) -> [Int] {
    var kept: [Int] = []
    var repeats: [[UInt8]: [Int]] = [:]
    for position in indices where self[position].name == .purchase {
      guard rule != .none, let id = self[position].ecommerce.realTransactionID else {
        kept.append(position)
        continue
      }
      var key = Array(id.utf8)
      if rule == .byTransactionIDAndUser { key += Array(" \(user(of: position) as Any)".utf8) }
      repeats[key, default: []].append(position)
    }
    for positions in repeats.values {
      kept.append(
        positions.min { left, right in
          if self[left].time != self[right].time { return self[left].time < self[right].time }
          switch (user(of: left), user(of: right)) {
          case (let a?, let b?): return a == b ? left < right : a < b
          case (_?, nil): return true
          case (nil, _?): return false
          case (nil, nil): return precedes(left, right)
          }
        }!)
    }
    return kept
  }
}
