import StatisticsCore

/// The mean of counts as *e* to the power of a weighted sum of columns.
public struct PoissonRegressionModel: Sendable {
  /// The learner that it comes from.
  public let learner: PoissonRegression
  /// Whether the search came to its end; where not, give it more steps.
  public let converged: Bool
  /// How many steps the search took.
  public let iterations: Int
  /// How likely the model makes what was seen.
  public let likelihood: ModelLikelihood
  /// Twice the logarithm of the likelihood that is missing to that of a mean of its own for each row.
  public let deviance: Double
  /// The deviance of the same rate for all rows.
  public let nullDeviance: Double
  /// The sum of (count − mean)² ÷ mean.
  public let pearsonChiSquare: Double
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let predictor: LinearPredictor
  private let covariance: CoefficientCovariance?
  private let kept: [Int]

  init(
    learner: PoissonRegression, predictor: LinearPredictor, converged: Bool, iterations: Int,
    likelihood: ModelLikelihood, deviance: Double, nullDeviance: Double, pearsonChiSquare: Double,
    covariance: CoefficientCovariance?, kept: [Int], training: TrainingData
  ) {
    self.learner = learner
    self.predictor = predictor
    self.converged = converged
    self.iterations = iterations
    self.likelihood = likelihood
    self.deviance = deviance
    self.nullDeviance = nullDeviance
    self.pearsonChiSquare = pearsonChiSquare
    self.covariance = covariance
    self.kept = kept
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { predictor.schema }
  /// The logarithm of the rate where all columns are 0.
  public var intercept: Double { predictor.intercept }
  /// For each column of the schema by how much the logarithm of the rate grows with one unit more.
  public var coefficients: [Double] { predictor.coefficients }

  /// The coefficient of the column called `name`, `nil` when there is none.
  public func coefficient(of name: String) -> Double? { predictor.coefficient(name) }

  /// The columns that were set aside, because those before them add up to them.
  public var aliasedColumns: [String] {
    schema.names.indices.filter { !kept.contains($0) }.map { schema.names[$0] }
  }

  /// The rows, as often as their weights say, less the coefficients that were estimated.
  public var degreesOfFreedom: Double { likelihood.rows - Double(likelihood.parameters) }

  /// How much more the counts vary than those of a Poisson distribution.
  ///
  /// Pearson's sum by degree of freedom: about 1 where the model is right; `nil` without degrees of freedom.
  ///
  /// Far above 1, as customers' counts mostly are, the standard errors of ``estimates`` are too small:
  /// use ``quasiEstimates``.
  public var dispersion: Double? {
    degreesOfFreedom > 0 ? pearsonChiSquare / degreesOfFreedom : nil
  }

  /// The intercept, where there is one, and the coefficients with the standard errors of a Poisson
  /// distribution; `nil` where the search did not come to its end.
  public var estimates: [CoefficientEstimate]? {
    covariance?.estimates(
      predictor, hasIntercept: learner.hasIntercept, degreesOfFreedom: nil)
  }

  /// The estimates with standard errors for counts that vary more (or less): times the root of the
  /// dispersion, and against Student's distribution, as R's `quasipoisson`.
  public var quasiEstimates: [CoefficientEstimate]? {
    guard let estimates, let dispersion else { return nil }
    return estimates.map {
      CoefficientEstimate(
        name: $0.name, value: $0.value,
        standardError: $0.standardError * dispersion.squareRoot(),
        degreesOfFreedom: degreesOfFreedom)
    }
  }

  /// Returns for each row the mean of its count.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - exposure: For each row its exposure; `nil` is 1 for all, which gives rates.
  /// - Throws: ``LearningError`` when a column is not there or of another kind, a number is missing or
  ///   not finite, or an exposure is not above 0.
  /// - Complexity: O(*n* *p*), where *n* is the number of rows and *p* of columns.
  public func means(
    for table: FeatureTable, exposure: [Double]? = nil
  ) throws(LearningError) -> [Double] {
    if let exposure { try PoissonRegression.check(exposure, rows: table.rowCount) }
    return try predictor.values(for: table).enumerated().map {
      PortableMath.exp($1) * (exposure?[$0] ?? 1)
    }
  }

  /// Returns the rate of one row: the mean of its count by unit of exposure.
  ///
  /// - Throws: ``LearningError`` when a value is not there, of another kind, missing or not finite.
  public func rate(for row: FeatureRow) throws(LearningError) -> Double {
    PortableMath.exp(try predictor.value(for: row))
  }

  /// Returns the rate for one row of numbers in the order of the schema: the fastest way.
  ///
  /// - Throws: ``LearningError`` when a number is missing or not finite.
  public func rate(codes: [Double]) throws(LearningError) -> Double {
    PortableMath.exp(try predictor.value(codes: codes))
  }
}

extension PoissonRegressionModel: RegressorModel {
  /// Returns for each row its rate.
  ///
  /// - Throws: ``LearningError`` as `means(for:exposure:)`.
  public func values(for table: FeatureTable) throws(LearningError) -> [Double] {
    try means(for: table)
  }

  /// Returns the rate for one row of numbers in the order of the schema.
  ///
  /// - Throws: ``LearningError`` as `rate(codes:)`.
  public func value(codes: [Double]) throws(LearningError) -> Double { try rate(codes: codes) }
}

extension PoissonRegressionModel: SavedModel {
  private static let kind = "PoissonRegressionModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      predictor.encode(into: &writer)
      writer.bool(converged)
      writer.count(iterations)
      likelihood.encode(into: &writer)
      writer.double(deviance)
      writer.double(nullDeviance)
      writer.double(pearsonChiSquare)
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
      let learner: PoissonRegression = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let predictor = try LinearPredictor(from: &reader)
      let width = predictor.coefficients.count
      let converged = try reader.bool()
      let iterations = try reader.integer("number of steps", in: 0...Int.max)
      let likelihood = try ModelLikelihood(from: &reader)
      let offset = reader.offset
      let deviance = try reader.double()
      let nullDeviance = try reader.double()
      let pearson = try reader.double()
      let covariance = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try CoefficientCovariance(
          from: &reader, columns: width, hasIntercept: learner.hasIntercept)
      }
      let kept = try CoefficientCovariance.columns(&reader, count: width)
      guard pearson >= 0, likelihood.rows.isFinite else {
        throw .valueOutOfRange(name: "list of sums", offset: offset)
      }
      var model = PoissonRegressionModel(
        learner: learner, predictor: predictor, converged: converged, iterations: iterations,
        likelihood: likelihood, deviance: deviance, nullDeviance: nullDeviance,
        pearsonChiSquare: pearson, covariance: covariance, kept: kept, training: training)
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

extension PoissonRegressionModel: CustomStringConvertible {
  /// A table of the coefficients with all that is known of them.
  public var description: String {
    var lines = [
      "logarithm of the rate\(converged ? "" : " (not converged)")",
      estimates.map { LinearText.estimates($0, statistic: "z", ratio: "rate ratio") }
        ?? LinearText.coefficients(schema.names, coefficients, intercept: intercept),
    ]
    if !aliasedColumns.isEmpty {
      lines.append("set aside: \(aliasedColumns.joined(separator: ", "))")
    }
    lines.append(
      "deviance \(LinearText.short(deviance)) (\(LinearText.short(nullDeviance)) without columns)"
        + (dispersion.map { ", dispersion \(LinearText.short($0))" } ?? ""))
    lines.append(likelihood.description)
    return lines.joined(separator: "\n")
  }
}
