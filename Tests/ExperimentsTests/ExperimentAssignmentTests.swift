import Experiments
import Foundation
import TestSupport
import Testing

struct ExperimentAssignmentTests {
  private let ids = (0..<20_000).map { "u\($0)" }

  // The places by md5sum of coreutils.
  @Test(arguments: [
    ("user-17", 0x9689_e441), ("a", 0x78f6_5271), ("", 0x1118_ec72),
  ])
  func `the place is the first 32 bits of the digest of salt and id`(_ id: String, _ bits: Int) {
    #expect(
      ExperimentAssignment.place(of: id, salt: "checkout-2026") == Double(bits) / 4_294_967_296)
  }

  @Test func `variants divide the places in order`() {
    let assignment = ExperimentAssignment(
      salt: "s", variants: [.init("a", weight: 2), .init("none", weight: 0), .init("b", weight: 6)])
    var counts: [String: Int] = [:]
    for id in ids {
      let place = ExperimentAssignment.place(of: id, salt: "s")
      #expect(assignment.variant(of: id) == (place < 0.25 ? "a" : "b"))
      counts[assignment.variant(of: id)!, default: 0] += 1
    }
    // Four standard deviations of a binomial count.
    #expect(abs(counts["a"]! - 5_000) < 250)
  }

  @Test func `a ramp-up adds units and moves none`() {
    func assignment(_ rollout: Double) -> ExperimentAssignment {
      ExperimentAssignment(salt: "s", variants: ["control", "treatment"], rollout: rollout)
    }
    for id in ids {
      let small = assignment(0.1).variant(of: id)
      if let small { #expect(assignment(0.5).variant(of: id) == small) }
      #expect(assignment(0).variant(of: id) == nil)
      #expect(assignment(1).variant(of: id) != nil)
    }
    let taken = ids.filter { assignment(0.1).variant(of: $0) != nil }
    #expect(abs(taken.count - 2_000) < 170)
    let treated = taken.filter { assignment(0.1).variant(of: $0) == "treatment" }
    #expect(abs(treated.count * 2 - taken.count) < 180)
  }

  @Test func `experiments in different parts of a layer share no unit`() {
    let first = ExperimentAssignment.Layer(salt: "checkout", part: 0..<0.5)
    let second = ExperimentAssignment.Layer(salt: "checkout", part: 0.5..<1)
    #expect(first.isDisjoint(from: second))
    #expect(!first.isDisjoint(from: .init(salt: "search", part: 0.5..<1)))
    let a = ExperimentAssignment(salt: "x", variants: ["c", "t"], layer: first)
    let b = ExperimentAssignment(salt: "y", variants: ["c", "t"], layer: second)
    for id in ids { #expect((a.variant(of: id) == nil) != (b.variant(of: id) == nil)) }
  }

  @Test func `salts give independent assignments`() {
    let a = ExperimentAssignment(salt: "x", variants: ["c", "t"])
    let b = ExperimentAssignment(salt: "y", variants: ["c", "t"])
    let both = ids.count { a.variant(of: $0) == "t" && b.variant(of: $0) == "t" }
    #expect(abs(both - 5_000) < 250)
  }

  @Test func `an assignment prints and stores itself`() throws {
    let assignment = ExperimentAssignment(
      salt: "s", variants: [.init("a", weight: 1), .init("b", weight: 2)], rollout: 0.25,
      layer: .init(salt: "l", part: 0..<0.5))
    #expect(
      assignment.description
        == "assignment by MD5 of s: a 33.3 %, b 66.7 %, to 25.0 % of units, in 0.0..<0.5 of layer l"
    )
    #expect(
      try JSONDecoder().decode(
        ExperimentAssignment.self, from: JSONEncoder().encode(assignment)) == assignment)
    #expect(
      try StoredQuery.refusal(of: assignment, ["rollout"], 1.5)
        == "The rollout must be a share from 0 to 1.")
    #expect(
      try StoredQuery.refusal(of: assignment, ["variants", "0", "name"], "b")
        == "The variants of an experiment must have different names.")
    #expect(
      try StoredQuery.refusal(of: assignment, ["variants", "0", "weight"], -1)
        == "The weights must be finite and not negative.")
  }
}
