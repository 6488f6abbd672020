public import GA4Model

/// Whose paths a funnel follows.
public enum FunnelUnit: String, Sendable, Hashable, Codable, CaseIterable {
  /// Users, by the rule of the log.
  case users
  /// Sessions, by the rule of the log; a login does not split them.
  case sessions
}

/// What a funnel counts.
public enum FunnelCounting: String, Sendable, Hashable, Codable, CaseIterable {
  /// Units, each once, by the furthest step that any of its attempts reaches.
  case units
  /// Attempts: the next begins behind the end of the one before, which is its last step, its window
  /// or an exclusion.
  case totals
}

/// How long a path may take; all windows include their end and are elapsed time, not calendar days.
public enum FunnelWindow: Sendable, Hashable, Codable {
  /// As long as it likes.
  case none
  /// So long from the first step to the last.
  case fromFirstStep(Duration)
  /// So long from each step to the next (GA4's `withinDurationFromPriorStep`).
  case fromPreviousStep(Duration)
}

extension FunnelWindow: CustomStringConvertible {
  /// The window in words.
  public var description: String {
    switch self {
    case .none: "without window"
    case .fromFirstStep(let duration): "within \(duration.words) of the first step"
    case .fromPreviousStep(let duration): "within \(duration.words) of the step before"
    }
  }
}

/// What order events of one time are in.
public enum FunnelTies: String, Sendable, Hashable, Codable, CaseIterable {
  /// The order of the steps: events of one time can fulfil one step after the other.
  case together
  /// None: every step must be at a later time than the one before.
  case strictlyLater
}

/// In which order the steps must come.
public enum FunnelOrder: String, Sendable, Hashable, Codable, CaseIterable {
  /// In that of the query.
  case inOrder
  /// In any; "step 2" then says that two different steps were done inside one window.
  case anyOrder
}

/// Where a path may begin.
public enum FunnelEntry: String, Sendable, Hashable, Codable, CaseIterable {
  /// At any event of the first step, the best path counting.
  case any
  /// At the unit's first event of the first step only.
  case first
  /// At any event of any step: an open funnel. A unit counts at every step that it did.
  case open
}

/// What happens when a step that an attempt has done happens again.
public enum FunnelRepeats: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing; a path may use either event.
  case allowed
  /// The attempt ends, save at repeats of its first step; the steps done still count.
  case endAttempt
}

/// From which entry of a unit the time of its path is measured, where several lead to its furthest
/// step at the same moment.
///
/// It decides which path is the unit's, and so which optional steps are on it.
public enum FunnelTimes: String, Sendable, Hashable, Codable, CaseIterable {
  /// From the latest: how long it takes once the unit is on its way.
  case fromLatestEntry
  /// From the first whose window is still open: how long it takes from the first contact.
  case fromFirstEntry
  /// Not at all, which saves time and memory.
  case notMeasured
}

/// Events that must not happen between two steps.
///
/// ```swift
/// query.exclusions = [FunnelExclusion(EventPredicate { $0.name == .scroll }, from: 0, to: 2)]
/// query.exclusionPolicy = .dropUnit
/// ```
///
/// An event at the time of either step does not lie between them; at that of a step in between it
/// does. ``Policy/dropUnit`` also drops units that never do the step `to`.
public struct FunnelExclusion: Sendable, Hashable, Codable {
  /// What happens to a path with such an event.
  public enum Policy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The attempt ends; the steps before still count (Mixpanel).
    case endAttempt
    /// The unit is not counted at all, unless another attempt gets as far without (PostHog).
    case dropUnit
  }

  /// The condition on the event.
  public var predicate: EventPredicate
  /// The step, counting from 0, after which it must not happen.
  public var from: Int
  /// The step, counting from 0, before which it must not happen.
  public var to: Int

  /// Makes an exclusion of the events that meet `predicate` at times strictly between those of the
  /// steps `from` and `to`, which count from 0.
  public init(_ predicate: EventPredicate, from: Int, to: Int) {
    self.predicate = predicate
    self.from = from
    self.to = to
  }
}

/// A division of a funnel by the values of a dimension.
///
/// ```swift
/// query.breakdown = FunnelBreakdown(by: .deviceCategory)
/// for group in query.evaluate(log).groups { print(group.label, group.steps.map(\.count)) }
/// ```
///
/// By ``Attribution/step(_:)`` and ``Attribution/allEvents`` a unit can be in several groups; the
/// steps of the report are then the sum of the groups, and count it in each.
public struct FunnelBreakdown: Sendable, Hashable, Codable {
  /// Which event of a unit gives it its value.
  public enum Attribution: Sendable, Hashable, Codable {
    /// The first of the events that fulfil any step and have a value.
    case firstTouch
    /// The last of these.
    case lastTouch
    /// That which fulfils a step, counting from 0: a unit counts under each value with which it can
    /// do that step, and not at all if it never does.
    case step(Int)
    /// Every event of the path, which must agree: a unit counts under each value with which it has
    /// a path.
    case allEvents
  }

  /// The dimension.
  public var dimension: EventDimension
  /// Which event of a unit gives it its value.
  public var attribution: Attribution
  /// How many values are listed, those with the most units; the others are one group.
  public var limit: Int

  /// Makes a breakdown by `dimension`.
  ///
  /// `limit`: How many values are listed, at least 1.
  public init(
    by dimension: EventDimension, attribution: Attribution = .firstTouch, limit: Int = 25
  ) {
    self.dimension = dimension
    self.attribution = attribution
    self.limit = limit
  }
}
