import StatisticsCore

/// Learns to tell classes apart by the vote of many trees, each grown of a random sample.
///
/// ```swift
/// let forest = RandomForestClassifier(trees: 200, seed: 42, classWeights: .balanced)
/// let model = try await forest.fit(table, target: ClassTarget(purchased), workers: 2)
/// try model.probability(of: "true", for: ["sessions": 12, "channel": "Direct"])   // 0.87
/// ```
///
/// The same seed gives the same model, bit for bit, on every machine and with any number of workers.
///
/// - Numbers are put into at most 255 bins of about equally many rows, and borders lie between bins:
///   exact for columns with up to 255 different values.
/// - Missing values go to the side that lowers the impurity more; where a node saw none, to the side
///   with more rows. Infinities are the smallest and largest numbers.
/// - Categories are split into the best two sets by the order of their mean target; categories never
///   seen are missing. The 254 most frequent are told apart, the others are one.
/// - A constant column is never split at. With one class, or one row, the model always says the same.
/// - Rows of weight zero are left out as if they were not there.
///
/// Sources: L. Breiman, *Random Forests*, Machine Learning 45 (2001), 5–32; P. Geurts, D. Ernst and
/// L. Wehenkel, *Extremely Randomized Trees*, Machine Learning 63 (2006), 3–42.
public struct RandomForestClassifier: Sendable, Hashable, Codable {
  /// The number of trees, at least 1.
  public var trees: Int
  /// Decides on samples and splits.
  public var seed: UInt64
  /// How each tree grows.
  public var growth: TreeGrowth
  /// Which rows each tree is grown of.
  public var sampling: RowSampling
  /// How much the rows of each class count.
  public var classWeights: ClassWeights

  /// Makes a learner; a node looks at √p columns unless told otherwise.
  public init(
    trees: Int = 100, seed: UInt64, growth: TreeGrowth = TreeGrowth(features: .squareRoot),
    sampling: RowSampling = .bootstrap, classWeights: ClassWeights = .uniform
  ) {
    self.trees = trees
    self.seed = seed
    self.growth = growth
    self.sampling = sampling
    self.classWeights = classWeights
  }

  /// Extremely randomised trees: borders are drawn at random, and each tree sees all rows.
  public static func extraTrees(
    trees: Int = 100, seed: UInt64, classWeights: ClassWeights = .uniform
  ) -> RandomForestClassifier {
    RandomForestClassifier(
      trees: trees, seed: seed, growth: TreeGrowth(features: .squareRoot, rule: .random),
      sampling: .all, classWeights: classWeights)
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its class.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, the table is empty, or a parameter or weight is
  ///   out of its range.
  /// - Complexity: O(*t* *m* *n* log *n*) on average, where *t* is the number of trees, *m* of columns
  ///   at a node and *n* of rows.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil
  ) throws(LearningError) -> RandomForestClassifierModel {
    let start = try start(table, target, weights)
    let plan = plan(start, BinnedTable(table.columns))
    return try model((0..<trees).map(plan.grow), plan, table, target, start)
  }

  /// Learns with several workers, one tree each at a time: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> RandomForestClassifierModel {
    let start = try start(table, target, weights)
    let plan = plan(start, await BinnedTable(table.columns, workers: workers))
    let grown = await concurrentMap(Array(0..<trees), workers: workers) { plan.grow($0) }
    return try model(grown, plan, table, target, start)
  }

  struct Start {
    var limits: GrowthLimits
    var rows: [UInt32]
    var target: TreeTarget
    var classWeights: [Double]
  }

  func start(
    _ table: FeatureTable, _ target: ClassTarget, _ weights: [Double]?
  ) throws(LearningError) -> Start {
    try checkTrees(trees)
    try sampling.check()
    try TreeTarget.check(table)
    try TreeTarget.check(target, rows: table.rowCount)
    if let weights, weights.count != table.rowCount {
      throw .lengths("The list of weights", weights.count, rows: table.rowCount)
    }
    let directions = try growth.check(table.schema, outputs: target.classes.count - 1)
    let ofClasses = try classWeights.values(target, weights: weights)
    let rows = try TreeTarget.rows(
      weights, count: table.rowCount, classWeights: ofClasses, codes: target.codes)
    return Start(
      limits: GrowthLimits(growth, directions: directions, keepsLeafRows: false), rows: rows,
      target: TreeTarget.make(target, weights: weights, classWeights: ofClasses),
      classWeights: ofClasses)
  }

  private func plan(_ start: Start, _ bins: BinnedTable) -> ForestPlan {
    ForestPlan(
      trees: trees, sampling: sampling, seed: seed, limits: start.limits, table: bins,
      rows: start.rows, target: start.target)
  }

  private func model(
    _ grown: [GrownTree], _ plan: ForestPlan, _ table: FeatureTable, _ target: ClassTarget,
    _ start: Start
  ) throws(LearningError) -> RandomForestClassifierModel {
    let forest = try Forest.assemble(
      grown, schema: table.schema, binning: plan.table.binning, outputs: plan.target.outputs)
    return RandomForestClassifierModel(
      learner: self, forest: forest, classes: target.classes,
      training: TrainingData(
        rows: table.rowCount, fingerprint: table.fingerprint(target.codes.map(Double.init))))
  }
}

func checkTrees(_ trees: Int) throws(LearningError) {
  guard (1...100_000).contains(trees) else {
    throw LearningError(
      .parameterOutOfRange, "A forest needs from 1 to 100,000 trees, not \(trees). Change it.")
  }
}

extension RandomForestClassifier: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "random forest of \(trees) trees: \(growth); \(sampling); \(classWeights)"
      + " class weights; seed \(seed)"
  }
}

