public import GA4Model

/// How far one unit came in a funnel, by which events, and why it stopped there.
///
/// ```swift
/// for path in query.paths(in: log) where path.stop == .windowExpired {
///   print(path)   // 2 of 4 steps: events 40, 44, –, – from 2024-01-03T08:00:00Z; window expired
/// }
/// ```
public struct FunnelPath: Sendable, Hashable, Codable {
  /// An event of the path.
  public struct Point: Sendable, Hashable, Codable {
    /// Its position in the log.
    public var event: Int
    /// When it happened.
    public var time: EventTime

    /// Makes a point.
    public init(event: Int, time: EventTime) {
      self.event = event
      self.time = time
    }
  }

  /// The position of the unit in `EventLog.users`, or in `EventLog.sessions` where the funnel
  /// follows these.
  public var unit: Int
  /// The user; of a session, the last one known in it, `nil` where there is none.
  public var user: UserKey?
  /// The value under which the path counts in a breakdown, `nil` without one; never
  /// ``FunnelReport/GroupLabel/other``, since which values are listed depends on all units.
  public var group: FunnelReport.GroupLabel?
  /// By step, its event; `nil` where the step was left out or not reached.
  ///
  /// In any order, the second point is the second step that the unit did, whichever it is.
  public var points: [Point?]
  /// The steps that count for the unit, counting from 0, ascending: those with a point, and in an
  /// open funnel also those that it did on other paths.
  public var steps: [Int]
  /// Those of ``steps`` that the unit reached from a step before.
  public var continued: [Int]
  /// Why it went no further.
  public var stop: StopReason
  /// The time of the latest entry, from which it is told whether a window is still open.
  public var latestEntry: EventTime

  /// Whether the unit did the last step.
  public var isComplete: Bool { stop == .completed }
}

extension FunnelPath: CustomStringConvertible {
  /// The path in words, without its user.
  public var description: String {
    let events = points.map { point in point.map { String($0.event) } ?? "–" }
    var text = "\(steps.count) of \(points.count) steps: events "
    text += events.joined(separator: ", ")
    if let first = points.lazy.compactMap({ $0 }).first { text += " from \(first.time)" }
    if case .value(let value) = group { text += ", \(value ?? "(missing)")" }
    return text + "; \(stop)"
  }
}

extension FunnelPath {
  /// Describes `outcome` of the unit with `events`.
  init(_ outcome: UnitOutcome, unit: Int, _ events: UnitEvents, label: Int, _ walk: FunnelPathWalk)
  {
    let units = walk.units
    self.unit = unit
    user = walk.user(ofUnit: unit)
    group = units.labels.map { .value($0.labels[label]) }
    points = outcome.path.map { place in
      place.map {
        Point(event: events.rows[$0], time: EventTime(microseconds: events.times[$0]))
      }
    }
    let count = units.rules.stepCount
    steps = (0..<count).filter { outcome.steps >> UInt64($0) & 1 == 1 }
    continued = (0..<count).filter { outcome.continued >> UInt64($0) & 1 == 1 }
    stop = outcome.stop
    if stop != .completed,
      let close = outcome.close,
      close >= walk.dataEnd
    {
      stop = .windowStillOpen
    }
    latestEntry = EventTime(microseconds: outcome.latestEntry)
  }
}
