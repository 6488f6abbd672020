import Funnel
import GA4Model

/// Matches of a pattern the obvious way: every way to read it along the events of a unit.
struct SequenceOracle {
  private let elements: [SequencePattern.Element]
  /// The events of the sequence, in the order of the log.
  private let events: [Event]
  /// The positions of the events in the log.
  let positions: [Int]

  init(_ query: SequenceQuery, _ log: EventLog, _ positions: [Int]) {
    elements = query.pattern.elements
    let kept = positions.filter { position in
      query.over == .allEvents
        || query.pattern.conditions.contains { $0.predicate.matches(log[position]) }
    }
    self.positions = kept
    events = kept.map { log[$0] }
  }

  /// All matches whose events stand at or behind `start`, as places of their events.
  func matches(from start: Int) -> Set<[Int]> {
    var found = Set<[Int]>()
    /// Reads the elements from `element` on; `place` is the next event, `base` the one before a gap.
    func read(_ element: Int, _ place: Int, _ base: Int, _ taken: [Int]) {
      if element == elements.count {
        found.insert(taken)
        return
      }
      switch elements[element] {
      case .event(let condition):
        if place < events.count, condition.predicate.matches(events[place]) {
          read(element + 1, place + 1, place, taken + [place])
        }
      case .anyEvent:
        if place < events.count { read(element + 1, place + 1, place, taken + [place]) }
      case .anything:
        // The first event that is not skipped may be none.
        for next in place...events.count { read(element + 1, next, next, taken) }
      case .gap(let comparison, let duration):
        for next in place..<max(place, events.count)
        where holds(events[next].time - events[base].time, comparison, duration) {
          read(element + 1, next, next, taken)
        }
      }
    }
    for first in start..<max(start, events.count) { read(0, first, first, []) }
    return found
  }

  private func holds(
    _ time: Duration, _ comparison: SequencePattern.Comparison, _ limit: Duration
  ) -> Bool {
    switch comparison {
    case .lessThan: time < limit
    case .atMost: time <= limit
    case .exactly: time == limit
    case .atLeast: time >= limit
    case .moreThan: time > limit
    }
  }

  /// The first match at or behind `start`: of those that begin first that whose second event is first,
  /// and so on.
  func firstMatch(from start: Int = 0) -> [Int]? {
    matches(from: start).min { $0.lexicographicallyPrecedes($1) }
  }

  /// How many matches there are if each is looked for behind the one before.
  var count: Int {
    var count = 0
    var start = 0
    while let match = firstMatch(from: start) {
      count += 1
      start = match.last! + 1
    }
    return count
  }

  /// The most matches that can be chosen so that each begins behind the end of the one before.
  var mostMatches: Int {
    let all = matches(from: 0)
    /// By place, the most matches from there on.
    var most = Array(repeating: 0, count: events.count + 1)
    for start in events.indices.reversed() {
      let taken = all.filter { $0[0] == start }.map { most[$0.last! + 1] + 1 }
      most[start] = max(most[start + 1], taken.max() ?? 0)
    }
    return most[0]
  }

  func time(_ place: Int) -> EventTime { events[place].time }
}

extension SequenceQuery {
  /// The units of `log` with the positions of their events in the order of the sequence.
  func units(of log: EventLog) -> [[Int]] {
    switch unit {
    case .users: log.users.map { Array($0.events) }
    case .sessions:
      log.sessions.indices.map { session in
        log.indices.filter { log.session(ofEvent: $0) == session }
          .sorted { (log[$0].time, $0) < (log[$1].time, $1) }
      }
    }
  }
}
