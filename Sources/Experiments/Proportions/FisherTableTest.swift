import StatisticsCore

/// Fisher's exact test of independence in a table of any size (Freeman and Halton's).
///
///     let satisfaction = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
///     FisherTableTest(satisfaction).pValue   // 0.7827…
///
/// The probability is that of all tables with the same margins that are at most as probable as the
/// observed one, where a relative excess of 1e-7 counts as equal, as in R's `fisher.test`. Rows and
/// columns without counts are left out; if fewer than two of either remain p is 1.
///
/// Small tables are counted exactly: all fillings of one half of the columns meet those of the other
/// half that leave the right row sums. For larger ones tables are drawn by shuffling, with a seed.
///
/// Source: G. H. Freeman and J. H. Halton, Biometrika 38 (1951), 141–149.
public struct FisherTableTest: SignificanceTest {
  /// How the probability is found.
  public enum Method: Sendable, Hashable, Codable {
    /// Exact if at most some million fillings of half the columns exist, and otherwise 20,000 draws.
    case automatic
    /// By all tables, however many.
    case exact
    /// By so many random tables, drawn with a seed.
    case monteCarlo(draws: Int, seed: UInt64)
  }

  /// How the probability was found: never ``Method/automatic``.
  public let kind: Method
  /// The natural logarithm of the probability of the observed table.
  public let statistic: Double
  /// The standard error of ``pValue`` if it is a share of draws, and otherwise 0.
  public let simulationError: Double
  private let probability: TailProbability

  /// Tests rows of counts, all of the same length, that sum to at most 2⁵³.
  ///
  /// - Complexity: exact O(*f* log *f*), where *f* is the number of fillings of half the columns;
  ///   O(*nd*) for *d* draws of a table with the sum *n*.
  public init(_ table: [[Int]], method: Method = .automatic) {
    let table = ContingencyTable(table)
    guard table.rows.count > 1, table.columns.count > 1 else {
      (kind, statistic, simulationError, probability) = (.exact, 0, 0, .one)
      return
    }
    let constant =
      table.rows.reduce(0.0) { $0 + logFactorial($1) }
      + table.columns.reduce(0.0) { $0 + logFactorial($1) } - logFactorial(table.total)
    let observed = table.cells.reduce(0.0) { $1.reduce($0) { $0 - logFactorial($1) } }
    statistic = constant + observed
    // Either way around, whichever has fewer fillings.
    let halves = [Halves(table.rows, table.columns), Halves(table.columns, table.rows)]
    let best = halves[0].fillings <= halves[1].fillings ? halves[0] : halves[1]
    let isSmall = best.fillings <= 4_000_000 && best.hasKeys
    switch method {
    case .automatic:
      kind = isSmall ? .exact : .monteCarlo(draws: 20_000, seed: 1)
    case .exact:
      precondition(best.hasKeys, "So large a table has too many fillings to be counted.")
      kind = method
    case .monteCarlo(let draws, _):
      precondition(draws > 0, "A simulation needs at least one draw.")
      kind = method
    }
    if case .monteCarlo(let draws, let seed) = kind {
      let count = Self.count(table, limit: observed + 1e-7, draws: draws, seed: seed)
      // The observed table is one of those that chance has drawn.
      let share = Double(count + 1) / Double(draws + 1)
      simulationError = (share * (1 - share) / Double(draws)).squareRoot()
      probability = TailProbability(share)
    } else {
      simulationError = 0
      let sum = best.sum(upTo: observed)
      let log = min(0, constant + observed + PortableMath.log(sum))
      probability = TailProbability(value: min(1, PortableMath.exp(log)), log: log)
    }
  }

  public var method: String {
    if case .monteCarlo(let draws, _) = kind {
      return "Fisher's exact test by \(draws) random tables"
    }
    return "Fisher's exact test"
  }
  public var alternative: Alternative { .twoSided }
  public var pValue: Double { probability.value }
  public var logP: Double { probability.log }

  /// Returns how many of the drawn tables are at most as probable as a limit says.
  private static func count(
    _ table: ContingencyTable, limit: Double, draws: Int, seed: UInt64
  ) -> Int {
    var random = SeededGenerator(seed: seed, path: "Fisher's exact test")
    var labels = table.columns.enumerated().flatMap {
      Array(repeating: $0.offset, count: $0.element)
    }
    let width = table.columns.count
    var count = 0
    for _ in 0..<draws {
      random.shuffle(&labels)
      var start = 0
      var log = 0.0
      for size in table.rows {
        var cells = Array(repeating: 0, count: width)
        for label in labels[start..<start + size] { cells[label] += 1 }
        for cell in cells { log -= logFactorial(cell) }
        start += size
      }
      if log <= limit { count += 1 }
    }
    return count
  }
}

