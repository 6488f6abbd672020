import StatisticsCore

/// Learns a number by least squares with a penalty on absolute values and squares of coefficients.
///
/// ```swift
/// let learner = ElasticNetRegression(alpha: 0.5, l1Share: 0.9)
/// let model = try learner.fit(table, target: revenue)
/// print(try learner.path(table, target: revenue))     // which columns come in as alpha falls
/// ```
///
/// What is made as small as possible is that of scikit-learn, with W the sum of weights:
///
///     Σ weight × error² ÷ 2W  +  alpha × (l1Share × Σ |coefficient| + (1 − l1Share) ÷ 2 × Σ coefficient²)
///
/// The intercept is not penalised. Coefficients depend on the units of their columns, which are taken
/// as they are (glmnet divides them by their standard deviation first): bring columns to one scale
/// first.
///
/// - More columns than rows are fine, and so are columns that add up to others, between which an L1
///   penalty alone does not decide: one of the best answers comes out, the same every time. A constant
///   column gets the coefficient 0.
///
/// One coefficient after another is moved to its best value until the duality gap, by which the
/// answer can be wrong at most, is below the tolerance. That is done on the sums of products of the
/// columns, so that the rows are read once.
///
/// Sources: H. Zou and T. Hastie, *Regularization and Variable Selection via the Elastic Net*, Journal
/// of the Royal Statistical Society B 67 (2005), 301–320; J. Friedman, T. Hastie and R. Tibshirani,
/// *Regularization Paths for Generalized Linear Models*, Journal of Statistical Software 33 (2010).
public struct ElasticNetRegression: Sendable, Hashable, Codable {
  /// How much the penalty counts, from 0.
  public var alpha: Double
  /// The share of the absolute values in the penalty, from 0 to 1.
  public var l1Share: Double
  /// Whether there is an intercept.
  public var hasIntercept: Bool
  /// The search ends when the duality gap is at most this share of half the target's sum of squares.
  ///
  /// It also ends where steps have become too short to change what such a gap leaves open.
  public var tolerance: Double
  /// After how many rounds over all columns the search ends at the latest.
  public var maximumIterations: Int

  /// Makes a learner.
  public init(
    alpha: Double = 1, l1Share: Double = 0.5, hasIntercept: Bool = true, tolerance: Double = 1e-13,
    maximumIterations: Int = 100_000
  ) {
    self.alpha = alpha
    self.l1Share = l1Share
    self.hasIntercept = hasIntercept
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from, numeric or Boolean.
  ///   - target: For each row its number, finite.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing or not finite, a column is
  ///   categorical, there is no row or column, or a parameter is out of its range.
  /// - Complexity: O(*n* *p*² + *i* *p*²), where *n* is the number of rows, *p* of columns and *i* of
  ///   rounds.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil
  ) throws(LearningError) -> PenalizedRegressionModel {
    try check()
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, problem.factor(), table, target)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> PenalizedRegressionModel {
    try check()
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    return model(problem, await problem.factor(workers: workers), table, target)
  }

  /// Learns for many values of alpha, each search beginning where the last one ended.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from, numeric or Boolean.
  ///   - target: For each row its number, finite.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  ///   - alphas: The values in descending order; `nil` is 100 values with equal ratios, from the
  ///     smallest that leaves no column in the model down to a thousandth of it. The learner's own
  ///     ``alpha`` is not used.
  /// - Throws: ``LearningError`` as the `fit` methods, and without `alphas` when the share of L1 is 0,
  ///   for which no alpha leaves all columns out.
  public func path(
    _ table: FeatureTable, target: [Double], weights: [Double]? = nil, alphas: [Double]? = nil
  ) throws(LearningError) -> RegularizationPath {
    try check()
    for alpha in alphas ?? [] { try Self.check(alpha) }
    guard zip(alphas ?? [], (alphas ?? []).dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw LinearInput.parameter(
        "The alphas of a path do not descend. Give each value once, the largest first.")
    }
    guard alphas != nil || l1Share > 0 else {
      throw LinearInput.parameter(
        "With a share of L1 of 0 no alpha leaves all columns out. Give the alphas of the path.")
    }
    let problem = try LinearProblem(table, target, weights, hasIntercept: hasIntercept)
    let factor = problem.factor()
    var search = CoordinateSearch(problem, factor)
    let values = alphas ?? search.path(count: 100, l1Share: l1Share)
    return RegularizationPath(
      columns: table.names,
      entries: values.map { alpha in
        let converged =
          search.run(
            alpha: alpha, l1Share: l1Share, tolerance: tolerance, rounds: maximumIterations
          ).converged
        let predictor = problem.predictor(search.coefficients, table.schema)
        return RegularizationPath.Entry(
          alpha: alpha, intercept: predictor.intercept, coefficients: predictor.coefficients,
          rSquared: problem.rSquared(factor, search.coefficients), converged: converged)
      })
  }

