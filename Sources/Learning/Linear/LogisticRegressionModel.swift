import StatisticsCore

/// A logistic function of a weighted sum of columns.
public struct LogisticRegressionModel: Sendable {
  /// The learner that it comes from.
  public let learner: LogisticRegression
  /// The names of the two classes; the second is the one that is modelled.
  public let classes: [String]
  /// Whether the search came to its end; where not, give it more steps.
  public let converged: Bool
  /// How many steps the search took.
  public let iterations: Int
  /// How likely the model makes what was seen; `nil` with a penalty or weights of classes.
  public let likelihood: ModelLikelihood?
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let predictor: LinearPredictor
  let covariance: CoefficientCovariance?
  private let kept: [Int]

  init(
    learner: LogisticRegression, predictor: LinearPredictor, classes: [String], converged: Bool,
    iterations: Int, likelihood: ModelLikelihood?, covariance: CoefficientCovariance?, kept: [Int],
    training: TrainingData
  ) {
    self.learner = learner
    self.predictor = predictor
    self.classes = classes
    self.converged = converged
    self.iterations = iterations
    self.likelihood = likelihood
    self.covariance = covariance
    self.kept = kept
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { predictor.schema }
  /// The logarithm of the odds where all columns are 0.
  public var intercept: Double { predictor.intercept }
  /// For each column of the schema by how much the logarithm of the odds grows with one unit more.
  public var coefficients: [Double] { predictor.coefficients }

  /// The coefficient of the column called `name`, `nil` when there is none.
  public func coefficient(of name: String) -> Double? { predictor.coefficient(name) }

  /// The columns that were set aside, because those before them add up to them.
  public var aliasedColumns: [String] {
    schema.names.indices.filter { !kept.contains($0) }.map { schema.names[$0] }
  }

  /// The intercept, where there is one, and the coefficients with standard errors (of the observed
  /// information), without columns that were set aside.
  ///
  /// `nil` with a penalty or weights of classes, with which there is no likelihood that errors could
  /// come from, and where the search did not come to its end.
  public var estimates: [CoefficientEstimate]? {
    covariance?.estimates(
      predictor, hasIntercept: learner.hasIntercept, degreesOfFreedom: nil)
  }

  /// Returns for each row the probability of each class.
  ///
  /// - Throws: ``LearningError`` when a column is not there or of another kind, or a number is missing
  ///   or not finite.
  /// - Complexity: O(*n* *p*), where *n* is the number of rows and *p* of columns.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    ClassProbabilities(
      classes: classes, values: try predictor.values(for: table).flatMap(Self.both))
  }

  /// Returns the probabilities for one row of numbers in the order of the schema: the fastest way.
  ///
  /// - Throws: ``LearningError`` when a number is missing or not finite.
  public func probabilities(codes: [Double]) throws(LearningError) -> [Double] {
    Self.both(try predictor.value(codes: codes))
  }

  /// The smaller of both keeps its digits, however near to 0.
  private static func both(_ logOdds: Double) -> [Double] {
    [BoostingLoss.sigmoid(-logOdds), BoostingLoss.sigmoid(logOdds)]
  }
}

extension LogisticRegressionModel: SavedModel {
  private static let kind = "LogisticRegressionModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      predictor.encode(into: &writer)
      writer.bool(converged)
      writer.count(iterations)
      writer.optional(likelihood) { $1.encode(into: &$0) }
      writer.optional(covariance) { $1.encode(into: &$0) }
      writer.array(kept) { $0.count($1) }
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: LogisticRegression = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let offset = reader.offset
      let classes = try ModelDocument.classes(&reader)
      guard classes.count == 2 else {
        throw .valueOutOfRange(name: "list of classes", offset: offset)
      }
      let predictor = try LinearPredictor(from: &reader)
      let width = predictor.coefficients.count
      let converged = try reader.bool()
      let iterations = try reader.integer("number of steps", in: 0...Int.max)
      let likelihood = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try ModelLikelihood(from: &reader)
      }
      let covariance = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try CoefficientCovariance(
          from: &reader, columns: width, hasIntercept: learner.hasIntercept)
      }
      let kept = try CoefficientCovariance.columns(&reader, count: width)
      var model = LogisticRegressionModel(
        learner: learner, predictor: predictor, classes: classes, converged: converged,
        iterations: iterations, likelihood: likelihood, covariance: covariance, kept: kept,
        training: training)
      model.notes = notes
      return model
    }
  }

  /// The model in words, to be kept beside its file.
  public var card: ModelCard {
    ModelCard(
      kind: Self.kind, notes: notes, schema: schema, classes: classes,
      learner: learner.description, training: training, importances: [])
  }
}

extension LogisticRegressionModel: CustomStringConvertible {
  /// A table of the coefficients with all that is known of them.
  public var description: String {
    let head = "logarithm of the odds of \(classes[1])\(converged ? "" : " (not converged)")"
    guard let estimates else {
      return head + "\n"
        + LinearText.coefficients(schema.names, coefficients, intercept: intercept)
    }
    return
      ([head, LinearText.estimates(estimates, statistic: "z", ratio: "odds ratio")]
      + (aliasedColumns.isEmpty
        ? [] : ["set aside: \(aliasedColumns.joined(separator: ", "))"])
      + [likelihood?.description].compactMap { $0 }).joined(separator: "\n")
  }
}
