import StatisticsCore

/// A model of trees that XGBoost or LightGBM has learnt, to predict with.
///
/// ```swift
/// let model = try ImportedTreeModel(xgboostContentsOf: "model.json")
/// try model.probability(of: "1", for: ["sessions": 12, "clicks": nil])     // 0.87
/// try model.save(to: "imported.model")                                     // in this library's format
/// ```
///
/// It predicts what the tool predicts: borders of XGBoost are compared in single precision, missing
/// values and categories follow the rules of the tool. All columns are numeric, and a category is the
/// number that the tool was given for it. Classes are called `0`, `1`, … unless named otherwise.
///
/// - Of XGBoost the JSON of `save_model("model.json")` is read: the booster `gbtree` with the
///   objectives for two or more classes, squared, absolute and pseudo-Huber error, Poisson, gamma,
///   Tweedie and logistic regression, ranking and the raw score. `binary:logitraw` is a score and has no
///   classes.
/// - Of LightGBM the text of `save_model("model.txt")`: boosting, dart and `rf`, for two or more classes,
///   all objectives for numbers, cross-entropy and ranking.
/// - Boosters `dart` and `gblinear` of XGBoost, leaves of several numbers and linear trees are refused.
///
/// All trees of the file are used. The last digits of a probability may differ from XGBoost's, which
/// turns scores into probabilities in single precision.
public struct ImportedTreeModel: Sendable {
  /// The tool that it comes from.
  public var tool: TreeTool { trees.tool }
  /// What it was trained for, as the tool calls it.
  public let objective: String
  /// The columns that the model expects.
  public let schema: FeatureSchema
  /// The names of the classes; empty where it predicts a number.
  public let classes: [String]
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let trees: ImportedTrees
  /// Where each score begins.
  let base: [Double]
  let output: ImportedOutput
  /// Whether scores are divided by the number of trees for each.
  let isAverage: Bool
  /// For each column the gains of its splits.
  let gains: [Double]

  /// For each column its share of the gains of all splits, as the tool wrote them; 1 in sum.
  public var gainImportances: [FeatureImportance] {
    let sum = gains.reduce(0, +)
    return FeatureImportance.list(
      schema.names, sum > 0 && sum.isFinite ? gains.map { $0 / sum } : gains.map { _ in 0 })
  }

  /// The number of trees.
  public var treeCount: Int { trees.count }

  /// Returns for each row the scores that the trees add up to: one, or one for each of several classes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func scores(for table: FeatureTable) throws(LearningError) -> [[Double]] {
    let columns = try schema.columns(of: table)
    return (0..<table.rowCount).map { row in scores { columns[$0].codes[row] } }
  }

  func scores(_ row: (_ column: Int) -> Double) -> [Double] {
    var sums = base
    switch trees.tool {
    case .xgboost:
      for tree in 0..<trees.count {
        let group = trees.groups[tree]
        // As there, sums are single.
        sums[group] = Double(Float(sums[group]) + Float(trees.leaf(tree, row)))
      }
    case .lightGBM:
      for tree in 0..<trees.count { sums[trees.groups[tree]] += trees.leaf(tree, row) }
      if isAverage {
        let scale = Double(trees.count / base.count)
        for group in sums.indices { sums[group] /= scale }
      }
    }
    return sums
  }

  private func checkClasses() {
    precondition(!classes.isEmpty, "The model predicts a number: ask for its value.")
  }

  private func checkNumber() {
    precondition(
      classes.isEmpty, "The model tells classes apart: ask for their probabilities.")
  }

  /// The prediction of every row, made by several workers in ranges of rows.
  private func predict(
    _ table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    let columns = try schema.columns(of: table)
    return Array(
      await concurrentMap(splitRanges(count: table.rowCount, into: workers), workers: workers) {
        predict(columns, $0)
      }.joined())
  }

  private func predict(_ columns: [FeatureColumn], _ rows: Range<Int>) -> [Double] {
    rows.flatMap { row in predict { columns[$0].codes[row] } }
  }

  /// The number, or the probability of each class.
  private func predict(_ row: (_ column: Int) -> Double) -> [Double] {
    let found = output.apply(scores(row))
    // One score for two classes is that of the second.
    return classes.count == 2 && found.count == 1 ? [1 - found[0], found[0]] : found
  }
}