  private func model(
    _ problem: LinearProblem, _ factor: TriangularFactor, _ table: FeatureTable,
    _ target: [Double]
  ) -> PenalizedRegressionModel {
    var search = CoordinateSearch(problem, factor)
    let outcome = search.run(
      alpha: alpha, l1Share: l1Share, tolerance: tolerance, rounds: maximumIterations)
    return PenalizedRegressionModel(
      learner: .elasticNet(self),
      predictor: problem.predictor(search.coefficients, table.schema),
      converged: outcome.converged, iterations: outcome.rounds,
      rSquared: problem.rSquared(factor, search.coefficients),
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(target)))
  }

  private func check() throws(LearningError) {
    try Self.check(alpha)
    guard l1Share >= 0, l1Share <= 1 else {
      throw LinearInput.parameter(
        "The share of L1 in a penalty is \(l1Share), and must lie from 0 to 1. Change it.")
    }
    try LogisticRegression.check(tolerance: tolerance, maximumIterations: maximumIterations)
  }

  static func check(_ alpha: Double) throws(LearningError) {
    guard alpha >= 0, alpha <= 1e100 else {
      throw LinearInput.parameter(
        "The alpha of a penalty is \(alpha), and must lie from 0 to 1e100. Change it.")
    }
  }
}

extension ElasticNetRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "elastic net regression: alpha \(alpha), L1 share \(l1Share), "
      + "\(hasIntercept ? "with" : "without") intercept"
  }
}

/// Coordinate descent on the sums of products of moved and scaled columns.
private struct CoordinateSearch {
  private(set) var coefficients: [Double]
  private let factor: TriangularFactor
  private let problem: LinearProblem
  /// The sums of products of columns, and of each with the target, by sum of weights.
  private let products: [[Double]]
  private let slopes: [Double]
  private let total: Double

  init(_ problem: LinearProblem, _ factor: TriangularFactor) {
    self.problem = problem
    self.factor = factor
    let all = problem.matrix.totalWeight
    let gram = factor.gram.map { $0.map { $0 / all } }
    products = gram.dropLast().map { Array($0.dropLast()) }
    slopes = Array(gram[problem.width].dropLast())
    total = problem.targetSquares(factor) / all
    coefficients = [Double](repeating: 0, count: problem.width)
  }

  /// Values with equal ratios from the smallest alpha that leaves no column in the model.
  func path(count: Int, l1Share: Double) -> [Double] {
    let largest = zip(slopes, problem.matrix.scales).reduce(0) { max($0, abs($1.0) * $1.1) }
    let top = largest * problem.targetScale / l1Share
    guard top > 0, top.isFinite else { return [1] }
    let ratio = PortableMath.log(0.001) / Double(count - 1)
    return (0..<count).map { top * PortableMath.exp(ratio * Double($0)) }
  }

