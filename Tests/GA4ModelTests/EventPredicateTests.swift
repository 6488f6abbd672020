import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Event predicates` {
  private let event: Event = {
    var event = Event(.purchase, at: EventTime(seconds: 5), by: "p", userID: "u")
    event.date = CalendarDay("2020-12-20")
    event.parameters = [
      "value": 54.5, "coupon": "", "flag": "1", "big": .int(9_007_199_254_740_993),
    ]
    event.geo.country = "Canada"
    event.items = [Item(name: "Mug", price: 5), Item(name: "Hoodie", price: 54, quantity: 2)]
    return event
  }()

  private func matches(_ body: (EventStandIn) -> EventPredicate) -> Bool {
    EventPredicate(body).matches(event)
  }

  @Test func `values compare as numbers or as text, by the literal`() {
    #expect(matches { $0.name == .purchase && $0["value"] > 50 })
    #expect(matches { $0["value"] == 54.5 && $0["value"] == "54.5" })
    #expect(matches { $0["flag"] == 1 && $0["flag"] == "1" && $0["flag"] == true })
    #expect(!matches { $0["flag"] == "01" })
    #expect(matches { $0[field: .country] == "Canada" && $0.date == CalendarDay("2020-12-20")! })
    #expect(matches { $0.time < EventTime(seconds: 6) && $0.userID == "u" })
    #expect(matches { $0.name.isOne(of: [.refund, .purchase]) })
    #expect(matches { $0[field: .country].hasPrefix("Can") && $0[field: .country].contains("nad") })
  }

  @Test func `large integers are not rounded to doubles`() {
    #expect(matches { $0["big"] == 9_007_199_254_740_993 })
    #expect(!matches { $0["big"] == 9_007_199_254_740_992 })
  }

  @Test func `a comparison with an absent or unconvertible value is false, its complement true`() {
    #expect(!matches { $0["absent"] == 1 })
    #expect(!matches { $0["absent"] != 1 })
    #expect(matches { !($0["absent"] != 1) })
    #expect(!matches { $0[field: .country] > 5 })
    #expect(!matches { $0[field: .country] != 5 })
  }

  @Test func `an empty text is present and equals only itself`() {
    #expect(matches { $0["coupon"].isPresent && $0["coupon"] == "" })
    #expect(!matches { $0["absent"].isPresent })
  }

  @Test func `zero has no sign and NaN is refused`() async {
    #expect(EventPredicate { $0["x"] == -0.0 } == EventPredicate { $0["x"] == 0.0 })
    await #expect(processExitsWith: .failure) { _ = EventPredicate { $0["x"] == Double.nan } }
  }

  @Test func `an item must meet the whole condition by itself`() {
    #expect(matches { $0.items.contains { $0.name == "Hoodie" && $0.price > 20 } })
    #expect(!matches { $0.items.contains { $0.name == "Mug" && $0.price > 20 } })
  }

  @Test func `a predicate reads as it is written`() {
    let predicate = EventPredicate {
      $0.name == .purchase && ($0["value"] > 50 || !$0["coupon"].isPresent)
    }
    #expect(
      "\(predicate)" == "name = \"purchase\" and (value > 50 or not (coupon is present))")
  }

  @Test func `a predicate survives encoding`() throws {
    let predicate = EventPredicate {
      $0.items.contains { $0.price >= 2.5 } || $0.date < CalendarDay("2021-01-01")!
    }
    let data = try JSONEncoder().encode(predicate)
    #expect(try JSONDecoder().decode(EventPredicate.self, from: data) == predicate)
  }

  @Test(arguments: Rounds.parts)
  func `columns and rows agree on random predicates and logs`(part: Int) throws {
    for generator in Rounds.generators("predicates", part: part) {
      var random = RandomEvents(generator)
      let log = try EventLog(random.events())
      var draws = generator.stream("predicate")
      for _ in 0..<5 {
        let predicate = Self.predicate(&draws, &random, depth: 3)
        let rows = log.rows(where: predicate)
        for position in log.indices {
          var event = log[position]
          event.date = event.date ?? log.options.timeZone.day(of: event.time)
          #expect(
            rows.contains(position) == predicate.matches(event), "\(predicate) on \(event)")
        }
        #expect(log.count(where: predicate) == rows.size)
        #expect(Array(log.filter(predicate)).count == rows.size)
        #expect(log.count(where: !predicate) == log.count - rows.size)
      }
    }
  }

  private static func predicate(
    _ draws: inout SeededGenerator, _ random: inout RandomEvents, depth: Int
  ) -> EventPredicate {
    if depth > 0, draws.bernoulli(0.5) {
      let left = predicate(&draws, &random, depth: depth - 1)
      switch draws.integer(below: 3) {
      case 0: return left && predicate(&draws, &random, depth: depth - 1)
      case 1: return left || predicate(&draws, &random, depth: depth - 1)
      default: return !left
      }
    }
    let event = random.event(at: 1_608_336_000_000_000)
    let key = event.parameters.first?.key ?? "ga_session_id"
    let path = event.fields.first?.path ?? .country
    let text = draws.choose(from: RandomEvents.texts)
    let name = event.name
    let kind = draws.integer(below: 9)
    return EventPredicate { standIn in
      switch kind {
      case 0: standIn.name == name
      case 1: standIn[key].isPresent
      case 2: standIn[key] == text
      case 3: standIn[key] > 1
      case 4: standIn[key] <= 0.5
      case 5: standIn[field: path] != text
      case 6: standIn.userPseudoID.hasSuffix("5")
      case 7: standIn.items.contains { $0.price > 1 }
      default: standIn.time <= event.time
      }
    }
  }
}
