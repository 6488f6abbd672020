import GA4Model
import TestSupport
import Testing

@testable import Funnel

@Suite struct FunnelQueryTests {
  private let query = FunnelQuery(
    [Step("a"), Step("b", within: .seconds(9)), Step("c")], window: .fromFirstStep(.seconds(5)),
    exclusions: [FunnelExclusion(EventPredicate { $0.name == "x" }, from: 0, to: 2)],
    breakdown: FunnelBreakdown(by: .country))

  /// What is said of the query after a change.
  private func problem(_ change: (inout Draft) -> Void) -> String? {
    var draft = Draft(query)
    change(&draft)
    return StoredQuery.refusal(of: FunnelQuery.self, draft)
  }

  @Test func `a query that makes sense is stored and read`() {
    #expect(problem { _ in } == nil)
  }

  @Test func `a funnel has from 1 to 32 steps`() {
    #expect(problem { $0.steps = [] } == "A funnel needs at least one step")
    #expect(
      problem { $0.steps = Array(repeating: Step("a"), count: 33) }
        == "A funnel can have at most 32 steps")
  }

  @Test func `the first step is never optional`() {
    #expect(
      problem { $0.steps[0].isOptional = true }
        == "The first step of a funnel cannot be optional; leave it out")
  }

  @Test func `a window is positive`() {
    let sentence =
      "A funnel's window must be positive; for events of one time use strictlyLater or ties"
    #expect(problem { $0.window = .fromFirstStep(.zero) } == sentence)
    #expect(problem { $0.window = .fromPreviousStep(.seconds(-1)) } == sentence)
    #expect(problem { $0.steps[1].within = .zero } == sentence)
  }

  @Test func `an exclusion lies between two steps`() {
    let sentence = "An exclusion must lie between two steps of the funnel, the earlier one first"
    #expect(problem { $0.exclusions[0].from = 2 } == sentence)
    #expect(problem { $0.exclusions[0].from = -1 } == sentence)
    #expect(problem { $0.exclusions[0].to = 3 } == sentence)
    #expect(
      problem { $0.exclusions = Array(repeating: $0.exclusions[0], count: 17) }
        == "A funnel can have at most 16 exclusions; join some with ||")
  }

  @Test func `at most three properties are held constant`() {
    #expect(
      problem { $0.holdConstant = [.country, .name, .weekday, .hour] }
        == "A funnel can hold at most three properties constant")
  }

  @Test func `attempts that end at repeats and drop units hold nothing constant`() {
    #expect(
      problem {
        $0.holdConstant = [.country]
        $0.repeats = .endAttempt
        $0.exclusionPolicy = .dropUnit
      } == "A funnel that ends attempts at repeats and drops units holds no property constant")
  }

  @Test func `a breakdown lists a value and takes it from a step`() {
    #expect(problem { $0.breakdown!.limit = 0 } == "A breakdown must list at least one value")
    #expect(
      problem { $0.breakdown!.attribution = .step(3) }
        == "A breakdown must take its value from a step of the funnel")
  }

  @Test func `steps in any order take no rules of order`() {
    func inAnyOrder(_ change: (inout Draft) -> Void) -> String? {
      problem {
        $0.order = .anyOrder
        $0.steps = [Step("a"), Step("b")]
        $0.exclusions = []
        change(&$0)
      }
    }
    #expect(inAnyOrder { _ in } == nil)
    let sentence =
      "Steps in any order have no step before: they cannot be optional, adjacent or timed"
    #expect(inAnyOrder { $0.steps[1].isOptional = true } == sentence)
    #expect(inAnyOrder { $0.steps[1].adjacency = .directly } == sentence)
    #expect(inAnyOrder { $0.steps[1].within = .seconds(1) } == sentence)
    #expect(
      inAnyOrder { $0.window = .fromPreviousStep(.seconds(1)) }
        == "Steps in any order have no step before: use a window from the first step")
    #expect(inAnyOrder { $0.repeats = .endAttempt } == "Steps in any order can be repeated")
    #expect(
      inAnyOrder { $0.entry = .open }
        == "Steps in any order take no totals, open entry or constant properties")
    #expect(
      inAnyOrder { $0.exclusionPolicy = .dropUnit }
        == "Steps in any order take exclusions that end the attempt, not that drop the unit")
    #expect(
      inAnyOrder { $0.breakdown!.attribution = .allEvents }
        == "Steps in any order can be broken down by first or last touch")
  }

  @Test func `an open funnel counts units and takes no exclusions`() {
    let sentence = "An open funnel counts units and takes no exclusions"
    #expect(problem { $0.entry = .open } == sentence)
    #expect(
      problem {
        $0.entry = .open
        $0.exclusions = []
        $0.counting = .totals
      } == sentence)
  }

  #if !os(iOS) && !os(tvOS) && !os(watchOS) && !os(visionOS)
    @Test func `a programmer's mistake ends the program`() async {
      await #expect(processExitsWith: .failure) { _ = FunnelQuery([]) }
      await #expect(processExitsWith: .failure) {
        var query = FunnelQuery([Step("a")])
        query.window = .fromFirstStep(.zero)
      }
      await #expect(processExitsWith: .failure) {
        _ = FunnelWindowsQuery(FunnelQuery([Step("a")]), windows: [])
      }
      await #expect(processExitsWith: .failure) {
        _ = FunnelPartsQuery(FunnelQuery([Step("a")], unit: .sessions))
      }
    }
  #endif
}

/// The stored form of a query, which can be any.
private struct Draft: Encodable {
  var steps: [Step]
  var window: FunnelWindow
  var unit: FunnelUnit
  var counting: FunnelCounting
  var order: FunnelOrder
  var ties: FunnelTies
  var repeats: FunnelRepeats
  var entry: FunnelEntry
  var exclusions: [FunnelExclusion]
  var exclusionPolicy: FunnelExclusion.Policy
  var holdConstant: [EventDimension]
  var breakdown: FunnelBreakdown?
  var times: FunnelTimes
  var hasTrend: Bool
  var explainsStops: Bool

  init(_ query: FunnelQuery) {
    steps = query.steps
    window = query.window
    unit = query.unit
    counting = query.counting
    order = query.order
    ties = query.ties
    repeats = query.repeats
    entry = query.entry
    exclusions = query.exclusions
    exclusionPolicy = query.exclusionPolicy
    holdConstant = query.holdConstant
    breakdown = query.breakdown
    times = query.times
    hasTrend = query.hasTrend
    explainsStops = query.explainsStops
  }
}
