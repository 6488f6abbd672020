import StatisticsCore
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether two numbers are equal, or differ by at most `tolerance` relative to the expected one.
func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  value == expected || abs(value - expected) <= tolerance * abs(expected)
}

/// All tables with the margins of one, weighed by whole numbers.
private struct ExactTables {
  /// The least possible first cell.
  var least: Int
  /// How many arrangements give each table, from the least first cell on.
  var weights: [Int]
  var total: Int

  /// Counts the arrangements; margins up to 30 keep all products below 2⁶³.
  init(row1: Int, row2: Int, column1: Int) {
    least = max(0, column1 - row2)
    weights = (least...min(row1, column1)).map {
      Self.pascal[row1][$0] * Self.pascal[row2][column1 - $0]
    }
    total = weights.reduce(0, +)
  }

  /// Returns the probability of the tables that fulfil a condition on first cell and weight.
  func probability(_ condition: (Int, Int) -> Bool) -> TailProbability {
    var part = 0
    for (offset, weight) in weights.enumerated() where condition(least + offset, weight) {
      part += weight
    }
    let share = Double(part) / Double(total)
    let opposite = Double(total - part) / Double(total)
    return TailProbability(value: share, log: share > 0.5 ? log1p(-opposite) : log(share))
  }

  private static let pascal: [[Int]] = {
    var rows = [[1]]
    for n in 1...30 {
      let last = rows[n - 1]
      rows.append((0...n).map { ($0 > 0 ? last[$0 - 1] : 0) + ($0 < n ? last[$0] : 0) })
    }
    return rows
  }()
}

@Suite struct FisherTestTests {
  private func check(
    _ value: TailProbability, _ expected: TailProbability, _ tolerance: Double,
    _ comment: @autoclosure () -> String
  ) {
    let isRight =
      isClose(value.value, expected.value, tolerance) && isClose(value.log, expected.log, tolerance)
    if !isRight { Issue.record("\(comment()): \(value) is not \(expected)") }
  }

  @Test func `all tables of up to 30 agree with exact fractions`() {
    var count = 0
    for n in 0...30 {
      for row1 in 0...n {
        for column1 in 0...n {
          let tables = ExactTables(row1: row1, row2: n - row1, column1: column1)
          for (offset, observed) in tables.weights.enumerated() {
            let a = tables.least + offset
            let (b, c) = (row1 - a, column1 - a)
            let d = n - row1 - c
            let test = FisherTest(a, b, c, d)
            let name = "\(a) \(b) \(c) \(d)"
            // A relative excess of 1e-7 counts as equal.
            let twoSided = tables.probability { $1 * 10_000_000 <= observed * 10_000_001 }
            check(test.twoSided, twoSided, 2e-15, "two-sided \(name)")
            check(test.less, tables.probability { k, _ in k <= a }, 2e-15, "less \(name)")
            check(test.greater, tables.probability { k, _ in k >= a }, 2e-15, "greater \(name)")
            let mass = SaddlePoint.hypergeometric(a, b, c, d)
            let share = Double(observed) / Double(tables.total)
            #expect(isClose(mass.value, share, 1e-15))
            #expect(abs(mass.log - log(share)) <= 1e-15 * max(1, -log(share)))
            count += 1
          }
        }
      }
    }
    #expect(count == 46_376)
  }

  @Test func `reference probabilities and sample odds ratios are reproduced`() throws {
    let cases = StatisticsReference.cases(StatisticsReference.fisher)
    #expect(cases.count == 42)
    for fields in cases {
      let cells = fields[1...4].map { Int($0)! }
      let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
      let result = ["two-sided": test.twoSided, "less": test.less, "greater": test.greater]
      let p = try #require(result[fields[5]])
      #expect(isClose(p.value, Double(fields[6])!, 1e-12), "\(fields)")
      let (logarithm, expected) = (p.log / log(10), Double(fields[7])!)
      // 60 digits give 0 where the opposite probability is below 1e-60.
      let isRight = isClose(logarithm, expected, 1e-12) || expected == 0 && abs(logarithm) < 1e-60
      #expect(isRight, "\(logarithm) \(fields)")
      if fields[8] == "nan" {
        #expect(test.sampleOddsRatio == nil)
      } else {
        #expect(isClose(try #require(test.sampleOddsRatio), Double(fields[8])!, 1e-15))
      }
    }
  }

