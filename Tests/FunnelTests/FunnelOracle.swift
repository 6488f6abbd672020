import Funnel
import GA4Model

/// A funnel the obvious way: all chains of distinct events of a unit, one by one.
struct FunnelOracle {
  var query: FunnelQuery
  var events: [Event]

  /// A path: for each step taken the position of its event.
  typealias Chain = [(step: Int, event: Int)]

  private func matches(_ step: Int, _ event: Int) -> Bool {
    let wanted = query.steps[step]
    guard wanted.predicate.matches(events[event]) else { return false }
    if wanted.occurrence == .firstEver {
      return !events.contains { $0.time < events[event].time && wanted.predicate.matches($0) }
    }
    return true
  }

  private func time(_ event: Int) -> Int64 { events[event].time.microseconds }

  private func distance(_ a: Int, _ b: Int) -> Duration {
    .microseconds(time(b) - time(a))
  }

  private var total: Duration? {
    if case .fromFirstStep(let duration) = query.window { duration } else { nil }
  }

  private func within(_ step: Int) -> Duration? {
    var limits = [query.steps[step].within].compactMap { $0 }
    if case .fromPreviousStep(let duration) = query.window { limits.append(duration) }
    return limits.min()
  }

  private func isAdjacent(_ before: Int, _ step: Int, _ event: Int) -> Bool {
    let between = events.indices.filter { time($0) > time(before) && time($0) < time(event) }
    switch query.steps[step].adjacency {
    case .eventually: return true
    case .directly: return between.isEmpty
    case .directlyAllowingRepeats: return between.allSatisfy { matches(step - 1, $0) }
    }
  }

  private func holds(_ chain: Chain) -> Bool {
    query.holdConstant.allSatisfy { dimension in
      Set(chain.map { value(dimension, $0.event) }).count <= 1
    }
  }

  func value(_ dimension: EventDimension, _ event: Int) -> String? {
    precondition(dimension == .country, "The oracle knows one dimension")
    return events[event][field: .country]?.text
  }

  /// Whether no exclusion stands in the way of `chain`; one that has not come as far as the later step
  /// of an exclusion must be free of it up to `end`.
  private func isClean(_ chain: Chain, until end: Int64) -> Bool {
    query.exclusions.allSatisfy { exclusion in
      guard let from = chain.first(where: { $0.step >= exclusion.from }) else { return true }
      let to = chain.first { $0.step >= exclusion.to }
      return !events.indices.contains { event in
        guard exclusion.predicate.matches(events[event]), time(event) > time(from.event) else {
          return false
        }
        if let to { return time(event) < time(to.event) }
        return time(event) <= end
      }
    }
  }

  /// All chains from `first`, exclusions left aside.
  private func chains(from first: Int) -> [Chain] {
    var found: [Chain] = []
    func extend(_ chain: Chain) {
      found.append(chain)
      let (step, event) = chain.last!
      for next in step + 1..<max(step + 1, query.steps.count) {
        for candidate in events.indices where !chain.contains(where: { $0.event == candidate }) {
          let isLater =
            query.ties == .strictlyLater
            ? time(candidate) > time(event) : time(candidate) >= time(event)
          guard isLater, matches(next, candidate) else { continue }
          if let total, distance(chain[0].event, candidate) > total { continue }
          if let within = within(next), distance(event, candidate) > within { continue }
          if !isAdjacent(event, next, candidate) { continue }
          extend(chain + [(next, candidate)])
        }
        if !query.steps[next].isOptional { break }
      }
    }
    for event in events.indices where matches(first, event) { extend([(first, event)]) }
    found = found.filter(holds)
    if query.repeats == .allowed { return found }
    return found.filter { chain in
      let start = time(chain[0].event)
      return time(chain.last!.event) < end(ofAttemptFrom: start, found, first)
    }
  }

  /// When a step that some path from `start` has done happens again.
  private func end(ofAttemptFrom start: Int64, _ chains: [Chain], _ first: Int) -> Int64 {
    let own = chains.filter { time($0[0].event) == start }
    for now in Set(events.indices.map(time)).sorted() where now > start {
      for chain in own where time(chain.last!.event) < now {
        let step = chain.last!.step
        if step > first, events.indices.contains(where: { time($0) == now && matches(step, $0) }) {
          return now
        }
      }
    }
    return .max
  }

