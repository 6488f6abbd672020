import StatisticsCore

/// How often each class was taken for each other, and the figures that follow from it.
///
/// ```swift
/// let matrix = try ConfusionMatrix(actual: truth, predicted: model.classes(for: test))
/// matrix.accuracy                    // 0.9
/// matrix.recall(ofClass: 1)          // 0.72
/// print(matrix)
/// ```
///
/// Where a figure divides by zero, as the precision of a class that was never predicted, it is
/// `nil`; means over classes take 0 for it, as scikit-learn does.
public struct ConfusionMatrix: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The names of the classes.
  public let classes: [String]
  /// For each actual class (row) and each predicted class (column) the sum of weights.
  public let counts: [[Double]]

  /// Counts rows.
  ///
  /// - Parameters:
  ///   - actual: For each row its class.
  ///   - predicted: For each row what was predicted, with the same classes.
  ///   - weights: For each row how much it counts; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths or classes differ, or a weight is negative or not
  ///   finite.
  public init(
    actual: ClassTarget, predicted: ClassTarget, weights: [Double]? = nil
  ) throws(LearningError) {
    guard actual.classes == predicted.classes else {
      throw LearningError(
        .unknownClass,
        "The predicted classes are not those of the target, in the same order. Make both with the "
          + "same list of classes.")
    }
    try Scores.check(actual.count, predicted.count, weights)
    var counts = actual.classes.map { _ in actual.classes.map { _ in 0.0 } }
    for row in 0..<actual.count {
      counts[actual.codes[row]][predicted.codes[row]] += weights?[row] ?? 1
    }
    classes = actual.classes
    self.counts = counts
  }

  /// The sum of all weights.
  public var total: Double { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  private func actual(_ code: Int) -> Double { counts[code].reduce(0, +) }
  private func predicted(_ code: Int) -> Double { counts.reduce(0) { $0 + $1[code] } }
  private func ratio(_ above: Double, _ below: Double) -> Double? {
    below > 0 ? above / below : nil
  }
  private var hits: Double { classes.indices.reduce(0) { $0 + counts[$1][$1] } }

  /// The share of right predictions, `nil` without rows.
  public var accuracy: Double? { ratio(hits, total) }

  /// The mean recall of the classes that occur, `nil` without rows.
  public var balancedAccuracy: Double? {
    let recalls = classes.indices.compactMap { recall(ofClass: $0) }
    return ratio(recalls.reduce(0, +), Double(recalls.count))
  }

  /// The share of what was predicted to be of a class that is.
  public func precision(ofClass code: Int) -> Double? { ratio(counts[code][code], predicted(code)) }

  /// The share of a class that was found.
  public func recall(ofClass code: Int) -> Double? { ratio(counts[code][code], actual(code)) }

  /// The weighted harmonic mean of precision and recall, which counts recall `beta` times as much.
  public func fScore(ofClass code: Int, beta: Double = 1) -> Double? {
    let square = beta * beta
    return ratio(
      (1 + square) * counts[code][code], square * actual(code) + predicted(code))
  }

  /// The plain mean of the classes' F1.
  public var macroF1: Double {
    classes.indices.reduce(0) { $0 + (fScore(ofClass: $1) ?? 0) } / Double(classes.count)
  }

  /// The mean of the classes' F1 by their actual weights, `nil` without rows.
  public var weightedF1: Double? {
    ratio(classes.indices.reduce(0) { $0 + (fScore(ofClass: $1) ?? 0) * actual($1) }, total)
  }

  /// Matthews' correlation coefficient, from −1 to 1; 0 where only one class occurs on a side.
  ///
  /// For more than two classes: J. Gorodkin, Computational Biology and Chemistry 28 (2004), 367–374.
  public var matthewsCorrelation: Double {
    let n = total
    var (across, actuals, predictions) = (0.0, 0.0, 0.0)
    for code in classes.indices {
      across += actual(code) * predicted(code)
      actuals += actual(code) * actual(code)
      predictions += predicted(code) * predicted(code)
    }
    let below = (n * n - actuals).squareRoot() * (n * n - predictions).squareRoot()
    return below > 0 ? (hits * n - across) / below : 0
  }

  /// What Cohen's kappa counts a mistake for.
  public enum KappaWeights: Sendable, Hashable, Codable {
    /// Every mistake the same.
    case equal
    /// As far as the classes are apart in their order.
    case linear
    /// The square of that.
    case quadratic
  }

  /// Cohen's kappa: the agreement beyond chance, at most 1; `nil` where chance explains all.
  public func kappa(_ weights: KappaWeights = .equal) -> Double? {
    var (found, expected) = (0.0, 0.0)
    for a in classes.indices {
      for p in classes.indices {
        let distance = Double(abs(a - p))
        let weight =
          switch weights {
          case .equal: a == p ? 0.0 : 1
          case .linear: distance
          case .quadratic: distance * distance
          }
        found += weight * counts[a][p]
        expected += weight * actual(a) * predicted(p)
      }
    }
    return total > 0 && expected > 0 ? 1 - found * total / expected : nil
  }

  /// The matrix as a text table: a row for each actual class, a column for each predicted one.
  public var description: String {
    let cells =
      [["actual \\ predicted"] + classes]
      + classes.indices.map { row in
        [classes[row]] + counts[row].map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
      }
    let widths = (0...classes.count).map { column in cells.map { $0[column].count }.max()! }
    return cells.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// What the figures of evaluation share.
enum Scores {
  static func check(
    _ count: Int, _ other: Int, _ weights: [Double]?
  ) throws(LearningError) {
    guard count == other, weights?.count ?? count == count else {
      throw LearningError(
        .unequalLengths,
        "Targets, predictions and weights are not equally long. Give one of each for each row.")
    }
    if let weights, let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw LearningError(
        .invalidWeight,
        "The weight at position \(row) is negative or not finite. Give a weight from 0.")
    }
  }

  static func checkFinite(_ values: [Double], _ what: String) throws(LearningError) {
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw LearningError(
        .notFinite,
        "The \(what) at position \(row) is not a finite number. Leave the row out, or find out where "
          + "it comes from.")
    }
  }

  static func checkProbabilities(_ values: [Double]) throws(LearningError) {
    if let row = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw LearningError(
        .parameterOutOfRange,
        "The probability at position \(row) does not lie from 0 to 1. Give probabilities, or "
          + "calibrate the scores first.")
    }
  }

  /// The weighted mean, `nil` where all weights are 0.
  static func mean(_ values: [Double], _ weights: [Double]?) -> Double? {
    guard let weights else {
      return values.isEmpty ? nil : ExactSum(values).rounded(dividedBy: values.count)
    }
    var (sum, all) = (ExactSum(), ExactSum())
    for (value, weight) in zip(values, weights) {
      sum.addProduct(value, weight)
      all.add(weight)
    }
    return all.rounded > 0 ? sum.rounded / all.rounded : nil
  }
}
