import StatisticsCore

/// Learns a number as the mean of many trees, each grown of a random sample.
///
/// ```swift
/// let forest = RandomForestRegressor(trees: 100, seed: 42, keepsTargets: true)
/// let model = try forest.fit(table, target: revenue)
/// try model.values(for: table)                                    // [12.5, 80.1, …]
/// try model.quantiles([0.1, 0.9], for: table)[0]                  // [3.0, 31.9]
/// ```
///
/// What holds for ``RandomForestClassifier`` about bins, missing values, categories, weights and
/// bits holds here too. Splits lower the squared error. A target must be finite.
///
/// Source of the quantiles: N. Meinshausen, *Quantile Regression Forests*, Journal of Machine
/// Learning Research 7 (2006), 983–999.
public struct RandomForestRegressor: Sendable, Hashable, Codable {
  /// The number of trees, at least 1.
  public var trees: Int
  /// Decides on samples and splits.
  public var seed: UInt64
  /// How each tree grows.
  public var growth: TreeGrowth
  /// Which rows each tree is grown of.
  public var sampling: RowSampling
  /// Whether the model keeps the targets of the leaves, which quantiles need.
  public var keepsTargets: Bool

  /// Makes a learner; a node looks at all columns unless told otherwise.
  public init(
    trees: Int = 100, seed: UInt64, growth: TreeGrowth = TreeGrowth(),
    sampling: RowSampling = .bootstrap, keepsTargets: Bool = false
  ) {
    self.trees = trees
    self.seed = seed
    self.growth = growth
    self.sampling = sampling
    self.keepsTargets = keepsTargets
  }

  /// Extremely randomised trees: borders are drawn at random, and each tree sees all rows.
  public static func extraTrees(trees: Int = 100, seed: UInt64) -> RandomForestRegressor {
    RandomForestRegressor(
      trees: trees, seed: seed, growth: TreeGrowth(rule: .random), sampling: .all)
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its number, which is finite.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, the table is empty, or a parameter, weight or
  ///   target is out of its range.
  /// - Complexity: O(*t* *m* *n* log *n*) on average, where *t* is the number of trees, *m* of columns
  ///   at a node and *n* of rows.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> RandomForestRegressorModel {
    let start = try start(table, target, weights)
    let plan = plan(start, target, weights, BinnedTable(table.columns))
    return try model((0..<trees).map(plan.grow), plan, table, target)
  }

  /// Learns with several workers, one tree each at a time: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> RandomForestRegressorModel {
    let start = try start(table, target, weights)
    let plan = plan(
      start, target, weights, await BinnedTable(table.columns, workers: workers))
    let grown = await concurrentMap(Array(0..<trees), workers: workers) { plan.grow($0) }
    return try model(grown, plan, table, target)
  }

  func start(
    _ table: FeatureTable, _ target: [Double], _ weights: [Double]?
  ) throws(LearningError) -> (limits: GrowthLimits, rows: [UInt32]) {
    try checkTrees(trees)
    try sampling.check()
    try TreeTarget.check(table)
    try TreeTarget.check(target, rows: table.rowCount)
    let directions = try growth.check(table.schema, outputs: 1)
    let rows = try TreeTarget.rows(weights, count: table.rowCount)
    return (GrowthLimits(growth, directions: directions, keepsLeafRows: keepsTargets), rows)
  }

  private func plan(
    _ start: (limits: GrowthLimits, rows: [UInt32]), _ target: [Double], _ weights: [Double]?,
    _ bins: BinnedTable
  ) -> ForestPlan {
    ForestPlan(
      trees: trees, sampling: sampling, seed: seed, limits: start.limits, table: bins,
      rows: start.rows,
      target: .moments(values: target, weights: weights, isClassification: false))
  }

  private func model(
    _ grown: [GrownTree], _ plan: ForestPlan, _ table: FeatureTable, _ target: [Double]
  ) throws(LearningError) -> RandomForestRegressorModel {
    let forest = try Forest.assemble(
      grown, schema: table.schema, binning: plan.table.binning, outputs: 1)
    return RandomForestRegressorModel(
      learner: self, forest: forest,
      leafTargets: keepsTargets ? LeafTargets(grown, target: target) : nil,
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(target)))
  }
}

extension RandomForestRegressor: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "random forest of \(trees) trees: \(growth); \(sampling)"
      + (keepsTargets ? "; targets kept for quantiles" : "") + "; seed \(seed)"
  }
}

/// A forest that has learnt a number.
public struct RandomForestRegressorModel: Sendable {
  /// The learner that it comes from.
  public let learner: RandomForestRegressor
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let forest: Forest
  let leafTargets: LeafTargets?

  init(
    learner: RandomForestRegressor, forest: Forest, leafTargets: LeafTargets?,
    training: TrainingData
  ) {
    self.learner = learner
    self.forest = forest
    self.leafTargets = leafTargets
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { forest.schema }

  /// Returns for each row the mean of the trees' predictions.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  /// - Complexity: O(*n* *t* *d*), where *n* is the number of rows, *t* of trees and *d* their depth.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    try forest.predict(table)
  }