  mutating func run(
    alpha: Double, l1Share: Double, tolerance: Double, rounds: Int
  ) -> (converged: Bool, rounds: Int) {
    let scales = problem.matrix.scales.dropLast()
    let l1 = scales.map { LinearInput.factor(alpha * l1Share / $0 / problem.targetScale) }
    let l2 = scales.map { LinearInput.factor(alpha * (1 - l1Share) / $0 / $0) }
    // The slope of the squares: that of each column with what is left of the target.
    var rest = slopes
    for (column, value) in coefficients.enumerated() where value != 0 {
      for other in rest.indices { rest[other] -= value * products[column][other] }
    }
    for round in 1...rounds {
      var moved = 0.0
      for column in coefficients.indices {
        let own = products[column][column]
        guard own > 0 else { continue }
        let old = coefficients[column]
        let new =
          NewtonSearch.shrunk(rest[column] + own * old, by: l1[column]) / (own + l2[column])
        if new == old { continue }
        coefficients[column] = new
        for other in rest.indices { rest[other] -= (new - old) * products[column][other] }
        moved = max(moved, own * (new - old) * (new - old))
      }
      if moved == 0 { return (true, round) }
      if moved > tolerance * total { continue }
      // Where a penalty hardly counts its duality gap is all rounding, and the steps decide.
      let isNear =
        moved <= 1e-9 * tolerance * total
        || alpha * l1Share > 0 && gap(l1, l2) <= tolerance * total / 2
      if isNear { return (true, round) }
    }
    return (false, rounds)
  }

  /// By how much the sum can be above its smallest value, at most.
  private func gap(_ l1: [Double], _ l2: [Double]) -> Double {
    let squares = problem.squares(factor, coefficients) / problem.matrix.totalWeight
    var rest = slopes
    for (column, value) in coefficients.enumerated() where value != 0 {
      for other in rest.indices { rest[other] -= value * products[column][other] }
    }
    // Rows that stand for the penalty of squares belong to the problem too.
    var (sum, square, onTarget, largest) = (0.0, 0.0, total, 0.0)
    for column in coefficients.indices {
      let value = coefficients[column]
      sum += l1[column] * abs(value)
      square += l2[column] * value * value
      onTarget -= value * slopes[column]
      let slope = abs(rest[column] - l2[column] * value)
      largest = max(largest, slope / l1[column])
    }
    let factor = largest > 1 ? 1 / largest : 1
    let whole = squares + square
    return whole / 2 * (1 + factor * factor) + sum - factor * onTarget
  }
}

/// The coefficients of an elastic net for many values of alpha.
public struct RegularizationPath: Sendable, Hashable, Codable {
  /// What comes out for one alpha.
  public struct Entry: Sendable, Hashable, Codable {
    /// How much the penalty counts.
    public let alpha: Double
    /// The value where all columns are 0.
    public let intercept: Double
    /// For each column its coefficient.
    public let coefficients: [Double]
    /// The share of the sum of squares that is explained; `nil` where the target does not vary.
    public let rSquared: Double?
    /// Whether the search came to its end.
    public let converged: Bool

    /// How many coefficients are not 0.
    public var usedCount: Int { coefficients.count { $0 != 0 } }
  }

  /// The names of the columns.
  public let columns: [String]
  /// What comes out for each alpha, the largest first.
  public let entries: [Entry]

  /// The columns in the order in which their coefficients leave 0 as alpha falls; those that never
  /// do are left out.
  public var entryOrder: [String] {
    columns.indices
      .compactMap { column in
        entries.firstIndex { $0.coefficients[column] != 0 }.map { (place: $0, column: column) }
      }
      .sorted { ($0.place, $0.column) < ($1.place, $1.column) }.map { columns[$0.column] }
  }
}

extension RegularizationPath: CustomStringConvertible {
  /// A line for each alpha at which another number of columns is in the model.
  public var description: String {
    var last: Int?
    var lines = [["alpha", "columns", "R²"]]
    for entry in entries where entry.usedCount != last {
      last = entry.usedCount
      lines.append([
        LinearText.short(entry.alpha), "\(entry.usedCount)",
        entry.rSquared.map(LinearText.short) ?? "",
      ])
    }
    return LinearText.table(lines)
  }
}
