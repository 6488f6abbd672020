import StatisticsCore

/// Learns the probability of a class as a logistic function of a weighted sum of columns.
///
/// ```swift
/// let learner = LogisticRegression(penalty: .none)
/// let model = try learner.fit(table, target: ClassTarget(bought))
/// try model.probability(of: "true", for: ["visits": 3, "email": true])   // 0.62
/// model.estimates![1].ratio                                              // the odds ratio of a visit
/// ```
///
/// The default penalty is that of scikit-learn, L2 with c = 1 (``LogisticPenalty`` names the
/// convention). Without a penalty the model also has standard errors, p-values and intervals.
///
/// - The second class of the target is the one whose probability is modelled.
/// - Columns must be numeric or Boolean, and finite: encode categories and fill in missing values
///   first.
/// - Without a penalty a column that is a sum of multiples of those before it (or constant, beside an
///   intercept) is set aside: its coefficient is 0, and ``LogisticRegressionModel/aliasedColumns``
///   names it. With a penalty all stay.
/// - Without a penalty, classes that a weighted sum tells apart without error have no largest
///   likelihood, and are refused with the code `separated`. So is, with any penalty, a target of which
///   only one class occurs.
/// - A row of weight *w* counts like *w* equal rows; rows of weight zero are left out.
/// - More columns than rows are fine with a penalty.
///
/// The same bits come out on every machine and with any number of workers.
///
/// Source: T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*, 2nd
/// edition, 2009, section 4.4; on classes that can be told apart: A. Albert and J. Anderson, *On the
/// Existence of Maximum Likelihood Estimates in Logistic Regression Models*, Biometrika 71 (1984).
public struct LogisticRegression: Sendable, Hashable, Codable {
  /// What keeps the coefficients small.
  public var penalty: LogisticPenalty
  /// Whether there is an intercept, which is never penalised.
  public var hasIntercept: Bool
  /// How much the rows of each class count.
  public var classWeights: ClassWeights
  /// The search ends when the next step would be shorter than this, in standard errors.
  public var tolerance: Double
  /// After how many steps the search ends at the latest.
  public var maximumIterations: Int

  /// Makes a learner.
  public init(
    penalty: LogisticPenalty = .l2(c: 1), hasIntercept: Bool = true,
    classWeights: ClassWeights = .uniform, tolerance: Double = 1e-10, maximumIterations: Int = 100
  ) {
    self.penalty = penalty
    self.hasIntercept = hasIntercept
    self.classWeights = classWeights
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// Learns in the calling thread.
  ///
  /// - Parameters:
  ///   - table: The columns to learn from.
  ///   - target: For each row its class, of two; the second is the one that is modelled.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing or not finite, a column is
  ///   categorical, there are other than two classes, or the classes can be told apart without error
  ///   (without a penalty).
  /// - Complexity: O(*n* *p*² + *p*³) for each of about ten steps, where *n* is the number of rows and
  ///   *p* of columns.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil
  ) throws(LearningError) -> LogisticRegressionModel {
    var fit = try LogisticFit(self, table, target, weights)
    try fit.finish(fit.loss.run(&fit.search, watchesForever: penalty == .none))
    return fit.model(self, table, target)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> LogisticRegressionModel {
    var fit = try LogisticFit(self, table, target, weights)
    let endless = await fit.loss.run(
      &fit.search, watchesForever: penalty == .none, workers: workers)
    try fit.finish(endless)
    return fit.model(self, table, target)
  }

  static func check(tolerance: Double, maximumIterations: Int) throws(LearningError) {
    guard tolerance >= 0, tolerance < 1, maximumIterations >= 1 else {
      throw LinearInput.parameter(
        "A search needs a tolerance from 0 and below 1, and at least one step. Change what is not so."
      )
    }
  }
}

extension LogisticRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "logistic regression: \(penalty); \(hasIntercept ? "with" : "without") intercept; "
      + "\(classWeights) class weights"
  }
}

/// A search for the coefficients, and the model they make.
struct LogisticFit {
  let loss: PredictorLoss
  var search: NewtonSearch
  private let kept: [Int]
  private let schema: FeatureSchema

  init(
    _ learner: LogisticRegression, _ table: FeatureTable, _ target: ClassTarget,
    _ weights: [Double]?
  ) throws(LearningError) {
    try learner.penalty.check()
    try LogisticRegression.check(
      tolerance: learner.tolerance, maximumIterations: learner.maximumIterations)
    if table.columns.isEmpty { throw .noColumns }
    guard target.count == table.rowCount else {
      throw .lengths("The target", target.count, rows: table.rowCount)
    }
    guard target.classes.count <= 2 else {
      throw LinearInput.parameter(
        "The target has \(target.classes.count) classes, and this logistic regression tells two apart. "
          + "Use MultinomialLogisticRegression.")
    }
    let (rows, all) = try Self.weights(
      weights, learner.classWeights, target, rows: table.rowCount)
    try LinearInput.check(table.columns, rows: rows)
    guard Set(rows.map { target.codes[Int($0)] }).count == 2 else {
      throw .oneClass(target.classes[target.codes[Int(rows[0])]])
    }
    let codes = target.codes.map(Double.init)
    func loss(_ columns: [FeatureColumn]) throws(LearningError) -> PredictorLoss {
      let matrix = try DesignMatrix(
        columns, rows: rows, weights: all, hasIntercept: learner.hasIntercept)
      return PredictorLoss(
        matrix: matrix, family: .logistic, target: matrix.gather(codes), offset: nil)
    }
    var whole = try loss(table.columns)
    var kept = Array(table.columns.indices)
    if learner.penalty == .none {
      let aliased = Set(whole.aliased())
      if !aliased.isEmpty {
        kept.removeAll { aliased.contains($0) }
        // A search needs a variable, be it one without influence.
        if kept.isEmpty, !learner.hasIntercept { kept = [0] }
        whole = try loss(kept.map { table.columns[$0] })
      }
    }
    self.loss = whole
    self.kept = kept
    schema = table.schema
    let (l1, l2) = learner.penalty.factors
    let scales = whole.matrix.scales
    let tail = learner.hasIntercept ? [0.0] : []
    search = NewtonSearch(
      from: Self.start(whole), l2: scales.map { LinearInput.factor(l2 / ($0 * $0)) } + tail,
      l1: scales.map { LinearInput.factor(l1 / $0) } + tail, tolerance: learner.tolerance,
      maximumSteps: learner.maximumIterations,
      weight: whole.matrix.totalWeight)
  }

