import StatisticsCore

/// Learns the probabilities of several classes, each in proportion to *e* to the power of a weighted
/// sum of columns (softmax).
///
/// ```swift
/// let model = try MultinomialLogisticRegression(penalty: .l2(c: 10)).fit(table, target: species)
/// try model.probabilities(for: table).target          // the most probable class of each row
/// try model.coefficients(of: "setosa")                // one for each column
/// ```
///
/// What ``LogisticRegression`` says of penalties, columns, weights and data that are refused holds here
/// too. Every class has coefficients of its own. Only their differences between classes matter, so that
/// the intercepts are moved to a sum of 0, and so are, without a penalty, the coefficients of each
/// column. With two classes and an L2 penalty the difference is penalised half as much as that of
/// ``LogisticRegression``.
///
/// - Classes of which no row occurs get the probability 0.
/// - Without a penalty ``MultinomialLogisticRegressionModel/estimates(comparedWith:)`` has standard
///   errors, p-values and intervals.
public struct MultinomialLogisticRegression: Sendable, Hashable, Codable {
  /// What keeps the coefficients small.
  public var penalty: LogisticPenalty
  /// Whether there are intercepts, which are never penalised.
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
  ///   - target: For each row its class.
  ///   - weights: For each row how much it counts, from 0; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a number is missing or not finite, a column is
  ///   categorical, only one class occurs, or classes can be told apart without error (without a
  ///   penalty).
  /// - Complexity: O(*n* (*k* *p*)² + (*k* *p*)³) for each of about ten steps, where *n* is the number
  ///   of rows, *k* of classes and *p* of columns.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil
  ) throws(LearningError) -> MultinomialLogisticRegressionModel {
    var fit = try MultinomialFit(self, table, target, weights)
    try fit.finish(fit.loss.run(&fit.search, watchesForever: penalty == .none))
    return fit.model(self, table, target)
  }

  /// Learns with several workers, which share the rows: the same model as with one.
  ///
  /// - Throws: ``LearningError`` as the other `fit`.
  public func fit(
    _ table: FeatureTable, target: ClassTarget, weights: [Double]? = nil, workers: Int
  ) async throws(LearningError) -> MultinomialLogisticRegressionModel {
    var fit = try MultinomialFit(self, table, target, weights)
    let endless = await fit.loss.run(
      &fit.search, watchesForever: penalty == .none, workers: workers)
    try fit.finish(endless)
    return fit.model(self, table, target)
  }
}

extension MultinomialLogisticRegression: CustomStringConvertible {
  /// The parameters in words.
  public var description: String {
    "multinomial logistic regression: \(penalty); \(hasIntercept ? "with" : "without") intercepts; "
      + "\(classWeights) class weights"
  }
}

/// A search for the coefficients of several classes, and the model they make.
private struct MultinomialFit {
  let loss: SoftmaxLoss
  var search: NewtonSearch
  /// The classes that occur, and the columns that are not set aside.
  private let present: [Int]
  private let kept: [Int]

