import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct GroupSequentialDesignTests {
  @Test(arguments: ExperimentVector.of("group_sequential"))
  func `bounds are those of published tables and other tools`(_ vector: ExperimentVector) throws {
    let level = vector.number("alpha")
    if let kind = vector.inputs["kind"]?.text {
      let design = GroupSequentialDesign(
        looks: Int(vector.number("looks")), level: level,
        boundary: kind == "obf.classic" ? .obrienFleming : .pocock)
      vector.check(design.efficacy.last, "constant")
      #expect(abs(design.spent.last! - level) < 1e-12)
      return
    }
    let spending: ErrorSpending =
      switch vector.inputs["spending"]?.text {
      case "obf_two_sided_each_alpha_half": .obrienFleming
      case "obf_alpha": .obrienFlemingBothSides
      case "pocock": .pocock
      default: .power(vector.number("phi"))
      }
    let design = GroupSequentialDesign(
      information: vector.numbers("information"), level: level, boundary: .spending(spending))
    vector.check(design.efficacy, "z_bounds")
  }

  @Test(arguments: ExperimentVector.of("peeking"))
  func `looking again raises the error as published`(_ vector: ExperimentVector) {
    let looks = vector.numbers("looks").map { Int($0) }
    let wanted = vector.expected["type1"]!.elements!.map { $0.number! }
    for (count, wanted) in zip(looks, wanted) {
      let rate = RepeatedTesting.falsePositiveRate(level: 0.05, looks: count)
      // Published with three decimals, so their own rounding is half of the last.
      #expect(abs(rate - wanted) < 0.0005 + 1e-12, "\(count) looks: \(rate)")
    }
  }

  @Test(arguments: [
    ErrorSpending.obrienFleming, .obrienFlemingBothSides, .pocock, .hwangShihDeCani(-4),
    .hwangShihDeCani(0), .hwangShihDeCani(1), .power(2),
  ])
  func `what is spent is what the bounds reject under the null hypothesis`(
    _ spending: ErrorSpending
  ) {
    for alternative in [Alternative.twoSided, .greater] {
      let design = GroupSequentialDesign(
        information: [0.2, 0.25, 0.6, 0.95, 1], level: 0.05, alternative: alternative,
        boundary: .spending(spending))
      let outlook = design.outlook(drift: 0)
      var sum = 0.0
      for (look, rejection) in outlook.rejection.enumerated() {
        sum += rejection
        #expect(abs(sum - design.spent[look]) < 1e-12)
      }
      #expect(abs(sum - 0.05) < 1e-12)
      #expect(abs(design.outlook(drift: design.drift).power - 0.8) < 1e-10)
      let all = outlook.rejection.reduce(0, +) + outlook.acceptance.reduce(0, +)
      #expect(near(all, 1, 1e-12))
    }
  }

  @Test func `one look is the fixed test`() {
    let design = GroupSequentialDesign(looks: 1)
    #expect(abs(design.efficacy[0] - 1.959963984540054) < 1e-14)
    // The far tail adds 2.6e-6 to the power, so that a little less drift suffices.
    #expect(abs(design.inflation - 1) < 1e-5)
    #expect(near(RepeatedTesting.falsePositiveRate(level: 0.05, looks: 1), 0.05, 1e-15))
  }

  // Jennison and Turnbull 2000, tables 2.1 and 2.3: the constants C_P and C_B for 5 %, two-sided.
  @Test(arguments: [
    (StoppingBoundary.pocock, 2, 2.178), (.pocock, 3, 2.289), (.pocock, 4, 2.361),
    (.pocock, 10, 2.555), (.obrienFleming, 2, 1.977), (.obrienFleming, 3, 2.004),
    (.obrienFleming, 4, 2.024), (.obrienFleming, 10, 2.087),
  ])
  func `constants are those published`(
    _ boundary: StoppingBoundary, _ looks: Int, _ wanted: Double
  ) {
    let design = GroupSequentialDesign(looks: looks, boundary: boundary)
    #expect(near(design.efficacy.last!, wanted, 0.0005 + 1e-9), "\(design.efficacy)")
    // Early stopping costs users at most, and saves some on average where there is an effect.
    #expect(design.inflation > 1 && design.inflation < 1.31)
    #expect(design.expectedInformation(drift: design.drift) * design.inflation < 1)
  }

  @Test(arguments: [true, false])
  func `futility bounds meet the others at the end and miss what they may`(_ isBinding: Bool) {
    let design = GroupSequentialDesign(
      looks: 4, level: 0.025, power: 0.9, alternative: .greater,
      boundary: .spending(.hwangShihDeCani(-4)),
      futility: .init(spending: .hwangShihDeCani(-2), isBinding: isBinding))
    #expect(design.futilityBounds[3] == design.efficacy[3])
    #expect(zip(design.futilityBounds, design.efficacy).allSatisfy { $0 <= $1 })
    let effect = design.outlook(drift: design.drift)
    #expect(abs(effect.power - 0.9) < 1e-9)
    var missed = 0.0
    for look in 0..<4 {
      missed += effect.acceptance[look]
      let allowed = ErrorSpending.hwangShihDeCani(-2)
        .spent(at: design.information[look], of: 0.1)
      #expect(abs(missed - allowed) < 1e-9)
    }
    let null = design.outlook(drift: 0).power
    if isBinding {
      #expect(abs(null - 0.025) < 1e-9)
    } else {
      #expect(null < 0.025)
      let without = GroupSequentialDesign(
        looks: 4, level: 0.025, power: 0.9, alternative: .greater,
        boundary: .spending(.hwangShihDeCani(-4)))
      #expect(design.efficacy == without.efficacy)
      #expect(design.drift > without.drift)
    }
  }

  @Test func `simulated experiments cross the bounds as often as computed`() {
    let rounds = Rounds.isDeep ? 400_000 : 20_000
    let design = GroupSequentialDesign(
      information: [0.3, 0.5, 1], level: 0.1, boundary: .spending(.pocock))
    for drift in [0, 1.7] {
      var generator = SeededGenerator(seed: 5, path: "group sequential")
      var counts = [0, 0, 0]
      for _ in 0..<rounds {
        var (score, before) = (0.0, 0.0)
        for (look, information) in design.information.enumerated() {
          score += drift * (information - before)
          score += (information - before).squareRoot() * generator.normal()
          before = information
          if abs(score) / information.squareRoot() >= design.efficacy[look] {
            counts[look] += 1
            break
          }
        }
      }
      let outlook = design.outlook(drift: drift)
      for look in 0..<3 {
        #expect(near(count: counts[look], of: rounds, share: outlook.rejection[look]))
      }
    }
  }

  @Test func `a design prints its bounds`() {
    #expect(
      GroupSequentialDesign(looks: 2).description == """
        group sequential design: O'Brien–Fleming spending, level 0.05, two-sided
        look  information      z       p   spent
        ────  ───────────  ─────  ──────  ──────
           1        50.0%  2.963  0.0031  0.0031
           2       100.0%  1.969  0.0490  0.0500
        """)
  }
}
