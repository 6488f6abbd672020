import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

/// Small random logs and queries in which much happens at one time.
enum RandomFunnel {
  static let names: [EventName] = ["a", "b", "c", "d", "x"]

  static func events(_ generator: inout SeededGenerator, users: Int = 4) -> [Event] {
    var events: [Event] = []
    for user in 0..<users {
      var clock: Int64 = 1_600_000_000
      for _ in 0..<generator.integer(in: 0...7) {
        if generator.bernoulli(0.55) { clock += Int64(generator.integer(in: 1...3)) }
        var event = Event(
          generator.choose(from: names), at: EventTime(seconds: clock), by: "u\(user)")
        if generator.bernoulli(0.8) {
          event[field: .country] = .string(generator.choose(from: ["X", "Y"]))
        }
        if generator.bernoulli(0.3) { event.parameters["flag"] = 1 }
        events.append(event)
      }
    }
    return events
  }

  static func step(_ generator: inout SeededGenerator) -> Step {
    switch generator.integer(in: 0...5) {
    case 0:
      let pair = [generator.choose(from: names), generator.choose(from: names)]
      return Step("either") { $0.name.isOne(of: pair) }
    case 1:
      let name = generator.choose(from: names)
      return Step("flagged") { $0.name == name && $0["flag"] == 1 }
    default: return Step(generator.choose(from: Array(names.prefix(4))))
    }
  }

  /// What a query asks beside steps.
  enum Option: CaseIterable {
    case plain, firstWindow, previousWindow, stepWindow, strictlyLater, direct, repeats, optional
    case firstEver, firstEntry, open, endAttempt, dropUnit, constant, noRepeats, firstTimes
  }

  static func query(_ options: Set<Option>, _ generator: inout SeededGenerator) -> FunnelQuery {
    var steps = (0..<generator.integer(in: 1...4)).map { _ in step(&generator) }
    func some(_ change: (inout Step) -> Void) {
      for index in steps.indices where generator.bernoulli(0.6) { change(&steps[index]) }
    }
    if options.contains(.stepWindow) { some { $0.within = .seconds(2) } }
    if options.contains(.direct) { some { $0.adjacency = .directly } }
    if options.contains(.repeats) { some { $0.adjacency = .directlyAllowingRepeats } }
    if options.contains(.firstEver) { some { $0.occurrence = .firstEver } }
    if options.contains(.optional) {
      some { $0.isOptional = true }
      steps[0].isOptional = false
    }
    var query = FunnelQuery(steps)
    if options.contains(.firstWindow) {
      query.window = .fromFirstStep(.seconds(generator.integer(in: 1...6)))
    } else if options.contains(.previousWindow) {
      query.window = .fromPreviousStep(.seconds(generator.integer(in: 1...3)))
    }
    if options.contains(.strictlyLater) { query.ties = .strictlyLater }
    if options.contains(.firstEntry) { query.entry = .first }
    if options.contains(.open) { query.entry = .open }
    if !options.isDisjoint(with: [.endAttempt, .dropUnit]), steps.count > 1, query.entry != .open {
      let from = generator.integer(in: 0...steps.count - 2)
      let to = generator.integer(in: from + 1...steps.count - 1)
      let name = generator.choose(from: ["x", "x", "a"] as [EventName])
      query.exclusions = [FunnelExclusion(EventPredicate { $0.name == name }, from: from, to: to)]
      if generator.bernoulli(0.3) {
        query.exclusions.append(
          FunnelExclusion(EventPredicate { $0.name == "d" }, from: 0, to: steps.count - 1))
      }
      query.exclusionPolicy = options.contains(.dropUnit) ? .dropUnit : .endAttempt
    }
    let isRefused = options.contains(.noRepeats) && query.exclusionPolicy == .dropUnit
    if options.contains(.constant), !isRefused { query.holdConstant = [.country] }
    if options.contains(.noRepeats) { query.repeats = .endAttempt }
    if generator.bernoulli(0.5) {
      query.dataEnd = EventTime(seconds: 1_600_000_000 + Int64(generator.integer(in: 0...15)))
    }
    if options.contains(.firstTimes) { query.times = .fromFirstEntry }
    return query
  }
}

@Suite struct FunnelOracleTests {
  /// Compares the report of `query` with what the oracle finds.
  private func check(_ query: FunnelQuery, _ events: [Event]) throws {
    let log = try EventLog(events)
    let report = query.evaluate(log)
    var counts = query.steps.map { _ in 0 }
    var continued = counts
    var open = counts
    var durations: [Int64] = []
    for user in log.users {
      let oracle = FunnelOracle(query: query, events: user.events.map { log[$0] })
      guard let chains = oracle.counted else { continue }
      let best = oracle.path(chains, from: query.times)
      let onPath = Set(best.map(\.step))
      let isCounted = { (step: Int) in !query.steps[step].isOptional || onPath.contains(step) }
      for step in FunnelOracle.steps(chains).filter(isCounted) { counts[step] += 1 }
      for step in FunnelOracle.continued(chains).filter(isCounted) { continued[step] += 1 }
      let last = FunnelOracle.steps(chains).filter(isCounted).max()!
      let end = query.dataEnd?.microseconds ?? log.wholeSlice.lastMoment
      if last < query.steps.count - 1, let close = oracle.close(chains), close >= end {
        open[last] += 1
      }
      let path = oracle.times(best)
      if path.count > 1 { durations.append(path.last! - path[0]) }
      if path.count > 2 { durations.append(path[1] - path[0]) }
    }
    #expect(report.steps.map(\.count) == counts, "\(query)\n\(log.map { "\($0.name)@\($0.time)" })")
    #expect(report.steps.map(\.continued) == continued, "\(query)")
    // What has been excluded or ended by a repeat cannot go on.
    if query.exclusions.isEmpty, query.repeats == .allowed {
      #expect(report.steps.map(\.openWindows) == open, "\(query)")
    }
    if query.holdConstant.isEmpty, query.entry != .open {
      // First to last and first to second of each path: paths of the oracle have no gaps.
      var found: [Int64] = []
      var state = query.makeState()
      state.update(log)
      for (shape, times) in state.paths {
        let width = shape.nonzeroBitCount
        for path in stride(from: 0, to: times.count, by: width) {
          found.append(times[path + width - 1] - times[path])
          if width > 2 { found.append(times[path + 1] - times[path]) }
        }
      }
      #expect(found.sorted() == durations.sorted(), "\(query)")
    }
  }