  /// The rows that count, and weights times class weights.
  static func weights(
    _ weights: [Double]?, _ classWeights: ClassWeights, _ target: ClassTarget, rows count: Int
  ) throws(LearningError) -> (rows: [UInt32], weights: [Double]?) {
    _ = try TreeTarget.rows(weights, count: count)
    let ofClasses = try classWeights.values(target, weights: weights)
    let rows = try TreeTarget.rows(
      weights, count: count, classWeights: ofClasses, codes: target.codes)
    if weights == nil, ofClasses.allSatisfy({ $0 == 1 }) { return (rows, nil) }
    return (
      rows, target.codes.enumerated().map { (weights?[$0] ?? 1) * ofClasses[$1] }
    )
  }

  /// No influence of any column: the logarithm of the odds in all.
  private static func start(_ loss: PredictorLoss) -> [Double] {
    var start = [Double](repeating: 0, count: loss.count)
    if loss.matrix.hasIntercept { start[loss.matrix.width] = logOdds(loss) }
    return start
  }

  private static func logOdds(_ loss: PredictorLoss) -> Double {
    let (no, yes) = shares(loss)
    return PortableMath.log(yes / no)
  }

  private static func shares(_ loss: PredictorLoss) -> (no: Double, yes: Double) {
    var (no, yes) = (ExactSum(), ExactSum())
    for (weight, target) in zip(loss.matrix.weights, loss.target) {
      if target == 1 { yes.add(weight) } else { no.add(weight) }
    }
    return (no.rounded, yes.rounded)
  }

  func finish(_ endless: [Double]?) throws(LearningError) {
    guard let endless else { return }
    throw .separated(
      sizes: endless[..<loss.matrix.width].map { abs($0) }, names: loss.matrix.names)
  }

  func model(
    _ learner: LogisticRegression, _ table: FeatureTable, _ target: ClassTarget
  ) -> LogisticRegressionModel {
    let matrix = loss.matrix
    let scaled = Array(search.point[..<matrix.width])
    let (intercept, own) = matrix.unscaled(
      scaled, intercept: learner.hasIntercept ? search.point[matrix.width] : 0)
    var coefficients = [Double](repeating: 0, count: schema.columns.count)
    for (place, column) in kept.enumerated() { coefficients[column] = own[place] }
    let (no, yes) = Self.shares(loss)
    let null =
      learner.hasIntercept
      ? no * PortableMath.log(no / (no + yes)) + yes * PortableMath.log(yes / (no + yes))
      : (no + yes) * -0x1.62e42fefa39efp-1
    var covariance: CoefficientCovariance?
    let isLikelihood = learner.penalty == .none && learner.classWeights == .uniform
    if isLikelihood, search.converged, let factor = CholeskyFactor(search.here.matrix) {
      covariance = CoefficientCovariance(kept: kept, values: matrix.unscaled(factor.inverse))
    }
    return LogisticRegressionModel(
      learner: learner,
      predictor: LinearPredictor(
        schema: schema, intercept: intercept, coefficients: coefficients),
      classes: target.classes, converged: search.converged, iterations: search.steps,
      likelihood: isLikelihood
        ? ModelLikelihood(
          log: -search.here.value, null: null, parameters: loss.count, weight: no + yes) : nil,
      covariance: covariance, kept: kept,
      training: TrainingData(
        rows: table.rowCount, fingerprint: table.fingerprint(target.codes.map(Double.init))))
  }
}

extension LearningError {
  static func oneClass(_ name: String) -> LearningError {
    LearningError(
      .separated,
      "All rows that count are of the class \(name), so there is nothing to tell apart. Give rows of "
        + "another class too.")
  }

  /// - Parameter sizes: how fast coefficients grow without end, in units of the columns' reach.
  static func separated(sizes: [Double], names: [String]) -> LearningError {
    let largest = sizes.max() ?? 0
    let guilty = names.indices.filter { sizes[$0] >= 0.01 * largest }
      .sorted { (sizes[$0], $1) > (sizes[$1], $0) }.prefix(3).map { names[$0] }
    return LearningError(
      .separated,
      "Some rows can be told apart without error, mostly by \(guilty.joined(separator: ", ")), so that "
        + "the coefficients would grow without end. Ask for a penalty, or leave the column out if it "
        + "knows the answer.")
  }
}
