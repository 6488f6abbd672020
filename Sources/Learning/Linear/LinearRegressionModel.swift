import StatisticsCore

/// A weighted sum of columns found by least squares.
public struct LinearRegressionModel: Sendable {
  /// The learner that it comes from.
  public let learner: LinearRegression
  /// The number of rows with a weight above zero.
  public let rows: Int
  /// The rows less the coefficients that were estimated.
  public let degreesOfFreedom: Int
  /// The sum of the squares of what the model misses, by weight.
  public let residualSumOfSquares: Double
  /// The sum of the squares of the target: around its mean where there is an intercept.
  public let totalSumOfSquares: Double
  /// What it was fitted to.
  public let training: TrainingData
  /// The model card's title, metrics and notes.
  public var notes = ModelNotes()
  let predictor: LinearPredictor
  /// The sum of the logarithms of the weights.
  private let logWeights: Double
  private let covariance: CoefficientCovariance?
  private let kept: [Int]

  init(
    learner: LinearRegression, predictor: LinearPredictor, rows: Int, degreesOfFreedom: Int,
    residualSumOfSquares: Double, totalSumOfSquares: Double, logWeights: Double,
    covariance: CoefficientCovariance?, kept: [Int], training: TrainingData
  ) {
    self.learner = learner
    self.predictor = predictor
    self.rows = rows
    self.degreesOfFreedom = degreesOfFreedom
    self.residualSumOfSquares = residualSumOfSquares
    self.totalSumOfSquares = totalSumOfSquares
    self.logWeights = logWeights
    self.covariance = covariance
    self.kept = kept
    self.training = training
  }

  /// The columns that the model expects.
  public var schema: FeatureSchema { predictor.schema }
  /// The value where all columns are 0.
  public var intercept: Double { predictor.intercept }
  /// For each column of the schema by how much the value grows with one unit more.
  public var coefficients: [Double] { predictor.coefficients }

  /// The coefficient of the column called `name`, `nil` when there is none.
  public func coefficient(of name: String) -> Double? { predictor.coefficient(name) }

  /// The columns that were set aside, because those before them add up to them.
  public var aliasedColumns: [String] {
    schema.names.indices.filter { !kept.contains($0) }.map { schema.names[$0] }
  }

  /// The intercept, where there is one, and the coefficients with standard errors, without columns
  /// that were set aside; `nil` without degrees of freedom.
  public var estimates: [CoefficientEstimate]? {
    covariance?.estimates(
      predictor, hasIntercept: learner.hasIntercept, degreesOfFreedom: Double(degreesOfFreedom))
  }

  /// The share of the sum of squares that the columns explain; `nil` where the target does not vary.
  public var rSquared: Double? {
    totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : nil
  }

  /// R² that makes up for the number of columns; `nil` without degrees of freedom too.
  public var adjustedRSquared: Double? {
    guard let rSquared, degreesOfFreedom > 0 else { return nil }
    let whole = Double(rows - (learner.hasIntercept ? 1 : 0))
    return 1 - (1 - rSquared) * whole / Double(degreesOfFreedom)
  }

  /// The standard deviation of what the model misses; `nil` without degrees of freedom.
  public var residualStandardError: Double? {
    degreesOfFreedom > 0
      ? (residualSumOfSquares / Double(degreesOfFreedom)).squareRoot() : nil
  }

  /// The F statistic of the hypothesis that all coefficients but the intercept are 0, infinite where
  /// nothing is missed; `nil` without degrees of freedom, or where no column is left or the target
  /// does not vary.
  public var fStatistic: Double? {
    guard degreesOfFreedom > 0, !kept.isEmpty, totalSumOfSquares > 0 else { return nil }
    let explained = max(totalSumOfSquares - residualSumOfSquares, 0) / Double(kept.count)
    return explained / (residualSumOfSquares / Double(degreesOfFreedom))
  }

  /// The probability of an F statistic at least as large under that hypothesis.
  public var fPValue: Double? {
    guard let fStatistic else { return nil }
    if fStatistic == .infinity { return 0 }
    return FDistribution(Double(kept.count), Double(degreesOfFreedom)).upper(fStatistic).value
  }

  /// The natural logarithm of the likelihood under normal errors; `nil` where nothing is missed.
  public var logLikelihood: Double? {
    guard residualSumOfSquares > 0 else { return nil }
    let n = Double(rows)
    // ln 2π.
    let constant = 0x1.d67f1c864beb5p+0 + PortableMath.log(residualSumOfSquares / n) + 1
    return logWeights / 2 - n / 2 * constant
  }

  /// Akaike's information criterion as statsmodels counts it, without the variance as a parameter.
  public var aic: Double? { logLikelihood.map { 2 * Double(rows - degreesOfFreedom) - 2 * $0 } }

