public import GA4Model
import StatisticsCore

extension FunnelQuery {
  /// The paths of all units in `log` that meet a condition, in the order of the units.
  ///
  /// ```swift
  /// query.paths(in: log).count                            // as many as units entered
  /// let late = query.paths(in: log) { $0.stop == .windowExpired }
  /// late.map { log.users[$0.unit].key }
  /// ```
  ///
  /// Units that never enter have no path. A unit has one path, save where attempts are counted, then
  /// one for each, in the order of time, and in a breakdown by the values of steps, then one for each
  /// value under which it counts. Added up, the paths of all units are the report of the query.
  ///
  /// - Parameters:
  ///   - log: The events.
  ///   - isIncluded: Whether to keep a path; all are kept if it is left out. What it throws ends the
  ///     search.
  /// - Complexity: O(*n* *s*), where *n* is the number of events and *s* of steps; more only for
  ///   units with many entries in one window.
  public func paths<Failure: Error>(
    in log: EventLog, where isIncluded: (FunnelPath) throws(Failure) -> Bool
  ) throws(Failure) -> [FunnelPath] {
    var paths: [FunnelPath] = []
    try forEachPath(in: log) { (path) throws(Failure) in
      if try isIncluded(path) { paths.append(path) }
    }
    return paths
  }

  /// The paths of all units in `log`, in the order of the units.
  public func paths(in log: EventLog) -> [FunnelPath] { paths(in: log) { _ in true } }

  /// The paths of all units in `log` that meet a condition, found by `workers` tasks over ranges of
  /// users; the same paths in the same order.
  ///
  /// - Parameters:
  ///   - log: The events.
  ///   - workers: How many tasks work at once, at least 1.
  ///   - isIncluded: Whether to keep a path; all are kept if it is left out.
  public func paths(
    in log: EventLog, workers: Int,
    where isIncluded: @escaping @Sendable (FunnelPath) -> Bool = { _ in true }
  ) async -> [FunnelPath] {
    let slices = log.slices(workers)
    guard !log.isEmpty else { return [] }
    let walk = FunnelPathWalk(self, log)
    let parts = await concurrentMap(slices, workers: workers) { slice in
      var part = walk
      part.units.slice = slice
      var paths: [FunnelPath] = []
      part.run { path in
        if isIncluded(path) { paths.append(path) }
      }
      return paths
    }
    let paths = parts.flatMap { $0 }
    // A session may begin among the events of another user than the one that it has in the end.
    if unit == .users { return paths }
    return paths.indices.sorted { (paths[$0].unit, $0) < (paths[$1].unit, $1) }.map { paths[$0] }
  }

  /// Calls `body` with the path of each unit in `log`, in the order of the units, without keeping any.
  ///
  /// ```swift
  /// var waiting = 0
  /// query.forEachPath(in: log) { if $0.stop == .windowStillOpen { waiting += 1 } }
  /// ```
  ///
  /// What `body` throws ends the search.
  public func forEachPath<Failure: Error>(
    in log: EventLog, _ body: (FunnelPath) throws(Failure) -> Void
  ) throws(Failure) {
    guard !log.isEmpty else { return }
    try FunnelPathWalk(self, log).run(body)
  }
}

/// Goes over the paths of the units of a log, or of a slice of it.
struct FunnelPathWalk: Sendable {
  var units: UnitWalk
  /// The end of the data of the whole log.
  let dataEnd: Int64

  /// Looks at all of `log`, which has events.
  init(_ query: FunnelQuery, _ log: EventLog) {
    units = UnitWalk(query, log.wholeSlice)
    dataEnd = query.dataEnd?.microseconds ?? log.wholeSlice.lastMoment
  }

  func run<Failure: Error>(_ body: (FunnelPath) throws(Failure) -> Void) throws(Failure) {
    try units.forEachUnit { (unit, events) throws(Failure) in
      try units.forEachOutcome(of: events) { (outcome, label) throws(Failure) in
        try body(FunnelPath(outcome, unit: unit, events, label: label, self))
      }
    }
  }

  /// The user of a unit; of a session, the last one known in it.
  func user(ofUnit unit: Int) -> UserKey? {
    let storage = units.slice.log.storage
    switch units.query.unit {
    case .users: return storage.userKey(unit)
    case .sessions:
      let user = storage.sessions.user[unit]
      return user == SessionTable.noUser ? nil : storage.userKey(Int(user))
    }
  }
}
