import Foundation
import GA4Model
import Testing

@testable import Funnel

@Suite struct PathQueryTests {
  /// Two users: one puts things into the cart twice and buys, the other once and leaves.
  private func log() throws -> EventLog {
    func event(_ name: EventName, _ seconds: Int64, _ user: String?, _ page: String?) -> Event {
      var event = Event(name, at: EventTime(seconds: seconds), by: user)
      if let page { event.parameters[.pageTitle] = .string(page) }
      return event
    }
    return try EventLog([
      event("page_view", 0, "a", "Home"), event("page_view", 10, "a", "Mug"),
      event("add_to_cart", 20, "a", "Mug"), event("scroll", 25, "a", "Mug"),
      event("page_view", 30, "a", "Cup"), event("add_to_cart", 40, "a", "Cup"),
      event("purchase", 4_000, "a", "Thanks"), event("page_view", 5, "b", "Mug"),
      event("add_to_cart", 6, "b", nil), event("page_view", 7, nil, "Home"),
    ])
  }

  @Test func `paths begin at every anchor, and units count once at each node`() throws {
    let report = PathQuery(following: { $0.name == .addToCart }, depth: 2).evaluate(try log())
    #expect(
      "\(report)" == """
        path           paths  users  of node before   of all
        ─────────────  ─────  ─────  ──────────────  ───────
        add_to_cart        3      2               —  100.00%
          purchase         1      1          33.33%   33.33%
            (end)          1      1         100.00%   33.33%
          scroll           1      1          33.33%   33.33%
            page_view      1      1         100.00%   33.33%
          (end)            1      1          33.33%   33.33%
        paths of users after every add_to_cart: 2 steps by event name, without window
        1 event of no user
        """)
    #expect(report.root.count == 3 && report.root.units == 2)
  }

  @Test func `units of nodes that are not listed are distinct`() throws {
    let report = PathQuery(following: { $0.name == .addToCart }, depth: 1, limit: 1)
      .evaluate(
        try EventLog(
          ["a", "x", "a", "y", "a", "z", "a", "x"].enumerated().map { index, name in
            Event(
              name == "a" ? .addToCart : EventName(name),
              at: EventTime(seconds: Int64(index)), by: "u")
          }))
    #expect(report.root.children.map(\.label) == [.value("x"), .other])
    #expect(report.root.children.map(\.count) == [2, 2])
    #expect(report.root.children.map(\.units) == [1, 1])
  }

  @Test func `paths lead back too, by any dimension, and each unit has one`() throws {
    let query = PathQuery(
      preceding: { $0.name == .addToCart }, depth: 3, label: "cart", by: .parameter(.pageTitle),
      where: EventPredicate { $0.name == .pageView }, anchors: .last, missing: .skipped,
      collapsesRepeats: true, window: .fromPrevious(.seconds(60)))
    let report = query.evaluate(try log())
    #expect(
      "\(report)" == """
        path           users  of node after   of all
        ─────────────  ─────  ─────────────  ───────
        cart               2              —  100.00%
          Mug              2        100.00%  100.00%
            Home           1         50.00%   50.00%
              (start)      1        100.00%   50.00%
            (start)        1         50.00%   50.00%
        paths of users before the last cart: 3 steps by parameter page_title of events with name = \
        "page_view", events without value skipped, repeats collapsed, each event within 1 min of the \
        one before
        1 event of no user
        """)
    #expect(
      report.links == [
        PathReport.Link(
          sourceStep: -1, source: .value("Mug"), targetStep: 0, target: .anchor("cart"), count: 2),
        PathReport.Link(
          sourceStep: -2, source: .value("Home"), targetStep: -1, target: .value("Mug"), count: 1),
        PathReport.Link(
          sourceStep: -2, source: .start, targetStep: -1, target: .value("Mug"), count: 1),
        PathReport.Link(
          sourceStep: -3, source: .start, targetStep: -2, target: .value("Home"), count: 1),
      ])
  }

  @Test func `windows include their end`() throws {
    func ends(_ window: PathWindow) throws -> [PathReport.Label] {
      var query = PathQuery(following: { $0.name == .addToCart }, depth: 3, anchors: .first)
      query.window = window
      // The first user's path: 5, 15 … seconds behind the anchor.
      var node = query.evaluate(try log().filter { $0.userPseudoID == "a" }).root
      var labels: [PathReport.Label] = []
      while let child = node.children.first {
        labels.append(child.label)
        node = child
      }
      return labels
    }
    let steps: [PathReport.Label] = [
      .value("scroll"), .value("page_view"), .value("add_to_cart"),
    ]
    #expect(try ends(.none) == steps)
    #expect(try ends(.fromAnchor(.seconds(20))) == steps)
    #expect(try ends(.fromAnchor(.microseconds(19_999_999))) == steps.prefix(2) + [.end])
    #expect(try ends(.fromPrevious(.seconds(10))) == steps)
    #expect(try ends(.fromPrevious(.seconds(5))) == steps.prefix(2) + [.end])
    #expect(try ends(.fromPrevious(.microseconds(4_999_999))) == [.end])
  }

  @Test func `a log without anchors has a root of nothing`() throws {
    let report = PathQuery(following: { $0.name == "sign_up" }, depth: 4).evaluate(try log())
    #expect(report.root.count == 0 && report.root.units == 0 && report.root.children.isEmpty)
    #expect(report.root.shareOfRoot == nil)
    #expect(report.links.isEmpty)
    #expect(PathQuery(following: { $0.name == "x" }, depth: 1).makeState().report().root.count == 0)
  }

  @Test func `the anchor is called by its name or its condition`() {
    #expect(PathQuery(following: { $0.name == .purchase }, depth: 1).label == "purchase")
    #expect(
      PathQuery(following: { $0.name == .purchase && $0[.value] > 5 }, depth: 1).label
        == "name = \"purchase\" and value > 5")
  }

  @Test func `queries and reports are written and read back`() throws {
    let query = PathQuery(
      preceding: { $0.name == .addToCart }, depth: 3, by: .parameter(.pageTitle),
      where: EventPredicate { $0.name == .pageView }, unit: .sessions, anchors: .first,
      missing: .skipped, collapsesRepeats: true, window: .fromAnchor(.seconds(60)), limit: 2)
    let bytes = try JSONEncoder().encode(query)
    #expect(try JSONDecoder().decode(PathQuery.self, from: bytes) == query)
    let report = query.evaluate(try log())
    let stored = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(PathReport.self, from: stored) == report)
  }

  // MARK: Refusals

  private static let query = PathQuery(following: { $0.name == "a" }, depth: 3)

  /// What decoding says of the query with `change` made to its text.
  private func refusal(_ change: (inout [String: Any]) -> Void) throws -> String? {
    let bytes = try JSONEncoder().encode(Self.query)
    var fields = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    change(&fields)
    do {
      _ = try JSONDecoder().decode(
        PathQuery.self, from: try JSONSerialization.data(withJSONObject: fields))
      return nil
    } catch DecodingError.dataCorrupted(let context) {
      return context.debugDescription
    }
  }

  @Test func `nonsense is refused with a sentence when it is read`() throws {
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0["depth"] = 0 } == "A path needs at least one step")
    #expect(try refusal { $0["depth"] = 32 } == nil)
    #expect(try refusal { $0["depth"] = 33 } == "A path can have at most 32 steps")
    #expect(
      try refusal { $0["limit"] = 0 }
        == "A report of paths must list at least one node behind another")
    let sentence = "A path's window must be positive; leave it out for paths of any length"
    for window in [PathWindow.fromAnchor(.zero), .fromPrevious(.seconds(-1))] {
      let field = try JSONSerialization.jsonObject(with: JSONEncoder().encode(window))
      #expect(try refusal { $0["window"] = field } == sentence)
    }
  }

  @Test func `nonsense is a programmer's mistake when it is made`() async {
    await #expect(processExitsWith: .failure) {
      _ = PathQuery(following: { $0.name == "a" }, depth: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = PathQuery(preceding: { $0.name == "a" }, depth: 33)
    }
    await #expect(processExitsWith: .failure) {
      _ = PathQuery(following: { $0.name == "a" }, depth: 1, limit: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = PathQuery(following: { $0.name == "a" }, depth: 1, window: .fromAnchor(.zero))
    }
    await #expect(processExitsWith: .failure) {
      var query = PathQuery(following: { $0.name == "a" }, depth: 1)
      query.window = .fromPrevious(.zero)
    }
  }

  @Test func `a state is read under its own query only`() throws {
    var state = Self.query.makeState()
    state.update(try log())
    var other = Self.query
    other.collapsesRepeats = true
    #expect(throws: StateError.self) { try PathState(decoding: state.encoded(), query: other) }
    do {
      _ = try PathState(decoding: Array(state.encoded().dropLast()), query: Self.query)
      Issue.record("Bytes that were cut off are read")
    } catch {
      #expect(error.code == .damaged)
    }
  }
}
