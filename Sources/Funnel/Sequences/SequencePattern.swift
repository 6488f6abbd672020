public import GA4Model

/// What the events of a unit must look like: conditions one after the other, gaps of time, and
/// places where anything may stand.
///
/// ```swift
/// let pattern = SequencePattern([
///   .event(.viewItem), .gap(.atMost, .seconds(600)), .event(.addToCart), .anything,
///   .event("Big purchase") { $0.name == .purchase && $0[.value] > 50 },
/// ])
/// print(pattern)                // view_item → (≤ 10 min) → add_to_cart → … → Big purchase
/// pattern.clickHouseText        // "(?1)(?t<=600)(?2).*(?3)"
/// ```
///
/// A pattern is read from left to right along the events of a unit, which stand in the order of the
/// log; a match may begin at any of them.
///
/// - An ``Element/event(_:)-enum.case`` takes the next event, which must meet the condition, and
///   ``Element/anyEvent`` takes it whatever it is. So two of these side by side ask for events side
///   by side.
/// - ``Element/anything`` skips any number of events, or none.
/// - A ``Element/gap(_:_:)`` skips any number of events too, up to one whose time lies so far behind
///   that of the event before the gap, and goes on there: what stands behind the gap begins with
///   that event. Behind ``Element/anything``, the event before the gap is the first one not skipped.
///
/// So `a`, gap, `b` measures from *a* to *b* and lets anything stand between. In `a`, gap,
/// ``Element/anything``, `b` the gap ends at some event behind *a*, be it *b* or not, and *b* may come
/// at any later time: to limit the time from *a* to *b*, leave ``Element/anything`` out.
///
/// If a pattern matches at all, one match is the first in every sense: none has an earlier first
/// event, nor an earlier second one, and so on to the last. Further matches are looked for behind
/// its last event. There is no way to choose more matches of which each begins behind the end of the
/// one before.
public struct SequencePattern: Sendable, Hashable {
  /// The most elements of a pattern.
  public static let mostElements = 64
  /// The most conditions of a pattern, those included that no element names.
  public static let mostConditions = FunnelQuery.mostSteps

  /// A condition on an event, with a name for people.
  public struct Condition: Sendable, Hashable, Codable {
    /// What the condition is called in descriptions.
    public var label: String
    /// The condition.
    public var predicate: EventPredicate

    /// Makes a condition for the events that meet `predicate`.
    public init(_ label: String, _ predicate: EventPredicate) {
      self.label = label
      self.predicate = predicate
    }

    /// Makes a condition for the events that meet what `body` describes.
    public init(_ label: String, where body: (EventStandIn) -> EventPredicate) {
      self.init(label, EventPredicate(body))
    }

    /// Makes a condition for the events called `name`.
    public init(_ name: EventName) { self.init(name.rawValue) { $0.name == name } }
  }

  /// How the time of a gap is compared with a duration.
  public enum Comparison: String, Sendable, Hashable, Codable, CaseIterable {
    /// Less than it.
    case lessThan = "<"
    /// As much or less.
    case atMost = "<="
    /// Just as much.
    case exactly = "=="
    /// As much or more.
    case atLeast = ">="
    /// More than it.
    case moreThan = ">"
  }

  /// One part of a pattern.
  public enum Element: Sendable, Hashable, Codable {
    /// An event that meets a condition; ClickHouse's `(?1)`.
    case event(Condition)
    /// An event, whatever it is; ClickHouse's `.`.
    case anyEvent
    /// Any number of events, or none; ClickHouse's `.*`.
    case anything
    /// Any number of events, or none, up to one that lies so far behind the event before; ClickHouse's
    /// `(?t<=600)`.
    ///
    /// The duration is a whole number of microseconds.
    case gap(Comparison, Duration)

    /// An event called `name`.
    public static func event(_ name: EventName) -> Element { .event(Condition(name)) }

    /// An event that meets `predicate`.
    public static func event(_ label: String, _ predicate: EventPredicate) -> Element {
      .event(Condition(label, predicate))
    }

    /// An event that meets what `body` describes.
    public static func event(_ label: String, where body: (EventStandIn) -> EventPredicate)
      -> Element
    {
      .event(Condition(label, where: body))
    }
  }

  /// The elements, at least one of which takes an event.
  public let elements: [Element]
  /// The conditions in the order of their numbers in ClickHouse's text.
  public let conditions: [Condition]

