import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

/// A query of any kind, with a breakdown, attempts, sessions and an end of the data.
extension RandomFunnel {
  static func anyQuery(_ generator: inout SeededGenerator) -> FunnelQuery {
    if generator.bernoulli(0.15) {
      return FunnelQuery(
        (0..<generator.integer(in: 1...4)).map { _ in step(&generator) },
        window: generator.bernoulli(0.7)
          ? .fromFirstStep(.seconds(generator.integer(in: 1...5))) : .none,
        unit: generator.choose(from: FunnelUnit.allCases), order: .anyOrder,
        ties: generator.choose(from: FunnelTies.allCases),
        entry: generator.choose(from: [.any, .first]), explainsStops: true)
    }
    var options = Set(Option.allCases.filter { _ in generator.bernoulli(0.25) })
    if options.contains(.open) { options.subtract([.endAttempt, .dropUnit]) }
    var query = query(options, &generator)
    query.unit = generator.choose(from: FunnelUnit.allCases)
    if query.entry != .open, generator.bernoulli(0.2) { query.counting = .totals }
    if generator.bernoulli(0.4) {
      let step = generator.integer(below: query.steps.count)
      query.breakdown = FunnelBreakdown(
        by: .country,
        attribution: generator.choose(from: [.firstTouch, .lastTouch, .step(step), .allEvents]),
        limit: 100)
    }
    if generator.bernoulli(0.3) { query.dataEnd = EventTime(seconds: 1_600_000_008) }
    query.explainsStops = true
    return query
  }

  /// Events of which some have a session, so that logs have sessions by id and by gap.
  static func eventsInSessions(_ generator: inout SeededGenerator, users: Int = 4) -> [Event] {
    var events = events(&generator, users: users)
    for index in events.indices where generator.bernoulli(0.7) {
      events[index].parameters.append(.sessionID, .int(Int64(generator.integer(below: 2))))
      // A login in the middle of a session.
      if generator.bernoulli(0.1) { events[index].userID = "login" }
    }
    return events
  }

  static func log(_ generator: inout SeededGenerator) throws -> EventLog {
    let hasSessions = generator.bernoulli(0.5)
    return try EventLog(
      hasSessions ? eventsInSessions(&generator) : events(&generator),
      options: EventLogOptions(
        sessions: SessionRule(generator.choose(from: [.exported, .gap]), gap: .seconds(2))))
  }
}

@Suite struct FunnelPathTests {
  private static let start: Int64 = 1_600_000_000

  private func log(_ events: [(EventName, Int64)], by user: String = "u") throws -> EventLog {
    try EventLog(events.map { Event($0.0, at: EventTime(seconds: Self.start + $0.1), by: user) })
  }

