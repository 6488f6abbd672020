public import GA4Model

/// A step of a funnel: which events fulfil it, and how it must follow the step before.
///
/// ```swift
/// Step(.viewItem)
/// Step("Big purchase") { $0.name == .purchase && $0[.value] > 50 }
/// Step("Search or browse") { $0.name.isOne(of: ["view_search_results", "view_item_list"]) }
/// Step(.addToCart, within: .seconds(1_800)).optional()
/// ```
///
/// One event never fulfils two steps of the same path.
public struct Step: Sendable, Hashable, Codable {
  /// Which of the events that meet the condition count.
  public enum Occurrence: String, Sendable, Hashable, Codable, CaseIterable {
    /// All of them.
    case any
    /// The first of the unit in the whole log only; of several at that time, any.
    case firstEver
  }

  /// What may stand between the step before and this one.
  public enum Adjacency: String, Sendable, Hashable, Codable, CaseIterable {
    /// Anything.
    case eventually
    /// No other event of the unit at a time strictly between.
    case directly
    /// Nothing but events that meet the step before as well.
    case directlyAllowingRepeats
  }

  /// What the step is called in reports.
  public var label: String
  /// The condition on an event.
  public var predicate: EventPredicate
  /// Which of the events that meet the condition count.
  public var occurrence: Occurrence
  /// What may stand between the step before and this one; of no meaning for the first step.
  public var adjacency: Adjacency
  /// Whether a path may leave the step out; the first step never is.
  public var isOptional: Bool
  /// The longest time since the step before, inclusive; `nil` for no limit of the step's own.
  public var within: Duration?

  /// Makes a step for the events that meet `predicate`.
  ///
  /// `within`: The longest time since the step before, positive.
  public init(
    _ label: String, _ predicate: EventPredicate, occurrence: Occurrence = .any,
    adjacency: Adjacency = .eventually, within: Duration? = nil
  ) {
    self.label = label
    self.predicate = predicate
    self.occurrence = occurrence
    self.adjacency = adjacency
    isOptional = false
    self.within = within
  }

  /// Makes a step for the events that meet the condition that `body` describes.
  public init(
    _ label: String, occurrence: Occurrence = .any, adjacency: Adjacency = .eventually,
    within: Duration? = nil, where body: (EventStandIn) -> EventPredicate
  ) {
    self.init(
      label, EventPredicate(body), occurrence: occurrence, adjacency: adjacency, within: within)
  }

  /// Makes a step for the events called `name`.
  public init(
    _ name: EventName, occurrence: Occurrence = .any, adjacency: Adjacency = .eventually,
    within: Duration? = nil
  ) {
    self.init(
      name.rawValue, EventPredicate { $0.name == name }, occurrence: occurrence,
      adjacency: adjacency, within: within)
  }

  /// The step, which a path may leave out.
  public func optional() -> Step {
    var step = self
    step.isOptional = true
    return step
  }
}

extension Step: CustomStringConvertible {
  /// The step in words.
  public var description: String {
    var text = label
    if occurrence == .firstEver { text = "first ever " + text }
    switch adjacency {
    case .eventually: break
    case .directly: text = "directly " + text
    case .directlyAllowingRepeats: text = "directly, save repeats, " + text
    }
    if let within { text += " within \(within.words)" }
    return isOptional ? "(\(text))" : text
  }
}