extension RowSampling: CustomStringConvertible {
  /// The sampling in words.
  public var description: String {
    switch self {
    case .bootstrap(1): "bootstrap"
    case .bootstrap(let share): "\(share) of the rows, drawn with replacement"
    case .withoutReplacement(let share): "\(share) of the rows, drawn without replacement"
    case .all: "all rows"
    }
  }
}

extension ClassWeights: CustomStringConvertible {
  /// The weights in words.
  public var description: String {
    switch self {
    case .uniform: "uniform"
    case .balanced: "balanced"
    case .given(let weights):
      weights.keys.sorted().map { "\($0): \(weights[$0]!)" }.joined(separator: ", ")
    }
  }
}

/// What a model remembers of the data that it was fitted to.
public struct TrainingData: Sendable, Hashable, Codable {
  /// The number of rows, those of weight zero with them.
  public let rows: Int
  /// A checksum of columns, values and target.
  public let fingerprint: UInt64

  func check(_ other: @autoclosure () -> UInt64, rows: Int) throws(LearningError) {
    guard rows == self.rows, other() == fingerprint else {
      throw LearningError(
        .otherData,
        "The table or the target is not the one that the model was fitted to, so it cannot be known "
          + "which rows its trees have seen. Give the same table and target.")
    }
  }
}

/// A forest that has learnt to tell classes apart.
public struct RandomForestClassifierModel: Sendable {
  /// The learner that it comes from.
  public let learner: RandomForestClassifier
  /// The names of the classes.
  public let classes: [String]
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let forest: Forest

  init(
    learner: RandomForestClassifier, forest: Forest, classes: [String], training: TrainingData
  ) {
    self.learner = learner
    self.forest = forest
    self.classes = classes
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { forest.schema }

  /// Returns for each row the probability of each class: the mean of the trees' leaves.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  /// - Complexity: O(*n* *t* *d*), where *n* is the number of rows, *t* of trees and *d* their depth.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    ClassProbabilities(classes: classes, raw: try forest.predict(table))
  }

  /// Returns for each row the probability of each class, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> ClassProbabilities {
    ClassProbabilities(classes: classes, raw: try await forest.predict(table, workers: workers))
  }

  /// Returns the probabilities for one row of numbers as the columns code them: the fastest way.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func probabilities(codes: [Double]) -> [Double] {
    schema.check(codes: codes)
    return ClassProbabilities(classes: classes, raw: forest.predict(codes))[0]
  }

  /// For each column its share of how much all splits lowered the impurity; 0 to 1, 1 in sum.
  ///
  /// It favours columns with many different values; ``permutationImportances(on:target:weights:seed:workers:)``
  /// does not.
  public var impurityImportances: [FeatureImportance] {
    FeatureImportance.list(schema.names, forest.gains)
  }
}

extension LearningError {
  static func unknownClass(_ name: String, _ classes: [String]) -> LearningError {
    LearningError(
      .unknownClass,
      "There is no class \(name). The classes are \(classes.joined(separator: ", ")).")
  }
}

extension FeatureSchema {
  func check(codes: [Double]) {
    precondition(codes.count == columns.count, "A row needs a number for each column.")
    for (code, column) in zip(codes, columns) {
      if case .categorical(let categories) = column.kind {
        precondition(
          code.isNaN || categories.indices.contains(Int(code)),
          "A category must be given as its position.")
      }
    }
  }
}

/// How much a model owes to a column.
public struct FeatureImportance: Sendable, Hashable, Codable {
  /// The name of the column.
  public let name: String
  /// How much the model owes to it.
  public let value: Double
  /// The standard error of the value, where it is an estimate from several trees or repeats.
  public let standardError: Double?

  static func list(
    _ names: [String], _ values: [Double], errors: [Double]? = nil
  ) -> [FeatureImportance] {
    names.indices.map {
      FeatureImportance(name: names[$0], value: values[$0], standardError: errors?[$0])
    }
  }
}

/// For each row the probability of each class.
public struct ClassProbabilities: Sendable, Hashable {
  /// The names of the classes.
  public let classes: [String]
  /// The probabilities, row after row.
  public let values: [Double]

  /// Makes a list of probabilities, row after row.
  public init(classes: [String], values: [Double]) {
    precondition(
      !classes.isEmpty && values.count.isMultiple(of: classes.count),
      "Each row needs a probability for each class.")
    self.classes = classes
    self.values = values
  }

  /// Two classes are predicted as the probability of the second.
  init(classes: [String], raw: [Double]) {
    guard classes.count == 2 else {
      self.init(classes: classes, values: raw)
      return
    }
    var values = [Double](repeating: 0, count: raw.count * 2)
    for (row, value) in raw.enumerated() {
      values[2 * row] = 1 - value
      values[2 * row + 1] = value
    }
    self.init(classes: classes, values: values)
  }

  /// The number of rows.
  public var rowCount: Int { values.count / classes.count }

  /// The probabilities of a row.
  public subscript(row: Int) -> [Double] {
    Array(values[(row * classes.count)..<((row + 1) * classes.count)])
  }

  /// For each row the probability of the class at a position.
  public func ofClass(_ position: Int) -> [Double] {
    precondition(classes.indices.contains(position), "There is no class at this position.")
    return (0..<rowCount).map { values[$0 * classes.count + position] }
  }

  /// For each row the most probable class, the first of equal ones.
  public var target: ClassTarget {
    ClassTarget(
      classes: classes,
      codes: (0..<rowCount).map { row in
        var best = 0
        for code in classes.indices
        where values[row * classes.count + code] > values[row * classes.count + best] {
          best = code
        }
        return best
      })
  }
}
