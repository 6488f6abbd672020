import Foundation
import GA4Model
import Testing

@testable import Funnel

@Suite struct SequencePatternTests {
  private let conditions = [
    SequencePattern.Condition(.viewItem), SequencePattern.Condition(.addToCart),
    SequencePattern.Condition("big") { $0.name == .purchase && $0[.value] > 50 },
  ]

  @Test func `a pattern prints in words and as ClickHouse's text`() throws {
    let pattern = SequencePattern([
      .event(.viewItem), .gap(.atMost, .seconds(600)), .event(.addToCart), .anything, .anyEvent,
      .gap(.moreThan, .zero), .event("big") { $0.name == .purchase && $0[.value] > 50 },
      .event(.viewItem),
    ])
    #expect(
      "\(pattern)" == """
        view_item → (≤ 10 min) → add_to_cart → … → any event → (> 0 s) → big → view_item
        """)
    #expect(pattern.clickHouseText == "(?1)(?t<=600)(?2).*.(?t>0)(?3)(?1)")
    #expect(pattern.conditions == conditions)
    #expect(
      try SequencePattern(clickHouse: pattern.clickHouseText!, conditions: conditions) == pattern)
  }

  @Test func `conditions keep the numbers that they are given`() throws {
    let pattern = try SequencePattern(clickHouse: "(?3)(?01)", conditions: conditions)
    #expect(pattern.elements == [.event(conditions[2]), .event(conditions[0])])
    #expect(pattern.conditions == conditions)
    #expect(pattern.clickHouseText == "(?3)(?1)")
    let typed = SequencePattern(pattern.elements, among: [conditions[1]])
    #expect(typed.clickHouseText == "(?2)(?3)")
  }

  @Test func `a gap that is no whole number of seconds has no text`() {
    let pattern = SequencePattern([
      .event(.viewItem), .gap(.atMost, .milliseconds(1500)), .event(.addToCart),
    ])
    #expect(pattern.clickHouseText == nil)
    #expect("\(pattern)" == "view_item → (≤ 1.5 s) → add_to_cart")
  }

  @Test func `names that only look alike are different conditions`() {
    let pattern = SequencePattern([.event("caf\u{E9}"), .event("cafe\u{301}")])
    #expect(pattern.conditions.count == 2)
    #expect(pattern.clickHouseText == "(?1)(?2)")
  }

  @Test(
    arguments: [
      (
        "x", .notAnElement,
        "Character 1 of the pattern: An element must be (?1), (?t<=600), . or .*, without blanks"
          + " between them."
      ),
      (
        "(?1) (?2)", .notAnElement,
        "Character 5 of the pattern: An element must be (?1), (?t<=600), . or .*, without blanks"
          + " between them."
      ),
      (
        "(?1)(?t=600)(?2)", .unknownComparison,
        "Character 8 of the pattern: A comparison must be <, <=, ==, >= or >."
      ),
      (
        "(?1)(?t<=-5)(?2)", .missingNumber,
        "Character 10 of the pattern: A gap needs a whole number of seconds, such as (?t<=600)."
      ),
      (
        "(?1)(?T<5)(?2)", .missingNumber,
        "Character 7 of the pattern: A condition needs its number, such as (?1), and a gap a t,"
          + " such as (?t<=600)."
      ),
      (
        "(?1)(?t>9223372036855)(?2)", .numberTooLarge,
        "Character 9 of the pattern: A gap can be at most 9223372036854 seconds long."
      ),
      (
        "(?1)(?t>99999999999999999999)(?2)", .numberTooLarge,
        "Character 9 of the pattern: A gap can be at most 9223372036854 seconds long."
      ),
      (
        "(?1)(?4)", .unknownCondition,
        "Character 7 of the pattern: There is no condition of this number; 3 are given, counting"
          + " from 1."
      ),
      (
        "(?0)", .unknownCondition,
        "Character 3 of the pattern: There is no condition of this number; 3 are given, counting"
          + " from 1."
      ),
      ("(?1", .missingParenthesis, "Character 4 of the pattern: A ) must end the element."),
      (
        "(?1)(?t<=5(?2)", .missingParenthesis,
        "Character 11 of the pattern: A ) must end the element."
      ),
      ("", .nonsense, "A pattern needs at least one element that takes an event."),
      (".*", .nonsense, "A pattern needs at least one element that takes an event."),
      (
        "(?t<5)(?1)", .nonsense,
        "Character 1 of the pattern: A gap must stand between two events; leave it out or add an"
          + " event."
      ),
      (
        "(?1)(?t<5).*", .nonsense,
        "Character 5 of the pattern: A gap must stand between two events; leave it out or add an"
          + " event."
      ),
      (
        "(?1)(?t<5)(?t>2)(?2)", .nonsense,
        "Character 11 of the pattern: A gap cannot follow another one directly; leave one of them"
          + " out."
      ),
      (
        "(?1).(?t<0)(?2)", .nonsense,
        "Character 6 of the pattern: No gap is less than 0 s; ask for at most 0 s to get events of"
          + " one time."
      ),
    ] as [(String, SequencePatternError.Code, String)])
  func `a text that is no pattern is refused with the place`(
    text: String, code: SequencePatternError.Code, sentence: String
  ) throws {
    let error = #expect(throws: SequencePatternError.self) {
      try SequencePattern(clickHouse: text, conditions: conditions)
    }
    #expect(error?.code == code)
    #expect(error?.description == sentence)
  }

  @Test func `the longest pattern is read and a longer one refused at its end`() throws {
    let most = SequencePattern.mostElements
    let text = String(repeating: "(?1)", count: most)
    #expect(try SequencePattern(clickHouse: text, conditions: conditions).elements.count == most)
    let error = #expect(throws: SequencePatternError.self) {
      try SequencePattern(clickHouse: text + ".", conditions: conditions)
    }
    #expect(
      error?.description == "Character 257 of the pattern: A pattern can have at most 64 elements.")
    let many = (0...32).map { SequencePattern.Condition(EventName("e\($0)")) }
    let other = #expect(throws: SequencePatternError.self) {
      try SequencePattern(clickHouse: "(?1)", conditions: many)
    }
    #expect(
      other?.description == "A pattern can have at most 32 conditions; join some with ||.")
  }

  @Test func `a pattern that makes no sense is refused where it is made and where it is decoded`()
    async throws
  {
    func sentence(_ elements: [SequencePattern.Element]) throws -> String? {
      let pattern = SequencePattern(unchecked: elements, [])
      let data = try JSONEncoder().encode(pattern)
      do {
        let decoded = try JSONDecoder().decode(SequencePattern.self, from: data)
        #expect(decoded == pattern && pattern.problem == nil)
        return nil
      } catch DecodingError.dataCorrupted(let context) {
        #expect(pattern.problem?.sentence == context.debugDescription)
        return context.debugDescription
      }
    }
    let a = SequencePattern.Element.event("a")
    #expect(try sentence([a, .gap(.atLeast, .zero), .anything, a]) == nil)
    #expect(try sentence([.anything, .anyEvent, .anything]) == nil)
    #expect(
      try sentence([a, .gap(.atLeast, .seconds(-1)), a]) == "A gap cannot be negative")
    let fraction = "A gap must be a whole number of microseconds, at most 292,271 years"
    #expect(try sentence([a, .gap(.atLeast, .nanoseconds(1)), a]) == fraction)
    #expect(try sentence([a, .gap(.atLeast, .seconds(Int64.max)), a]) == fraction)
    #expect(try sentence([]) == "A pattern needs at least one element that takes an event")
    #expect(
      try sentence([.anyEvent, .gap(.atMost, .zero)])
        == "A gap must stand between two events; leave it out or add an event")
    await #expect(processExitsWith: .failure) { _ = SequencePattern([.anything]) }
  }
}
