import Foundation
import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

/// Correlations the obvious way: from the path of each unit and all its events.
private struct CorrelationOracle {
  struct Candidate: Hashable {
    var dimension: EventDimension?
    var value: String?
  }

  var query: FunnelCorrelationQuery
  var log: EventLog

  private var funnel: FunnelQuery { query.funnel }

  private func isOfUnit(_ event: Int, _ unit: Int) -> Bool {
    switch funnel.unit {
    case .users: log.user(ofEvent: event) == unit
    case .sessions: log.session(ofEvent: event) == unit
    }
  }

  private func value(_ dimension: EventDimension, _ event: Event) -> String? {
    dimension == .country ? event[field: .country]?.text : event.name.rawValue
  }

  /// How long a path may still go on, from its entry and from its last event.
  private func limits(_ path: FunnelPath) -> (fromEntry: Duration?, fromLast: Duration?) {
    var total: Duration?
    var between: Duration?
    switch funnel.window {
    case .none: break
    case .fromFirstStep(let duration): total = duration
    case .fromPreviousStep(let duration): between = duration
    }
    let done = path.points.lastIndex { $0 != nil }!
    var most: Duration? = .zero
    for step in funnel.steps[(done + 1)...] {
      let own = [step.within, between].compactMap { $0 }.min()
      if let known = most { most = own.map { max($0, known) } }
      if !step.isOptional { break }
    }
    return (total, most)
  }

  private func has(_ path: FunnelPath) -> Set<Candidate> {
    let points = path.points.compactMap { $0 }
    if case .dimensions(let dimensions) = query.subject {
      return Set(
        dimensions.map { Candidate(dimension: $0, value: value($0, log[points[0].event])) })
    }
    let isConverted = path.points.last! != nil
    let (fromEntry, fromLast) = limits(path)
    var candidates = Set<Candidate>()
    for (place, event) in log.enumerated() where isOfUnit(place, path.unit) {
      guard event.time > points[0].time else { continue }
      if isConverted {
        guard event.time < points.last!.time else { continue }
      } else {
        if let fromEntry, event.time - points[0].time > fromEntry { continue }
        if let fromLast, event.time - points.last!.time > fromLast { continue }
      }
      if funnel.steps.contains(where: { $0.predicate.matches(event) }) { continue }
      if query.ignored.matches(event) { continue }
      candidates.insert(Candidate(dimension: nil, value: event.name.rawValue))
    }
    return candidates
  }

  struct Counts: Hashable {
    var converted = 0
    var dropped = 0
  }

  var total = Counts()
  var counts: [Candidate: Counts] = [:]
  var openWindows = 0

  init(_ query: FunnelCorrelationQuery, _ log: EventLog) {
    self.query = query
    self.log = log
    for path in funnel.paths(in: log) {
      if path.stop == .windowStillOpen {
        openWindows += 1
        if query.openWindows == .leftOut { continue }
      }
      let count = path.points.last! != nil ? \Counts.converted : \Counts.dropped
      total[keyPath: count] += 1
      for candidate in has(path) { counts[candidate, default: Counts()][keyPath: count] += 1 }
    }
  }
}

