import StatisticsCore

/// What a forest says of each row by the trees that have not seen it.
public struct OutOfBagProbabilities: Sendable, Hashable {
  /// For each row the probability of each class; `nil` where every tree has seen the row.
  public let probabilities: [[Double]?]
  /// The share of rows whose most probable class is right, `nil` where there is no such row.
  public let accuracy: Double?
  /// How many rows every tree has seen.
  public var rowsLeftOut: Int { probabilities.count { $0 == nil } }
}

/// What a forest says of each row by the trees that have not seen it.
public struct OutOfBagValues: Sendable, Hashable {
  /// For each row the prediction; `nil` where every tree has seen the row.
  public let values: [Double?]
  /// The share of the variance that is explained, `nil` where the targets do not vary.
  public let rSquared: Double?
  /// How many rows every tree has seen.
  public var rowsLeftOut: Int { values.count { $0 == nil } }
}

extension RandomForestClassifierModel {
  /// Returns what the forest says of the rows it was fitted to by trees that have not seen them: an
  /// honest figure without a second table.
  ///
  /// The samples are drawn again from the seed, so nothing of them is stored. Rows of weight zero
  /// were seen by no tree.
  ///
  /// - Throws: ``LearningError`` when the data are not those that the model was fitted to.
  public func outOfBag(
    on table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, workers: Int = 1
  ) async throws(LearningError) -> OutOfBagProbabilities {
    try training.check(
      table.fingerprint(target.codes.map(Double.init)), rows: table.rowCount)
    let start = try learner.start(table, target, weights)
    let sums = await forest.outOfBag(
      BinnedTable(table.columns), start.rows, learner.sampling, learner.seed, workers: workers)
    var right = 0
    var counted = 0
    var probabilities: [[Double]?] = []
    for row in 0..<table.rowCount {
      guard let raw = sums.mean(of: row) else {
        probabilities.append(nil)
        continue
      }
      let own = ClassProbabilities(classes: classes, raw: raw)
      counted += 1
      if own.target.codes[0] == target.codes[row] { right += 1 }
      probabilities.append(own[0])
    }
    return OutOfBagProbabilities(
      probabilities: probabilities,
      accuracy: counted > 0 ? Double(right) / Double(counted) : nil)
  }

  /// Returns for each column by how much the accuracy of a tree falls, in the mean, when the column
  /// is shuffled among the rows that the tree has not seen.
  ///
  /// - Throws: ``LearningError`` when the data are not those that the model was fitted to.
  /// - Complexity: O(*p* *t* *n* *d*), where *p* is the number of columns, *t* of trees, *n* of rows
  ///   and *d* the depth.
  public func permutationImportances(
    on table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, seed: UInt64 = 1,
    workers: Int = 1
  ) async throws(LearningError) -> [FeatureImportance] {
    try training.check(
      table.fingerprint(target.codes.map(Double.init)), rows: table.rowCount)
    let start = try learner.start(table, target, weights)
    let codes = target.codes
    let outputs = forest.outputs
    return await forest.permutationImportances(
      BinnedTable(table.columns), start.rows, learner.sampling, learner.seed, shuffling: seed,
      workers: workers
    ) { row, leaf in
      if outputs == 1 { return (leaf[0] > 0.5 ? 1 : 0) == codes[row] ? 1 : 0 }
      var best = 0
      for code in 0..<outputs where leaf[best] < leaf[code] { best = code }
      return best == codes[row] ? 1 : 0
    }
  }
}

extension RandomForestRegressorModel {
  /// Returns what the forest says of the rows it was fitted to by trees that have not seen them.
  ///
  /// - Throws: ``LearningError`` when the data are not those that the model was fitted to.
  public func outOfBag(
    on table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int = 1
  ) async throws(LearningError) -> OutOfBagValues {
    try training.check(table.fingerprint(target), rows: table.rowCount)
    let start = try learner.start(table, target, weights)
    let sums = await forest.outOfBag(
      BinnedTable(table.columns), start.rows, learner.sampling, learner.seed, workers: workers)
    let values = (0..<table.rowCount).map { sums.mean(of: $0)?[0] }
    var errors = ExactSum()
    var moments = Moments()
    for (row, value) in values.enumerated() {
      guard let value else { continue }
      errors.addProduct(value - target[row], value - target[row])
      moments.add(target[row])
    }
    let spread = moments.centredSumOfSquares
    return OutOfBagValues(values: values, rSquared: spread > 0 ? 1 - errors.rounded / spread : nil)
  }

  /// Returns for each column by how much the mean squared error of a tree grows, in the mean, when
  /// the column is shuffled among the rows that the tree has not seen.
  ///
  /// - Throws: ``LearningError`` when the data are not those that the model was fitted to.
  public func permutationImportances(
    on table: FeatureTable, target: [Double], weights: [Double]? = nil, seed: UInt64 = 1,
    workers: Int = 1
  ) async throws(LearningError) -> [FeatureImportance] {
    try training.check(table.fingerprint(target), rows: table.rowCount)
    let start = try learner.start(table, target, weights)
    return await forest.permutationImportances(
      BinnedTable(table.columns), start.rows, learner.sampling, learner.seed, shuffling: seed,
      workers: workers
    ) { row, leaf in -(leaf[0] - target[row]) * (leaf[0] - target[row]) }
  }
}