  /// The Bayesian information criterion, counted like ``aic``.
  public var bic: Double? {
    logLikelihood.map {
      PortableMath.log(Double(rows)) * Double(rows - degreesOfFreedom) - 2 * $0
    }
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

  /// What an interval is to cover.
  public enum IntervalKind: Sendable, Hashable, Codable {
    /// The mean of all rows like this.
    case mean
    /// One more row like this, of weight 1.
    case observation
  }

  /// Returns the interval around the value for one row; `nil` without degrees of freedom.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - kind: Whether to cover the mean of such rows, or one more of them.
  ///   - level: The probability with which it is covered, between 0 and 1.
  /// - Throws: ``LearningError`` as ``value(for:)``.
  public func interval(
    for row: FeatureRow, of kind: IntervalKind, level: Double = 0.95
  ) throws(LearningError) -> ClosedRange<Double>? {
    precondition(level > 0 && level < 1, "The level of an interval lies between 0 and 1.")
    let codes = try LinearInput.codes(of: row, in: schema)
    guard let covariance, let error = residualStandardError else { return nil }
    let place = kept.map { codes[$0] } + (learner.hasIntercept ? [1] : [])
    var variance = kind == .observation ? error * error : 0
    for i in place.indices {
      for j in place.indices { variance += place[i] * covariance.values[i][j] * place[j] }
    }
    let quantile = StudentDistribution(degreesOfFreedom: Double(degreesOfFreedom))
      .upperQuantile((1 - level) / 2)
    let reach = quantile * max(variance, 0).squareRoot()
    let value = try predictor.value(codes: codes)
    return (value - reach)...(value + reach)
  }
}

extension LinearRegressionModel: SavedModel {
  private static let kind = "LinearRegressionModel"

  /// The model as bytes: the same for the same model.
  public func encoded() -> [UInt8] {
    BinaryWriter.document(BinaryFormat(kind: Self.kind, version: 1)) { writer in
      writer.string(ModelText.json(learner))
      writer.string(ModelText.json(notes))
      training.encode(into: &writer)
      predictor.encode(into: &writer)
      writer.count(rows)
      writer.count(degreesOfFreedom)
      writer.double(residualSumOfSquares)
      writer.double(totalSumOfSquares)
      writer.double(logWeights)
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
      let learner: LinearRegression = try ModelText.value(&reader, "list of parameters")
      let notes: ModelNotes = try ModelText.value(&reader, "list of notes")
      let training = try TrainingData(from: &reader)
      let predictor = try LinearPredictor(from: &reader)
      let width = predictor.coefficients.count
      let offset = reader.offset
      let rows = try reader.integer("number of rows", in: 0...Int(Int32.max))
      let degrees = try reader.integer("number of degrees of freedom", in: 0...rows)
      let residual = try reader.double()
      let total = try reader.double()
      let logWeights = try reader.double()
      let covariance = try reader.optional {
        (reader: inout BinaryReader) throws(BinaryDecodingError) in
        try CoefficientCovariance(
          from: &reader, columns: width, hasIntercept: learner.hasIntercept)
      }
      let kept = try CoefficientCovariance.columns(&reader, count: width)
      guard residual >= 0, total >= 0, residual.isFinite, total.isFinite, logWeights.isFinite,
        (covariance != nil) == (degrees > 0), covariance?.kept ?? kept == kept
      else { throw .valueOutOfRange(name: "list of sums", offset: offset) }
      var model = LinearRegressionModel(
        learner: learner, predictor: predictor, rows: rows, degreesOfFreedom: degrees,
        residualSumOfSquares: residual, totalSumOfSquares: total, logWeights: logWeights,
        covariance: covariance, kept: kept, training: training)
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

extension LinearRegressionModel: CustomStringConvertible {
  /// A table of the coefficients with all that is known of them.
  public var description: String {
    var lines = [
      estimates.map { LinearText.estimates($0, statistic: "t") }
        ?? LinearText.coefficients(schema.names, coefficients, intercept: intercept)
    ]
    if !aliasedColumns.isEmpty {
      lines.append("set aside: \(aliasedColumns.joined(separator: ", "))")
    }
    if let rSquared, let adjustedRSquared, let error = residualStandardError {
      lines.append(
        "R² \(LinearText.short(rSquared)), adjusted \(LinearText.short(adjustedRSquared)), residual "
          + "standard error \(LinearText.short(error)) on \(degreesOfFreedom) degrees of freedom")
    }
    if let fStatistic, let fPValue {
      lines.append(
        "F \(LinearText.short(fStatistic)) on \(kept.count) and \(degreesOfFreedom), p "
          + LinearText.probability(fPValue))
    }
    return lines.joined(separator: "\n")
  }
}
