import StatisticsCore

/// Trees whose sum has learnt classes or a number.
public struct GradientBoostingModel: Sendable {
  /// The learner that it comes from.
  public let learner: GradientBoosting
  /// The names of the classes; empty where it predicts a number.
  public let classes: [String]
  /// After each round the loss on the rows held back: the mean of −ln of the probability of what
  /// happened, or of the squared error; empty where none were.
  public let validationLosses: [Double]
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let forest: Forest
  let base: [Double]

  init(
    learner: GradientBoosting, forest: Forest, base: [Double], classes: [String],
    validationLosses: [Double], training: TrainingData
  ) {
    self.learner = learner
    self.forest = forest
    self.base = base
    self.classes = classes
    self.validationLosses = validationLosses
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { forest.schema }

  /// The number of rounds that are in the model.
  public var rounds: Int { forest.treeCount / base.count }

  /// For each column its share of how much all splits lowered the loss; 1 in sum.
  public var gainImportances: [FeatureImportance] {
    FeatureImportance.list(schema.names, forest.gains)
  }

  /// Returns for each row the probability of each class; there must be classes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(
    for table: FeatureTable, workers: Int = 1
  ) async throws(LearningError) -> ClassProbabilities {
    precondition(!classes.isEmpty, "The model predicts a number: ask for its values.")
    let scores = try await scores(table, workers: workers)
    return probabilities(scores)
  }

  /// Returns for each row the number; the model must have learnt one.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(
    for table: FeatureTable, workers: Int = 1
  ) async throws(LearningError) -> [Double] {
    precondition(classes.isEmpty, "The model tells classes apart: ask for their probabilities.")
    return try await scores(table, workers: workers)
  }

  /// Returns for each row the probability of each class in the calling thread; there must be classes.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    precondition(!classes.isEmpty, "The model predicts a number: ask for its values.")
    return probabilities(
      forest.sums(try schema.columns(of: table), rows: 0..<table.rowCount, from: base))
  }

  /// Returns for each row the number in the calling thread; the model must have learnt one.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    precondition(classes.isEmpty, "The model tells classes apart: ask for their probabilities.")
    return forest.sums(try schema.columns(of: table), rows: 0..<table.rowCount, from: base)
  }

  /// Returns the probability of each class for one row; there must be classes.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  public func probabilities(for row: FeatureRow) throws(LearningError) -> [Double] {
    precondition(!classes.isEmpty, "The model predicts a number: ask for its value.")
    return probabilities(scores(try schema.codes(of: row)))[0]
  }

  /// Returns the number for one row; the model must have learnt one.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  public func value(for row: FeatureRow) throws(LearningError) -> Double {
    precondition(classes.isEmpty, "The model tells classes apart: ask for their probabilities.")
    return scores(try schema.codes(of: row))[0]
  }

  /// Returns the probabilities for one row of numbers as the columns code them: the fastest way.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func probabilities(codes: [Double]) -> [Double] {
    precondition(!classes.isEmpty, "The model predicts a number: ask for its value.")
    schema.check(codes: codes)
    return probabilities(scores(codes))[0]
  }

  /// Returns the number for one row of numbers as the columns code them: the fastest way.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func value(codes: [Double]) -> Double {
    precondition(classes.isEmpty, "The model tells classes apart: ask for their probabilities.")
    schema.check(codes: codes)
    return scores(codes)[0]
  }

  private func probabilities(_ scores: [Double]) -> ClassProbabilities {
    switch classes.count {
    case 1: ClassProbabilities(classes: classes, values: scores.map { _ in 1 })
    case 2: ClassProbabilities(classes: classes, raw: scores.map(BoostingLoss.sigmoid))
    default:
      ClassProbabilities(
        classes: classes,
        values: stride(from: 0, to: scores.count, by: classes.count).flatMap {
          BoostingLoss.softmax(scores[$0..<($0 + classes.count)])
        })
    }
  }

  /// The sums of the trees for one row.
  func scores(_ codes: [Double]) -> [Double] {
    var sums = base
    for (tree, leaf) in forest.leaves(of: forest.binning.row(codes)).enumerated() {
      sums[tree % base.count] += forest.leafValues[Int(leaf)]
    }
    return sums
  }

  private func scores(
    _ table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    let columns = try schema.columns(of: table)
    let parts = splitRanges(count: table.rowCount, into: workers)
    return Array(
      await concurrentMap(parts, workers: workers) { forest.sums(columns, rows: $0, from: base) }
        .joined())
  }
}

extension GradientBoostingModel: SavedModel {
  private static let kind = "GradientBoostingModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      writer.doubles(base)
      writer.doubles(validationLosses)
      forest.encode(into: &writer)
    }
  }

  /// Reads a model.
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
      let learner: GradientBoosting = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let offset = reader.offset
      let classes = try reader.array("number of classes") {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try reader.string("name of a class")
      }
      let base = try reader.doubles()
      let losses = try reader.doubles()
      let forest = try Forest(from: &reader)
      guard Set(classes).count == classes.count,
        base.count == (classes.count > 2 ? classes.count : 1),
        base.allSatisfy(\.isFinite), forest.outputs == 1,
        forest.treeCount.isMultiple(of: base.count)
      else { throw .valueOutOfRange(name: "list of trees", offset: offset) }
      var model = GradientBoostingModel(
        learner: learner, forest: forest, base: base, classes: classes, validationLosses: losses,
        training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: classes,
      learner: learner.description, training: training, importances: gainImportances)
  }
}