/// Sums of predictions by the trees that have not seen a row.
struct OutOfBagSums: Sendable {
  let outputs: Int
  var sums: [Double]
  var trees: [Int]

  func mean(of row: Int) -> [Double]? {
    guard trees[row] > 0 else { return nil }
    return (0..<outputs).map { sums[row * outputs + $0] / Double(trees[row]) }
  }
}

extension Forest {
  /// The rows that a tree has not seen, those of weight zero with them.
  private func unseen(
    _ count: Int, _ rows: [UInt32], _ sampling: RowSampling, _ seed: UInt64, tree: Int
  ) -> [Int] {
    var isSeen = [Bool](repeating: false, count: count)
    let draws = sampling.draws(rows.count, ForestPlan.rowStream(seed: seed, tree: tree))
    for (position, draws) in draws.enumerated() where draws > 0 {
      isSeen[Int(rows[position])] = true
    }
    return (0..<count).filter { !isSeen[$0] }
  }

  /// How many rows are sent down a tree at a time.
  private static let batch = 65_536

  /// Finds the leaves of rows of the table in a tree, in one column other bins than its own.
  private func findLeaves(
    _ tree: Int, _ table: BinnedTable, _ rows: [Int], column: Int = -1, bins other: [UInt8] = []
  ) -> [Int32] {
    var leaves = [Int32](repeating: 0, count: rows.count)
    var first = 0
    while first < rows.count {
      let count = min(Self.batch, rows.count - first)
      var bins = [UInt8](repeating: 0, count: count * table.columnCount)
      for own in 0..<table.columnCount {
        let start = own * table.rowCount
        for place in 0..<count {
          bins[own * count + place] =
            own == column ? other[first + place] : table.bins[start + rows[first + place]]
        }
      }
      route(tree, bins, size: count, count: count) { leaves[first + $0] = Int32($1) }
      first += count
    }
    return leaves
  }

  func outOfBag(
    _ table: BinnedTable, _ rows: [UInt32], _ sampling: RowSampling, _ seed: UInt64, workers: Int
  ) async -> OutOfBagSums {
    var result = OutOfBagSums(
      outputs: outputs, sums: Array(repeating: 0, count: table.rowCount * outputs),
      trees: Array(repeating: 0, count: table.rowCount))
    // As many trees at a time as there are workers, added up in the order of the trees.
    var first = 0
    while first < treeCount {
      let some = Array(first..<min(first + workers, treeCount))
      let found = await concurrentMap(some, workers: workers) { tree in
        let unseen = unseen(table.rowCount, rows, sampling, seed, tree: tree)
        return (unseen, findLeaves(tree, table, unseen))
      }
      for (unseen, leaves) in found {
        for (row, leaf) in zip(unseen, leaves) {
          result.trees[row] += 1
          for output in 0..<outputs {
            result.sums[row * outputs + output] += leafValues[Int(leaf) * outputs + output]
          }
        }
      }
      first += workers
    }
    return result
  }

  func permutationImportances(
    _ table: BinnedTable, _ rows: [UInt32], _ sampling: RowSampling, _ seed: UInt64,
    shuffling: UInt64, workers: Int,
    quality: @escaping @Sendable (_ row: Int, _ leaf: ArraySlice<Double>) -> Double
  ) async -> [FeatureImportance] {
    let width = table.columnCount
    let isCounted = {
      var isCounted = [Bool](repeating: false, count: table.rowCount)
      for row in rows { isCounted[Int(row)] = true }
      return isCounted
    }()
    let falls = await concurrentMap(Array(0..<treeCount), workers: workers) { tree -> [Double]? in
      let unseen = unseen(table.rowCount, rows, sampling, seed, tree: tree)
        .filter { isCounted[$0] }
      if unseen.isEmpty { return nil }
      func mean(_ leaves: [Int32]) -> Double {
        var sum = 0.0
        for (row, leaf) in zip(unseen, leaves) {
          let start = Int(leaf) * outputs
          // Slices from 0, whatever the leaf.
          sum += quality(row, Array(leafValues[start..<(start + outputs)])[...])
        }
        return sum / Double(unseen.count)
      }
      let base = mean(findLeaves(tree, table, unseen))
      let used = usedColumns(tree)
      return (0..<width).map { column in
        if !used.contains(column) { return 0 }
        let own = unseen.map { table.bins[column * table.rowCount + $0] }
        var generator = SeededGenerator(
          seed: shuffling, path: "shuffled column", UInt64(tree), UInt64(column))
        let shuffled = generator.shuffled(own)
        return base - mean(findLeaves(tree, table, unseen, column: column, bins: shuffled))
      }
    }.compactMap { $0 }
    var (values, errors): ([Double], [Double]) = ([], [])
    for column in 0..<width {
      let moments = Moments(falls.map { $0[column] })
      values.append(moments.mean ?? 0)
      errors.append(
        ((moments.variance ?? 0) / Double(max(1, moments.count))).squareRoot())
    }
    return FeatureImportance.list(schema.names, values, errors: errors)
  }

  private func usedColumns(_ tree: Int) -> Set<Int> {
    var used: Set<Int> = []
    var position = starts[tree]
    while position < starts[tree + 1] {
      let node = nodes[position]
      if !node.isLeaf { used.insert(node.column) }
      position += node.leftOffset
    }
    return used
  }
}
