public import GA4Model

/// Which events of a unit make up the sequence that a pattern is read along.
public enum SequenceEvents: String, Sendable, Hashable, Codable, CaseIterable {
  /// Those that meet at least one of ``SequencePattern/conditions``; the others are as good as not
  /// there. ClickHouse does so.
  case matchingEvents
  /// All of them.
  case allEvents
}

/// How many units do things as a pattern says, and how often.
///
/// ```swift
/// let pattern = SequencePattern([
///   .event(.viewItem), .gap(.atMost, .seconds(600)), .event(.addToCart),
/// ])
/// let report = SequenceQuery(pattern).evaluate(log)
/// report.matchingUnits                      // ClickHouse: countIf(sequenceMatch(…))
/// report.matches                            // ClickHouse: sum(sequenceCount(…))
/// SequenceQuery(pattern).firstMatches(in: log)[0].events.map(\.time)
/// ```
///
/// The events of a unit stand in the order of the log: by time, those of one time by the export's
/// batch ids where it has them, then as they were read. A pattern asks for that very order, where a
/// ``FunnelQuery`` takes events of one time in the order of its steps.
///
/// Finding all matches of a unit takes O(*n* *k*), where *n* is the number of its events and *k* of
/// elements of the pattern, whatever the pattern and the events are.
public struct SequenceQuery: EventQuery {
  /// The pattern.
  public var pattern: SequencePattern { didSet { check() } }
  /// Whose events are looked at.
  public var unit: FunnelUnit
  /// Which of its events.
  public var over: SequenceEvents { didSet { check() } }

  /// Makes a query; see the properties for what it can ask.
  public init(
    _ pattern: SequencePattern, unit: FunnelUnit = .users, over: SequenceEvents = .matchingEvents
  ) {
    self.pattern = pattern
    self.unit = unit
    self.over = over
    check()
  }

  public func makeState() -> SequenceState { SequenceState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    pattern.conditions.isEmpty && over == .matchingEvents
      ? "No event meets a pattern without conditions; ask for allEvents or add a condition" : nil
  }

  /// The query in words.
  public var description: String {
    var text = "sequence of \(unit.rawValue): \(pattern)"
    let own = pattern.elements.compactMap { element in
      if case .event(let condition) = element { condition } else { nil }
    }
    switch over {
    case .allEvents: text += ", among all events"
    case .matchingEvents:
      let others = pattern.conditions.filter { !own.contains(where: $0.isSame) }
      text += ", among events that match"
      if !others.isEmpty { text += " or are " + others.map(\.label).joined(separator: " or ") }
    }
    return text
  }
}

extension SequenceQuery {
  private enum CodingKeys: CodingKey { case pattern, unit, over }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pattern = try container.decode(SequencePattern.self, forKey: .pattern)
    unit = try container.decode(FunnelUnit.self, forKey: .unit)
    over = try container.decode(SequenceEvents.self, forKey: .over)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