  @Test(arguments: RandomFunnel.Option.allCases)
  func `every option agrees with all chains of events`(option: RandomFunnel.Option) throws {
    for part in Rounds.parts {
      for var generator in Rounds.generators("funnel \(option)", part: part) {
        let query = RandomFunnel.query([option], &generator)
        try check(query, RandomFunnel.events(&generator))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `options together agree with all chains of events`(part: Int) throws {
    for var generator in Rounds.generators("funnel options", part: part) {
      var options = Set(RandomFunnel.Option.allCases.filter { _ in generator.bernoulli(0.3) })
      if options.contains(.open) { options.subtract([.endAttempt, .dropUnit]) }
      let query = RandomFunnel.query(options, &generator)
      try check(query, RandomFunnel.events(&generator))
    }
  }

  @Test(arguments: Rounds.parts)
  func `steps in any order are the most that fit into a window`(part: Int) throws {
    for var generator in Rounds.generators("funnel any order", part: part) {
      let steps = (0..<generator.integer(in: 1...4)).map { _ in RandomFunnel.step(&generator) }
      let query = FunnelQuery(
        steps,
        window: generator.bernoulli(0.7)
          ? .fromFirstStep(.seconds(generator.integer(in: 1...5))) : .none,
        order: .anyOrder, ties: generator.choose(from: FunnelTies.allCases))
      let log = try EventLog(RandomFunnel.events(&generator))
      var counts = steps.map { _ in 0 }
      for user in log.users {
        let oracle = FunnelOracle(query: query, events: user.events.map { log[$0] })
        for level in 0..<oracle.anyOrderLevel { counts[level] += 1 }
      }
      #expect(query.evaluate(log).steps.map(\.count) == counts, "\(query)")
    }
  }

  @Test(arguments: Rounds.parts)
  func `the plain search is the general one`(part: Int) throws {
    for var generator in Rounds.generators("plain funnel", part: part) {
      var query = FunnelQuery(
        Array(RandomFunnel.names.prefix(generator.integer(in: 1...4))).map { Step($0) },
        window: generator.bernoulli(0.7)
          ? .fromFirstStep(.seconds(generator.integer(in: 1...5))) : .none,
        unit: generator.choose(from: FunnelUnit.allCases),
        ties: generator.choose(from: FunnelTies.allCases),
        times: generator.choose(from: FunnelTimes.allCases))
      if generator.bernoulli(0.3) { query.steps[0] = query.steps.last! }
      if generator.bernoulli(0.3) { query.steps[query.steps.count - 1].within = .seconds(2) }
      if generator.bernoulli(0.3), query.steps.count > 1 {
        query.exclusions = [
          FunnelExclusion(
            EventPredicate { $0.name == "x" }, from: 0,
            to: generator.integer(in: 1...query.steps.count - 1))
        ]
      }
      if generator.bernoulli(0.5) {
        query.breakdown = FunnelBreakdown(
          by: .country,
          attribution: generator.choose(from: [.firstTouch, .lastTouch, .step(0)]))
      }
      query.hasTrend = generator.bernoulli(0.5)
      query.explainsStops = generator.bernoulli(0.5)
      let log = try RandomFunnel.log(&generator)
      guard !log.isEmpty else { continue }
      let slice = log.wholeSlice
      var general = FunnelWalk([query], slice, dataEnd: slice.lastMoment, isGeneral: true)
      general.run()
      let found = FunnelState.report(
        query, general.sums[0], dataEnd: slice.lastMoment,
        eventsWithoutUnit: slice.eventsWithoutUnit(query.unit))
      #expect(query.evaluate(log) == found, "\(query)")
      for step in found.steps.indices.dropLast() where query.explainsStops {
        let row = found.steps[step]
        #expect(row.stops.reduce(0) { $0 + $1.count } == row.count - found.steps[step + 1].count)
      }
    }
  }

  @Test(arguments: RandomFunnel.Option.allCases)
  func `the state obeys the laws of merging`(option: RandomFunnel.Option) async throws {
    for var generator in Rounds.generators("funnel laws \(option)", part: 0, perPart: 4) {
      var query = RandomFunnel.query([option, .firstWindow], &generator)
      query.hasTrend = generator.bernoulli(0.5)
      query.explainsStops = generator.bernoulli(0.5)
      if generator.bernoulli(0.5) { query.breakdown = FunnelBreakdown(by: .country, limit: 1) }
      if generator.bernoulli(0.4) { query.unit = .sessions }
      var other = query
      other.ties = query.ties == .together ? .strictlyLater : .together
      let log = try EventLog(RandomFunnel.eventsInSessions(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }
}
