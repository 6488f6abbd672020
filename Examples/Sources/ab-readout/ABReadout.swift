import ArgumentParser
import ExampleSupport
import Experiments
import Foundation
import GA4Model
import GA4Samples
import ReadoutKit

/// Reads the result of an A/B experiment and says what follows from it.
@main
struct ABReadout: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ab-readout",
    abstract: "Reads the result of an A/B experiment and says what follows from it.",
    usage: "ab-readout [<options>] [<file> ... | -]",
    discussion: """
      The input is one of three: a CSV with a row for each unit (--variant, --metric, perhaps --unit \
      and --covariate), a CSV with a row for each variant (--variant, --trials, --metric), or GA4 \
      events with an exposure event (--exposure). Files may be compressed with gzip. Without a file \
      the readout is about the experiment of a sample shop, whose true lift is known.

      The sample ratio is checked first. Shares of units are compared by the pooled z-test, or by \
      Fisher's exact test where counts are small; all else by Welch's t-test.
      """)

  @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
  var files: [String] = []

  @Option(help: ArgumentHelp("The column of the unit; its rows are added up.", valueName: "column"))
  var unit: String?

  @Option(
    help: ArgumentHelp(
      "The column of the variant, or of GA4 events the parameter.", valueName: "column"))
  var variant = "variant"

  @Option(
    help: ArgumentHelp(
      "A column of a metric, or two with a slash for their ratio; may be repeated. The first is the"
        + " primary one. Of GA4 events: the name of an event to convert by.", valueName: "column"))
  var metric: [String] = []

  @Option(
    help: ArgumentHelp(
      "A metric that decides, if not the first; may be repeated.", valueName: "column"))
  var primary: [String] = []

  @Option(
    help: ArgumentHelp(
      "A metric that must not get worse, as column or column=margin, such as revenue=0.02; may be"
        + " repeated.", valueName: "column"))
  var guardrail: [String] = []

  @Option(help: ArgumentHelp("A metric that should fall; may be repeated.", valueName: "column"))
  var decrease: [String] = []

  @Option(
    help: ArgumentHelp(
      "A column known before the exposure, to adjust metrics for (CUPED); may be repeated.",
      valueName: "column"))
  var covariate: [String] = []

  @Option(
    help: ArgumentHelp(
      "Lower values above this quantile of all units to it, such as 0.99.", valueName: "quantile"))
  var winsorize: Double?

  @Option(
    help: ArgumentHelp(
      "The column of the number of units: the table then has a row for each variant, and metrics are"
        + " counts of units.", valueName: "column"))
  var trials: String?

  @Option(
    help: ArgumentHelp(
      "The GA4 event of an exposure; files are then GA4 events.", valueName: "event"))
  var exposure: String?

  @Option(
    help: ArgumentHelp("How many days after the exposure GA4 events count.", valueName: "days"))
  var window: Int?

  @Option(
    help: ArgumentHelp("The name of the control; by default the first.", valueName: "variant"))
  var control: String?

  @Option(
    help: ArgumentHelp(
      "The planned shares of the variants, such as control=9,treatment=1; equal by default.",
      valueName: "weights"))
  var weights: String?

  @Option(help: "The confidence of the intervals, such as 0.95.")
  var confidence = 0.95

  @Option(help: "How p-values are adjusted: none, bonferroni, holm, hochberg, bh or by.")
  var adjust = Adjustment.holm

  @Option(
    help: ArgumentHelp(
      "Make intervals that hold at every look, narrowest at this many units.", valueName: "units"))
  var always: Int?

  @Option(help: "How the readout is written: text, json or html.")
  var format = Format.text

  @Option(help: ArgumentHelp("Write the readout to this file.", valueName: "file"))
  var output: String?

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, html }

  enum Adjustment: String, ExpressibleByArgument, CaseIterable {
    case none, bonferroni, holm, hochberg, bh, by

    var adjustment: MultiplicityAdjustment {
      switch self {
      case .none: .none
      case .bonferroni: .bonferroni
      case .holm: .holm
      case .hochberg: .hochberg
      case .bh: .benjaminiHochberg
      case .by: .benjaminiYekutieli
      }
    }
  }

  /// The visitors of the sample shop; its experiment has a true lift of 10 %.
  static let sample = SampleShop(
    seed: 1, users: 60_000, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!)

  func validate() throws {
    if !(confidence > 0 && confidence < 1) {
      throw ValidationError("--confidence must lie between 0 and 1, such as 0.95.")
    }
    if let winsorize, !(winsorize > 0 && winsorize < 1) {
      throw ValidationError("--winsorize must lie between 0 and 1, such as 0.99.")
    }
    if let always, always < 1 { throw ValidationError("--always must be at least 1.") }
    if let window, !(1...36_500).contains(window) {
      throw ValidationError("--window must be from 1 to 36,500 days.")
    }
    if files.count > 1, exposure == nil {
      throw ValidationError("A table is one file; several can be read only of GA4 events.")
    }
    if !files.isEmpty, exposure == nil, metric.isEmpty {
      throw ValidationError("Name the columns of the metrics with --metric.")
    }
    _ = try guardrails
    _ = try shares
  }

  private var guardrails: [String: Double?] {
    get throws {
      var result: [String: Double?] = [:]
      for text in guardrail {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
          result[text] = .some(nil)
          continue
        }
        guard let margin = Double(parts[1]), margin > 0, margin < 1 else {
          throw ValidationError(
            "--guardrail takes a margin above 0 and below 1, such as revenue=0.02.")
        }
        result[parts[0]] = margin
      }
      return result
    }
  }

  private var shares: [String: Double] {
    get throws {
      var result: [String: Double] = [:]
      for text in weights?.split(separator: ",") ?? [] {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let weight = Double(parts[1]), weight > 0, weight < .infinity else {
          throw ValidationError(
            "--weights must be names with numbers above 0, such as control=9,treatment=1.")
        }
        result[parts[0]] = weight
      }
      return result
    }
  }

  func run() async throws {
    do {
      try await read()
    } catch {
      FileHandle.standardError.write(Data("ab-readout: \(error)\n".utf8))
      throw ExitCode.failure
    }
  }

  private func read() async throws {
    let experiment = try await load()
    let options = ReadoutOptions(
      confidence: confidence, adjustment: adjust.adjustment,
      looks: always.map { .always(.tuned(units: $0)) } ?? .once)
    let page = ReadoutPage(
      ExperimentReadout(experiment.summary, options: options), source: source,
      notes: experiment.notes)
    let bytes: [UInt8] =
      switch format {
      case .text: Array(page.text.utf8)
      case .json: try json(page.readout)
      case .html: Array(page.html.utf8)
      }
    if let output, output != "-" {
      try FileOutput.write(bytes, toPath: output)
    } else {
      try FileOutput.writeToStandardOutput(bytes)
    }
  }

  private func json(_ readout: ExperimentReadout) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(readout)) + [UInt8(ascii: "\n")]
  }

  private var source: String {
    if files.isEmpty {
      return "the sample shop (60,000 made-up visitors, true lift of the last step of the checkout"
        + " 10 %); name a file to read your own experiment"
    }
    return files.map { $0 == "-" ? "standard input" : URL(fileURLWithPath: $0).lastPathComponent }
      .joined(separator: ", ")
  }

  // MARK: Input

  private func load() async throws -> LoadedExperiment {
    if files.isEmpty || exposure != nil { return try await events() }
    var bytes: [UInt8] = []
    for try await chunk in GzipStream(InputSource(argument: files[0])) { bytes += chunk }
    let table = try CSVTable(bytes)
    let choice = TableMetrics(
      metrics: metric, primary: primary, guardrails: try guardrails, decreasing: decrease,
      covariates: covariate, winsorizing: winsorize)
    if let trials {
      return try table.counts(
        trials: trials, variant: variant, control: control, weights: try shares, metrics: choice)
    }
    return try table.units(
      unit: unit, variant: variant, control: control, weights: try shares, metrics: choice)
  }

  private func events() async throws -> LoadedExperiment {
    let log: EventLog
    let workers = ProcessInfo.processInfo.activeProcessorCount
    // Who logs in after the exposure must stay the same user.
    let options = EventLogOptions(users: .stitched)
    if files.isEmpty {
      log = try Self.sample.log(options: options)
    } else {
      log = try await EventInputs(files).read(with: EventReader(options: options), workers: workers)
        .log
    }
    let name = EventName(exposure ?? "experiment_impression")
    let seen = EventPredicate { $0.name == name }
    let variants = try variants(in: log, exposed: seen)
    var metrics = metric.enumerated().map { index, event in
      ExperimentMetric.conversion("Users with \(event)", role: index == 0 ? .primary : .secondary) {
        $0.name == EventName(event)
      }
    }
    if metrics.isEmpty {
      metrics = [
        .conversion("Buyers", role: .primary) { $0.name == .purchase },
        ExperimentMetric("Purchases per user", .purchases()),
        .revenue("Revenue per user"),
        .ratio("Revenue per purchase", .revenue(), over: .purchases()),
      ]
    }
    if let winsorize {
      for index in metrics.indices where metrics[index].measure == .revenue() {
        metrics[index].winsorizing = winsorize
      }
    }
    let query = ExperimentQuery(
      exposure: seen, variant: .parameter(ParameterKey(rawValue: variant)), variants: variants,
      metrics: metrics, windowDays: window)
    let report = await query.evaluate(log, workers: workers)
    return LoadedExperiment(summary: report.summary, notes: ["\(report.leftOut)."])
  }

  /// The variants that exposures name, the control first.
  private func variants(
    in log: EventLog, exposed seen: EventPredicate
  ) throws -> [ExperimentAssignment.Variant] {
    let exposures = log.filter(seen)
    let key = ParameterKey(rawValue: variant)
    var names = Array(Set(exposures.compactMap { $0.parameters[key]?.text })).sorted()
    guard names.count >= 2, names.count <= 20 else {
      throw TableError(
        "The \(exposures.count) exposures name \(names.count) variants in the parameter \(variant);"
          + " an experiment has 2 to 20. Name the event with --exposure and its parameter with"
          + " --variant.")
    }
    if let control {
      guard names.contains(control) else {
        throw TableError(
          "There is no variant \(control); the variants are \(names.joined(separator: ", ")).")
      }
      names.removeAll { $0 == control }
      names.insert(control, at: 0)
    }
    let weights = try shares
    return names.map { ExperimentAssignment.Variant($0, weight: weights[$0] ?? 1) }
  }
}
