import StatisticsCore

/// Learns a number as a weighted sum of columns by least squares.
///
/// ```swift
/// let model = try LinearRegression().fit(table, target: revenue)
/// model.rSquared                        // 0.52
/// model.estimates![1].pValue            // of the first column
/// try model.value(for: ["visits": 3])   // 41.7
/// ```
///
/// - Columns must be numeric or Boolean, and finite: encode categories and fill in missing values
///   first.
/// - A column that is a sum of multiples of those before it (or constant, beside an intercept) is set
///   aside, as R does: its coefficient is 0, and ``LinearRegressionModel/aliasedColumns`` names it.
///   It is one when what it adds is less than 10⁻⁷ of its spread. With more columns than rows
///   the later ones are set aside.
/// - Where as many coefficients are estimated as there are rows, nothing is left to judge errors by:
///   there are no standard errors.
/// - Weights are those of R's `lm` and statsmodels' `WLS`: the variance of a row is in inverse
///   proportion to its weight. Rows of weight zero are left out, and do not count for degrees of
///   freedom.
///
/// The table is reduced to a triangle by Householder's reflections, which keeps the digits that sums
/// of products would lose. The same bits come out on every machine and with any number of workers.
///
/// Source: G. Golub and C. Van Loan, *Matrix Computations*, 4th edition, 2013, chapter 5.
public struct LinearRegression: Sendable, Hashable, Codable {
  /// Whether there is an intercept.
  public var hasIntercept: Bool

  /// Makes a learner.
  public init(hasIntercept: Bool = true) { self.hasIntercept = hasIntercept }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its number, finite.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing or not finite, a column is
  ///   categorical, or there is no row or column.
  /// - Complexity: O(*n* *p*² + *p*³), where *n* is the number of rows and *p* of columns.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> LinearRegressionModel {
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, problem.factor(), table, target)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> LinearRegressionModel {
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, await problem.factor(workers: workers), table, target)
  }

  private func model(
    _ problem: LinearProblem, _ factor: TriangularFactor, _ table: FeatureTable,
    _ target: [Double]
  ) -> LinearRegressionModel {
    let squares = LeastSquares(factor)
    let matrix = problem.matrix
    let predictor = problem.predictor(squares.coefficients, table.schema)
    let unit = problem.targetScale
    let rows = matrix.rows.count
    let parameters = squares.kept.count + (hasIntercept ? 1 : 0)
    let degrees = rows - parameters
    let residual = squares.residual * unit * unit
    var covariance: CoefficientCovariance?
    if degrees > 0 {
      let variance = residual / Double(degrees)
      var values = squares.inverse.map { $0.map { $0 * variance } }
      if hasIntercept {
        for row in values.indices { values[row].append(0) }
        values.append(
          [Double](repeating: 0, count: squares.kept.count) + [variance / matrix.totalWeight])
      }
      let kept = squares.kept
      covariance = CoefficientCovariance(
        kept: kept,
        values: DesignMatrix.unscaled(
          values, shifts: kept.map { matrix.shifts[$0] }, scales: kept.map { matrix.scales[$0] },
          hasIntercept: hasIntercept))
    }
    let logWeights = ExactSum(matrix.weights.prefix(rows).map { PortableMath.log($0) }).rounded
    return LinearRegressionModel(
      learner: self, predictor: predictor, rows: rows, degreesOfFreedom: degrees,
      residualSumOfSquares: residual,
      totalSumOfSquares: problem.targetSquares(factor) * unit * unit, logWeights: logWeights,
      covariance: covariance, kept: squares.kept,
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(target)))
  }
}

extension LinearRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "linear regression by least squares, \(hasIntercept ? "with" : "without") intercept"
  }
}

/// Columns and a number to learn, the number as the last column of the matrix.
struct LinearProblem: Sendable {
  let matrix: DesignMatrix

  init(
    _ table: FeatureTable, _ target: [Double], _ weights: [Double]?, hasIntercept: Bool
  ) throws(LearningError) {
    if table.columns.isEmpty { throw .noColumns }
    guard target.count == table.rowCount else {
      throw .lengths("The target", target.count, rows: table.rowCount)
    }
    let rows = try TreeTarget.rows(weights, count: table.rowCount)
    try LinearInput.check(table.columns, rows: rows)
    try TreeTarget.check(target, rows: table.rowCount)
    matrix = try DesignMatrix(
      table.columns + [FeatureColumn("the target", target)], rows: rows, weights: weights,
      hasIntercept: hasIntercept)
  }

  /// The number of columns without the target.
  var width: Int { matrix.width - 1 }
  /// What the target was divided by.
  var targetScale: Double { matrix.scales[width] }

  func factor() -> TriangularFactor {
    TriangularFactor(
      joining: matrix.parts.map { TriangularFactor(matrix, target: nil, blocks: $0) })
  }

  func factor(workers: Int) async -> TriangularFactor {
    let matrix = matrix
    return TriangularFactor(
      joining: await concurrentMap(matrix.parts, workers: workers) {
        TriangularFactor(matrix, target: nil, blocks: $0)
      })
  }

  /// The sum of the squares of the target as it is in the matrix.
  func targetSquares(_ factor: TriangularFactor) -> Double {
    (0...width).reduce(0) { $0 + factor[$1, width] * factor[$1, width] }
  }

  /// Coefficients of moved and scaled columns in the units of the table.
  func predictor(_ coefficients: [Double], _ schema: FeatureSchema) -> LinearPredictor {
    let own = coefficients.indices.map {
      coefficients[$0] / matrix.scales[$0] * targetScale
    }
    var intercept = 0.0
    if matrix.hasIntercept {
      intercept = matrix.shifts[width]
      for column in own.indices { intercept -= own[column] * matrix.shifts[column] }
    }
    return LinearPredictor(schema: schema, intercept: intercept, coefficients: own)
  }
}
