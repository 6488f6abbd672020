import GA4Model
import StatisticsCore
import TestSupport
import Testing

@testable import Funnel

@Suite struct PathOracleTests {
  /// A tree as lines that differ wherever a bit or a byte does.
  private func lines(_ node: PathReport.Node, _ step: Int = 0) -> [String] {
    let bytes = Array(node.label.description.utf8)
    let shares = [node.shareOfParent, node.shareOfRoot].map { $0.map { "\($0)" } ?? "-" }
    return ["\(step) \(bytes) \(node.count) \(node.units) \(shares)"]
      + node.children.flatMap { lines($0, step + 1) }
  }

  private func check(_ query: PathQuery, _ events: [Event]) throws {
    let log = try EventLog(events)
    let report = query.evaluate(log)
    let oracle = PathOracle(query: query, log: log)
    let root = oracle.root
    #expect(report.root == root, "\(query)")
    #expect(lines(report.root) == lines(root), "\(query)")
    #expect(report.eventsWithoutUnit == oracle.eventsWithoutUnit)
    let skipped = query.missing == .skipped ? oracle.eventsWithoutValue : 0
    #expect(report.eventsWithoutValue == skipped)
    checkSums(report)
  }

  /// What comes behind a node adds up to it.
  private func checkSums(_ report: PathReport) {
    func check(_ node: PathReport.Node, _ step: Int) {
      let isLeaf =
        switch node.label {
        case .anchor, .value, .missing: step == report.query.depth
        case .other, .start, .end: true
        }
      if isLeaf || node.count == 0 {
        #expect(node.children.isEmpty)
      } else {
        #expect(node.children.reduce(0) { $0 + $1.count } == node.count)
        #expect(node.children.reduce(0) { $0 + $1.units } >= node.units)
        #expect(node.children.allSatisfy { 0 < $0.units && $0.units <= node.units })
      }
      #expect(node.units <= node.count)
      if report.query.anchors != .all { #expect(node.units == node.count) }
      for child in node.children { check(child, step + 1) }
    }
    check(report.root, 0)
    for step in 0..<report.query.depth {
      // What comes to a step goes on from it, but for ends, what is not listed and the last step.
      let isFollowing = report.query.direction == .following
      let out = report.links.filter { (isFollowing ? $0.sourceStep : -$0.targetStep) == step }
      let into = report.links.filter { (isFollowing ? $0.targetStep : -$0.sourceStep) == step }
      let goesOn = into.filter { link in
        switch isFollowing ? link.target : link.source {
        case .value, .missing: true
        default: false
        }
      }
      let count = step == 0 ? report.root.count : goesOn.reduce(0) { $0 + $1.count }
      #expect(out.reduce(0) { $0 + $1.count } == count)
    }
  }

  @Test(arguments: RandomPaths.Option.allCases)
  func `every option agrees with all paths of all units`(option: RandomPaths.Option) throws {
    for part in Rounds.parts {
      for var generator in Rounds.generators("paths \(option)", part: part) {
        let query = RandomPaths.query([option], &generator)
        try check(query, RandomPaths.events(&generator))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `options together agree with all paths of all units`(part: Int) throws {
    for var generator in Rounds.generators("paths options", part: part) {
      let options = Set(RandomPaths.Option.allCases.filter { _ in generator.bernoulli(0.35) })
      try check(RandomPaths.query(options, &generator), RandomPaths.events(&generator))
    }
  }

  @Test(arguments: RandomPaths.Option.allCases)
  func `the state obeys the laws of merging`(option: RandomPaths.Option) async throws {
    for var generator in Rounds.generators("paths laws \(option)", part: 0, perPart: 6) {
      let options = Set(RandomPaths.Option.allCases.filter { _ in generator.bernoulli(0.2) })
      let query = RandomPaths.query(options.union([option]), &generator)
      var other = query
      other.depth += 1
      let log = try EventLog(RandomPaths.events(&generator, users: 12))
      try await checkMergeLaws(query, log, other: other, seed: generator.next())
    }
  }

  @Test(arguments: Rounds.parts)
  func `states of the same events are the same bytes, whatever came first`(part: Int) throws {
    for var generator in Rounds.generators("paths bytes", part: part, perPart: 10) {
      let options = Set(RandomPaths.Option.allCases.filter { _ in generator.bernoulli(0.3) })
      let query = RandomPaths.query(options, &generator)
      let log = try EventLog(RandomPaths.events(&generator, users: 8))
      var whole = query.makeState()
      whole.update(log)
      var merged = query.makeState()
      var parts = log.split(into: 3, using: &generator)
      generator.shuffle(&parts)
      for part in parts {
        var state = query.makeState()
        state.update(part)
        try merged.merge(state)
      }
      #expect(merged.encoded() == whole.encoded(), "\(query)")
    }
  }
}
