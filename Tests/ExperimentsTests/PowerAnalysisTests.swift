import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

struct PowerAnalysisTests {
  @Test(arguments: ExperimentVector.of("sample_size"))
  func `sample sizes are those of other tools`(_ vector: ExperimentVector) {
    let (level, power) = (vector.number("alpha"), vector.number("power"))
    guard let effect = vector.inputs["effect_size"]?.number else {
      let (first, second) = (vector.number("p1"), vector.number("p2"))
      let variance: PowerAnalysis.ProportionVariance =
        switch vector.inputs["method"]!.text! {
        case "cohen_h": .arcsine
        case "evan_miller": .baselineNull
        default: .pooledNull
        }
      let analysis = PowerAnalysis(
        .proportion(baseline: first, variance: variance), level: level,
        countsWrongDirection: variance == .arcsine)
      let units = analysis.controlUnits(detecting: .absolute(second - first), power: power)
      vector.check(units, "n_per_group")
      return
    }
    let analysis = PowerAnalysis(
      .mean(baseline: 0, standardDeviation: 1), level: level, countsWrongDirection: true)
    let units = analysis.controlUnits(detecting: .absolute(effect), power: power)
    vector.check(units, "n1")
    let rounded = analysis.power(toDetect: .absolute(effect), control: units.rounded())
    vector.check(rounded, "power_at_rounded_n1")
  }

  @Test(arguments: ExperimentVector.of("power"))
  func `power is that of R and statsmodels`(_ vector: ExperimentVector) {
    let level = vector.number("alpha")
    guard let difference = vector.inputs["diff"]?.number else {
      let (first, second) = (vector.number("p1"), vector.number("p2"))
      let analysis = PowerAnalysis(.proportion(baseline: first), level: level)
      vector.check(
        analysis.power(toDetect: .absolute(second - first), control: vector.number("n")), "power")
      return
    }
    // The first sample of statsmodels is our control, the second has `ratio` times its units.
    let analysis = PowerAnalysis(
      .proportion(baseline: vector.number("p2") + difference), level: level,
      allocation: vector.number("ratio"), countsWrongDirection: true)
    vector.check(
      analysis.power(toDetect: .absolute(-difference), control: vector.number("n1")), "power")
  }

  @Test(arguments: ExperimentVector.of("mde"))
  func `detectable effects are those of R's formula`(_ vector: ExperimentVector) {
    let analysis = PowerAnalysis(
      .proportion(baseline: vector.number("p1")), level: vector.number("alpha"))
    let effect = analysis.detectableEffect(
      control: vector.number("n_per_group"), power: vector.number("power"))
    vector.check(effect, "mde")
  }

  @Test(arguments: Rounds.parts)
  func `size, power and effect are inverses of each other`(part: Int) {
    for var generator in Rounds.generators("power", part: part, perPart: 5) {
      let baseline = generator.uniform(in: 0.02..<0.6)
      let metrics: [PowerAnalysis.Metric] = [
        .proportion(
          baseline: baseline,
          variance: generator.choose(from: [.pooledNull, .baselineNull, .arcsine])
        ),
        .mean(baseline: 1, standardDeviation: 3, covariateCorrelation: 0.5),
        .rate(baseline: 2 * baseline),
      ]
      for metric in metrics {
        let alternative = generator.choose(from: Alternative.allCases)
        let claim = generator.choose(
          from: [PowerAnalysis.Claim.difference, .nonInferiority(margin: 0.01)])
        let analysis = PowerAnalysis(
          metric, claim: claim, level: 0.01, alternative: alternative,
          allocation: generator.uniform(in: 0.3..<3))
        let size = (alternative == .less ? -0.15 : 0.15) * baseline
        let units = analysis.controlUnits(detecting: .absolute(size), power: 0.9)
        let power = analysis.power(toDetect: .absolute(size), control: units)
        #expect(near(power, 0.9, 1e-9), "\(analysis)")
        let effect = analysis.detectableEffect(control: units, power: 0.9)!
        #expect(near(effect, size, 1e-6 * abs(size)), "\(analysis)")
        let whole = analysis.sampleSize(detecting: .absolute(size), power: 0.9)!
        #expect(whole.control == Int(units.rounded(.up)))
        #expect(whole.total == whole.control + whole.treatment)
      }
    }
  }

  @Test func `a covariate saves the share of units that it explains`() {
    func units(_ correlation: Double) -> Double {
      PowerAnalysis(
        .mean(baseline: 10, standardDeviation: 20, covariateCorrelation: correlation)
      ).controlUnits(detecting: .relative(0.02))
    }
    #expect(near(units(0.6) / units(0), 0.64, 1e-4))
  }

  @Test func `simulated t-tests reject as often as computed`() {
    let rounds = Rounds.isDeep ? 100_000 : 5_000
    let analysis = PowerAnalysis(.mean(baseline: 0, standardDeviation: 2), allocation: 2)
    let power = analysis.power(toDetect: .absolute(2), control: 10)
    var generator = SeededGenerator(seed: 8)
    var found = 0
    for _ in 0..<rounds {
      let arms = [(10, 0.0), (20, 2.0)].map { count, mean in
        MetricEstimate(
          .mean(0),
          of: MetricMoments(
            (0..<count).map { _ in
              generator.normal(mean: mean, standardDeviation: 2)
            }))
      }
      let test = MetricComparison(control: arms[0], treatment: arms[1], reference: .student)
      if test.pValue < 0.05, test.difference > 0 { found += 1 }
    }
    #expect(near(count: found, of: rounds, share: power))
  }

  @Test func `what cannot be found has no size`() {
    let analysis = PowerAnalysis(.proportion(baseline: 0.1))
    #expect(analysis.controlUnits(detecting: .absolute(0)) == .infinity)
    #expect(analysis.sampleSize(detecting: .absolute(0)) == nil)
    #expect(analysis.detectableEffect(control: 2) == nil)
    #expect(
      PowerAnalysis(.proportion(baseline: 0.1), claim: .equivalence(margin: 0.02))
        .detectableEffect(control: 1000) == nil)
    #expect(analysis.sampleSize(detecting: .relative(0.1))!.description == "14,751 + 14,751 units")
    #expect(
      analysis.description
        == "power of a difference test of a proportion of 10.00%, two-sided, level 0.05")
  }

  @Test func `equivalence needs more units the nearer the margin`() {
    func units(_ effect: Double) -> Double {
      PowerAnalysis(
        .mean(baseline: 0, standardDeviation: 1), claim: .equivalence(margin: 0.2)
      ).controlUnits(detecting: .absolute(effect))
    }
    // The normal approximation 2 (z₀.₉₅ + z₀.₉)² / 0.2², where both tests must reject.
    #expect(near(units(0), 2 * pow(1.6448536 + 1.2815516, 2) / 0.04, 2))
    #expect(units(0.1) > 2.8 * units(0))
    #expect(near(units(0.05), units(-0.05), 1e-6))
  }

  @Test func `a stored analysis that makes no sense is refused`() throws {
    let analysis = PowerAnalysis(.rate(baseline: 2), claim: .nonInferiority(margin: 0.1))
    #expect(
      try JSONDecoder().decode(PowerAnalysis.self, from: JSONEncoder().encode(analysis)) == analysis
    )
    #expect(
      try StoredQuery.refusal(of: analysis, ["level"], 2) == "The level must lie between 0 and 1.")
    #expect(
      try StoredQuery.refusal(of: analysis, ["allocation"], 0)
        == "The allocation must be finite and above zero.")
  }
}