  init(
    _ learner: MultinomialLogisticRegression, _ table: FeatureTable, _ target: ClassTarget,
    _ weights: [Double]?
  ) throws(LearningError) {
    try learner.penalty.check()
    try LogisticRegression.check(
      tolerance: learner.tolerance, maximumIterations: learner.maximumIterations)
    if table.columns.isEmpty { throw .noColumns }
    try TreeTarget.check(target, rows: table.rowCount)
    let (rows, all) = try LogisticFit.weights(
      weights, learner.classWeights, target, rows: table.rowCount)
    try LinearInput.check(table.columns, rows: rows)
    present = Set(rows.map { target.codes[Int($0)] }).sorted()
    guard present.count >= 2 else { throw .oneClass(target.classes[present[0]]) }
    var places = [Int](repeating: 0, count: target.classes.count)
    for (place, code) in present.enumerated() { places[code] = place }

    var matrix = try DesignMatrix(
      table.columns, rows: rows, weights: all, hasIntercept: learner.hasIntercept)
    var kept = Array(table.columns.indices)
    if learner.penalty == .none {
      let aliased = Set(
        PredictorLoss(
          matrix: matrix, family: .logistic, target: matrix.weights.map { _ in 0 }, offset: nil
        ).aliased())
      if !aliased.isEmpty {
        kept.removeAll { aliased.contains($0) }
        // A search needs a variable, be it one without influence.
        if kept.isEmpty, !learner.hasIntercept { kept = [0] }
        matrix = try DesignMatrix(
          kept.map { table.columns[$0] }, rows: rows, weights: all,
          hasIntercept: learner.hasIntercept)
      }
    }
    self.kept = kept
    var codes = [Int](repeating: 0, count: matrix.weights.count)
    for (place, row) in rows.enumerated() { codes[place] = places[target.codes[Int(row)]] }
    loss = SoftmaxLoss(matrix: matrix, classCount: present.count, codes: codes)

    let (l1, l2) = learner.penalty.factors
    let tail = learner.hasIntercept ? [0.0] : []
    let stride = loss.stride
    var start = [Double](repeating: 0, count: loss.count)
    if learner.hasIntercept {
      let shares = Self.shares(loss).map { PortableMath.log($0) }
      let mean = shares.reduce(0, +) / Double(shares.count)
      for own in present.indices { start[own * stride + matrix.width] = shares[own] - mean }
    }
    search = NewtonSearch(
      from: start,
      l2: present.flatMap { _ in matrix.scales.map { LinearInput.factor(l2 / ($0 * $0)) } + tail },
      l1: present.flatMap { _ in matrix.scales.map { LinearInput.factor(l1 / $0) } + tail },
      tolerance: learner.tolerance, maximumSteps: learner.maximumIterations,
      weight: matrix.totalWeight)
    // Adding the same to a variable of all classes changes no probability.
    let flat = learner.penalty == .none ? Array(0..<stride) : Array(matrix.width..<stride)
    search.tied = flat.map { index in present.indices.map { $0 * stride + index } }
  }

  /// For each class that occurs the sum of its weights.
  private static func shares(_ loss: SoftmaxLoss) -> [Double] {
    var sums = (0..<loss.classCount).map { _ in ExactSum() }
    for (weight, code) in zip(loss.matrix.weights, loss.codes) { sums[code].add(weight) }
    return sums.map(\.rounded)
  }

  func finish(_ endless: [Double]?) throws(LearningError) {
    guard let endless else { return }
    let sizes = (0..<loss.matrix.width).map { column in
      (0..<loss.classCount).reduce(0) { max($0, abs(endless[$1 * loss.stride + column])) }
    }
    throw .separated(sizes: sizes, names: loss.matrix.names)
  }

  func model(
    _ learner: MultinomialLogisticRegression, _ table: FeatureTable, _ target: ClassTarget
  ) -> MultinomialLogisticRegressionModel {
    let matrix = loss.matrix
    let stride = loss.stride
    let width = table.columns.count
    var intercepts = [Double](repeating: -.infinity, count: target.classes.count)
    var coefficients = target.classes.map { _ in [Double](repeating: 0, count: width) }
    for (place, code) in present.enumerated() {
      let own = search.point[(place * stride)..<((place + 1) * stride)]
      let (intercept, values) = matrix.unscaled(
        Array(own.prefix(matrix.width)), intercept: learner.hasIntercept ? own.last! : 0)
      intercepts[code] = intercept
      for (value, column) in zip(values, kept) { coefficients[code][column] = value }
    }
    if learner.hasIntercept {
      let mean = present.reduce(0) { $0 + intercepts[$1] } / Double(present.count)
      for code in present { intercepts[code] -= mean }
    }
    var likelihood: ModelLikelihood?
    var covariance: [[Double]]?
    if learner.penalty == .none, learner.classWeights == .uniform {
      let shares = Self.shares(loss)
      let total = shares.reduce(0, +)
      let null =
        learner.hasIntercept
        ? shares.reduce(0) { $0 + $1 * PortableMath.log($1 / total) }
        : -total * PortableMath.log(Double(present.count))
      likelihood = ModelLikelihood(
        log: -search.here.value, null: null, parameters: (present.count - 1) * stride,
        weight: total)
      // With the first class held at 0 the others' coefficients are the differences.
      let differences = search.here.matrix.dropFirst(stride).map { Array($0.dropFirst(stride)) }
      if search.converged, let factor = CholeskyFactor(differences) {
        covariance = matrix.unscaled(factor.inverse, groups: present.count - 1)
      }
    }
    return MultinomialLogisticRegressionModel(
      learner: learner, schema: table.schema, classes: target.classes, intercepts: intercepts,
      coefficients: coefficients, converged: search.converged, iterations: search.steps,
      likelihood: likelihood, kept: kept, covariance: covariance,
      training: TrainingData(
        rows: table.rowCount, fingerprint: table.fingerprint(target.codes.map(Double.init))))
  }
}
