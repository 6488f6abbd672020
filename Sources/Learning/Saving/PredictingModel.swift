/// A model that tells classes apart.
///
/// ```swift
/// func area(of model: some ClassifierModel, _ table: FeatureTable, _ isYes: [Bool]) throws -> Double? {
///   try ROCCurve(isYes, scores: model.probabilities(for: table).ofClass(1)).area
/// }
/// ```
public protocol ClassifierModel: SavedModel {
  /// The columns that the model expects.
  var schema: FeatureSchema { get }
  /// The names of the classes.
  var classes: [String] { get }
  /// Returns for each row the probability of each class.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  func probabilities(for table: FeatureTable) throws(LearningError) -> ClassProbabilities
  /// Returns for each row the probability of each class, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  func probabilities(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> ClassProbabilities
  /// Returns the probability of each class for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  func probabilities(codes: [Double]) throws(LearningError) -> [Double]
  /// Returns the probability of each class for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  func probabilities(for row: FeatureRow) throws(LearningError) -> [Double]
}

extension ClassifierModel {
  /// Returns the probability of each class for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  public func probabilities(for row: FeatureRow) throws(LearningError) -> [Double] {
    try probabilities(codes: try schema.codes(of: row))
  }

  /// Returns for each row the probability of each class, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func probabilities(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> ClassProbabilities {
    try probabilities(for: table)
  }

  /// Returns for each row the most probable class, the first of equal ones.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func classes(for table: FeatureTable) throws(LearningError) -> ClassTarget {
    try probabilities(for: table).target
  }

  /// Returns the probability of a class for one row.
  ///
  /// - Throws: ``LearningError`` when there is no such class, or the row does not fit.
  public func probability(of name: String, for row: FeatureRow) throws(LearningError) -> Double {
    guard let position = classes.firstIndex(of: name) else { throw .unknownClass(name, classes) }
    return try probabilities(for: row)[position]
  }
}

/// A model that predicts a number.
public protocol RegressorModel: SavedModel {
  /// The columns that the model expects.
  var schema: FeatureSchema { get }
  /// Returns for each row the number.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  func values(for table: FeatureTable) throws(LearningError) -> [Double]
  /// Returns for each row the number, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  func values(for table: FeatureTable, workers: Int) async throws(LearningError) -> [Double]
  /// Returns the number for one row of numbers as the columns code them.
  ///
  /// A category is its position, a Boolean value 0 or 1, and NaN is missing.
  func value(codes: [Double]) throws(LearningError) -> Double
  /// Returns the number for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  func value(for row: FeatureRow) throws(LearningError) -> Double
}

extension RegressorModel {
  /// Returns the number for one row.
  ///
  /// - Throws: ``LearningError`` when a value is missing from the row or of another kind.
  public func value(for row: FeatureRow) throws(LearningError) -> Double {
    try value(codes: try schema.codes(of: row))
  }

  /// Returns for each row the number, the same with any number of workers.
  ///
  /// - Throws: ``LearningError`` when a column is missing or of another kind.
  public func values(
    for table: FeatureTable, workers: Int
  ) async throws(LearningError) -> [Double] {
    try values(for: table)
  }
}

extension DecisionTreeModel: ClassifierModel, RegressorModel {}
extension LogisticRegressionModel: ClassifierModel {}
extension MultinomialLogisticRegressionModel: ClassifierModel {}
extension LinearRegressionModel: RegressorModel {}
extension PenalizedRegressionModel: RegressorModel {}
extension RandomForestClassifierModel: ClassifierModel {}
extension RandomForestRegressorModel: RegressorModel {}
extension GradientBoostingModel: ClassifierModel, RegressorModel {}
