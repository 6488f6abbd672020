import StatisticsCore

/// Learns a number by least squares with a penalty on the squares of coefficients.
///
/// ```swift
/// let model = try RidgeRegression(alpha: 10).fit(table, target: revenue)
/// ```
///
/// What is made as small as possible is that of scikit-learn:
///
///     Σ weight × error²  +  alpha × Σ coefficient²
///
/// The intercept is not penalised. Coefficients depend on the units of their columns: bring columns to
/// one scale first. With an alpha above 0 columns that add up to others, and more columns than rows,
/// are fine; with 0 what ``LinearRegression`` says of them holds. A constant column gets the
/// coefficient 0.
///
/// Source: A. Hoerl and R. Kennard, *Ridge Regression*, Technometrics 12 (1970), 55–67.
public struct RidgeRegression: Sendable, Hashable, Codable {
  /// How much the squares of coefficients count, from 0.
  public var alpha: Double
  /// Whether there is an intercept.
  public var hasIntercept: Bool

  /// Makes a learner.
  public init(alpha: Double = 1, hasIntercept: Bool = true) {
    self.alpha = alpha
    self.hasIntercept = hasIntercept
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from, numeric or Boolean.
  ///   - target: For each row its number, finite.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing or not finite, a column is
  ///   categorical, or there is no row or column.
  /// - Complexity: O(*n* *p*² + *p*³), where *n* is the number of rows and *p* of columns.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> PenalizedRegressionModel {
    try ElasticNetRegression.check(alpha)
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, problem.factor(), table, target)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> PenalizedRegressionModel {
    try ElasticNetRegression.check(alpha)
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, await problem.factor(workers: workers), table, target)
  }

  private func model(
    _ problem: LinearProblem, _ factor: TriangularFactor, _ table: FeatureTable,
    _ target: [Double]
  ) -> PenalizedRegressionModel {
    // The penalty is as many more rows, each with one number: √alpha in the units of its column.
    let width = problem.width
    var rows = [Double](repeating: 0, count: (width + 1) * width)
    for column in 0..<width {
      rows[column * width + column] = LinearInput.factor(
        alpha.squareRoot() / problem.matrix.scales[column])
    }
    var whole = factor
    if alpha > 0 { whole.absorb(columns: rows, rows: width) }
    let squares = LeastSquares(whole, tolerance: alpha > 0 ? 0 : LeastSquares.tolerance)
    return PenalizedRegressionModel(
      learner: .ridge(self), predictor: problem.predictor(squares.coefficients, table.schema),
      converged: true, iterations: 1, rSquared: problem.rSquared(factor, squares.coefficients),
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(target)))
  }
}

extension RidgeRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "ridge regression: alpha \(alpha), \(hasIntercept ? "with" : "without") intercept"
  }
}

/// Learns a number by least squares with a penalty that makes some coefficients exactly 0.
///
/// ```swift
/// let model = try LassoRegression(alpha: 0.5).fit(table, target: revenue)
/// model.usedColumns        // those that are left
/// ```
///
/// It is the ``ElasticNetRegression`` without squares in its penalty, and all that is said there holds.
///
/// Source: R. Tibshirani, *Regression Shrinkage and Selection via the Lasso*, Journal of the Royal
/// Statistical Society B 58 (1996), 267–288.
public struct LassoRegression: Sendable, Hashable, Codable {
  /// How much the absolute values of coefficients count, from 0.
  public var alpha: Double
  /// Whether there is an intercept.
  public var hasIntercept: Bool

  /// Makes a learner.
  public init(alpha: Double = 1, hasIntercept: Bool = true) {
    self.alpha = alpha
    self.hasIntercept = hasIntercept
  }

  private var elasticNet: ElasticNetRegression {
    ElasticNetRegression(alpha: alpha, l1Share: 1, hasIntercept: hasIntercept)
  }

  /// Learns in the calling thread.
  ///
  /// - Throws: ``LearningError`` as ``ElasticNetRegression/fit(_:target:weights:)``.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> PenalizedRegressionModel {
    try elasticNet.fit(table, target: target, weights: weights).of(.lasso(self))
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> PenalizedRegressionModel {
    try await elasticNet.fit(table, target: target, weights: weights, workers: workers)
      .of(.lasso(self))
  }
}

extension LassoRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "lasso regression: alpha \(alpha), \(hasIntercept ? "with" : "without") intercept"
  }
}

/// A learner with a penalty, and what it is.
public enum PenalizedRegression: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Squares.
  case ridge(RidgeRegression)
  /// Absolute values.
  case lasso(LassoRegression)
  /// Both.
  case elasticNet(ElasticNetRegression)

  /// The learner in words.
  public var description: String {
    switch self {
    case .ridge(let learner): learner.description
    case .lasso(let learner): learner.description
    case .elasticNet(let learner): learner.description
    }
  }
}

extension LinearProblem {
  /// The share of the sum of squares that coefficients of moved and scaled columns explain; `nil`
  /// where the target does not vary.
  func rSquared(_ factor: TriangularFactor, _ coefficients: [Double]) -> Double? {
    let total = targetSquares(factor)
    return total > 0 ? 1 - squares(factor, coefficients) / total : nil
  }

  /// The sum of squares that coefficients of moved and scaled columns leave.
  func squares(_ factor: TriangularFactor, _ coefficients: [Double]) -> Double {
    var sum = 0.0
    for row in 0...width {
      var rest = factor[row, width]
      for column in row..<max(width, row) { rest -= factor[row, column] * coefficients[column] }
      sum += rest * rest
    }
    return sum
  }
}