/// How scores become a prediction.
enum ImportedOutput: Sendable, Hashable, Codable {
  case identity
  case exponential
  /// 1 / (1 + exp(−scale × score)): the probability of the second class.
  case logistic(scale: Double)
  case softmax
  /// The logistic function of each score; as in LightGBM, they need not add up to 1.
  case oneAgainstAll(scale: Double)
  /// The square with the sign of the score.
  case square
  /// ln(1 + exp(score)).
  case softplus

  func apply(_ scores: [Double]) -> [Double] {
    switch self {
    case .identity: scores
    case .exponential: scores.map { PortableMath.exp($0) }
    case .logistic(let scale): scores.map { BoostingLoss.sigmoid(scale * $0) }
    case .softmax: BoostingLoss.softmax(scores[...])
    case .oneAgainstAll(let scale): scores.map { BoostingLoss.sigmoid(scale * $0) }
    case .square: scores.map { $0 < 0 ? -$0 * $0 : $0 * $0 }
    case .softplus:
      scores.map { max($0, 0) + PortableMath.log1p(PortableMath.exp(-abs($0))) }
    }
  }
}

extension ImportedTreeModel: ClassifierModel {
  /// Returns for each row the probability of each class; there must be classes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    checkClasses()
    let columns = try schema.columns(of: table)
    return ClassProbabilities(classes: classes, values: predict(columns, 0..<table.rowCount))
  }

  /// Returns for each row the probability of each class, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> ClassProbabilities {
    checkClasses()
    return ClassProbabilities(classes: classes, values: try await predict(table, workers: workers))
  }

  /// Returns the probability of each class for one row of numbers in the order of the columns.
  public func probabilities(codes: [Double]) -> [Double] {
    checkClasses()
    schema.check(codes: codes)
    return predict { codes[$0] }
  }
}

extension ImportedTreeModel: RegressorModel {
  /// Returns for each row the number; the model must predict one.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    checkNumber()
    return predict(try schema.columns(of: table), 0..<table.rowCount)
  }

  /// Returns for each row the number, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    checkNumber()
    return try await predict(table, workers: workers)
  }

  /// Returns the number for one row of numbers in the order of the columns.
  public func value(codes: [Double]) -> Double {
    checkNumber()
    schema.check(codes: codes)
    return predict { codes[$0] }[0]
  }
}

extension ImportedTreeModel: SavedModel {
  private static let kind = "ImportedTreeModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(objective)
      writer.string(ModelText.json(notes))
      writer.string(ModelText.json(output))
      schema.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      writer.doubles(base)
      writer.doubles(gains)
      writer.bool(isAverage)
      trees.encode(into: &writer)
    }
  }

  /// Reads a model that ``encoded()`` wrote.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    try self.init(decoding: ModelBytes(bytes))
  }

  /// Reads a model of bytes that may lie in a file.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: ModelBytes) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let objective = try reader.string("objective")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let output: ImportedOutput = try ModelText.value(&reader, "output")
      let schema = try FeatureSchema(from: &reader)
      let offset = reader.offset
      let classes = try reader.array("number of classes") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try reader.string("name of a class")
      }
      let base = try reader.doubles()
      let gains = try reader.doubles()
      let isAverage = try reader.bool()
      guard !base.isEmpty, base.allSatisfy(\.isFinite), gains.allSatisfy({ $0 >= 0 }),
        gains.count == schema.columns.count, Set(classes).count == classes.count,
        schema.columns.allSatisfy({ $0.kind == .numeric }),
        classes.count != 1, base.count == classes.count || base.count == 1 && classes.count < 3
      else { throw .valueOutOfRange(name: "list of scores", offset: offset) }
      let trees = try ImportedTrees(
        from: &reader, columns: schema.columns.count, groups: base.count)
      var model = ImportedTreeModel(
        objective: objective, schema: schema, classes: classes, trees: trees, base: base,
        output: output, isAverage: isAverage, gains: gains)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file; what it was fitted to is not known.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: classes,
      learner: "\(tool.rawValue), \(objective), \(treeCount) trees",
      training: TrainingData(rows: 0, fingerprint: 0), importances: gainImportances)
  }
}