private func logFactorial(_ count: Int) -> Double { GammaFunctions.logGamma(Double(count) + 1) }

/// The fillings of both halves of the columns of a table.
private struct Halves {
  private let rows: [Int]
  private let left: [Int]
  private let right: [Int]
  /// An upper limit of the number of fillings of the larger half.
  let fillings: Double
  /// Whether the sums of all rows fit into one number.
  let hasKeys: Bool

  init(_ rows: [Int], _ columns: [Int]) {
    let sorted = columns.sorted()
    self.rows = rows
    // Small and large columns on both sides.
    left = sorted.indices.filter { $0.isMultiple(of: 2) }.map { sorted[$0] }
    right = sorted.indices.filter { !$0.isMultiple(of: 2) }.map { sorted[$0] }
    let counts = [left, right].map { $0.reduce(1.0) { $0 * Self.compositions($1, rows) } }
    fillings = counts.max()!
    hasKeys = rows.reduce(1.0) { $0 * Double($1 + 1) } < 0x1p60
  }

  /// Returns how many ways a column can be shared out to the rows.
  private static func compositions(_ column: Int, _ rows: [Int]) -> Double {
    if column > 100_000 { return .infinity }
    var ways = Array(repeating: 0.0, count: column + 1)
    ways[0] = 1
    for row in rows {
      var sums = ways
      for place in 1..<max(1, sums.count) { sums[place] += sums[place - 1] }
      for place in ways.indices {
        ways[place] = sums[place] - (place > row ? sums[place - row - 1] : 0)
      }
    }
    return ways[column]
  }

  /// A filling: the row sums it uses as one number, and −Σ log(cell!).
  private struct Filling: Comparable {
    var key: Int
    var log: Double
    static func < (a: Filling, b: Filling) -> Bool {
      a.key != b.key ? a.key < b.key : a.log < b.log
    }
  }

  private func all(_ columns: [Int]) -> [Filling] {
    var radix = 1
    var radices: [Int] = []
    for row in rows {
      radices.append(radix)
      radix *= row + 1
    }
    var result: [Filling] = []
    var used = Array(repeating: 0, count: rows.count)
    func fill(_ column: Int, _ row: Int, left: Int, key: Int, log: Double) {
      if column == columns.count {
        result.append(Filling(key: key, log: log))
        return
      }
      if row == rows.count - 1 {
        guard used[row] + left <= rows[row] else { return }
        used[row] += left
        fill(
          column + 1, 0, left: column + 1 < columns.count ? columns[column + 1] : 0,
          key: key + left * radices[row], log: log - logFactorial(left))
        used[row] -= left
        return
      }
      for cell in 0...min(left, rows[row] - used[row]) {
        used[row] += cell
        fill(
          column, row + 1, left: left - cell, key: key + cell * radices[row],
          log: log - logFactorial(cell))
        used[row] -= cell
      }
    }
    fill(0, 0, left: columns[0], key: 0, log: 0)
    return result.sorted()
  }

  /// Returns the sum of the exponentials of all tables' logarithms minus the observed one, as far as
  /// they do not exceed it.
  func sum(upTo observed: Double) -> Double {
    let (first, second) = (all(left), all(right))
    var radix = 1
    var whole = 0
    for row in rows {
      whole += row * radix
      radix *= row + 1
    }
    var total = 0.0
    var end = second.count
    var start = 0
    while start < first.count {
      let key = first[start].key
      var stop = start
      while stop < first.count, first[stop].key == key { stop += 1 }
      // The partners of rising keys fall.
      while end > 0, second[end - 1].key > whole - key { end -= 1 }
      var begin = end
      while begin > 0, second[begin - 1].key == whole - key { begin -= 1 }
      if begin < end {
        let shift = second[end - 1].log
        var place = begin
        var partial = 0.0
        for filling in first[start..<stop].reversed() {
          while place < end, second[place].log + filling.log <= observed + 1e-7 {
            partial += PortableMath.exp(second[place].log - shift)
            place += 1
          }
          if partial > 0 {
            total += PortableMath.exp(PortableMath.log(partial) + shift + filling.log - observed)
          }
        }
        end = begin
      }
      start = stop
    }
    return total
  }
}
