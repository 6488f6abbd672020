import StatisticsCore

/// Learns the mean of counts as *e* to the power of a weighted sum of columns.
///
/// ```swift
/// let model = try PoissonRegression().fit(table, counts: orders, exposure: days)
/// model.estimates![1].ratio       // by what a visit more multiplies the rate of orders
/// model.dispersion!               // 3.1: far above 1, so that the errors above are too small
/// model.quasiEstimates![1].interval()
/// ```
///
/// With an exposure, such as days or visitors, a rate is modelled: the mean is the exposure times the
/// rate.
///
/// - Counts must be finite and not negative; they need not be whole.
/// - Columns must be numeric or Boolean, and finite. One that is a sum of multiples of those before it
///   (or constant, beside an intercept) is set aside: its coefficient is 0.
/// - Where all counts are 0, or all those of rows that columns can tell apart, there are no best
///   coefficients: that is refused with the code `separated`.
/// - A row of weight *w* counts like *w* equal rows; rows of weight zero are left out.
///
/// The same bits come out on every machine and with any number of workers.
///
/// Source: P. McCullagh and J. Nelder, *Generalized Linear Models*, 2nd edition, 1989, chapter 6.
public struct PoissonRegression: Sendable, Hashable, Codable {
  /// Whether there is an intercept.
  public var hasIntercept: Bool
  /// The search ends when the next step would be shorter than this, in standard errors.
  public var tolerance: Double
  /// After how many steps the search ends at the latest.
  public var maximumIterations: Int

  /// Makes a learner.
  public init(
    hasIntercept: Bool = true, tolerance: Double = 1e-10, maximumIterations: Int = 100
  ) {
    self.hasIntercept = hasIntercept
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - counts: For each row its count.
  ///   - exposure: For each row what the count is in proportion to, above 0; `nil` is 1 for all. An
  ///     offset *o* of other tools is an exposure of *e* to the power *o*.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing, not finite or out of its
  ///   range, a column is categorical, or there are no best coefficients.
  /// - Complexity: O(*n* *p*² + *p*³) for each of about ten steps, where *n* is the number of rows and
  ///   *p* of columns.
  public func fit(
    _ table: FeatureTable, counts: [Double], exposure: [Double]? = nil, weights: [Double]? = nil
  ) throws(LearningError) -> PoissonRegressionModel {
    var fit = try PoissonFit(self, table, counts, exposure, weights)
    try fit.finish(fit.loss.run(&fit.search, watchesForever: true))
    return fit.model(self, table, counts)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, counts: [Double], exposure: [Double]? = nil, weights: [Double]? = nil,
    workers: Int
  ) async throws(LearningError) -> PoissonRegressionModel {
    var fit = try PoissonFit(self, table, counts, exposure, weights)
    let endless = await fit.loss.run(&fit.search, watchesForever: true, workers: workers)
    try fit.finish(endless)
    return fit.model(self, table, counts)
  }

  static func check(_ exposure: [Double], rows: Int) throws(LearningError) {
    guard exposure.count == rows else {
      throw .lengths("The list of exposures", exposure.count, rows: rows)
    }
    if let row = exposure.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw LinearInput.parameter(
        "The exposure at position \(row) is not above 0 and finite. Leave the row out, or give what "
          + "its count is in proportion to.")
    }
  }
}

extension PoissonRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "Poisson regression with logarithmic link, \(hasIntercept ? "with" : "without") intercept"
  }
}

/// A search for the coefficients of counts, and the model they make.
private struct PoissonFit {
  let loss: PredictorLoss
  var search: NewtonSearch
  private let kept: [Int]
  private let exposure: [Double]?
  /// The rate of all rows together.
  private let rate: Double

