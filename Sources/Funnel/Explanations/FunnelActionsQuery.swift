public import GA4Model

/// What units did directly after or before a step of a funnel.
///
/// ```swift
/// let next = FunnelActionsQuery(funnel, .next, step: 1).evaluate(log)
/// next.rows[0].action                       // value(Optional("page_view"))
/// next.rows[0].wentOn                       // 45 of these came to the step after
/// next.rows[0].stopped                      // 21 did not
/// ```
///
/// It looks at the units whose path has the step, and at the event that stands directly behind or
/// before the path's event of that step among the events of the unit: of the user, or of the session.
/// Their order is that of the log; of events of one time, those behind in the log are later. The event
/// may itself be of a step of the funnel.
public struct FunnelActionsQuery: EventQuery {
  /// On which side of the step the action lies.
  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    /// Behind it.
    case next
    /// Before it.
    case previous
  }

  /// The funnel; without breakdown.
  public var funnel: FunnelQuery { didSet { check() } }
  /// On which side of the step the action lies.
  public var direction: Direction
  /// The step, counting from 0; in any order, 1 is the second step that a unit did, whichever it is.
  public var step: Int { didSet { check() } }
  /// What an action is called by.
  public var dimension: EventDimension
  /// Events that are no actions, over which it looks away.
  public var ignored: EventPredicate
  /// How many values are listed, those of the most units; the others are one row.
  public var limit: Int { didSet { check() } }

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - funnel: The funnel; without breakdown.
  ///   - direction: On which side of the step the action lies.
  ///   - step: The step of the funnel, counting from 0.
  ///   - dimension: What an action is called by, such as its name or a page.
  ///   - ignored: Events that are no actions, such as `user_engagement`.
  ///   - limit: How many values are listed, at least 1.
  public init(
    _ funnel: FunnelQuery, _ direction: Direction, step: Int, by dimension: EventDimension = .name,
    ignoring ignored: EventPredicate = .never, limit: Int = 10
  ) {
    self.funnel = funnel
    self.direction = direction
    self.step = step
    self.dimension = dimension
    self.ignored = ignored
    self.limit = limit
    check()
  }

  public func makeState() -> FunnelActionsState { FunnelActionsState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if !funnel.steps.indices.contains(step) {
      return "Actions must be those after or before a step of the funnel, counting from 0"
    }
    if funnel.breakdown != nil {
      return "Actions are those of a funnel without breakdown; filter the log for one value"
    }
    if limit < 1 { return "A list of actions must have room for at least one value" }
    return nil
  }

  /// The query in words.
  public var description: String {
    let label =
      funnel.order == .anyOrder
      ? "step \(step + 1) of \(funnel.steps.count)" : funnel.steps[step].label
    var text = direction == .next ? "\(dimension) after \(label)" : "\(dimension) before \(label)"
    if ignored != .never { text += ", ignoring \(ignored)" }
    return text + ", in the \(funnel)"
  }
}

extension FunnelActionsQuery {
  private enum CodingKeys: CodingKey {
    case funnel, direction, step, dimension, ignored, limit
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    funnel = try container.decode(FunnelQuery.self, forKey: .funnel)
    direction = try container.decode(Direction.self, forKey: .direction)
    step = try container.decode(Int.self, forKey: .step)
    dimension = try container.decode(EventDimension.self, forKey: .dimension)
    ignored = try container.decode(EventPredicate.self, forKey: .ignored)
    limit = try container.decode(Int.self, forKey: .limit)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