@Suite struct FunnelCorrelationTests {
  private static func query(_ generator: inout SeededGenerator) -> FunnelCorrelationQuery {
    var funnel = RandomFunnel.anyQuery(&generator)
    funnel.breakdown = nil
    funnel.counting = .units
    if funnel.entry == .open { funnel.entry = .any }
    while funnel.steps.count < 2 { funnel.steps.append(RandomFunnel.step(&generator)) }
    if funnel.order == .inOrder, generator.bernoulli(0.3) {
      // Different times for steps that may be left out and for those behind them.
      for index in funnel.steps.indices.dropFirst() {
        funnel.steps[index].isOptional = generator.bernoulli(0.5)
        funnel.steps[index].within = .seconds(generator.integer(in: 1...5))
      }
    }
    var query = FunnelCorrelationQuery(
      funnel,
      of: generator.choose(
        from: [.events, .events, .dimensions([.country]), .dimensions([.name, .country])]),
      estimate: generator.choose(
        from: [.conditional, .sample(prior: 0), .sample(prior: 0.5), .sample(prior: 1)]),
      level: generator.choose(from: [0.5, 0.95]),
      adjustment: generator.choose(from: FunnelCorrelationQuery.Adjustment.allCases),
      minimumUnits: 1,
      openWindows: generator.choose(from: FunnelCorrelationQuery.OpenWindows.allCases), limit: 100)
    if generator.bernoulli(0.3) {
      let name = generator.choose(from: RandomFunnel.names)
      query.ignored = EventPredicate { $0.name == name }
    }
    return query
  }

