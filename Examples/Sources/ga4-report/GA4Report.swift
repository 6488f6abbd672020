public import ArgumentParser
import ExampleSupport
import Foundation
import GA4Model
import GA4Samples
import ProductMetrics
public import ReportKit

/// Reads GA4 events and prints a report of them.
@main
struct GA4Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ga4-report",
    abstract: "Reads events of a GA4 BigQuery export and prints a report of them.",
    usage: "ga4-report [<options>] [<file> ... | -]",
    discussion: """
      Files may be NDJSON, a JSON array or CSV, plain or compressed with gzip, which is recognised \
      by content. Several files are read as one, in the order given. Without a file the report is \
      about a sample shop with made-up visitors.
      """)

  @Argument(help: ArgumentHelp("Files with events; - is standard input.", valueName: "file"))
  var files: [String] = []

  @Option(help: "How the report is written: text, json or html.")
  var format = Format.text

  @Option(help: ArgumentHelp("Write the report to this file.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Also write the star schema (dim_date, dim_channel, fact_funnel_by_date_channel) and the"
        + " summaries as CSV into this folder. Texts that a spreadsheet could take for a formula"
        + " get an apostrophe in front.",
      valueName: "folder"))
  var export: String?

  @Option(
    help: ArgumentHelp(
      "Also train two models of purchases, of a channel on a day and of a session, and write each"
        + " into a folder of its own in this one: the model, the columns that it expects, and its"
        + " card. The report shows how good they are.",
      valueName: "folder"))
  var train: String?

  @Option(
    help: ArgumentHelp(
      "The reporting time zone, such as Europe/Paris: for hours, and for the day of events"
        + " without event_date.", valueName: "zone"))
  var timeZone = "UTC"

  @Option(
    help: ArgumentHelp(
      "The report's last day, as 2020-12-24: it covers events up to and including that day, and"
        + " counts those after it as left out. By default the last day with events.",
      valueName: "day"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "How traffic is sorted into channels: ga4, the default channel group of each session, or"
        + " simple, a short rule over traffic_source that counts events.", valueName: "rule"))
  var channels = ReportSettings.Channels.ga4

  @Option(
    help: ArgumentHelp(
      "Which purchase events are orders: raw, every one; transaction, once for each transaction"
        + " id; transaction-user, once for each transaction id and user.", valueName: "rule"))
  var purchases = Purchases.transaction

  @OptionGroup var funnel: FunnelArguments

  @Option(help: "How the input is written: auto, ndjson, json (an array) or csv.")
  var inputFormat = InputFormat.auto

  @Option(
    help: ArgumentHelp(
      "Leave out and report up to this many malformed records instead of stopping at the first.",
      valueName: "count"))
  var skipMalformed = 0

  @Option(
    help: ArgumentHelp(
      "How many tasks work at once; the report does not depend on it. By default one for each"
        + " core.", valueName: "count"))
  var workers: Int?

  @Flag(help: "Show no progress and no notes on standard error.")
  var quiet = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, html }

  enum Purchases: String, ExpressibleByArgument, CaseIterable {
    case raw, transaction
    case transactionUser = "transaction-user"

    var rule: PurchaseRule {
      switch self {
      case .raw: .none
      case .transaction: .byTransactionID
      case .transactionUser: .byTransactionIDAndUser
      }
    }
  }

  enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    case auto, ndjson, json, csv

    var format: EventReader.Format {
      switch self {
      case .auto: .automatic
      case .ndjson: .ndjson
      case .json: .jsonArray
      case .csv: .csv(.automatic)
      }
    }
  }

  /// The visitors of the sample shop, enough for every table to have rows.
  static let sample = SampleShop(
    seed: 1, users: 2_000, days: CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!,
    dirt: .realistic)

  func validate() throws {
    if skipMalformed < 0 { throw ValidationError("--skip-malformed must not be negative.") }
    if let workers, workers < 1 { throw ValidationError("--workers must be at least 1.") }
    if files.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input (-) can be read only once.")
    }
    _ = try zone
    _ = try lastDay
  }

  private var zone: ReportingTimeZone {
    get throws {
      do {
        return try ReportingTimeZone(identifier: timeZone)
      } catch {
        throw ValidationError(error.description)
      }
    }
  }

  private var lastDay: CalendarDay? {
    get throws {
      guard let asOf else { return nil }
      guard let day = CalendarDay(asOf) else {
        throw ValidationError("--as-of must be a day such as 2020-12-24.")
      }
      return day
    }
  }

  func run() async throws {
    do {
      try await report()
    } catch {
      writeError("ga4-report: \(error)\n")
      throw ExitCode.failure
    }
  }

  private func report() async throws {
    let workers = self.workers ?? ProcessInfo.processInfo.activeProcessorCount
    let (log, read) = try await events(workers: workers)
    var settings = ReportSettings(
      source: source, asOf: try lastDay, channels: channels, purchases: purchases.rule)
    settings.funnel = try funnel.query(channels: settings.channelDimension)
    var report = await ShopReport(of: log, read: read, settings: settings, workers: workers)

    if let export {
      let files = await StarSchemaExport(of: log, settings: settings, workers: workers).files
      try FileOutput.makeDirectory(export)
      for file in files { try FileOutput.write(file.bytes, toPath: "\(export)/\(file.name)") }
      note("\(files.count) files written to \(export)")
    }
    if let train {
      let files = try await report.train(on: log, into: train, workers: workers)
      note("\(files.count) files of \(report.models.count) models written to \(train)")
      for refused in report.refusedModels { note("No model was trained. \(refused)") }
    }
    let text =
      switch format {
      case .text: report.text
      case .json: report.json.prettyText
      case .html: report.html
      }
    if let output, output != "-" {
      try FileOutput.write(Array(text.utf8), toPath: output)
      note("Report written to \(output)")
    } else {
      try FileOutput.writeToStandardOutput(Array(text.utf8))
    }
  }

  private func note(_ text: String) {
    if !quiet { writeError(text + "\n") }
  }

  private var source: String {
    if !files.isEmpty {
      // Folders are nobody's business who reads the report.
      return files.map { file in
        file == "-" ? "standard input" : URL(fileURLWithPath: file).lastPathComponent
      }.joined(separator: ", ")
    }
    let shop = Self.sample
    return "the sample shop (\(NumberText.grouped(shop.users)) made-up visitors,"
      + " seed \(shop.seed)); name a file to report on your own events"
  }

  private func events(workers: Int) async throws -> (EventLog, ReadReport?) {
    let options = EventLogOptions(timeZone: try zone)
    guard !files.isEmpty else { return (try Self.sample.log(options: options), nil) }
    let inputs = EventInputs(files)
    let reader = EventReader(
      format: inputFormat.format, options: options,
      malformed: skipMalformed > 0 ? .skip(limit: skipMalformed) : .fail,
      parameters: ReportSettings.parameters)
    guard !quiet && ReadProgress.isTerminal else {
      let result = try await inputs.read(with: reader, workers: workers)
      return (result.log, result.report)
    }
    let progress = ReadProgress(total: try inputs.size())
    defer { progress.finish() }
    let result = try await inputs.read(with: reader, workers: workers) { progress.add($0) }
    return (result.log, result.report)
  }
}

extension ReportSettings.Channels: ExpressibleByArgument {}
