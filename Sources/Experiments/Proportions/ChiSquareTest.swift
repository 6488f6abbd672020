import StatisticsCore

/// The test of independence in a table of counts, by Pearson's χ² or by the likelihood ratio G.
///
///     let party = [[762, 327, 468], [484, 239, 477]]
///     let test = ChiSquareTest(party)
///     test.statistic          // 30.070149095754672
///     test.degreesOfFreedom   // 2
///     test.cramersV           // 0.10443580235646777
///
/// Rows and columns without counts are left out, as they say nothing; if fewer than two of either
/// remain the statistic is 0, there are no degrees of freedom, and p is 1. The probability is that
/// of the χ² distribution, which wants expected counts of about 5; see ``smallestExpectedCount``
/// and, for fewer, ``FisherExactTest`` and ``FisherTableTest``.
public struct ChiSquareTest: SignificanceTest {
  /// What measures the distance from independence.
  public enum Statistic: String, Sendable, Hashable, Codable, CaseIterable {
    /// Σ (observed − expected)² / expected.
    case pearson
    /// 2 Σ observed log(observed / expected).
    case likelihoodRatio
  }

  /// What measures the distance from independence.
  public let kind: Statistic
  /// Whether Yates' correction for continuity was asked for, which only tables of two rows and two
  /// columns get.
  public let isCorrected: Bool
  public let statistic: Double
  /// The degrees of freedom, (rows − 1) (columns − 1).
  public let degreesOfFreedom: Int
  /// The square root of Pearson's statistic without correction over its largest possible value: 0
  /// for independence and 1 where one variable tells the other.
  public let cramersV: Double
  /// The smallest expected count, or `nil` without counts.
  public let smallestExpectedCount: Double?
  private let probability: TailProbability

  /// Tests rows of counts, all of the same length, that sum to at most 2⁵³.
  ///
  /// - Complexity: O(*rc*), where *r* and *c* are the numbers of rows and columns.
  public init(
    _ table: [[Int]], statistic kind: Statistic = .pearson, isCorrected: Bool = false
  ) {
    let table = ContingencyTable(table)
    self.kind = kind
    self.isCorrected = isCorrected
    let (rows, columns) = (table.rows.count, table.columns.count)
    guard rows > 1, columns > 1 else {
      (statistic, degreesOfFreedom, cramersV, probability) = (0, 0, 0, .one)
      smallestExpectedCount = table.total > 0 ? Double(table.total) : nil
      return
    }
    let total = Double(table.total)
    let correction = isCorrected && rows == 2 && columns == 2 ? 0.5 : 0
    var (pearson, sum, least) = (0.0, 0.0, Double.infinity)
    for row in 0..<rows {
      for column in 0..<columns {
        let observed = table.cells[row][column]
        let expected =
          Double(table.rows[row]) * (Double(table.columns[column]) / total)
        least = min(least, expected)
        // (n o − r c) / n without rounding the expectation first.
        let excess =
          Double(
            Int128(table.total) * Int128(observed)
              - Int128(table.rows[row]) * Int128(table.columns[column])) / total
        pearson += excess * excess / expected
        let reduced = max(0, abs(excess) - min(correction, abs(excess)))
        let signed = excess < 0 ? -reduced : reduced
        switch kind {
        case .pearson: sum += signed * signed / expected
        case .likelihoodRatio:
          // o log(o / e) − (o − e), which are all positive; the differences sum to zero.
          let count = expected + signed
          let ratio = signed / expected
          if count > 0 {
            sum += 2 * (count * PortableMath.log1p(ratio) - signed)
          } else {
            sum += 2 * expected
          }
        }
      }
    }
    statistic = sum
    degreesOfFreedom = (rows - 1) * (columns - 1)
    cramersV = min(1, (pearson / total / Double(min(rows, columns) - 1)).squareRoot())
    smallestExpectedCount = least
    probability = ChiSquareDistribution(degreesOfFreedom: Double(degreesOfFreedom)).upper(sum)
  }

  /// Tests whether all arms have the same rate (R's `prop.test`).
  ///
  ///     let smokers = [(83, 86), (90, 93), (129, 136), (70, 82)].map { Proportion($0, of: $1) }
  ///     ChiSquareTest(smokers).pValue   // 0.005585476661627036
  public init(_ arms: [Proportion], statistic kind: Statistic = .pearson) {
    self.init(arms.map { [$0.successes, $0.failures] }, statistic: kind)
  }

  public var method: String {
    let name = kind == .pearson ? "Pearson's chi-square test" : "G-test"
    return name + " of independence" + (isCorrected ? " with Yates' correction" : "")
  }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }
}

/// A table of counts without its empty rows and columns.
struct ContingencyTable {
  var cells: [[Int]]
  var rows: [Int]
  var columns: [Int]
  var total: Int

  init(_ table: [[Int]]) {
    let width = table.first?.count ?? 0
    precondition(
      table.allSatisfy { $0.count == width }, "The rows of a table must be of the same length.")
    precondition(
      table.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 <= 1 << 53 } },
      "The counts of a table must not be negative, and their sum at most 2⁵³.")
    let sums = (0..<width).map { column in table.reduce(0) { $0 + $1[column] } }
    cells = table.filter { $0.contains { $0 > 0 } }
      .map { row in row.indices.filter { sums[$0] > 0 }.map { row[$0] } }
    rows = cells.map { $0.reduce(0, +) }
    columns = sums.filter { $0 > 0 }
    total = rows.reduce(0, +)
    precondition(
      total <= 1 << 53, "The counts of a table must not be negative, and their sum at most 2⁵³.")
  }
}