  /// What `paths` add up to must be what `rows` say.
  private func expect(
    _ paths: [FunnelPath], addUpTo rows: [FunnelReport.StepRow], _ query: FunnelQuery
  ) {
    for (step, row) in rows.enumerated() {
      #expect(row.count == paths.count { $0.steps.contains(step) }, "\(query)")
      #expect(row.continued == paths.count { $0.continued.contains(step) }, "\(query)")
      let stopped = paths.filter { $0.steps.last == step }
      #expect(row.openWindows == stopped.count { $0.stop == .windowStillOpen }, "\(query)")
      let stops = Dictionary(grouping: stopped, by: \.stop).mapValues(\.count)
      #expect(
        Dictionary(uniqueKeysWithValues: row.stops.map { ($0.reason, $0.count) }) == stops,
        "\(query)")
      guard step > 0 else { continue }
      #expect(row.timeFromPrevious == time(paths, step - 1, step), "\(query)")
    }
  }

  private func time(_ paths: [FunnelPath], _ first: Int, _ last: Int) -> TimeToConvert? {
    TimeToConvert(
      paths.compactMap { path in
        guard let a = path.points[first], let b = path.points[last] else { return nil }
        return b.time.microseconds - a.time.microseconds
      }.sorted())
  }

  @Test(arguments: Rounds.parts)
  func `paths add up to the report`(part: Int) async throws {
    for var generator in Rounds.generators("funnel paths", part: part) {
      let query = RandomFunnel.anyQuery(&generator)
      let log = try RandomFunnel.log(&generator)
      let report = query.evaluate(log)
      let paths = query.paths(in: log)
      expect(paths, addUpTo: report.steps, query)
      for first in query.steps.indices {
        for last in query.steps.indices.dropFirst(first + 1) {
          #expect(report.timeToConvert(from: first, to: last) == time(paths, first, last))
        }
      }
      for group in report.groups {
        expect(paths.filter { $0.group == group.label }, addUpTo: group.steps, query)
      }
      #expect(
        Set(paths.compactMap(\.group)) == Set(report.groups.map(\.label)), "\(query)")
      // A report that explains nothing may come from another search.
      var quiet = query
      quiet.explainsStops = false
      let plain = quiet.evaluate(log)
      #expect(plain.steps.map(\.count) == report.steps.map(\.count), "\(query)")
      #expect(
        plain.steps.map(\.timeFromPrevious) == report.steps.map(\.timeFromPrevious), "\(query)")
      #expect(plain.steps.map(\.openWindows) == report.steps.map(\.openWindows), "\(query)")

      // Whoever asks, and with however many workers.
      #expect(zip(paths, paths.dropFirst()).allSatisfy { $0.unit <= $1.unit }, "\(query)")
      for workers in [1, 2, 5] {
        #expect(await query.paths(in: log, workers: workers) == paths, "\(query)")
      }
      let late = paths.filter { $0.stop == .windowExpired }
      #expect(query.paths(in: log) { $0.stop == .windowExpired } == late)
      #expect(await query.paths(in: log, workers: 3) { $0.stop == .windowExpired } == late)
    }
  }

  @Test(.enabled(if: RealData.isAvailable))
  func `paths of the six days add up to the report`() async throws {
    let log = try await RealData.sixDays()
    let steps = [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)]
    for unit in FunnelUnit.allCases {
      let query = FunnelQuery(
        steps, window: .fromFirstStep(.seconds(7_200)), unit: unit,
        breakdown: FunnelBreakdown(by: .deviceCategory), explainsStops: true)
      let report = query.evaluate(log)
      let paths = await query.paths(in: log, workers: 2)
      expect(paths, addUpTo: report.steps, query)
      for group in report.groups {
        expect(paths.filter { $0.group == group.label }, addUpTo: group.steps, query)
      }
      #expect(query.paths(in: log) == paths)
    }
  }

  @Test(arguments: Rounds.parts)
  func `the events of a path are of the unit and fulfil their steps`(part: Int) throws {
    for var generator in Rounds.generators("funnel path events", part: part) {
      let query = RandomFunnel.anyQuery(&generator)
      let log = try RandomFunnel.log(&generator)
      for path in query.paths(in: log) {
        let points = path.points.compactMap { $0 }
        #expect(path.points.count == query.steps.count)
        #expect(Set(points.map(\.event)).count == points.count)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.time <= $1.time })
        for (step, point) in path.points.enumerated() {
          guard let point else { continue }
          #expect(log[point.event].time == point.time)
          switch query.unit {
          case .users:
            #expect(log.user(ofEvent: point.event) == path.unit)
            #expect(path.user == log.users[path.unit].key)
          case .sessions:
            #expect(log.session(ofEvent: point.event) == path.unit)
            #expect(path.user == log.sessions[path.unit].user)
          }
          if query.order == .inOrder {
            #expect(query.steps[step].predicate.matches(log[point.event]))
            #expect(path.steps.contains(step))
          } else {
            #expect(query.steps.contains { $0.predicate.matches(log[point.event]) })
          }
        }
        #expect(path.isComplete == (path.steps.last == query.steps.count - 1))
      }
    }
  }

  @Test(arguments: RandomFunnel.Option.allCases)
  func `a path is that of all chains of events`(option: RandomFunnel.Option) throws {
    for part in Rounds.parts {
      for var generator in Rounds.generators("funnel path \(option)", part: part) {
        let query = RandomFunnel.query([option], &generator)
        let log = try EventLog(RandomFunnel.events(&generator))
        let paths = query.paths(in: log)
        for (number, user) in log.users.enumerated() {
          let oracle = FunnelOracle(query: query, events: user.events.map { log[$0] })
          let own = paths.filter { $0.unit == number }
          guard let chains = oracle.counted else {
            #expect(own.isEmpty, "\(query)")
            continue
          }
          try #require(own.count == 1, "\(query)")
          let found = own[0].points.enumerated().compactMap { step, point in
            point.map { (step: step, time: $0.time.microseconds) }
          }
          let best = oracle.path(chains, from: query.times)
          #expect(found.map(\.time) == oracle.times(best), "\(query)")
          #expect(found.map(\.step) == best.map(\.step), "\(query)")
        }
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `of events of one time each step in turn has the first that it can`(part: Int) {
    for var generator in Rounds.generators("funnel tie events", part: part) {
      let masks = (0..<generator.integer(in: 1...5)).map { _ in
        UInt64(generator.integer(below: 16)) & UInt64(generator.integer(below: 16))
      }
      let steps = UInt64(generator.integer(in: 1...15))
      // All ways to give each step an event of its own, the first events first.
      var ways: [[Int: Int]] = [[:]]
      for step in 0..<4 where steps >> UInt64(step) & 1 == 1 {
        ways = ways.flatMap { way in
          masks.indices.filter { masks[$0] >> UInt64(step) & 1 == 1 && !way.values.contains($0) }
            .map { way.merging([step: $0]) { $1 } }
        }
      }
      let matching = TieMatching(masks[...])
      #expect(matching.firstEvents(of: steps) == ways.first)
      #expect(matching.fulfils(steps) == !ways.isEmpty)
    }
  }

  @Test func `a path names its events, its end and the latest entry`() throws {
    let log = try log([("a", 0), ("x", 1), ("a", 4), ("b", 6), ("c", 40)])
    let query = FunnelQuery(
      [Step("a"), Step("b"), Step("c")], window: .fromFirstStep(.seconds(20)))
    let path = try #require(query.paths(in: log).first)
    #expect(path.unit == 0)
    #expect(path.user == .pseudoID("u"))
    #expect(path.group == nil)
    #expect(path.points.map { $0?.event } == [2, 3, nil])
    #expect(path.points[1]?.time == EventTime(seconds: Self.start + 6))
    #expect(path.steps == [0, 1])
    #expect(path.continued == [1])
    #expect(path.stop == .windowExpired)
    #expect(path.latestEntry == EventTime(seconds: Self.start + 4))
    #expect(
      "\(path)" == "2 of 3 steps: events 2, 3, – from 2020-09-13T12:26:44Z; window expired")
    #expect(!path.description.contains("pseudo"))
  }

  @Test func `a window that outlasts the data is still open`() throws {
    let log = try log([("a", 0), ("b", 1)])
    var query = FunnelQuery([Step("a"), Step("c")], window: .fromFirstStep(.seconds(10)))
    #expect(query.paths(in: log).map(\.stop) == [.noLaterEvent])
    query.dataEnd = EventTime(seconds: Self.start + 10)
    #expect(query.paths(in: log).map(\.stop) == [.windowStillOpen])
    query.dataEnd = EventTime(seconds: Self.start + 11)
    #expect(query.paths(in: log).map(\.stop) == [.noLaterEvent])
    query.steps.removeLast()
    query.dataEnd = EventTime(seconds: Self.start)
    #expect(query.paths(in: log).map(\.stop) == [.completed])
  }

  @Test func `attempts have a path each`() throws {
    let log = try log([("a", 0), ("b", 1), ("a", 2), ("a", 3), ("b", 4)])
    let query = FunnelQuery([Step("a"), Step("b")], counting: .totals)
    #expect(query.paths(in: log).map { $0.points.map { $0?.event } } == [[0, 1], [2, 4]])
  }

  @Test func `an error of the visitor ends the search`() throws {
    struct Enough: Error {}
    let events = (0..<5).map { Event("a", at: EventTime(seconds: Self.start), by: "u\($0)") }
    let log = try EventLog(events)
    var seen = 0
    #expect(throws: Enough.self) {
      try FunnelQuery([Step("a")]).forEachPath(in: log) { (_) throws(Enough) in
        seen += 1
        if seen == 2 { throw Enough() }
      }
    }
    #expect(seen == 2)
  }

  @Test func `a log without events has no paths`() async throws {
    let log = try EventLog([])
    let query = FunnelQuery([Step("a")])
    #expect(query.paths(in: log) == [])
    #expect(await query.paths(in: log, workers: 3) == [])
  }
}
