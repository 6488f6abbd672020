import StatisticsCore

/// A model with the preparation of the columns that it learnt from.
///
/// ```swift
/// let model = try preparation.fit(table) { try forest.fit($0, target: target) }
/// model.schema.names                                                // the columns of `table`
/// try model.probability(of: "true", for: ["sessions": 12, "channel": "Direct"])
/// try PreparedModel<RandomForestClassifierModel>(decoding: model.encoded())
/// ```
///
/// It takes tables and rows as they come, and is saved as one. What it does not do itself, its
/// ``model`` does on tables that its ``preparation`` has prepared.
public struct PreparedModel<Model: SavedModel>: Sendable {
  /// What is done to the columns.
  public let preparation: FittedPreparation
  /// What learnt from the prepared columns.
  public internal(set) var model: Model

  /// Puts a preparation and a model of the prepared columns together.
  public init(preparation: FittedPreparation, model: Model) {
    self.preparation = preparation
    self.model = model
  }

  /// The columns that it expects, before they are prepared.
  public var schema: FeatureSchema { preparation.schema }
}

extension Preparation {
  /// Fits the preparation and a learner to a table, in the calling thread.
  ///
  /// ```swift
  /// let model = try preparation.fit(table) { try forest.fit($0, target: target) }
  /// ```
  ///
  /// - Parameters:
  ///   - table: The rows to learn from, as they come.
  ///   - learn: Learns from the prepared table, whose rows are the same in the same order.
  /// - Throws: ``LearningError`` as ``fit(_:)``, and what `learn` throws.
  public func fit<Model: SavedModel>(
    _ table: FeatureTable, _ learn: (FeatureTable) throws -> Model
  ) throws -> PreparedModel<Model> {
    let fitted = try fit(table)
    return PreparedModel(preparation: fitted, model: try learn(try fitted.prepare(table)))
  }

  /// Fits the preparation and a learner to a table, with whatever workers the learner takes.
  ///
  /// ```swift
  /// let model = try await preparation.fit(table) {
  ///   try await boosting.fit($0, target: target, workers: 2)
  /// }
  /// ```
  ///
  /// - Throws: ``LearningError`` as ``fit(_:)``, and what `learn` throws.
  public func fit<Model: SavedModel>(
    _ table: FeatureTable, _ learn: (FeatureTable) async throws -> Model
  ) async throws -> PreparedModel<Model> {
    let fitted = try fit(table)
    return PreparedModel(preparation: fitted, model: try await learn(try fitted.prepare(table)))
  }
}

extension PreparedModel: ClassifierModel where Model: ClassifierModel {
  /// The names of the classes.
  public var classes: [String] { model.classes }

  /// Returns for each row the probability of each class.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind, or has an unknown
  ///   category where those are refused.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    try model.probabilities(for: try preparation.prepare(table))
  }

  /// Returns for each row the probability of each class, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` as in the calling thread.
  public func probabilities(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> ClassProbabilities {
    try await model.probabilities(for: try preparation.prepare(table), workers: workers)
  }

  /// Returns the probability of each class for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func probabilities(codes: [Double]) throws(LearningError) -> [Double] {
    schema.check(codes: codes)
    return try model.probabilities(codes: try preparation.prepare(codes: codes))
  }

  /// Returns the probability of each class for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind, or is an
  ///   unknown category where those are refused.
  public func probabilities(for row: FeatureRow) throws(LearningError) -> [Double] {
    let codes = try schema.codes(of: row, unknown: .infinity)
    return try model.probabilities(codes: try preparation.prepare(codes: codes))
  }
}

extension PreparedModel: RegressorModel where Model: RegressorModel {
  /// Returns for each row the number.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind, or has an unknown
  ///   category where those are refused.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    try model.values(for: try preparation.prepare(table))
  }

  /// Returns for each row the number, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` as in the calling thread.
  public func values(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    try await model.values(for: try preparation.prepare(table), workers: workers)
  }

  /// Returns the number for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  public func value(codes: [Double]) throws(LearningError) -> Double {
    schema.check(codes: codes)
    return try model.value(codes: try preparation.prepare(codes: codes))
  }

  /// Returns the number for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind, or is an
  ///   unknown category where those are refused.
  public func value(for row: FeatureRow) throws(LearningError) -> Double {
    let codes = try schema.codes(of: row, unknown: .infinity)
    return try model.value(codes: try preparation.prepare(codes: codes))
  }
}

extension PreparedModel where Model == KMeansModel {
  /// Returns for each row the cluster of the nearest centre, the first of equally near ones.
  ///
  /// - Throws: ``LearningError`` when a column does not fit, or a prepared value is missing or not
  ///   finite.
  public func labels(for table: FeatureTable) throws(LearningError) -> [Int] {
    try model.labels(for: try preparation.prepare(table))
  }

  /// Returns the cluster for one row.
  ///
  /// - Throws: ``LearningError`` when a value does not fit, or a prepared one is missing or not
  ///   finite.
  public func label(for row: FeatureRow) throws(LearningError) -> Int {
    try model.label(for: try preparation.prepare(row))
  }
}

// MARK: - Saving

/// The kind in the mark of prepared models, whatever the model inside.
let preparedModelKind = "PreparedModel"

extension PreparedModel: SavedModel {
  /// Preparation and model as bytes: the same for the same.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: preparedModelKind, version: 1)) { writer in
      preparation.encode(into: &writer)
      writer.alignedBytes(model.encoded())
    }
  }

  /// Reads a preparation and a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    try self.init(decoding: ModelBytes(bytes))
  }

  /// Reads a model of bytes that may lie in a file.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: ModelBytes) throws(LearningError) {
    let (preparation, inner) = try PreparedParts.read(bytes)
    try self.init(checking: preparation, try Model(decoding: inner))
  }

  /// Puts together what belongs together, as far as that can be seen.
  init(checking preparation: FittedPreparation, _ model: Model) throws(LearningError) {
    guard model.card.columns == preparation.preparedSchema.columns else {
      throw LearningError(
        .unreadable,
        "The data are damaged: the model does not expect the columns that its preparation makes. "
          + "Restore them from a copy, or fit the model again.")
    }
    self.init(preparation: preparation, model: model)
  }

  /// What people wrote into the card.
  public var notes: ModelNotes {
    get { model.notes }
    set { model.notes = newValue }
  }

  /// Both in words, to be kept beside the file.
  public var card: ModelCard {
    var card = model.card
    card.kind = "\(preparedModelKind)<\(card.kind)>"
    card.columns = schema.columns
    card.preparation = preparation.preparation.steps.map(\.description)
    return card
  }
}

/// What is in the bytes of a prepared model, whatever the model inside.
enum PreparedParts {
  static func read(
    _ bytes: ModelBytes
  ) throws(LearningError) -> (preparation: FittedPreparation, model: ModelBytes) {
    try ModelDocument.read(bytes, preparedModelKind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let preparation = try FittedPreparation(from: &reader)
      return (preparation, ModelBytes(try reader.alignedBytes("model")))
    }
  }
}
