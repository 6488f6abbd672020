/// Which events belong to one session, and when a session counts as engaged.
///
/// ```swift
/// SessionRule()                             // GA4: by ga_session_id, else a gap of 30 minutes
/// SessionRule(.gap, gap: .seconds(45 * 60))  // always by a gap
/// ```
public struct SessionRule: Sendable, Hashable, Codable {
  /// How sessions are told apart.
  public enum Boundary: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the export's `ga_session_id` within `user_pseudo_id` (or `user_id` where that is absent),
    /// so a login does not split a session; users none of whose events has an id fall back to
    /// ``gap``, and of other users the events without an id have no session.
    case exported
    /// A new session begins after more than ``SessionRule/gap`` without an event of the user.
    case gap
  }

  /// How sessions are told apart.
  public var boundary: Boundary
  /// The longest silence inside a session that is told by a gap.
  public var gap: Duration
  /// A session without a `session_engaged` parameter is engaged when it lasts longer than this.
  public var engagedAfter: Duration
  /// Events of which one makes such a session engaged.
  public var keyEvents: [EventName]
  /// How many page or screen views make such a session engaged.
  public var engagedViews: Int

  /// Makes a rule; the defaults are GA4's.
  ///
  /// - Parameters:
  ///   - boundary: how sessions are told apart.
  ///   - gap: positive and at most 7 hours 55 minutes, the range GA4 offers.
  ///   - engagedAfter: a session is engaged when it lasts longer than this …
  ///   - keyEvents: … or contains one of these events …
  ///   - engagedViews: … or this many page or screen views.
  public init(
    _ boundary: Boundary = .exported, gap: Duration = .seconds(30 * 60),
    engagedAfter: Duration = .seconds(10), keyEvents: [EventName] = ["purchase"],
    engagedViews: Int = 2
  ) {
    precondition(
      Self.isGap(gap), "A session gap must be positive and at most 7 hours 55 minutes")
    self.boundary = boundary
    self.gap = gap
    self.engagedAfter = engagedAfter
    self.keyEvents = keyEvents
    self.engagedViews = engagedViews
  }

  /// Whether GA4 offers `duration` as a gap between sessions.
  static func isGap(_ duration: Duration) -> Bool {
    duration > .zero && duration <= .seconds(7 * 3600 + 55 * 60)
  }
}

extension SessionRule: CustomStringConvertible {
  /// The rule in words.
  public var description: String {
    let minutes = "\(gap.components.seconds / 60) minutes"
    return switch boundary {
    case .exported: "ga_session_id, where a user has none a gap of more than \(minutes)"
    case .gap: "a gap of more than \(minutes)"
    }
  }
}

extension Duration {
  /// Whole microseconds, towards zero, or the nearest bound of `Int64`.
  package var microseconds: Int64 {
    let (seconds, attoseconds) = components
    // Both parts carry the sign of the duration, so that one overflow cannot undo the other.
    return seconds.multipliedSaturated(by: 1_000_000)
      .addingSaturated(attoseconds / 1_000_000_000_000)
  }
}
