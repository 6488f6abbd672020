public import GA4Model
public import ProductMetrics

/// The star schema of a log and its summaries as CSV files.
public struct StarSchemaExport: Sendable {
  /// A table as a file.
  public struct File: Sendable, Hashable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// The tables.
  public var schema: StarSchema

  /// Computes the tables for `log` by the rules of `settings`.
  public init(of log: EventLog, settings: ReportSettings, workers: Int) async {
    let query =
      switch settings.channels {
      case .ga4: StarSchemaQuery(purchases: settings.purchases)
      case .simple: StarSchemaQuery(channels: .simple, counting: .events)
      }
    schema = await query.evaluate(settings.log(log), workers: workers)
  }

  /// One file for each table; texts that a spreadsheet could take for a formula are guarded, since
  /// people open such files there.
  public var files: [File] {
    let format = CSVFormat(guardsAgainstFormulas: true)
    return StarSchema.Table.allCases.map { table in
      File(name: table.fileName, bytes: Array(schema.csv(table, format: format).utf8))
    }
  }
}
