import StatisticsCore

/// A weighted sum of columns found with a penalty.
public struct PenalizedRegressionModel: Sendable {
  /// The learner that it comes from.
  public let learner: PenalizedRegression
  /// Whether the search came to its end; where not, give it more rounds.
  public let converged: Bool
  /// How many rounds the search took.
  public let iterations: Int
  /// The share of the sum of squares that the model explains in the rows it was fitted to; `nil`
  /// where the target does not vary.
  public let rSquared: Double?
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let predictor: LinearPredictor

  init(
    learner: PenalizedRegression, predictor: LinearPredictor, converged: Bool, iterations: Int,
    rSquared: Double?, training: TrainingData
  ) {
    self.learner = learner
    self.predictor = predictor
    self.converged = converged
    self.iterations = iterations
    self.rSquared = rSquared
    self.training = training
  }

  func of(_ learner: PenalizedRegression) -> PenalizedRegressionModel {
    PenalizedRegressionModel(
      learner: learner, predictor: predictor, converged: converged, iterations: iterations,
      rSquared: rSquared, training: training)
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { predictor.schema }
  /// The value where all columns are 0.
  public var intercept: Double { predictor.intercept }
  /// For each column of the schema by how much the value grows with one unit more.
  public var coefficients: [Double] { predictor.coefficients }

  /// The coefficient of the column called `name`, `nil` when there is none.
  public func coefficient(of name: String) -> Double? { predictor.coefficient(name) }

  /// The columns whose coefficient is not 0.
  public var usedColumns: [String] {
    zip(schema.names, coefficients).filter { $0.1 != 0 }.map(\.0)
  }

  /// Returns for each row the value.
  ///
  /// - Throws: ``LearningError`` when a column is not there or of another kind, or a number is missing
  ///   or not finite.
  /// - Complexity: O(*n* *p*), where *n* is the number of rows and *p* of columns.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    try predictor.values(for: table)
  }

  /// Returns the value for one row of numbers in the order of the schema: the fastest way.
  ///
  /// - Throws: ``LearningError`` when a number is missing or not finite.
  public func value(codes: [Double]) throws(LearningError) -> Double {
    try predictor.value(codes: codes)
  }
}

extension PenalizedRegressionModel: SavedModel {
  private static let kind = "PenalizedRegressionModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      predictor.encode(into: &writer)
      writer.bool(converged)
      writer.count(iterations)
      writer.optional(rSquared) { $0.double($1) }
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: PenalizedRegression = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let predictor = try LinearPredictor(from: &reader)
      let converged = try reader.bool()
      let iterations = try reader.integer("number of rounds", in: 0...Int.max)
      let rSquared = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in try reader.double()
      }
      var model = PenalizedRegressionModel(
        learner: learner, predictor: predictor, converged: converged, iterations: iterations,
        rSquared: rSquared, training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: [], learner: learner.description,
      training: training, importances: [])
  }
}

extension PenalizedRegressionModel: CustomStringConvertible {
  /// A table of the coefficients.
  public var description: String {
    "\(learner)\(converged ? "" : " (not converged)")\n"
      + LinearText.coefficients(schema.names, coefficients, intercept: intercept)
  }
}
