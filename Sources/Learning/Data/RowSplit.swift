import StatisticsCore

/// Rows to learn from and rows to test on.
///
/// ```swift
/// let split = RowSplit.stratified(target, testShare: 0.3, seed: 42)
/// let model = try forest.fit(
///   table.selecting(rows: split.train), target: target.selecting(rows: split.train))
/// ```
///
/// The same seed gives the same rows on every machine.
public struct RowSplit: Sendable, Hashable, Codable {
  /// The rows to learn from, ascending.
  public let train: [Int]
  /// The rows to test on, ascending.
  public let test: [Int]

  /// Makes a split of the rows to test on, all others being those to learn from.
  public init(testing test: [Int], of count: Int) {
    var isTested = [Bool](repeating: false, count: count)
    for row in test {
      precondition(
        (0..<count).contains(row) && !isTested[row],
        "A row to test on must be in the table, and come once.")
      isTested[row] = true
    }
    train = (0..<count).filter { !isTested[$0] }
    self.test = test.sorted()
  }

  /// Makes a split of given rows.
  public init(train: [Int], test: [Int]) {
    self.train = train.sorted()
    self.test = test.sorted()
  }

  /// Chooses rows at random.
  ///
  /// - Parameters:
  ///   - count: The number of rows.
  ///   - testShare: The share to test on, from 0 to 1; rounded up to whole rows.
  ///   - seed: Decides on the rows.
  public static func random(count: Int, testShare: Double, seed: UInt64) -> RowSplit {
    var generator = SeededGenerator(seed: seed, path: "random split")
    return RowSplit(testing: generator.sample(testCount(count, testShare), below: count), of: count)
  }

  /// Chooses rows at random so that every class has its share of the rows to test on.
  ///
  /// Whole rows that the shares leave over go to the classes with the largest remainders, the first
  /// of equal ones first.
  ///
  /// - Parameters:
  ///   - target: The classes.
  ///   - testShare: The share to test on, from 0 to 1; rounded up to whole rows.
  ///   - seed: Decides on the rows.
  public static func stratified(
    _ target: ClassTarget, testShare: Double, seed: UInt64
  ) -> RowSplit {
    let wanted = testCount(target.count, testShare)
    guard wanted > 0 else { return RowSplit(testing: [], of: target.count) }
    let counts = target.counts
    // Whole arithmetic: a share of a class is count × wanted ÷ rows.
    var taken = counts.map { $0 * wanted / target.count }
    let remainders = counts.map { $0 * wanted % target.count }
    let order = counts.indices.sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    for index in order.prefix(wanted - taken.reduce(0, +)) { taken[index] += 1 }
    var test: [Int] = []
    for (position, rows) in rowsOfClasses(target).enumerated() {
      var generator = SeededGenerator(seed: seed, path: "stratified split", UInt64(position))
      test += generator.sample(taken[position], below: rows.count).map { rows[$0] }
    }
    return RowSplit(testing: test, of: target.count)
  }

  private static func testCount(_ count: Int, _ share: Double) -> Int {
    precondition(share >= 0 && share <= 1, "The share of rows to test on must lie from 0 to 1.")
    return min(count, Int((Double(count) * share - 1e-9).rounded(.up)))
  }

  static func rowsOfClasses(_ target: ClassTarget) -> [[Int]] {
    var rows = target.classes.map { _ in [Int]() }
    for (row, code) in target.codes.enumerated() { rows[code].append(row) }
    return rows
  }
}

/// Ways to cut rows into several splits, for cross-validation.
public enum Folds {
  /// Cuts the rows at random into `folds` parts, of which each is tested on once.
  public static func random(count: Int, folds: Int, seed: UInt64) -> [RowSplit] {
    check(folds, count)
    var generator = SeededGenerator(seed: seed, path: "random folds")
    let order = generator.shuffled(Array(0..<count))
    return splitRanges(count: count, into: folds).map {
      RowSplit(testing: Array(order[$0]), of: count)
    }
  }

