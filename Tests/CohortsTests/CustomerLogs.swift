import GA4Model
import StatisticsCore
import TestSupport

/// Small logs of purchases with what surprises a figure by customer: logins, events without user,
/// repeated, numeric and placeholder transaction ids, equal times, dates that contradict times, and
/// money whose sum depends on the order.
struct CustomerLogs {
  var generator: SeededGenerator

  private static let transactions: [FieldValue?] = [
    "T1", "T2", "T3", "T4", "7", .int(7), .int(8), "(not set)", "", nil, nil, "caf\u{E9}",
    "cafe\u{301}", "undefined", "a transaction id of more than fifteen bytes",
  ]
  private static let money: [Double?] = [
    0, 0.1, 0.2, 0.7, 10, 10, 25, 1e16, -1e16, nil, .infinity, -3,
  ]

  /// The first day of most events.
  static let start = CalendarDay("2020-12-19")!

  mutating func events(upTo limit: Int = 30) -> [Event] {
    let users = generator.integer(in: 1...8)
    let hasDates = generator.bernoulli(0.3)
    return (0..<generator.integer(below: limit + 1)).map { _ in
      let day = generator.integer(in: 0...12)
      let second = generator.choose(from: [0, 0, 1, 43_200, 86_399])
      var event = Event(
        generator.bernoulli(0.6) ? .purchase : generator.choose(from: ["page_view", "scroll"]),
        at: EventTime(
          microseconds: 1_608_336_000_000_000 + Int64(day * 86_400 + second) * 1_000_000),
        by: generator.bernoulli(0.9) ? "p\(generator.integer(below: users))" : nil,
        userID: generator.bernoulli(0.15) ? "p\(generator.integer(below: 2))" : nil)
      if hasDates {
        event.date = Self.start.advanced(by: generator.integer(in: 0...12))
      }
      if generator.bernoulli(0.8) { event.sessionID = Int64(generator.integer(below: 3)) }
      if let id = generator.choose(from: Self.transactions) {
        event[field: .transactionID] = id
      }
      if let value = generator.choose(from: Self.money) {
        event[field: .purchaseRevenue] = .double(value)
      }
      if generator.bernoulli(0.2) { event.parameters.append("transaction_id", "T9") }
      return event
    }
  }

  mutating func log(upTo limit: Int = 30) throws -> EventLog {
    let users: [UserIdentity] = [.userIDOrPseudoID, .userIDOrPseudoID, .pseudoID, .userID]
    return try EventLog(
      events(upTo: limit), options: EventLogOptions(users: generator.choose(from: users)))
  }
}

/// A purchase as the definition sees it.
struct NaiveOrder {
  var user: UserKey?
  var day: CalendarDay
  var revenue: Double?

  /// The purchases of `log` on days up to `last` that stand under `rule`.
  static func orders(
    of log: EventLog, _ rule: PurchaseRule, upTo last: CalendarDay
  ) -> [NaiveOrder] {
    var standing: [(order: NaiveOrder, time: EventTime, id: String?)] = []
    for position in log.indices {
      let event = log[position]
      let order = NaiveOrder(
        user: log.user(ofEvent: position).map { log.users[$0].key },
        day: event.date ?? log.options.timeZone.day(of: event.time),
        revenue: event.ecommerce.purchaseRevenue.flatMap { $0.isFinite ? $0 : nil })
      guard event.name == .purchase, order.day <= last else { continue }
      let parameter = event.parameters["transaction_id"]?.text
      let id = [event.ecommerce.transactionID, parameter].compactMap { $0 }.first {
        !["", "(not set)", "(data deleted)", "<Other>", "null", "undefined"].contains($0)
      }
      let known =
        rule == .none || id == nil
        ? nil
        : standing.firstIndex { other in
          guard let id, let otherID = other.id, Array(id.utf8) == Array(otherID.utf8) else {
            return false
          }
          return rule == .byTransactionID || other.order.user == order.user
        }
      // Positions rise with users, and those of nobody come last.
      guard let known else {
        standing.append((order, event.time, id))
        continue
      }
      if event.time < standing[known].time { standing[known] = (order, event.time, id) }
    }
    return standing.map(\.order)
  }
}
