import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct GroupSequentialTestTests {
  @Test func `the first bound that is crossed decides`() {
    let design = GroupSequentialDesign(looks: 3)
    #expect(GroupSequentialTest(design, statistics: [1.2]).decision == .goOn)
    #expect(GroupSequentialTest(design, statistics: [1.2, 2.6]).decision == .reject)
    #expect(GroupSequentialTest(design, statistics: [1.2, -2.6]).decision == .reject)
    #expect(GroupSequentialTest(design, statistics: [1.2, 2.4, 1.9]).decision == .accept)
    let stopped = GroupSequentialTest(design, statistics: [1.2, 2.6, 0])
    #expect(stopped.statistics == [1.2, 2.6])
    #expect(stopped.description.hasPrefix("look 2 of 3: reject, p = 0.0"))
    let futile = GroupSequentialDesign(looks: 3, alternative: .greater, futility: .init())
    #expect(GroupSequentialTest(futile, statistics: [-1]).decision == .futile)
  }

  @Test func `one look gives the p-value and the interval of the fixed test`() {
    let test = GroupSequentialTest(GroupSequentialDesign(looks: 1), statistics: [2.5])
    #expect(abs(test.pValue - 0.012419330651552318) < 1e-15)
    #expect(abs(test.drift - 2.5) < 1e-12)
    #expect(near(test.driftInterval.lowerBound, 2.5 - 1.959963984540054, 1e-12))
    #expect(near(test.driftInterval.upperBound, 2.5 + 1.959963984540054, 1e-12))
  }

  @Test func `at a bound the p-value is what has been spent`() {
    let design = GroupSequentialDesign(looks: 4, boundary: .spending(.pocock))
    for look in 0..<4 {
      let z = [Double](repeating: 0, count: look) + [design.efficacy[look]]
      let test = GroupSequentialTest(design, statistics: z)
      #expect(abs(test.pValue - design.spent[look]) < 1e-12)
      #expect(test.decision == .reject)
    }
  }

  @Test(arguments: Rounds.parts)
  func `the interval holds 0 just where the p-value is above the level`(part: Int) {
    let design = GroupSequentialDesign(looks: 3, boundary: .spending(.pocock))
    for var generator in Rounds.generators("stagewise", part: part, perPart: 5) {
      let z = (0..<3).map { _ in generator.normal(standardDeviation: 2) }
      let test = GroupSequentialTest(design, statistics: z)
      #expect(test.driftInterval.contains(0) == (test.pValue > 0.05))
      #expect(test.driftInterval.contains(test.drift))
      #expect((test.decision == .reject) == (test.pValue <= 0.05) || test.decision == .goOn)
    }
  }

  @Test func `the interval covers the drift as often as it says`() {
    let design = GroupSequentialDesign(looks: 3, level: 0.2, boundary: .spending(.pocock))
    let rounds = Rounds.isDeep ? 4_000 : 300
    var generator = SeededGenerator(seed: 6, path: "coverage")
    var (covered, above) = (0, 0)
    for _ in 0..<rounds {
      var (score, before) = (0.0, 0.0)
      let z = design.information.map { information in
        score += 1.5 * (information - before)
        score += (information - before).squareRoot() * generator.normal()
        before = information
        return score / information.squareRoot()
      }
      let test = GroupSequentialTest(design, statistics: z)
      if test.driftInterval.contains(1.5) { covered += 1 }
      if test.drift > 1.5 { above += 1 }
    }
    #expect(near(count: covered, of: rounds, share: 0.8))
    #expect(near(count: above, of: rounds, share: 0.5))
  }
}