  /// All chains that the entry rule lets, exclusions left aside.
  private var allChains: [Chain] {
    switch query.entry {
    case .any: return chains(from: 0)
    case .open: return query.steps.indices.flatMap { chains(from: $0) }
    case .first:
      let found = chains(from: 0)
      let first = found.map { time($0[0].event) }.min()
      return found.filter { time($0[0].event) == first }
    }
  }

  private func windowEnd(_ chain: Chain) -> Int64 {
    total.map { time(chain[0].event) + Int64($0 / .microseconds(1)) } ?? .max
  }

  /// The chains that count; `nil` where the unit is not counted at all.
  var counted: [Chain]? {
    let all = allChains
    guard !all.isEmpty else { return nil }
    if query.exclusions.isEmpty { return all }
    let clean = all.filter { isClean($0, until: time($0.last!.event)) }
    if query.exclusionPolicy == .endAttempt { return clean }
    let level = all.map { $0.last!.step }.max()!
    let proofs = clean.filter {
      // What comes behind the end of an attempt is not its business.
      let end = query.repeats == .allowed ? .max : end(ofAttemptFrom: time($0[0].event), all, 0) - 1
      return $0.last!.step == level && isClean($0, until: min(windowEnd($0), end))
    }
    if proofs.isEmpty { return nil }
    let starts = Set(proofs.map { time($0[0].event) })
    return clean.filter { starts.contains(time($0[0].event)) }
  }

  /// The steps that count, as bits.
  static func steps(_ chains: [Chain]) -> Set<Int> { Set(chains.flatMap { $0.map(\.step) }) }

  /// The steps that a chain reaches from a step before.
  static func continued(_ chains: [Chain]) -> Set<Int> {
    Set(chains.flatMap { $0.dropFirst().map(\.step) })
  }

  /// The path of the unit from its latest or its first entry.
  func path(_ chains: [Chain], from anchor: FunnelTimes = .fromLatestEntry) -> Chain {
    func length(_ chain: Chain) -> Int { chain.last!.step - chain[0].step }
    let most = chains.map(length).max()!
    func times(_ chain: Chain) -> [Int64] {
      query.steps.indices.map { step in
        chain.first { $0.step == step }.map { time($0.event) } ?? .max
      }
    }
    return chains.filter { length($0) == most }.min { left, right in
      let (a, b) = (time(left.last!.event), time(right.last!.event))
      if a != b { return a < b }
      let (c, d) = (time(left[0].event), time(right[0].event))
      if c != d { return anchor == .fromFirstEntry ? c < d : c > d }
      return times(left).lexicographicallyPrecedes(times(right))
    }!
  }

  func times(_ chain: Chain) -> [Int64] { chain.map { time($0.event) } }

  /// When no chain can be continued any more, `nil` for never; for queries without exclusions.
  func close(_ chains: [Chain]) -> Int64? {
    func end(_ start: Int64, _ limit: Duration?) -> Int64? {
      limit.map { start + Int64($0 / .microseconds(1)) }
    }
    let starts = chains.map { time($0[0].event) }
    if query.steps.indices.allSatisfy({ within($0) == nil }) { return end(starts.max()!, total) }
    return chains.compactMap { chain -> Int64? in
      let (step, event) = chain.last!
      var limits: [Duration?] = []
      for next in step + 1..<max(step + 1, query.steps.count) {
        limits.append(within(next))
        if !query.steps[next].isOptional { break }
      }
      if limits.isEmpty { return nil }
      let longest = limits.contains(nil) ? nil : limits.compactMap { $0 }.max()
      return [end(time(chain[0].event), total), end(time(event), longest)].compactMap { $0 }.min()
    }.max()
  }

  /// The most different steps inside one window, in any order.
  var anyOrderLevel: Int {
    var most = 0
    func assign(_ step: Int, _ used: [Int]) {
      if step == query.steps.count {
        most = max(most, used.count)
        return
      }
      assign(step + 1, used)
      for event in events.indices where matches(step, event) && !used.contains(event) {
        let times = (used + [event]).map(time)
        if query.ties == .strictlyLater, Set(times).count < times.count { continue }
        if let total, Duration.microseconds(times.max()! - times.min()!) > total { continue }
        assign(step + 1, used + [event])
      }
    }
    assign(0, [])
    return most
  }
}
