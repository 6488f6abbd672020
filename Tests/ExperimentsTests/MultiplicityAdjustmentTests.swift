import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct MultiplicityAdjustmentTests {
  static func adjustment(_ name: String, _ level: Double) -> MultiplicityAdjustment? {
    switch name {
    case "bonferroni": .bonferroni
    case "sidak": .sidak
    case "holm": .holm
    case "holm-sidak": .holmSidak
    case "simes-hochberg": .hochberg
    case "hommel": .hommel
    case "fdr_bh": .benjaminiHochberg
    case "fdr_by": .benjaminiYekutieli
    case "fdr_tsbky": .twoStage(level: level)
    default: nil
    }
  }

  @Test(arguments: ExperimentVector.of("multiplicity"))
  func `adjusted p-values are those of statsmodels`(_ vector: ExperimentVector) throws {
    let level = vector.number("alpha")
    let adjustment = try #require(
      Self.adjustment(vector.inputs["method"]!.text!, level))
    let adjusted = adjustment.adjusted(vector.numbers("p_values"))
    vector.check(adjusted, "adjusted")
    let rejected = vector.expected["reject"]!.elements!.map { item in
      if case .bool(let value) = item { value } else { false }
    }
    #expect(adjusted.map { $0 <= level } == rejected)
  }

  @Test(arguments: ExperimentVector.of("multiplicity"))
  func `logarithms are adjusted as the p-values are`(_ vector: ExperimentVector) throws {
    let adjustment = try #require(
      Self.adjustment(vector.inputs["method"]!.text!, vector.number("alpha")))
    let logs = adjustment.adjusted(logP: vector.numbers("p_values").map { log($0) })
    for (found, wanted) in zip(logs, vector.expected["adjusted"]!.elements!) {
      #expect(near(exp(found), wanted.number!, 1e-12 * wanted.number!))
    }
  }

  @Test(arguments: Rounds.parts)
  func `Hommel's is Simes' test of every set of hypotheses`(part: Int) {
    for var generator in Rounds.generators("hommel", part: part, perPart: 20) {
      let p = (0..<generator.integer(in: 1...7)).map { _ in
        generator.bernoulli(0.3) ? 0.02 : generator.uniform() * 0.2
      }
      let adjusted = MultiplicityAdjustment.hommel.adjusted(p)
      for index in p.indices {
        var largest = 0.0
        for set in 0..<(1 << p.count) where set >> index & 1 == 1 {
          let members = p.indices.filter { set >> $0 & 1 == 1 }.map { p[$0] }.sorted()
          let simes = members.enumerated()
            .map { $1 * Double(members.count) / Double($0 + 1) }.min()!
          largest = max(largest, simes)
        }
        #expect(abs(adjusted[index] - min(1, largest)) < 1e-14)
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `procedures keep their order and lie within 0 and 1`(part: Int) {
    for var generator in Rounds.generators("multiplicity", part: part) {
      let p = (0..<generator.integer(in: 0...9)).map { _ in
        generator.choose(from: [0, 1, 0.01, generator.uniform(), generator.uniform() * 0.01])
      }
      func adjusted(_ kind: MultiplicityAdjustment) -> [Double] { kind.adjusted(p) }
      func atMost(_ a: [Double], _ b: [Double]) -> Bool {
        zip(a, b).allSatisfy { $0 <= $1 * (1 + 1e-14) }
      }
      #expect(atMost(adjusted(.holm), adjusted(.bonferroni)))
      #expect(atMost(adjusted(.sidak), adjusted(.bonferroni)))
      #expect(atMost(adjusted(.holmSidak), adjusted(.holm)))
      #expect(atMost(adjusted(.hochberg), adjusted(.holm)))
      #expect(atMost(adjusted(.hommel), adjusted(.hochberg)))
      #expect(atMost(adjusted(.benjaminiHochberg), adjusted(.hommel)))
      #expect(atMost(adjusted(.benjaminiHochberg), adjusted(.benjaminiYekutieli)))
      for kind in MultiplicityAdjustment.allWithoutParameter + [.twoStage(level: 0.05)] {
        #expect(adjusted(kind).allSatisfy { $0 >= 0 && $0 <= 1 })
        if kind != .twoStage(level: 0.05) { #expect(atMost(p, adjusted(kind))) }
      }
    }
  }

  @Test func `p-values below the smallest double are adjusted as logarithms`() {
    let logs = MultiplicityAdjustment.bonferroni.adjusted(logP: [-2000, -3])
    #expect(abs(logs[0] - (-2000 + log(2.0))) < 1e-12)
    #expect(abs(logs[1] - (-3 + log(2.0))) < 1e-15)
    #expect(MultiplicityAdjustment.sidak.adjusted(logP: [-2000, -1e-3])[0] == -2000 + log(2.0))
    for kind in MultiplicityAdjustment.allWithoutParameter {
      #expect(kind.adjusted(logP: [-.infinity, 0]) == [-.infinity, 0], "\(kind)")
      #expect(kind.adjusted([]) == [])
    }
  }

  @Test func `adjustments print their names`() {
    #expect(MultiplicityAdjustment.benjaminiHochberg.description == "Benjamini–Hochberg")
    #expect(
      MultiplicityAdjustment.twoStage(level: 0.1).description
        == "two-stage Benjamini–Hochberg at 0.1")
  }
}
