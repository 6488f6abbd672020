import StatisticsCore

/// Probabilities of several classes from weighted sums of columns.
public struct MultinomialLogisticRegressionModel: Sendable {
  /// The learner that it comes from.
  public let learner: MultinomialLogisticRegression
  /// The columns that the model expects.
  public let schema: FeatureSchema
  /// The names of the classes.
  public let classes: [String]
  /// For each class its intercept, 0 in sum; −∞ for a class that did not occur.
  public let intercepts: [Double]
  /// For each class its coefficients, one for each column of the schema.
  public let coefficients: [[Double]]
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
  private let kept: [Int]
  /// Of the differences to the first class that occurs, class after class, the intercept last.
  private let covariance: [[Double]]?

  init(
    learner: MultinomialLogisticRegression, schema: FeatureSchema, classes: [String],
    intercepts: [Double], coefficients: [[Double]], converged: Bool, iterations: Int,
    likelihood: ModelLikelihood?, kept: [Int], covariance: [[Double]]?, training: TrainingData
  ) {
    self.learner = learner
    self.schema = schema
    self.classes = classes
    self.intercepts = intercepts
    self.coefficients = coefficients
    self.converged = converged
    self.iterations = iterations
    self.likelihood = likelihood
    self.kept = kept
    self.covariance = covariance
    self.training = training
  }

  /// The columns that were set aside, because those before them add up to them.
  public var aliasedColumns: [String] {
    schema.names.indices.filter { !kept.contains($0) }.map { schema.names[$0] }
  }

  /// Returns the coefficients of a class, one for each column of the schema.
  ///
  /// - Throws: ``LearningError`` when there is no such class.
  public func coefficients(of name: String) throws(LearningError) -> [Double] {
    guard let position = classes.firstIndex(of: name) else { throw .unknownClass(name, classes) }
    return coefficients[position]
  }

  /// Returns for each other class that occurred its coefficients less those of `reference`, with
  /// standard errors: by how much the logarithm of the odds against that class grows.
  ///
  /// - Returns: By name of the class; `nil` with a penalty or weights of classes, and where the search
  ///   did not come to its end.
  /// - Throws: ``LearningError`` when there is no such class, or it did not occur.
  public func estimates(
    comparedWith reference: String
  ) throws(LearningError) -> [String: [CoefficientEstimate]]? {
    let present = classes.indices.filter { intercepts[$0].isFinite }
    guard let code = classes.firstIndex(of: reference),
      let base = present.firstIndex(of: code)
    else { throw .unknownClass(reference, present.map { classes[$0] }) }
    guard let covariance else { return nil }
    let stride = kept.count + (learner.hasIntercept ? 1 : 0)
    func entry(_ a: Int, _ b: Int, _ index: Int) -> Double {
      a == 0 || b == 0
        ? 0 : covariance[(a - 1) * stride + index][(b - 1) * stride + index]
    }
    func estimate(_ place: Int, _ index: Int, _ name: String, _ value: Double)
      -> CoefficientEstimate
    {
      let variance =
        entry(place, place, index) + entry(base, base, index) - 2 * entry(place, base, index)
      return CoefficientEstimate(
        name: name, value: value, standardError: max(variance, 0).squareRoot(),
        degreesOfFreedom: nil)
    }
    var result: [String: [CoefficientEstimate]] = [:]
    for (place, own) in present.enumerated() where place != base {
      var list: [CoefficientEstimate] = []
      if learner.hasIntercept {
        list.append(
          estimate(
            place, kept.count, CoefficientEstimate.interceptName,
            intercepts[own] - intercepts[code]))
      }
      for (index, column) in kept.enumerated() {
        list.append(
          estimate(
            place, index, schema.names[column],
            coefficients[own][column] - coefficients[code][column]))
      }
      result[classes[own]] = list
    }
    return result
  }

  /// Returns for each row the probability of each class.
  ///
  /// - Throws: ``LearningError`` when a column is not there or of another kind, or a number is missing
  ///   or not finite.
  /// - Complexity: O(*n* *k* *p*), where *n* is the number of rows, *k* of classes and *p* of columns.
  public func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities {
    let columns = try schema.columns(of: table)
    try LinearInput.check(columns)
    let count = classes.count
    var values = [Double](repeating: 0, count: table.rowCount * count)
    for own in classes.indices {
      for row in 0..<table.rowCount { values[row &* count &+ own] = intercepts[own] }
      for (column, coefficient) in zip(columns, coefficients[own]) {
        for row in 0..<table.rowCount {
          values[row &* count &+ own] += coefficient * column.codes[row]
        }
      }
    }
    return ClassProbabilities(
      classes: classes,
      values: stride(from: 0, to: values.count, by: count).flatMap {
        BoostingLoss.softmax(values[$0..<($0 + count)])
      })
  }