  init(
    _ learner: PoissonRegression, _ table: FeatureTable, _ counts: [Double],
    _ exposure: [Double]?, _ weights: [Double]?
  ) throws(LearningError) {
    try LogisticRegression.check(
      tolerance: learner.tolerance, maximumIterations: learner.maximumIterations)
    if table.columns.isEmpty { throw .noColumns }
    guard counts.count == table.rowCount else {
      throw .lengths("The list of counts", counts.count, rows: table.rowCount)
    }
    let rows = try TreeTarget.rows(weights, count: table.rowCount)
    try LinearInput.check(table.columns, rows: rows)
    if let row = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw LearningError(
        .notFinite,
        "The count at position \(row) is negative or not finite. Leave the row out, or give its count."
      )
    }
    if let exposure { try PoissonRegression.check(exposure, rows: table.rowCount) }
    let hasIntercept = learner.hasIntercept
    func loss(_ columns: [FeatureColumn]) throws(LearningError) -> PredictorLoss {
      let matrix = try DesignMatrix(
        columns, rows: rows, weights: weights, hasIntercept: hasIntercept)
      return PredictorLoss(
        matrix: matrix, family: .poisson, target: matrix.gather(counts),
        offset: exposure.map { matrix.gather($0.map { PortableMath.log($0) }) })
    }
    var whole = try loss(table.columns)
    var kept = Array(table.columns.indices)
    let aliased = Set(whole.aliased())
    if !aliased.isEmpty {
      kept.removeAll { aliased.contains($0) }
      // A search needs a variable, be it one without influence.
      if kept.isEmpty, !hasIntercept { kept = [0] }
      whole = try loss(kept.map { table.columns[$0] })
    }
    self.kept = kept
    self.loss = whole
    self.exposure = exposure.map { whole.matrix.gather($0) }
    var (sum, base) = (ExactSum(), ExactSum())
    for row in rows {
      let weight = weights?[Int(row)] ?? 1
      sum.addProduct(weight, counts[Int(row)])
      base.addProduct(weight, exposure?[Int(row)] ?? 1)
    }
    guard sum.rounded > 0 else {
      throw LearningError(
        .separated,
        "All counts are 0, so there is no rate to learn. Give rows with counts above 0 too.")
    }
    rate = sum.rounded / base.rounded
    guard rate > 0, rate.isFinite else {
      throw LearningError(
        .notFinite,
        "The counts or exposures are too large to be added up. Give them in a larger unit.")
    }
    var start = [Double](repeating: 0, count: whole.count)
    if hasIntercept { start[whole.matrix.width] = PortableMath.log(rate) }
    let zeros = start.map { _ in 0.0 }
    search = NewtonSearch(
      from: start, l2: zeros, l1: zeros, tolerance: learner.tolerance,
      maximumSteps: learner.maximumIterations,
      weight: whole.matrix.totalWeight)
  }

  func finish(_ endless: [Double]?) throws(LearningError) {
    guard let endless else { return }
    throw .separated(
      sizes: endless[..<loss.matrix.width].map { abs($0) }, names: loss.matrix.names)
  }

  func model(
    _ learner: PoissonRegression, _ table: FeatureTable, _ counts: [Double]
  ) -> PoissonRegressionModel {
    let matrix = loss.matrix
    let (intercept, own) = matrix.unscaled(
      Array(search.point[..<matrix.width]),
      intercept: learner.hasIntercept ? search.point[matrix.width] : 0)
    var coefficients = [Double](repeating: 0, count: table.columns.count)
    for (place, column) in kept.enumerated() { coefficients[column] = own[place] }
    let means = loss.predictors(search.point).enumerated().map {
      PortableMath.exp($1 + (loss.offset?[$0] ?? 0))
    }
    let constant = learner.hasIntercept ? rate : 1
    var (log, null) = (ExactSum(), ExactSum())
    var (deviance, nullDeviance, pearson) = (ExactSum(), ExactSum(), ExactSum())
    for (row, mean) in means.enumerated() {
      let (count, weight) = (loss.target[row], matrix.weights[row])
      let flat = constant * (exposure?[row] ?? 1)
      let factorial =
        count == count.rounded() && count < 0x1p53
        ? PortableMath.logFactorial(Int(count)) : GammaFunctions.logGamma(count + 1)
      func logLikelihood(_ mean: Double) -> Double {
        (count == 0 ? 0 : count * PortableMath.log(mean)) - mean - factorial
      }
      func deviation(_ mean: Double) -> Double {
        2 * ((count == 0 ? 0 : count * PortableMath.log(count / mean)) - (count - mean))
      }
      log.add(weight * logLikelihood(mean))
      null.add(weight * logLikelihood(flat))
      deviance.add(weight * deviation(mean))
      nullDeviance.add(weight * deviation(flat))
      pearson.add(weight * (count - mean) * (count - mean) / mean)
    }
    var covariance: CoefficientCovariance?
    if search.converged, let factor = CholeskyFactor(search.here.matrix) {
      covariance = CoefficientCovariance(kept: kept, values: matrix.unscaled(factor.inverse))
    }
    return PoissonRegressionModel(
      learner: learner,
      predictor: LinearPredictor(
        schema: table.schema, intercept: intercept, coefficients: coefficients),
      converged: search.converged, iterations: search.steps,
      likelihood: ModelLikelihood(
        log: log.rounded, null: null.rounded, parameters: loss.count,
        weight: matrix.totalWeight),
      deviance: deviance.rounded, nullDeviance: nullDeviance.rounded,
      pearsonChiSquare: pearson.rounded, covariance: covariance, kept: kept,
      training: TrainingData(rows: table.rowCount, fingerprint: table.fingerprint(counts)))
  }
}
