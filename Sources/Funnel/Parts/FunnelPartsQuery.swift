public import GA4Model

/// A funnel of users whose events come in several parts, such as a day at a time, in any order.
///
/// ```swift
/// var state = FunnelPartsQuery(funnel).makeState()
/// state.update(tuesday)
/// state.update(monday)                      // the same users
/// print(state.report())                     // that of both days together
/// ```
///
/// A ``FunnelState`` needs all events of a user at once and keeps a few numbers. Here the state keeps
/// every event of a step or an exclusion until the report is made; of a funnel with adjacent steps,
/// every event.
///
/// The report is that of ``FunnelQuery/evaluate(_:)`` on the whole log, but for values that an event
/// takes from others: the channel of a session, which may follow from an earlier session, is the one
/// that is found within each part. Where a breakdown asks for the first or last touch and that has several values at one time, it is here the one that comes
/// first, or last, in the order of their bytes.
public struct FunnelPartsQuery: EventQuery {
  /// The funnel, of users.
  public let funnel: FunnelQuery

  /// Makes the query for a funnel of users.
  public init(_ funnel: FunnelQuery) {
    self.funnel = funnel
    if let problem { preconditionFailure(problem) }
  }

  public func makeState() -> FunnelPartsState { FunnelPartsState(self) }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    funnel.unit == .users
      ? nil : "Sessions are found in a whole log: join the parts by merging(_:), or count users"
  }

  /// The query in words.
  public var description: String { "\(funnel), from parts" }

  private enum CodingKeys: CodingKey {
    case funnel
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    funnel = try container.decode(FunnelQuery.self, forKey: .funnel)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
