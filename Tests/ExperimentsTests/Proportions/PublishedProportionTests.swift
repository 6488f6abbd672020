import Experiments
import StatisticsCore
import TestSupport
import Testing

@Suite struct PublishedProportionTests {
  @Test func `the published case of two small arms is reproduced`() {
    let (first, second) = (Proportion(2, of: 13), Proportion(5, of: 25))
    let test = TwoProportionZTest(first, second)
    #expect(isNear(test.statistic, -0.3481861644, 1e-9))
    #expect(isNear(test.pValue, 0.7277003776, 1e-9))
    #expect(FisherExactTest(first, second).pValue == 1)
    #expect(
      test.description
        == "Two-proportion z-test (pooled): statistic -0.348186, two-sided, p = 0.7277")
  }

  @Test func `probabilities below all doubles are told by their logarithm`() {
    let test = TwoProportionZTest(
      Proportion(200_000, of: 1_000_000), Proportion(100_000, of: 1_000_000))
    #expect(test.pValue == 0)
    #expect(isNear(test.logP / 2.302585092994046, -8517.972877456452, 1e-12))
    #expect(
      test.description
        == "Two-proportion z-test (pooled): statistic 198.03, two-sided, p = 1.1e-8518")
  }

  @Test func `counts up to 2⁵³ keep the digits of the difference`() {
    let n = 1 << 53
    let test = TwoProportionZTest(Proportion(n / 2 + 1, of: n), Proportion(n / 2, of: n))
    #expect(test.estimate == 0x1p-53)
    #expect(isNear(test.statistic, 0x1p-53 / (0.5 * 0x1p-53).squareRoot(), 1e-9))
  }

  // The sum of all masses with 40 digits by mpmath 1.4.1; SciPy 1.17.1 says 0.40211569926614754.
  @Test func `Fisher is exact for twenty million users`() {
    let n = 10_000_000
    let test = FisherExactTest(Proportion(2_000_000, of: n), Proportion(2_001_500, of: n))
    #expect(isNear(test.pValue, 0.40211569927085773, 2e-15))
  }

  @Test func `Boschloo agrees with the probability maximised on a fine grid`() {
    for (a, n, b, m) in [(2, 9, 5, 12), (7, 10, 2, 10), (0, 8, 4, 9)] {
      let (first, second) = (Proportion(a, of: n), Proportion(b, of: m))
      for alternative in [Alternative.less, .greater] {
        let test = BoschlooTest(first, second, alternative: alternative)
        let observed = FisherExactTest(first, second, alternative: alternative).pValue
        var largest = 0.0
        var extreme: [(Int, Int)] = []
        for x in 0...n {
          for y in 0...m {
            let fisher = FisherExactTest(
              Proportion(x, of: n), Proportion(y, of: m), alternative: alternative)
            if fisher.pValue <= observed * (1 + 1e-7) { extreme.append((x, y)) }
          }
        }
        for step in 1..<100 {
          let rate = Double(step) / 100
          let sum = extreme.reduce(0.0) {
            $0
              + BinomialDistribution(trials: n, probability: rate).mass($1.0).value
              * BinomialDistribution(trials: m, probability: rate).mass($1.1).value
          }
          largest = max(largest, sum)
        }
        #expect(test.pValue >= largest * (1 - 1e-12), "\(first) \(second) \(alternative)")
        #expect(test.pValue <= largest * (1 + 1e-2), "\(first) \(second) \(alternative)")
      }
    }
  }

  @Test func `Fisher's test of two columns is that of a table`() {
    for table in [
      [[3, 1], [1, 3]], [[8, 2], [1, 5]], [[0, 7], [9, 4]], [[20, 30], [11, 4]],
    ] {
      let (a, b, c, d) = (table[0][0], table[0][1], table[1][0], table[1][1])
      let test = FisherTableTest(table)
      #expect(isNear(test.pValue, FisherExactTest(a, b, c, d).pValue, 1e-12))
    }
  }

  @Test(arguments: Rounds.parts)
  func `Fisher's test of a table counts all tables`(part: Int) {
    for var random in Rounds.generators("Fisher's tables", part: part, perPart: 2) {
      let (rows, columns) = (2, random.integer(in: 2...3))
      let table = (0..<rows).map { _ in
        (0..<columns).map { _ in random.integer(in: 0...3) }
      }
      let test = FisherTableTest(table, method: .exact)
      #expect(isNear(test.pValue, Self.slowProbability(table), 1e-11), "\(table)")
      let drawn = FisherTableTest(table, method: .monteCarlo(draws: 500, seed: 3))
      #expect(abs(drawn.pValue - test.pValue) < 5 * drawn.simulationError + 0.01)
    }
  }

  /// Sums over all tables with the same margins, cell by cell.
  private static func slowProbability(_ table: [[Int]]) -> Double {
    let rows = table.map { $0.reduce(0, +) }
    let columns = table[0].indices.map { column in table.reduce(0) { $0 + $1[column] } }
    func factorial(_ count: Int) -> Double { (0..<count).reduce(1) { $0 * Double($1 + 1) } }
    let observed = table.joined().reduce(1.0) { $0 / factorial($1) }
    var (all, extreme) = (0.0, 0.0)
    func fill(_ place: Int, _ rows: [Int], _ columns: [Int], _ weight: Double) {
      let width = columns.count
      if place == rows.count * width {
        guard rows.allSatisfy({ $0 == 0 }), columns.allSatisfy({ $0 == 0 }) else { return }
        all += weight
        if weight <= observed * (1 + 1e-7) { extreme += weight }
        return
      }
      let (row, column) = (place / width, place % width)
      for cell in 0...min(rows[row], columns[column]) {
        var (rows, columns) = (rows, columns)
        rows[row] -= cell
        columns[column] -= cell
        fill(place + 1, rows, columns, weight / factorial(cell))
      }
    }
    fill(0, rows, columns, 1)
    return extreme / all
  }

  @Test(arguments: Rounds.parts)
  func `the exact test of one rate sums the rare counts`(part: Int) {
    for var random in Rounds.generators("binomial tests", part: part, perPart: 20) {
      let trials = random.integer(in: 1...60)
      let count = random.integer(in: 0...trials)
      let rate = random.uniform()
      let distribution = BinomialDistribution(trials: trials, probability: rate)
      let observed = distribution.mass(count).value
      let sum = (0...trials).map { distribution.mass($0).value }
        .filter { $0 <= observed * (1 + 1e-7) }.reduce(0, +)
      let test = BinomialTest(Proportion(count, of: trials), nullRate: rate)
      #expect(isNear(test.pValue, min(1, sum), 1e-11), "\(count) of \(trials) at \(rate)")
    }
  }

  @Test(arguments: Rounds.parts)
  func `score intervals end where the score test rejects`(part: Int) {
    for var random in Rounds.generators("score intervals", part: part, perPart: 4) {
      let (n, m) = (random.integer(in: 2...80), random.integer(in: 2...80))
      let first = Proportion(random.integer(in: 0...n), of: n)
      let second = Proportion(random.integer(in: 0...m), of: m)
      let interval = ProportionDifference(first, second)
        .confidenceInterval(level: 0.95, method: .miettinenNurminen)
      // The likelihood of both rates, maximised on a fine grid, gives the variance at the limit.
      for limit in [interval.lowerBound, interval.upperBound] where abs(limit) < 0.999 {
        var best = (value: -Double.infinity, rate: 0.0)
        let (low, high) = (max(0, -limit), min(1, 1 - limit))
        for step in 0...1000 {
          let rate = low + (high - low) * Double(step) / 1000
          func part(_ count: Int, _ rate: Double) -> Double {
            count == 0 ? 0 : Double(count) * PortableMath.log(max(rate, 0))
          }
          let value =
            part(second.successes, rate) + part(second.failures, 1 - rate)
            + part(first.successes, rate + limit) + part(first.failures, 1 - rate - limit)
          if value > best.value { best = (value, rate) }
        }
        let (q, p) = (best.rate, best.rate + limit)
        let variance =
          (p * (1 - p) / Double(n) + q * (1 - q) / Double(m)) * Double(n + m) / Double(n + m - 1)
        let z = (first.rate! - second.rate! - limit) / variance.squareRoot()
        #expect(abs(abs(z) - 1.959963984540054) < 0.03, "\(first) \(second) \(limit)")
      }
    }
  }
}
