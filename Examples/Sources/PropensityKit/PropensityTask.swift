public import Learning

/// What a model of purchases learns from, and what it is tested on.
public struct PropensityTask: Sendable {
  /// The name of the folder for the model.
  public var name: String
  /// What the model tells.
  public var title: String
  /// What a row is, in the plural.
  public var rows: String
  /// What is known of each row before the outcome.
  public var table: FeatureTable
  /// Whether anyone bought.
  public var bought: [Bool]
  /// Which rows are learnt from and which are tested on.
  public var split: RowSplit
  /// The split in words.
  public var splitText: String
  /// What is done to the columns.
  public var preparation: Preparation
  /// How the forest learns.
  public var forest: RandomForestClassifier
  /// What users of the model should know.
  public var remarks: [String]

  /// Fits the forest and tests it; the same bits with any number of workers.
  ///
  /// - Throws: ``PropensityError`` when there is too little to learn from.
  public func train(workers: Int) async throws -> TrainedPropensity {
    let target = ClassTarget(bought)
    let (known, tested) = (target.selecting(rows: split.train), target.selecting(rows: split.test))
    guard !known.counts.contains(0), !tested.counts.contains(0) else {
      throw PropensityError(title: title, rows: rows, counts: known.counts + tested.counts)
    }
    var model = try await preparation.fit(table.selecting(rows: split.train)) {
      try await forest.fit($0, target: known, workers: workers)
    }
    let test = table.selecting(rows: split.test)
    let probabilities = try await model.probabilities(for: test, workers: workers)
    let figures = try PropensityFigures(tested, probabilities)
    model.notes = ModelNotes(
      title: title, target: "bought", metrics: figures.byName,
      remarks: ["Rows: \(rows); \(splitText)"] + remarks)
    return TrainedPropensity(
      task: self, model: model, figures: figures,
      leaks: try table.leaks(of: bought))
  }
}

/// Why a model of purchases could not be trained.
public struct PropensityError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence for people.
  public var description: String

  init(title: String, rows: String, counts: [Int]) {
    description =
      "\(title): of the \(rows) to learn from \(counts[1]) have a purchase and \(counts[0]) none,"
      + " of those to test on \(counts[3]) and \(counts[2]); read more events, so that none of"
      + " these is 0"
  }
}

/// A forest of purchases with what its test has shown.
public struct TrainedPropensity: Sendable {
  /// What it was learnt from.
  public var task: PropensityTask
  /// The forest with the preparation of the columns.
  public var model: PreparedModel<RandomForestClassifierModel>
  /// How good it is on rows that it has not seen.
  public var figures: PropensityFigures
  /// Columns that alone tell the outcome.
  public var leaks: [LeakWarning]

  /// By column how much the forest owes to it, the most important first; the columns that one was
  /// made into are taken together.
  public var importances: [(name: String, value: Double)] {
    let columns = model.schema.names
    var sums = columns.map { (name: $0, value: 0.0) }
    for importance in model.model.impurityImportances {
      // The longest name that fits, since one may begin another.
      let position =
        columns.indices.filter {
          importance.name == columns[$0] || importance.name.hasPrefix(columns[$0] + "_")
        }.max { columns[$0].count < columns[$1].count }
      if let position { sums[position].value += importance.value }
    }
    return sums.sorted { $0.value == $1.value ? $0.name < $1.name : $0.value > $1.value }
  }
}

/// How good a model of yes and no is on rows that it has not seen.
public struct PropensityFigures: Sendable, Hashable {
  /// How many rows were tested on.
  public var rows: Int
  /// The share of these with a purchase.
  public var share: Double
  /// The area under the ROC curve.
  public var area: Double
  /// Its 95 % interval, `nil` where the area is 0 or 1.
  public var areaInterval: ClosedRange<Double>?
  /// The mean of precision over recall.
  public var averagePrecision: Double
  /// The share that is predicted right from a probability of one half on.
  public var accuracy: Double
  /// The mean of the shares of both classes that are predicted right.
  public var balancedAccuracy: Double
  /// The mean of the negative logarithm of the probability of what happened.
  public var logLoss: Double
  /// The mean square of the difference between the probability and what happened.
  public var brierScore: Double
  /// Whether probabilities mean what they say.
  public var calibration: CalibrationCurve

  init(_ target: ClassTarget, _ probabilities: ClassProbabilities) throws {
    let bought = target.isClass(1)
    let scores = probabilities.ofClass(1)
    let curve = try ROCCurve(bought, scores: scores)
    let matrix = try ConfusionMatrix(actual: target, predicted: probabilities.target)
    let metrics = try ProbabilityMetrics(bought, probabilities: scores)
    rows = target.count
    share = Double(target.counts[1]) / Double(target.count)
    area = curve.area ?? .nan
    areaInterval = curve.interval()
    averagePrecision = try PrecisionRecallCurve(bought, scores: scores).averagePrecision ?? .nan
    accuracy = matrix.accuracy ?? .nan
    balancedAccuracy = matrix.balancedAccuracy ?? .nan
    logLoss = metrics.logLoss ?? .nan
    brierScore = metrics.brierScore ?? .nan
    calibration = try CalibrationCurve(
      bought, probabilities: scores, bins: 10, strategy: .quantile)
  }

  /// The figures by the names that the card of a model has.
  var byName: [String: Double] {
    [
      "test_rows": Double(rows), "test_share": share, "auc": area,
      "average_precision": averagePrecision, "accuracy": accuracy,
      "balanced_accuracy": balancedAccuracy, "log_loss": logLoss, "brier_score": brierScore,
      "calibration_error": calibration.expectedError ?? .nan,
    ]
  }
}