  @Test func `large and lopsided tables agree with 70 digits`() {
    let cases = StatisticsReference.cases(StatisticsReference.large)
    #expect(cases.count == 19)
    for fields in cases {
      let cells = fields[0...3].map { Int($0)! }
      let numbers = fields[4...].map { Double($0)! }
      let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
      let mass = SaddlePoint.hypergeometric(cells[0], cells[1], cells[2], cells[3])
      #expect(isClose(mass.value, numbers[0], 2e-15), "mass \(fields)")
      #expect(abs(mass.log - numbers[1]) <= 1e-15 * max(1, -numbers[1]), "\(mass.log) \(fields)")
      for (place, value) in [test.twoSided, test.less, test.greater].enumerated() {
        let expected = TailProbability(value: numbers[2 + 2 * place], log: numbers[3 + 2 * place])
        check(value, expected, 1e-14, "\(place) \(fields)")
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `random tables agree with sums over all tables`(part: Int) {
    for var random in Rounds.generators("fisher sums", part: part, perPart: 12) {
      let scale = [30, 300, 3_000][Int(random.next() % 3)]
      let cells = (0..<4).map { _ in
        Int(random.uniform() * random.uniform() * Double(scale))
      }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let test = FisherTest(a, b, c, d)
      let factorial = PortableMath.logFactorial
      let (row1, row2, column1) = (a + b, c + d, a + c)
      let margins =
        factorial(row1) + factorial(row2) + factorial(column1) + factorial(b + d)
        - factorial(row1 + row2)
      func logMass(_ k: Int) -> Double {
        margins - factorial(k) - factorial(row1 - k) - factorial(column1 - k)
          - factorial(row2 - column1 + k)
      }
      let all = (max(0, column1 - row2)...min(row1, column1)).map { ($0, logMass($0)) }
      // Relative to the observed mass, which may be too small for a double.
      let observed = logMass(a)
      func logSum(_ condition: (Int, Double) -> Bool) -> Double {
        let parts = all.filter { condition($0.0, $0.1) }.map(\.1)
        let most = parts.max()!
        return most + log(parts.reduce(0) { $0 + exp($1 - most) })
      }
      let expected = [
        logSum { _, mass in mass <= observed + 1e-7 }, logSum { k, _ in k <= a },
        logSum { k, _ in k >= a },
      ]
      for (p, logP) in zip([test.twoSided, test.less, test.greater], expected) {
        #expect(abs(p.log - logP) <= 1e-9, "\(cells)")
        #expect(isClose(p.value, exp(p.log), 1e-12), "\(cells)")
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `exchanging rows, columns or both kinds does not change a bit`(part: Int) {
    for var random in Rounds.generators("fisher symmetry", part: part) {
      let scale = Double([10, 500, 20_000][Int(random.next() % 3)])
      let cells = (0..<4).map { _ in Int(random.uniform() * random.uniform() * scale) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let test = FisherTest(a, b, c, d)
      for same in [FisherTest(a, c, b, d), FisherTest(d, c, b, a), FisherTest(d, b, c, a)] {
        #expect(same.twoSided == test.twoSided)
        #expect(same.less == test.less)
        #expect(same.greater == test.greater)
      }
      for inverse in [
        FisherTest(b, a, d, c), FisherTest(c, d, a, b), FisherTest(b, d, a, c),
        FisherTest(c, a, d, b),
      ] {
        #expect(inverse.twoSided == test.twoSided)
        #expect(inverse.less == test.greater)
        #expect(inverse.greater == test.less)
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `the one-sided probabilities overlap in the observed table and rise with the first cell`(
    part: Int
  ) {
    for var random in Rounds.generators("fisher tails", part: part, perPart: 20) {
      let scale = Double([10, 100, 5_000][Int(random.next() % 3)])
      var cells = (0..<4).map { _ in Int(random.uniform() * scale) }
      var last: FisherTest?
      for _ in 0..<10 {
        let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
        let mass = SaddlePoint.hypergeometric(cells[0], cells[1], cells[2], cells[3])
        #expect(abs(test.less.value + test.greater.value - mass.value - 1) < 1e-14)
        let least = min(test.less.log, test.greater.log)
        #expect(test.twoSided.log >= least && test.twoSided.log <= 0)
        #expect(test.twoSided.log >= mass.log - 1e-12)
        if let last {
          #expect(test.less.log >= last.less.log && test.greater.log <= last.greater.log)
          #expect(test.less.log > last.less.log || test.greater.log < last.greater.log)
        }
        if cells[1] == 0 || cells[2] == 0 { break }
        last = test
        cells[0] += 1
        cells[1] -= 1
        cells[2] -= 1
        cells[3] += 1
      }
    }
  }

  @Test func `a table without choice has probability 1, no odds ratio and every interval`() {
    for cells in [
      [0, 0, 0, 0], [3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3], [0, 0, 5, 5],
      [5, 5, 0, 0], [5, 0, 5, 0], [0, 5, 0, 5], [1 << 53, 0, 0, 0], [0, 1 << 52, 0, 1 << 52],
    ] {
      let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
      for p in [test.twoSided, test.less, test.greater] {
        #expect(p == TailProbability(value: 1, log: 0))
      }
      #expect(test.sampleOddsRatio == nil)
      #expect(test.conditionalOddsRatio == nil)
      #expect(test.confidenceInterval(level: 0.95) == 0...Double.infinity)
      #expect(test.lowerBound(level: 0.95) == 0)
      #expect(test.upperBound(level: 0.95) == .infinity)
    }
  }

  @Test func `the most probable table has a two-sided probability of exactly 1`() {
    for cells in [
      [5, 5, 5, 5], [10, 20, 100, 200], [1, 9_999, 0, 10_000],
      [1_000_000, 999_999, 999_999, 999_999],
    ] {
      let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
      #expect(test.pValue == 1)
      #expect(test.logP == 0)
    }
  }

  @Test func `sums over hundreds of millions of tables stay exact`() {
    // mpmath 1.3.0 with 40 digits: Euler and Maclaurin's formula on the integral of the mass.
    let quarter = 1 << 51
    let wide = FisherTest(quarter - 70_000_000, quarter + 70_000_000, quarter, quarter)
    #expect(isClose(wide.less.log, -2.6580108513290173424, 1e-14))
    let narrow = FisherTest(
      1_000_000_000_000, 3_000_010_000_000, 2_000_001_000_000, 6_000_000_000_000)
    #expect(isClose(narrow.less.log, -5.6963028992535703786, 1e-14))
    let even = FisherTest(10_000_000_000, 10_000_000_000, 10_000_400_000, 10_000_000_000)
    #expect(isClose(even.less.log, -3.7830894072821623359, 1e-14))
    // Of equally probable tables, a few to the other side of the observed one count too.
    #expect(isClose(wide.pValue, 2 * wide.less.value, 1e-6))
  }

  @Test func `a probability below the smallest double keeps its logarithm`() {
    let test = FisherTest(5_000, 100, 100, 5_000)
    #expect(test.pValue == 0)
    #expect(isClose(test.greater.log, -2643.6779623855077 * log(10), 1e-14))
    #expect(isClose(test.logP, test.greater.log + log(2), 1e-14))
    #expect(test.less.value == 1)
  }
}

@Suite struct ConditionalOddsRatioTests {
  @Test func `reference odds ratios and intervals are reproduced`() throws {
    let cases = StatisticsReference.cases(StatisticsReference.conditional)
    #expect(cases.count == 65)
    for fields in cases {
      let cells = fields[1...4].map { Int($0)! }
      let test = FisherTest(cells[0], cells[1], cells[2], cells[3])
      let level = Double(fields[6])!
      let tolerance = Double(fields[11])!
      let odds = try #require(test.conditionalOddsRatio)
      #expect(isClose(odds, Double(fields[8])!, tolerance), "\(odds) \(fields)")
      let interval =
        switch fields[5] {
        case "less": 0...test.upperBound(level: level)
        case "greater": test.lowerBound(level: level)...Double.infinity
        default: test.confidenceInterval(level: level)
        }
      #expect(isClose(interval.lowerBound, Double(fields[9])!, tolerance), "\(interval) \(fields)")
      #expect(isClose(interval.upperBound, Double(fields[10])!, tolerance), "\(interval) \(fields)")
      if let p = Double(fields[7]) {
        let result = ["two-sided": test.twoSided, "less": test.less, "greater": test.greater]
        #expect(isClose(try #require(result[fields[5]]).value, p, 1e-14), "\(fields)")
      }
    }
  }

  /// Returns the share and the mean of the first cells that fulfil a condition, if the odds ratio is
  /// as given.
  private func noncentral(
    _ a: Int, _ b: Int, _ c: Int, _ d: Int, odds: Double, _ condition: (Int) -> Bool
  ) -> (share: Double, mean: Double) {
    let tables = ExactTables(row1: a + b, row2: c + d, column1: a + c)
    var (part, all, mean) = (0.0, 0.0, 0.0)
    for (offset, weight) in tables.weights.enumerated() {
      let k = tables.least + offset
      let mass = Double(weight) * pow(odds, Double(k - a))
      all += mass
      mean += mass * Double(k)
      if condition(k) { part += mass }
    }
    return (part / all, mean / all)
  }

  @Test(arguments: Rounds.parts)
  func `limits leave out their share, and the estimate gives the mean`(part: Int) throws {
    for var random in Rounds.generators("fisher limits", part: part, perPart: 30) {
      let cells = (0..<4).map { _ in Int(random.next() % 8) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let test = FisherTest(a, b, c, d)
      guard let odds = test.conditionalOddsRatio else { continue }
      let level = [0.5, 0.8, 0.95, 0.999, 1 - 1e-10][Int(random.next() % 5)]
      let tail = (1 - level) / 2
      let interval = test.confidenceInterval(level: level)
      #expect(interval.contains(odds))
      if interval.lowerBound > 0 {
        let share = noncentral(a, b, c, d, odds: interval.lowerBound) { $0 >= a }.share
        #expect(isClose(share, tail, 1e-12), "\(cells) \(level)")
      } else {
        #expect(a == 0 || d == 0)
      }
      if interval.upperBound < .infinity {
        let share = noncentral(a, b, c, d, odds: interval.upperBound) { $0 <= a }.share
        #expect(isClose(share, tail, 1e-12), "\(cells) \(level)")
      } else {
        #expect(b == 0 || c == 0)
      }
      if odds > 0, odds < .infinity {
        let mean = noncentral(a, b, c, d, odds: odds) { _ in true }.mean
        #expect(abs(mean - Double(a)) < 1e-13 * Double(a), "\(cells)")
      } else {
        #expect(odds == (a == 0 || d == 0 ? 0 : .infinity))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `exchanged columns invert the odds ratio, and bounds agree with one-sided tests`(
    part: Int
  ) throws {
    for var random in Rounds.generators("fisher duality", part: part, perPart: 10) {
      let scale = Double([8, 100, 2_000][Int(random.next() % 3)])
      let cells = (0..<4).map { _ in 1 + Int(random.uniform() * random.uniform() * scale) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let test = FisherTest(a, b, c, d)
      let inverse = FisherTest(b, a, d, c)
      let odds = try #require(test.conditionalOddsRatio)
      #expect(isClose(1 / odds, try #require(inverse.conditionalOddsRatio), 1e-13), "\(cells)")
      let interval = test.confidenceInterval(level: 0.95)
      let inverted = inverse.confidenceInterval(level: 0.95)
      #expect(isClose(1 / interval.lowerBound, inverted.upperBound, 1e-13), "\(cells)")
      #expect(isClose(1 / interval.upperBound, inverted.lowerBound, 1e-13), "\(cells)")
      let narrow = test.confidenceInterval(level: 0.9)
      #expect(interval.lowerBound < narrow.lowerBound && narrow.upperBound < interval.upperBound)
      #expect(isClose(test.lowerBound(level: 0.95), narrow.lowerBound, 1e-13))
      #expect((test.greater.value < 0.05) == (test.lowerBound(level: 0.95) > 1), "\(cells)")
      #expect((test.less.value < 0.05) == (test.upperBound(level: 0.95) < 1), "\(cells)")
    }
  }

  @Test func `huge counts have an odds ratio and an interval`() throws {
    let million = FisherTest(60_000, 940_000, 58_500, 941_500)
    let odds = try #require(million.conditionalOddsRatio)
    #expect(abs(odds / 1.027277686852155 - 1) < 1e-6)
    let interval = million.confidenceInterval(level: 0.95)
    let woolf = OddsRatio(60_000, 940_000, 58_500, 941_500, prior: 0).interval(level: 0.95)
    #expect(isClose(interval.lowerBound, woolf.lowerBound, 1e-4))
    #expect(isClose(interval.upperBound, woolf.upperBound, 1e-4))
    let rare = FisherTest(3, 1 << 52, 5, 1 << 51)
    #expect(isClose(try #require(rare.conditionalOddsRatio), 0.3, 1e-9))
    #expect(rare.confidenceInterval(level: 0.95).contains(0.3))
  }
}
