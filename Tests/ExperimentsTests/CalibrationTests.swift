import Experiments
import Foundation
import StatisticsCore
import TestSupport
import Testing

/// How often tests reject a true null hypothesis, and intervals hold the truth.
///
/// Of counts the share is the sum of the probabilities of all tables: a number, which another tool
/// gave too. Of samples it is simulated, 20,000 times in a deep run and 400 times in a plain one, and
/// may be four standard errors from a share that is known from theory or from a longer simulation
/// elsewhere. The shares stand in `Reference/calibration.json`; some are not 5 % or 95 %, because the
/// methods are approximate, or because counts leave no choice.
@Suite struct CalibrationTests {
  private static let level = 0.05

  // MARK: Known shares

  private static let references: [String: JSONValue] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Reference/calibration.json")
    let file = try! JSONValue(Array(Data(contentsOf: url)))
    return Dictionary(
      uniqueKeysWithValues: file["cases"]!.elements!.map { ($0["name"]!.text!, $0) })
  }()

  /// Compares a share that was summed up.
  private func check(
    _ name: String, _ share: Double, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let reference = try #require(Self.references[name], sourceLocation: location)
    let expected = try #require(reference["share"]?.number)
    let tolerance = try #require(reference["tolerance"]?.number)
    #expect(
      abs(share - expected) <= tolerance, "\(name): \(share) is not \(expected)",
      sourceLocation: location)
  }

  // MARK: Sums over all tables

  private struct Arm {
    let trials: Int
    let rate: Double

    init(_ trials: Int, _ rate: Double) { (self.trials, self.rate) = (trials, rate) }

    /// The probabilities of all numbers of successes.
    var masses: [Double] {
      let distribution = BinomialDistribution(trials: trials, probability: rate)
      return (0...trials).map { distribution.mass($0).value }
    }
  }

  /// Returns the probability of the tables of two arms for which something holds.
  private func share(
    _ first: Arm, _ second: Arm, _ holds: (Proportion, Proportion) -> Bool
  ) -> Double {
    let (a, b) = (first.masses, second.masses)
    var sum = 0.0
    for x in 0...first.trials {
      for y in 0...second.trials where a[x] * b[y] > 1e-20 {
        if holds(Proportion(x, of: first.trials), Proportion(y, of: second.trials)) {
          sum += a[x] * b[y]
        }
      }
    }
    return sum
  }

  /// Returns the probability of the successes of one arm for which something holds.
  private func share(_ arm: Arm, _ holds: (Proportion) -> Bool) -> Double {
    zip(0...arm.trials, arm.masses).reduce(0) { sum, next in
      holds(Proportion(next.0, of: arm.trials)) ? sum + next.1 : sum
    }
  }

  @Test func `tests of rates reject as often as the sum over all tables says`() throws {
    try check(
      "pooled z-test, 500 v 500 at 10 %",
      share(Arm(500, 0.1), Arm(500, 0.1)) { TwoProportionZTest($0, $1).pValue <= Self.level })
    try check(
      "Fisher, 60 v 40 at 20 %",
      share(Arm(60, 0.2), Arm(40, 0.2)) { FisherExactTest($0, $1).pValue <= Self.level })
    try check(
      "Boschloo, 12 v 9 at 30 %",
      share(Arm(12, 0.3), Arm(9, 0.3)) {
        BoschlooTest($0, $1, alternative: .greater).pValue <= Self.level
      })
  }

  @Test func `the chi-square test of three arms rejects as often as the sum over all tables says`()
    throws
  {
    let masses = Arm(40, 0.3).masses
    var sum = 0.0
    for a in 0...40 {
      for b in 0...a {
        for c in 0...b where masses[a] * masses[b] * masses[c] > 1e-20 {
          let orders: Double = a == b && b == c ? 1 : a == b || b == c ? 3 : 6
          let test = ChiSquareTest([a, b, c].map { Proportion($0, of: 40) })
          if test.pValue <= Self.level { sum += orders * masses[a] * masses[b] * masses[c] }
        }
      }
    }
    try check("chi-square, three arms of 40 at 30 %", sum)
  }

  @Test func `the E-test rejects as often as the sum over all counts says`() throws {
    let distribution = PoissonDistribution(mean: 8)
    let masses = (0..<45).map { distribution.mass($0).value }
    var sum = 0.0
    for x in 0..<45 {
      // Exchanged counts are as probable and give the same answer.
      for y in 0...x where masses[x] * masses[y] > 1e-14 {
        let test = PoissonRatioTest(
          PoissonRate(x, per: 1), PoissonRate(y, per: 1), method: .parametric)
        if test.pValue <= Self.level { sum += (x == y ? 1 : 2) * masses[x] * masses[y] }
      }
    }
    try check("E-test, means 8 and 8", sum)
  }

  @Test func `exact tests and intervals hold their level at every rate`() {
    func table(_ first: Int, _ second: Int, _ rejects: (Proportion, Proportion) -> Bool) {
      let isRejected = (0...first).map { x in
        (0...second).map { rejects(Proportion(x, of: first), Proportion($0, of: second)) }
      }
      for step in stride(from: 1, to: 100, by: Rounds.isDeep ? 1 : 7) {
        let rate = Double(step) / 100
        let share = share(Arm(first, rate), Arm(second, rate)) {
          isRejected[$0.successes][$1.successes]
        }
        #expect(share <= Self.level, "\(first) v \(second) at \(rate)")
      }
    }
    for alternative in Alternative.allCases {
      table(30, 20) { FisherExactTest($0, $1, alternative: alternative).pValue <= Self.level }
      table(12, 9) { BoschlooTest($0, $1, alternative: alternative).pValue <= Self.level }
    }
    let intervals = (0...40).map {
      Proportion($0, of: 40).confidenceInterval(level: 1 - Self.level, method: .clopperPearson)
    }
    for step in stride(from: 1, to: 1_000, by: Rounds.isDeep ? 1 : 7) {
      let rate = Double(step) / 1_000
      let covered = share(Arm(40, rate)) { intervals[$0.successes].contains(rate) }
      #expect(covered >= 1 - Self.level, "\(rate)")
    }
  }

  @Test func `intervals of rates cover the truth as often as the sum over all tables says`()
    throws
  {
    try check(
      "Clopper–Pearson, 40 at 7 %",
      share(Arm(40, 0.07)) {
        $0.confidenceInterval(level: 0.95, method: .clopperPearson).contains(0.07)
      })
    try check(
      "Wilson, 200 at 30 %",
      share(Arm(200, 0.3)) { $0.confidenceInterval(level: 0.95).contains(0.3) })
    for method in [DifferenceIntervalMethod.newcombe, .agrestiCaffo, .miettinenNurminen] {
      try check(
        "\(method.rawValue), 60 v 80 at 20 % and 35 %",
        share(Arm(60, 0.2), Arm(80, 0.35)) {
          ProportionDifference($0, $1).confidenceInterval(level: 0.95, method: method)
            .contains(0.2 - 0.35)
        })
    }
  }

  // MARK: Simulations

  private static let rounds = Rounds.isDeep ? 20_000 : 400

  /// Counts the rounds in which something happens, and compares their share.
  private func simulate(
    _ name: String, _ location: SourceLocation = #_sourceLocation,
    _ happens: (inout SeededGenerator) -> Bool
  ) throws {
    let reference = try #require(Self.references[name], sourceLocation: location)
    let expected = try #require(reference["share"]?.number)
    var count = 0
    for round in 0..<Self.rounds {
      var random = SeededGenerator(seed: 20_261_121, path: name, UInt64(round))
      if happens(&random) { count += 1 }
    }
    let share = Double(count) / Double(Self.rounds)
    // A simulated share has an error of its own.
    let theirs = reference["rounds"]?.number.map { 1 / $0 } ?? 0
    let error = (expected * (1 - expected) * (1 / Double(Self.rounds) + theirs)).squareRoot()
    #expect(
      abs(share - expected) <= 4 * error, "\(name): \(share) is not \(expected) ± \(error)",
      sourceLocation: location)
  }

  private func sample(
    _ count: Int, _ deviation: Double, _ random: inout SeededGenerator
  ) -> [Double] {
    (0..<count).map { _ in random.normal(standardDeviation: deviation) }
  }

  @Test func `tests of two means reject as often as their distributions say`() throws {
    try simulate("Welch, 12 v 30, deviations 3 and 1") {
      TwoSampleTTest(sample(12, 3, &$0), sample(30, 1, &$0)).pValue <= Self.level
    }
    try simulate("Student, 12 v 30, equal deviations") {
      TwoSampleTTest(sample(12, 1, &$0), sample(30, 1, &$0), variances: .equal).pValue
        <= Self.level
    }
    try simulate("Welch's interval of skewed values") { random in
      func sample(_ count: Int) -> [Double] { (0..<count).map { _ in random.exponential() } }
      return TwoSampleTTest(sample(80), sample(120)).confidenceInterval(level: 0.95).contains(0)
    }
  }

  @Test func `tests of ranks and quantiles reject as often as is known`() throws {
    try simulate("Mann–Whitney exact, 9 v 11") {
      MannWhitneyTest(sample(9, 1, &$0), sample(11, 1, &$0)).pValue <= Self.level
    }
    try simulate("Brunner–Munzel, 25 v 40, deviations 3 and 1") {
      BrunnerMunzelTest(sample(25, 3, &$0), sample(40, 1, &$0)).pValue <= Self.level
    }
    try simulate("medians of 150 clusters") { random in
      func estimate() -> QuantileEstimate {
        let clusters = (0..<150).map { _ in
          let own = random.normal()
          return (0..<3).map { _ in own + random.normal() }
        }
        return QuantileEstimate(clusters: clusters, probability: 0.5)
      }
      return QuantileTest(estimate(), estimate()).confidenceInterval(level: 0.95).contains(0)
    }
  }

  @Test func `the test of normality rejects normal samples as often as is known`() throws {
    try simulate("Shapiro–Wilk, 30 normal values") {
      ShapiroWilkTest(sample(30, 1, &$0)).pValue <= Self.level
    }
  }

  @Test func `every known share tells its tool and its precision`() {
    #expect(Self.references.count == 17)
    for reference in Self.references.values {
      #expect((reference["tolerance"] == nil) == (reference["rounds"] != nil))
      #expect(reference["tool"]?.text?.isEmpty == false)
    }
  }
}