  @Test(arguments: Rounds.parts)
  func `tables are those of the obvious way`(part: Int) throws {
    for var generator in Rounds.generators("funnel correlation", part: part) {
      let query = Self.query(&generator)
      let log = try RandomFunnel.log(&generator)
      let report = query.evaluate(log)
      let oracle = CorrelationOracle(query, log)
      #expect(report.converted == oracle.total.converted, "\(query)")
      #expect(report.dropped == oracle.total.dropped, "\(query)")
      #expect(report.openWindows == oracle.openWindows, "\(query)")
      #expect(report.candidateCount == oracle.counts.count, "\(query)")
      #expect(report.testedCount == report.candidateCount)
      var found: [CorrelationOracle.Candidate: CorrelationOracle.Counts] = [:]
      for row in report.rows {
        found[.init(dimension: row.dimension, value: row.value)] = .init(
          converted: row.converted, dropped: row.dropped)
        #expect(row.converted + row.convertedWithout == report.converted)
        #expect(row.dropped + row.droppedWithout == report.dropped)
      }
      #expect(found == oracle.counts, "\(query)")
      #expect(found.count == report.rows.count)

      let funnel = query.funnel.evaluate(log)
      let entered = funnel.steps[0].count
      let isLeftOut = query.openWindows == .leftOut
      #expect(
        report.converted + report.dropped + (isLeftOut ? report.openWindows : 0) == entered)
      #expect(report.converted == funnel.steps.last!.count)
      #expect(report.eventsWithoutUnit == funnel.eventsWithoutUnit)
    }
  }

  @Test(arguments: Rounds.parts)
  func `every table has its answer, and none is NaN`(part: Int) throws {
    for var generator in Rounds.generators("funnel correlation answers", part: part) {
      let query = Self.query(&generator)
      let report = query.evaluate(try RandomFunnel.log(&generator))
      for row in report.rows {
        let (a, b) = (row.converted, row.dropped)
        let (c, d) = (row.convertedWithout, row.droppedWithout)
        let test = FisherTest(a, b, c, d)
        #expect(row.pValue == test.pValue)
        #expect(row.logP == test.logP)
        #expect(row.adjustedP >= row.pValue && row.adjustedP <= 1)
        #expect(row.logAdjustedP >= row.logP && row.logAdjustedP <= 0)
        if a + b == 0 || c + d == 0 || a + c == 0 || b + d == 0 {
          #expect(row.oddsRatio == nil)
          #expect(row.interval == nil)
          #expect(row.pValue == 1)
          continue
        }
        let ratio = try #require(row.oddsRatio)
        let interval = try #require(row.interval)
        #expect(interval.contains(ratio))
        switch query.estimate {
        case .conditional:
          #expect(ratio == test.conditionalOddsRatio)
          #expect(interval == test.confidenceInterval(level: query.level))
        case .sample(let prior):
          let above = (Double(a) + prior) * (Double(d) + prior)
          let below = (Double(b) + prior) * (Double(c) + prior)
          if below == 0 {
            #expect(ratio == .infinity)
          } else {
            #expect(abs(ratio - above / below) <= 1e-15 * ratio)
          }
          if prior == 0, min(a, b, c, d) == 0 { #expect(interval == 0...Double.infinity) }
        }
      }
      switch query.adjustment {
      case .none: #expect(report.rows.allSatisfy { $0.adjustedP == $0.pValue })
      case .holm:
        let adjusted = MultipleTesting.holm(report.rows.map(\.pValue))
        #expect(report.rows.map(\.adjustedP) == adjusted)
      case .benjaminiHochberg:
        let adjusted = MultipleTesting.benjaminiHochberg(report.rows.map(\.pValue))
        #expect(report.rows.map(\.adjustedP) == adjusted)
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `the strongest are listed, whatever else is tested`(part: Int) throws {
    for var generator in Rounds.generators("funnel correlation order", part: part) {
      var query = Self.query(&generator)
      query.minimumUnits = generator.integer(in: 1...2)
      let log = try RandomFunnel.log(&generator)
      let all = query.evaluate(log)
      #expect(all.rows.count == all.testedCount)
      #expect(all.rows.allSatisfy { $0.units >= query.minimumUnits })
      #expect(zip(all.rows, all.rows.dropFirst()).allSatisfy { $0.strength >= $1.strength })
      let places = all.rows.indices.filter { all.rows[$0].oddsRatio == nil }
      #expect(places.allSatisfy { $0 >= all.rows.count - places.count })
      query.limit = 1
      let first = query.evaluate(log)
      #expect(first.rows == Array(all.rows.prefix(1)))
      #expect(first.testedCount == all.testedCount)
      #expect(first.candidateCount == all.candidateCount)
    }
  }

  @Test(arguments: Rounds.parts)
  func `the state obeys the laws of merging`(part: Int) async throws {
    for var generator in Rounds.generators("funnel correlation laws", part: part, perPart: 5) {
      var query = Self.query(&generator)
      query.limit = generator.integer(in: 1...5)
      if generator.bernoulli(0.5) { query.funnel.window = .fromFirstStep(.seconds(86_400)) }
      var other = query
      other.level = 0.9
      let log = try EventLog(RandomFunnel.eventsInSessions(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }

  @Test(arguments: Rounds.parts)
  func `a report is the same when it is stored`(part: Int) throws {
    for var generator in Rounds.generators("funnel correlation codable", part: part, perPart: 10) {
      let report = Self.query(&generator).evaluate(try RandomFunnel.log(&generator))
      let stored = try JSONEncoder().encode(report)
      #expect(try JSONDecoder().decode(FunnelCorrelations.self, from: stored) == report)
    }
  }

  // MARK: By hand

  private static let start: Int64 = 1_600_000_000

  /// 4 of 5 users with help buy, 1 of 5 without; nobody else knows `rare`.
  private func log() throws -> EventLog {
    var events: [Event] = []
    for user in 0..<10 {
      func add(_ name: EventName, _ second: Int64) {
        var event = Event(name, at: EventTime(seconds: Self.start + second), by: "u\(user)")
        event[field: .country] = .string(user.isMultiple(of: 2) ? "X" : "Y")
        events.append(event)
      }
      add("before", -1)
      add("same", 0)
      add("enter", 0)
      if user < 5 { add("help", 1) }
      if user == 0 { add("rare", 2) }
      let buys = user == 5 || user < 4
      if buys { add("buy", 10) }
      add("late", 11)
      if !buys { add("view", 86_400 * 3) }
    }
    return try EventLog(events)
  }

  private var funnel: FunnelQuery {
    FunnelQuery([Step("enter"), Step("buy")], window: .fromFirstStep(.seconds(60)))
  }

  @Test func `a table has its counts, rates, ratio, interval and probability`() throws {
    let query = FunnelCorrelationQuery(funnel, estimate: .sample(prior: 0), minimumUnits: 2)
    let report = query.evaluate(try log())
    // What happened before and at the time of the entry is no candidate.
    #expect(report.rows.map(\.value) == ["late", "help"])
    #expect(report.candidateCount == 3)
    #expect(report.testedCount == 2)
    #expect(report.converted == 5)
    #expect(report.dropped == 5)
    let help = report.rows[1]
    #expect(help.converted == 4)
    #expect(help.dropped == 1)
    #expect(help.convertedWithout == 1)
    #expect(help.droppedWithout == 4)
    #expect(help.rateWith == 0.8)
    #expect(help.rateWithout == 0.2)
    #expect(help.oddsRatio == 16)
    // R: fisher.test(matrix(c(4, 1, 1, 4), 2))$p.value
    #expect(abs(help.pValue - 0.2063492063492063) < 1e-15)
    // Only those who dropped have a later event inside the window: an empty cell.
    let late = report.rows[0]
    #expect(late.converted == 0)
    #expect(late.dropped == 5)
    #expect(late.oddsRatio == 0)
    #expect(late.interval == 0...Double.infinity)
    #expect(abs(late.pValue - 2 / 252) < 1e-15)
    #expect(abs(late.adjustedP - 4 / 252) < 1e-15)
    #expect(help.adjustedP == help.pValue)
    #expect(
      "\(report)" == """
        event  users  rate with  without  odds ratio  from      to  adjusted p
        ─────  ─────  ─────────  ───────  ──────────  ────  ──────  ──────────
        late       5      0.00%  100.00%        0.00  0.00       ∞      0.0159
        help       5     80.00%   20.00%       16.00  0.72  354.80      0.2063
        2 of 3 candidates tested; 5 users converted, 5 dropped
        correlation of events with conversion: odds ratios of the sample with Woolf's intervals at \
        95 %, two-sided exact tests adjusted by Benjamini and Hochberg, candidates of at least 2 \
        users, in the funnel of users: enter → buy, within 1 min of the first step
        """)
  }

  @Test func `a value of a dimension is that of the entry`() throws {
    var query = FunnelCorrelationQuery(funnel, of: .dimensions([.country]), minimumUnits: 1)
    var report = query.evaluate(try log())
    #expect(Set(report.rows.map(\.value)) == ["X", "Y"])
    // Users 0, 2 and 1, 3, 5 bought.
    let x = try #require(report.rows.first { $0.value == "X" })
    #expect(x.dimension == .country)
    #expect(x.converted == 2)
    #expect(x.dropped == 3)
    query.subject = .dimensions([.country, .name])
    report = query.evaluate(try log())
    #expect(report.candidateCount == 3)
    #expect("\(report)".contains("geo.country: X"))
    // All have the same name.
    let name = try #require(report.rows.last)
    #expect(name.value == "enter")
    #expect(name.oddsRatio == nil)
    #expect(name.interval == nil)
    #expect(name.pValue == 1)
    #expect(name.rateWithout == nil)
  }

  @Test func `units whose window is open count or not`() throws {
    var query = FunnelCorrelationQuery(funnel, minimumUnits: 1)
    query.funnel.dataEnd = EventTime(seconds: Self.start + 30)
    var report = query.evaluate(try log())
    #expect(report.openWindows == 5)
    #expect(report.dropped == 5)
    #expect("\(report)".contains("5 dropped, of whom 5 may go on"))
    query.openWindows = .leftOut
    report = query.evaluate(try log())
    #expect(report.openWindows == 5)
    #expect(report.dropped == 0)
    #expect(Set(report.rows.map(\.value)) == ["help", "rare"])
    #expect(report.rows.allSatisfy { $0.oddsRatio == nil && $0.adjustedP == 1 })
    #expect("\(report)".contains("0 dropped; 5 may go on"))
  }

  @Test func `events at the very end of the window belong to it`() throws {
    func events(_ second: Int64) throws -> [String?] {
      let log = try EventLog([
        Event("enter", at: EventTime(seconds: Self.start), by: "u"),
        Event("help", at: EventTime(seconds: Self.start + second), by: "u"),
      ])
      return FunnelCorrelationQuery(funnel, minimumUnits: 1).evaluate(log).rows.map(\.value)
    }
    #expect(try events(60) == ["help"])
    #expect(try events(61) == [])
    #expect(try events(0) == [])
  }

  @Test func `the time for the next step runs out too`() throws {
    var query = FunnelCorrelationQuery(
      FunnelQuery([
        Step("enter"), Step("look", within: .seconds(5)).optional(),
        Step("buy", within: .seconds(30)),
      ]), minimumUnits: 1)
    let log = try EventLog([
      Event("enter", at: EventTime(seconds: Self.start), by: "u"),
      Event("early", at: EventTime(seconds: Self.start + 30), by: "u"),
      Event("late", at: EventTime(seconds: Self.start + 31), by: "u"),
    ])
    #expect(query.evaluate(log).rows.map(\.value) == ["early"])
    query.funnel.steps.removeLast()
    #expect(query.evaluate(log).rows.isEmpty)
  }

  @Test func `a log without events has no candidates`() throws {
    let report = FunnelCorrelationQuery(funnel).evaluate(try EventLog([]))
    #expect(report.rows.isEmpty)
    #expect(report.candidateCount == 0)
  }

  // MARK: Refusals

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Why a query is refused in which `text` is replaced.
  private func refusal(_ text: String, _ wrong: String) throws -> String {
    let query = FunnelCorrelationQuery(funnel, of: .dimensions([.country]))
    let good = try json(query)
    #expect(try JSONDecoder().decode(FunnelCorrelationQuery.self, from: Data(good.utf8)) == query)
    let bad = good.replacingOccurrences(of: text, with: wrong)
    #expect(bad != good)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(FunnelCorrelationQuery.self, from: Data(bad.utf8))
    }
    return "\(try #require(error))"
  }

  @Test(arguments: [
    (#""entry":"any""#, #""entry":"open""#, "An open funnel has no entry that all units share"),
    (#""counting":"units""#, #""counting":"totals""#, "Attempts of one unit depend on each"),
    (#""level":0.95"#, #""level":1"#, "The level of an interval must lie between 0 and 1"),
    (#""prior":0.5"#, #""prior":-1"#, "The prior of an odds ratio must be 0"),
    (#""prior":0.5"#, #""prior":0.0001"#, "The prior of an odds ratio must be 0"),
    (#""minimumUnits":10"#, #""minimumUnits":0"#, "A candidate is one that at least one unit"),
    (#""limit":20"#, #""limit":0"#, "A list of correlations must have room"),
  ])
  func `a query that makes no sense is not decoded`(
    text: String, wrong: String, sentence: String
  ) throws {
    #expect(try refusal(text, wrong).contains(sentence))
  }

  @Test func `funnels and dimensions that make no sense are not decoded`() throws {
    let step = "," + (try json(Step("buy")))
    #expect(try refusal(step, "").contains("needs a funnel of at least two steps"))
    let breakdown = #""breakdown":\#(try json(FunnelBreakdown(by: .country))),"counting":"#
    #expect(try refusal(#""counting":"#, breakdown).contains("a funnel without breakdown"))
    let country = try json([EventDimension.country])
    #expect(try refusal(country, "[]").contains("needs at least one dimension"))
    let twice = try json([EventDimension.country, .country])
    #expect(try refusal(country, twice).contains("takes each dimension once"))
  }

  @Test func `the same is a mistake of the programmer`() async {
    await #expect(processExitsWith: .failure) {
      _ = FunnelCorrelationQuery(FunnelQuery([Step("enter")]))
    }
    await #expect(processExitsWith: .failure) {
      var query = FunnelCorrelationQuery(FunnelQuery([Step("enter"), Step("buy")]))
      query.level = .nan
    }
  }
}