  /// Makes a pattern of `elements`.
  ///
  /// - Parameters:
  ///   - elements: The parts, 1 to ``mostElements``; a gap stands between two events, and no two gaps
  ///     stand side by side.
  ///   - conditions: Conditions whose events stand in the sequence although no element asks for
  ///     them; those that elements ask for need not be listed. The order gives them their numbers in
  ///     ``clickHouseText``.
  public init(_ elements: [Element], among conditions: [Condition] = []) {
    self.init(unchecked: elements, conditions)
    if let problem { preconditionFailure(problem.sentence) }
  }

  /// Makes a pattern that may make no sense; see ``problem``.
  init(unchecked elements: [Element], _ conditions: [Condition]) {
    var known = conditions
    for case .event(let condition) in elements where !known.contains(where: condition.isSame) {
      known.append(condition)
    }
    self.elements = elements
    self.conditions = known
  }

  /// What is wrong with the pattern, as a sentence that says what to do, and at which element; `nil`
  /// if nothing is.
  var problem: (sentence: String, element: Int?)? {
    if elements.count > Self.mostElements {
      return ("A pattern can have at most \(Self.mostElements) elements", Self.mostElements)
    }
    if conditions.count > Self.mostConditions {
      return (
        "A pattern can have at most \(Self.mostConditions) conditions; join some with ||", nil
      )
    }
    guard let first = elements.firstIndex(where: \.takesEvent),
      let last = elements.lastIndex(where: \.takesEvent)
    else { return ("A pattern needs at least one element that takes an event", nil) }
    for (index, element) in elements.enumerated() {
      guard case .gap(let comparison, let duration) = element else { continue }
      if index < first || index > last {
        return ("A gap must stand between two events; leave it out or add an event", index)
      }
      if case .gap = elements[index - 1] {
        return ("A gap cannot follow another one directly; leave one of them out", index)
      }
      if duration < .zero { return ("A gap cannot be negative", index) }
      if comparison == .lessThan, duration == .zero {
        return ("No gap is less than 0 s; ask for at most 0 s to get events of one time", index)
      }
      if duration != .microseconds(duration.microseconds) {
        return ("A gap must be a whole number of microseconds, at most 292,271 years", index)
      }
    }
    return nil
  }

  /// The number of `condition`, counting from 0.
  func number(of condition: Condition) -> Int { conditions.firstIndex(where: condition.isSame)! }
}

extension SequencePattern.Element {
  /// Whether it takes exactly one event.
  var takesEvent: Bool {
    switch self {
    case .event, .anyEvent: true
    case .anything, .gap: false
    }
  }
}

extension SequencePattern.Condition {
  /// Whether the other condition is the same to the byte: texts that only look alike are equal to
  /// Swift, and ask for different events.
  func isSame(_ other: Self) -> Bool {
    self == other && label.utf8.elementsEqual(other.label.utf8)
      && predicate.description.utf8.elementsEqual(other.predicate.description.utf8)
  }
}

// MARK: - Text

extension SequencePattern.Condition: CustomStringConvertible {
  /// The label.
  public var description: String { label }
}

extension SequencePattern.Comparison: CustomStringConvertible {
  /// The sign that people know, such as `≤`.
  public var description: String {
    switch self {
    case .lessThan: "<"
    case .atMost: "≤"
    case .exactly: "="
    case .atLeast: "≥"
    case .moreThan: ">"
    }
  }
}

extension SequencePattern.Element: CustomStringConvertible {
  /// The element in words, such as `(≤ 10 min)` for a gap and `…` for anything.
  public var description: String {
    switch self {
    case .event(let condition): condition.label
    case .anyEvent: "any event"
    case .anything: "…"
    case .gap(let comparison, let duration): "(\(comparison) \(duration.words))"
    }
  }
}

extension SequencePattern: CustomStringConvertible {
  /// The pattern in words, such as `view_item → (≤ 10 min) → add_to_cart`.
  public var description: String { elements.map(\.description).joined(separator: " → ") }
}

// MARK: - Codable

extension SequencePattern: Codable {
  private enum CodingKeys: CodingKey { case elements, conditions }

  /// Decodes a pattern.
  ///
  /// - Throws: `DecodingError` with a sentence when the pattern makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      unchecked: try container.decode([Element].self, forKey: .elements),
      try container.decode([Condition].self, forKey: .conditions))
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: problem.sentence))
    }
  }
}