  /// Returns the probabilities for one row of numbers in the order of the schema: the fastest way.
  ///
  /// - Throws: ``LearningError`` when a number is missing or not finite.
  public func probabilities(codes: [Double]) throws(LearningError) -> [Double] {
    precondition(codes.count == schema.columns.count, "A row needs a number for each column.")
    try LinearInput.check(codes: codes, of: schema)
    let predictors = classes.indices.map { own in
      zip(coefficients[own], codes).reduce(intercepts[own]) { $0 + $1.0 * $1.1 }
    }
    return BoostingLoss.softmax(predictors[...])
  }
}

extension MultinomialLogisticRegressionModel: SavedModel {
  private static let kind = "MultinomialLogisticRegressionModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      schema.encode(into: &writer)
      writer.array(classes) { $0.string($1) }
      writer.doubles(intercepts)
      for values in coefficients { writer.doubles(values) }
      writer.bool(converged)
      writer.count(iterations)
      writer.optional(likelihood) { $1.encode(into: &$0) }
      writer.array(kept) { $0.count($1) }
      writer.optional(covariance) { $0.array($1) { $0.doubles($1) } }
    }
  }

  /// Reads a model.
  ///
  /// - Throws: ``LearningError`` with the code `unreadable` or `newerVersion`.
  public init(decoding bytes: [UInt8]) throws(LearningError) {
    self = try ModelDocument.read(bytes, Self.kind, version: 1) {
      (reader, _) throws(BinaryDecodingError) in
      let learner: MultinomialLogisticRegression = try ModelText.value(
        &reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let schema = try FeatureSchema(from: &reader)
      let classes = try ModelDocument.classes(&reader)
      let offset = reader.offset
      let damaged = BinaryDecodingError.valueOutOfRange(
        name: "list of coefficients", offset: offset)
      let intercepts = try reader.doubles()
      var coefficients: [[Double]] = []
      for _ in classes { coefficients.append(try reader.doubles()) }
      let present = intercepts.count { $0.isFinite }
      let isWhole = coefficients.allSatisfy {
        $0.count == schema.columns.count && $0.allSatisfy(\.isFinite)
      }
      let isNumeric = schema.columns.allSatisfy {
        if case .categorical = $0.kind { false } else { true }
      }
      guard intercepts.count == classes.count, present >= 2, isWhole, isNumeric,
        intercepts.allSatisfy({ $0.isFinite || $0 == -.infinity })
      else { throw damaged }
      let converged = try reader.bool()
      let iterations = try reader.integer("number of steps", in: 0...Int.max)
      let likelihood = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try ModelLikelihood(from: &reader)
      }
      let kept = try CoefficientCovariance.columns(&reader, count: schema.columns.count)
      let covariance = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try reader.array("number of covariances") {
          (reader: inout BinaryReader) throws(BinaryDecodingError) in try reader.doubles()
        }
      }
      let count = (present - 1) * (kept.count + (learner.hasIntercept ? 1 : 0))
      guard
        covariance?.allSatisfy({ $0.count == count && $0.allSatisfy(\.isFinite) }) ?? true,
        covariance?.count ?? count == count
      else { throw damaged }
      var model = MultinomialLogisticRegressionModel(
        learner: learner, schema: schema, classes: classes, intercepts: intercepts,
        coefficients: coefficients, converged: converged, iterations: iterations,
        likelihood: likelihood, kept: kept, covariance: covariance, training: training)
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

extension MultinomialLogisticRegressionModel: CustomStringConvertible {
  /// A table with a column for each class.
  public var description: String {
    LinearText.table(
      [[converged ? "" : "not converged"] + classes]
        + [[CoefficientEstimate.interceptName] + intercepts.map(LinearText.short)]
        + schema.names.indices.map { column in
          [schema.names[column]] + coefficients.map { LinearText.short($0[column]) }
        })
  }
}