  /// Cuts the rows at random into `folds` parts with the classes in their proportions: the rows of
  /// a class are dealt out one part after the other, and the next class goes on where it stopped.
  public static func stratified(_ target: ClassTarget, folds: Int, seed: UInt64) -> [RowSplit] {
    check(folds, target.count)
    var tests = [[Int]](repeating: [], count: folds)
    var next = 0
    for (position, rows) in RowSplit.rowsOfClasses(target).enumerated() {
      var generator = SeededGenerator(seed: seed, path: "stratified folds", UInt64(position))
      for row in generator.shuffled(rows) {
        tests[next].append(row)
        next = (next + 1) % folds
      }
    }
    return tests.map { RowSplit(testing: $0, of: target.count) }
  }

  /// Cuts the rows so that all rows of a group, such as a user, are in the same part.
  ///
  /// Groups are taken from the largest to the smallest, equal ones in random order, each into the
  /// part with the fewest rows so far.
  ///
  /// - Parameters:
  ///   - groups: For each row the number of its group.
  ///   - folds: The number of parts, at most the number of groups.
  ///   - seed: Decides on the order of equal groups.
  public static func grouped(_ groups: [Int], folds: Int, seed: UInt64) -> [RowSplit] {
    var rows: [Int: [Int]] = [:]
    for (row, group) in groups.enumerated() { rows[group, default: []].append(row) }
    check(folds, rows.count)
    var generator = SeededGenerator(seed: seed, path: "grouped folds")
    let order = generator.shuffled(rows.keys.sorted())
    let bySize = order.enumerated().sorted {
      let (a, b) = (rows[$0.element]!.count, rows[$1.element]!.count)
      return a != b ? a > b : $0.offset < $1.offset
    }
    var tests = [[Int]](repeating: [], count: folds)
    for (_, group) in bySize {
      let smallest = tests.indices.min { tests[$0].count < tests[$1].count }!
      tests[smallest] += rows[group]!
    }
    return tests.map { RowSplit(testing: $0, of: groups.count) }
  }

  /// Cuts the rows by time: each part is tested on after learning from earlier ones only.
  ///
  /// The times are cut into `folds` + 1 parts of about equally many rows, and rows of the same time
  /// are never torn apart. Part *i* + 1 is tested on with what is more than `gap` before its first
  /// time. A part that would be empty is left out.
  ///
  /// - Parameters:
  ///   - times: For each row when it was, in any unit; finite.
  ///   - folds: The number of splits at most.
  ///   - gap: How long before the first time to test on the learning ends, in the same unit: as long
  ///     as it takes until the answer is known.
  public static func timeOrdered(_ times: [Double], folds: Int, gap: Double = 0) -> [RowSplit] {
    precondition(times.allSatisfy(\.isFinite), "The time of a row must be finite.")
    precondition(gap >= 0, "The gap must not be negative.")
    check(folds, times.count, extra: 1)
    let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    var starts = splitRanges(count: order.count, into: folds + 1).map(\.lowerBound)
    for index in starts.indices.dropFirst() {
      var start = starts[index]
      while start > 0, times[order[start]] == times[order[start - 1]] { start -= 1 }
      starts[index] = max(start, starts[index - 1])
    }
    starts.append(order.count)
    return (1...folds).compactMap { part in
      let test = order[starts[part]..<starts[part + 1]]
      guard let first = test.first else { return nil }
      let train = order[..<starts[part]].filter { gap == 0 || times[$0] < times[first] - gap }
      return train.isEmpty ? nil : RowSplit(train: train, test: Array(test))
    }
  }

  private static func check(_ folds: Int, _ count: Int, extra: Int = 0) {
    precondition(
      folds >= 2 - extra && folds + extra <= count,
      "There must be at least two parts, and no more parts than rows or groups.")
  }
}