  /// Returns for each row the mean of the trees' predictions, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    try await forest.predict(table, workers: workers)
  }

  /// Returns the prediction for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  public func value(for row: FeatureRow) throws(LearningError) -> Double {
    forest.predict(try schema.codes(of: row))[0]
  }

  /// Returns the prediction for one row of numbers as the columns code them: the fastest way.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func value(codes: [Double]) -> Double {
    schema.check(codes: codes)
    return forest.predict(codes)[0]
  }

  /// For each column its share of how much all splits lowered the squared error; 1 in sum.
  public var impurityImportances: [FeatureImportance] {
    FeatureImportance.list(schema.names, forest.gains)
  }

  /// Returns for each row the quantiles of the target.
  ///
  /// A training row counts by how often it shares a leaf with the row: in each tree its draws over
  /// those of the leaf. A quantile is the least target whose weights, with those of all lesser ones,
  /// reach the probability.
  ///
  /// - Parameters:
  ///   - probabilities: From 0 to 1.
  ///   - table: The rows.
  /// - Throws: ``LearningError`` when a column is missing or of another kind, or the learner did not
  ///   keep the targets.
  public func quantiles(
    _ probabilities: [Double], for table: FeatureTable
  ) throws(LearningError) -> [[Double]] {
    precondition(
      probabilities.allSatisfy { $0 >= 0 && $0 <= 1 },
      "The probability of a quantile must lie between 0 and 1.")
    guard let leafTargets else {
      throw LearningError(
        .parameterOutOfRange,
        "The model does not hold the targets that quantiles need. Fit it with keepsTargets: true.")
    }
    let columns = try schema.columns(of: table)
    return (0..<table.rowCount).map { row in
      let leaves = forest.leaves(of: forest.binning.row(columns.map { $0.codes[row] }))
      return leafTargets.quantiles(probabilities, leaves)
    }
  }
}

/// For every leaf the targets of its rows.
struct LeafTargets: Sendable, Hashable {
  /// The different targets, ascending.
  let values: [Double]
  /// For each leaf where its ranks begin, and the end.
  let starts: [UInt32]
  /// For each leaf the positions of its targets among the values, as often as drawn, ascending.
  let ranks: [UInt32]

  init(_ trees: [GrownTree], target: [Double]) {
    var values: [Double] = []
    var rankOfRow = [UInt32](repeating: 0, count: target.count)
    for place in SortedOrder.places(target) {
      if values.last != target[Int(place)] { values.append(target[Int(place)]) }
      rankOfRow[Int(place)] = UInt32(values.count - 1)
    }
    var starts: [UInt32] = [0]
    var ranks: [UInt32] = []
    for tree in trees {
      for leaf in tree.leafRows {
        var own: [UInt32] = []
        for (row, draws) in leaf {
          for _ in 0..<draws { own.append(rankOfRow[Int(row)]) }
        }
        ranks += own.sorted()
        starts.append(UInt32(ranks.count))
      }
    }
    self.values = values
    self.starts = starts
    self.ranks = ranks
  }

  func quantiles(_ probabilities: [Double], _ leaves: [Int32]) -> [Double] {
    var entries: [(rank: UInt32, weight: Double)] = []
    for leaf in leaves {
      let range = Int(starts[Int(leaf)])..<Int(starts[Int(leaf) + 1])
      let weight = 1 / (Double(range.count) * Double(leaves.count))
      for rank in ranks[range] { entries.append((rank, weight)) }
    }
    entries.sort { $0.rank != $1.rank ? $0.rank < $1.rank : $0.weight < $1.weight }
    var sums: [Double] = []
    sums.reserveCapacity(entries.count)
    var sum = 0.0
    for entry in entries {
      sum += entry.weight
      sums.append(sum)
    }
    return probabilities.map { probability in
      // A sum that is short of the probability by rounding only has reached it.
      let reached = sums.firstIndex { $0 >= probability * sum * (1 - 1e-12) } ?? sums.count - 1
      return values[Int(entries[reached].rank)]
    }
  }

  func encode(into writer: inout BinaryWriter) {
    writer.doubles(values)
    writer.uint32s(starts)
    writer.uint32s(ranks)
  }

  init(from reader: inout BinaryReader, leaves: Int) throws(BinaryDecodingError) {
    let offset = reader.offset
    let values = try reader.doubles()
    starts = try reader.uint32s()
    ranks = try reader.uint32s()
    self.values = values
    guard starts.count == leaves + 1, starts[0] == 0, starts[leaves] == UInt32(ranks.count),
      zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }),
      ranks.allSatisfy({ $0 < values.count })
    else { throw .valueOutOfRange(name: "list of targets", offset: offset) }
  }
}
