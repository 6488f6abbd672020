public import GA4Model

/// What users or sessions do after an event, or did before it, step by step.
///
/// ```swift
/// let after = PathQuery(following: { $0.name == .addToCart }, depth: 4)
/// let pages = PathQuery(
///   preceding: { $0.name == .purchase }, depth: 3, by: .parameter(.pageTitle),
///   where: EventPredicate { $0.name == .pageView }, unit: .sessions, collapsesRepeats: true)
/// print(after.evaluate(log))                // a tree with counts
/// ```
///
/// The *anchors* are the events that meet a condition, each of which begins a path: the next
/// ``depth`` events of its unit that are nodes, in the order of the log, which is that of time, then
/// of the export's batch ids, then of the input. A path that ends before that has an end as its last
/// node; so the counts of the nodes behind one add up to its own.
public struct PathQuery: EventQuery {
  /// The most steps of a path.
  public static let mostSteps = 32

  /// The condition on the events at which paths begin.
  public var anchor: EventPredicate
  /// What the anchor is called in reports.
  public var label: String
  /// Whether paths lead to what comes after the anchor or to what came before it.
  public var direction: PathDirection
  /// How many steps of a path are looked at, the anchor left aside.
  public var depth: Int { didSet { check() } }
  /// What tells nodes apart.
  public var dimension: EventDimension
  /// Which events are nodes, all when `nil`; the others are passed over as if they were not there.
  public var filter: EventPredicate?
  /// Whose paths are followed; a path stays inside its user or session.
  public var unit: FunnelUnit
  /// At which of the events that meet the condition paths begin.
  public var anchors: PathAnchors
  /// What becomes of an event without a value of the dimension.
  public var missing: PathMissing
  /// Whether nodes of one value that follow each other directly are one node.
  ///
  /// The anchor is a node in this respect, with its own value, whether or not ``filter`` lets it be
  /// one. Anchors themselves are never collapsed.
  public var collapsesRepeats: Bool
  /// How long a path may go on.
  public var window: PathWindow { didSet { check() } }
  /// How many nodes the report lists behind one, those with the highest counts; the others are one.
  public var limit: Int { didSet { check() } }

  /// Makes a query for what comes after the events that meet the condition that `anchor` describes;
  /// see the properties for what it can ask.
  ///
  /// `depth`: How many steps are looked at, 1 to ``mostSteps``. `label`: What the anchor is called,
  /// by default by its name or its condition. `limit`: How many nodes the report lists behind one,
  /// at least 1.
  public init(
    following anchor: (EventStandIn) -> EventPredicate, depth: Int, label: String? = nil,
    by dimension: EventDimension = .name, where filter: EventPredicate? = nil,
    unit: FunnelUnit = .users, anchors: PathAnchors = .all, missing: PathMissing = .node,
    collapsesRepeats: Bool = false, window: PathWindow = .none, limit: Int = 5
  ) {
    self.init(
      .following, EventPredicate(anchor), depth, label, dimension, filter, unit, anchors, missing,
      collapsesRepeats, window, limit)
  }

  /// Makes a query for what came before the events that meet the condition that `anchor` describes;
  /// see the properties for what it can ask.
  ///
  /// `depth`: How many steps are looked at, 1 to ``mostSteps``. `label`: What the anchor is called,
  /// by default by its name or its condition. `limit`: How many nodes the report lists before one,
  /// at least 1.
  public init(
    preceding anchor: (EventStandIn) -> EventPredicate, depth: Int, label: String? = nil,
    by dimension: EventDimension = .name, where filter: EventPredicate? = nil,
    unit: FunnelUnit = .users, anchors: PathAnchors = .all, missing: PathMissing = .node,
    collapsesRepeats: Bool = false, window: PathWindow = .none, limit: Int = 5
  ) {
    self.init(
      .preceding, EventPredicate(anchor), depth, label, dimension, filter, unit, anchors, missing,
      collapsesRepeats, window, limit)
  }

  private init(
    _ direction: PathDirection, _ anchor: EventPredicate, _ depth: Int, _ label: String?,
    _ dimension: EventDimension, _ filter: EventPredicate?, _ unit: FunnelUnit,
    _ anchors: PathAnchors, _ missing: PathMissing, _ collapsesRepeats: Bool,
    _ window: PathWindow, _ limit: Int
  ) {
    self.direction = direction
    self.anchor = anchor
    self.depth = depth
    self.label = label ?? anchor.shortName
    self.dimension = dimension
    self.filter = filter
    self.unit = unit
    self.anchors = anchors
    self.missing = missing
    self.collapsesRepeats = collapsesRepeats
    self.window = window
    self.limit = limit
    check()
  }

  public func makeState() -> PathState { PathState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if depth < 1 { return "A path needs at least one step" }
    if depth > Self.mostSteps { return "A path can have at most \(Self.mostSteps) steps" }
    if limit < 1 { return "A report of paths must list at least one node behind another" }
    if let duration = window.duration, duration <= .zero {
      return "A path's window must be positive; leave it out for paths of any length"
    }
    return nil
  }

  /// The query in words.
  public var description: String {
    var text = "paths of \(unit.rawValue) "
    text += direction == .following ? "after " : "before "
    switch anchors {
    case .first: text += "the first "
    case .last: text += "the last "
    case .all: text += "every "
    }
    text += "\(label): \(depth) \(depth == 1 ? "step" : "steps") by \(dimension)"
    if let filter { text += " of events with \(filter)" }
    if missing == .skipped { text += ", events without value skipped" }
    if collapsesRepeats { text += ", repeats collapsed" }
    return text + ", \(window)"
  }
}

extension EventPredicate {
  /// The name that events must have, or else the condition in words.
  fileprivate var shortName: String {
    if case .compare(.name, .equal, .text(let name)) = node { name } else { description }
  }
}

extension PathQuery {
  private enum CodingKeys: CodingKey {
    case anchor, label, direction, depth, dimension, filter, unit, anchors, missing
    case collapsesRepeats, window, limit
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    anchor = try container.decode(EventPredicate.self, forKey: .anchor)
    label = try container.decode(String.self, forKey: .label)
    direction = try container.decode(PathDirection.self, forKey: .direction)
    depth = try container.decode(Int.self, forKey: .depth)
    dimension = try container.decode(EventDimension.self, forKey: .dimension)
    filter = try container.decodeIfPresent(EventPredicate.self, forKey: .filter)
    unit = try container.decode(FunnelUnit.self, forKey: .unit)
    anchors = try container.decode(PathAnchors.self, forKey: .anchors)
    missing = try container.decode(PathMissing.self, forKey: .missing)
    collapsesRepeats = try container.decode(Bool.self, forKey: .collapsesRepeats)
    window = try container.decode(PathWindow.self, forKey: .window)
    limit = try container.decode(Int.self, forKey: .limit)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
