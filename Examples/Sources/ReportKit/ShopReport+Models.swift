import ExampleSupport
public import GA4Model
import Learning
import Plots
import PropensityKit

extension ShopReport {
  /// Trains the models of purchases on the events of the report and writes them into `folder`.
  ///
  /// - Returns: The paths of the files.
  /// - Throws: ``PropensityError`` when none can be trained, and `InputError` when the system refuses.
  public mutating func train(
    on log: EventLog, into folder: String, workers: Int
  ) async throws -> [String] {
    let log = settings.log(log)
    let tasks = [
      try await PropensityTask.channels(of: log, workers: workers),
      try PropensityTask.sessions(of: log),
    ]
    for task in tasks {
      do {
        models.append(try await task.train(workers: workers))
      } catch let error as PropensityError {
        refusedModels.append(error)
      }
    }
    if models.isEmpty, let error = refusedModels.first { throw error }
    return try models.flatMap { try $0.write(into: folder) }
  }

  /// The figures of a model by name.
  static func figureRows(of model: TrainedPropensity) -> [(name: String, value: String)] {
    let figures = model.figures
    let interval = figures.areaInterval.map {
      " (\(NumberText.fixed($0.lowerBound, 3)) to \(NumberText.fixed($0.upperBound, 3)))"
    }
    return [
      ("Rows", NumberText.grouped(figures.rows)),
      ("With a purchase", NumberText.percent(figures.share)),
      ("Area under the ROC curve", NumberText.fixed(figures.area, 3) + (interval ?? "")),
      ("Average precision", NumberText.fixed(figures.averagePrecision, 3)),
      ("Accuracy", NumberText.percent(figures.accuracy)),
      ("Balanced accuracy", NumberText.percent(figures.balancedAccuracy)),
      ("Log loss", NumberText.fixed(figures.logLoss, 3)),
      ("Brier score", NumberText.fixed(figures.brierScore, 4)),
      (
        "Calibration error",
        figures.calibration.expectedError.map { NumberText.fixed($0, 4) } ?? "—"
      ),
    ]
  }

  /// What a model owes to its columns, and whether its probabilities mean what they say.
  static func figures(of model: TrainedPropensity) -> [any PlotFigure] {
    let importances = model.importances
    let bins = model.figures.calibration.bins
    let labels = bins.map { NumberText.percent($0.meanProbability) }
    let title = "\(model.task.title): predicted and actual share"
    let means = bins.map { Optional($0.meanProbability) }
    let shares = bins.map { Optional($0.share) }
    return [
      BarPlot(
        "\(model.task.title): what tells it", labels: importances.map(\.name),
        values: importances.map(\.value), labelName: "column", valueName: "importance",
        format: .percent(1), direction: .horizontal),
      // A dot or two are no line.
      bins.count < 3
        ? BarPlot(
          title, labels: labels,
          series: [
            BarPlot.Series("predicted", values: means), BarPlot.Series("actual", values: shares),
          ], labelName: "predicted", valueName: "share with a purchase", format: .percent(1),
          direction: .vertical)
        : LinePlot(
          title, labels: labels,
          series: [
            LinePlot.Series("predicted", values: means),
            LinePlot.Series("actual", values: shares, band: bins.map(\.interval)),
          ], labelName: "predicted", valueName: "share with a purchase", format: .percent(1)),
    ]
  }

  /// What should be known of a model, a line each.
  static func notes(of model: TrainedPropensity) -> [String] {
    let task = model.task
    let learnt = NumberText.grouped(task.split.train.count)
    var notes = ["One row for each of the \(task.rows), \(learnt) to learn from: \(task.splitText)"]
    if model.figures.areaInterval?.contains(0.5) ?? false {
      notes.append("On these rows the model cannot be told from chance; do not act on it")
    }
    return notes + task.remarks + model.leaks.map(\.description)
  }

  /// The models for a terminal.
  var modelTables: [String] {
    models.map { model in
      var text = "Model: \(model.task.title)"
      var table = TextColumns(["on rows not seen before", "value"])
      for row in Self.figureRows(of: model) { table.append([row.name, row.value]) }
      text += "\n\(table)"
      for figure in Self.figures(of: model) {
        text += "\n\n\(figure.title)\n\(Self.columns(figure.table))"
      }
      return text + Self.notes(of: model).map { "\n  \(TextColumns.printable($0))" }.joined()
    } + refusedModels.map { TextColumns.printable($0.description) }
  }

  /// The models as JSON.
  var modelsJSON: JSONValue {
    .array(models.map(Self.json) + refusedModels.map { ["refused": .string($0.description)] })
  }

  private static func json(_ model: TrainedPropensity) -> JSONValue {
    let figures = model.figures
    return [
      "name": .string(model.task.name),
      "title": .string(model.task.title),
      "train_rows": .int(model.task.split.train.count),
      "test_rows": .int(figures.rows),
      "test_share": .double(figures.share),
      "auc": .double(figures.area),
      "auc_low": .number(figures.areaInterval?.lowerBound),
      "auc_high": .number(figures.areaInterval?.upperBound),
      "average_precision": .double(figures.averagePrecision),
      "accuracy": .double(figures.accuracy),
      "balanced_accuracy": .double(figures.balancedAccuracy),
      "log_loss": .double(figures.logLoss),
      "brier_score": .double(figures.brierScore),
      "calibration_error": .number(figures.calibration.expectedError),
      "importances": .object(model.importances.map { ($0.name, .double($0.value)) }),
      "calibration": .array(
        figures.calibration.bins.map { bin in
          [
            "mean_probability": .double(bin.meanProbability), "share": .double(bin.share),
            "rows": .int(bin.rows), "low": .double(bin.interval.lowerBound),
            "high": .double(bin.interval.upperBound),
          ]
        }),
      "leaks": .array(model.leaks.map { .string($0.description) }),
      "expected_columns": .array(model.model.schema.names.map(JSONValue.string)),
    ]
  }
}
