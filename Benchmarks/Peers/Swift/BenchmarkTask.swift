import Cohorts
import Funnel
import GA4Model
import ProductMetrics

/// A piece of work that every engine does.
enum BenchmarkTask: String, CaseIterable {
  case readCSV = "read_csv"
  case readNDJSON = "read_ndjson"
  case dailyActiveUsers = "dau"
  case gapSessions = "gap_sessions"
  case factTable = "fact_table"
  case funnel
  case rfm
  case retention
  /// For the memory of the program itself.
  case nothing
}

/// Runs tasks over the shared files.
struct TaskRunner {
  var csv: String?
  var ndjson: String?
  var purchases: String?
  var threads = 2
  /// Answers of the reading tasks walk over all events, which takes long and memory.
  var givesAnswers = true

  private var log: EventLog?
  private var purchaseLog: EventLog?

  /// Does `task` `runs` times; only the work itself is timed.
  mutating func run(_ task: BenchmarkTask, runs: Int) async throws -> TaskResult {
    var result = TaskResult(task: task)
    for run in 0..<runs {
      let wantsAnswer = givesAnswers && run == runs - 1
      switch task {
      case .nothing: result.add(since: Instant())
      case .readCSV:
        let start = Instant()
        let log = try await readCSV()
        result.add(since: start)
        if wantsAnswer { result.answer = [csvChecks(log)] }
      case .readNDJSON:
        guard let ndjson else { throw PeersCommand.usage }
        let start = Instant()
        let log = try await EventReader(format: .ndjson).read(path: ndjson, workers: threads).log
        result.add(since: start)
        if wantsAnswer { result.answer = [ndjsonChecks(log)] }
      case .dailyActiveUsers:
        let log = try await loaded()
        let start = Instant()
        let report = await DailyActiveUsersQuery().evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer {
          result.answer = report.rows.map { [.text("\($0.day)"), .integer($0.users)] }
        }
      case .gapSessions:
        let log = try await loaded()
        let start = Instant()
        let report = await GapSessionsQuery().evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer {
          result.answer = report.rows.map { [.text("\($0.day)"), .integer($0.sessions)] }
        }
      case .factTable:
        let log = try await loaded()
        let query = StarSchemaQuery(
          channels: .simple, counting: .events, revenue: .purchaseRevenueInUSD)
        let start = Instant()
        let report = await query.evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer { result.answer = facts(report) }
      case .funnel:
        let log = try await loaded()
        let names: [EventName] = [
          .viewItem, .addToCart, .beginCheckout, .addPaymentInfo, .purchase,
        ]
        let query = FunnelQuery(
          names.map { Step($0) }, window: .fromFirstStep(.seconds(7 * 86_400)))
        let start = Instant()
        let report = await query.evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer {
          result.answer = report.steps.enumerated().map { [.integer($0 + 1), .integer($1.count)] }
        }
      case .rfm:
        let log = try await loadedPurchases()
        let query = RFMQuery(
          asOf: PurchaseFile.lastDay, revenue: .purchaseRevenueInUSD)
        let start = Instant()
        let report = await query.evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer { result.answer = scores(report) }
      case .retention:
        let log = try await loaded()
        let start = Instant()
        let matrix = await RetentionQuery().evaluate(log, workers: threads)
        result.add(since: start)
        if wantsAnswer { result.answer = cells(matrix) }
      }
    }
    return result
  }

  private func readCSV() async throws -> EventLog {
    guard let csv else { throw PeersCommand.usage }
    return try await EventReader(format: .csv(.skinny)).read(path: csv, workers: threads).log
  }

  /// The log of the CSV file, read when a query first needs it.
  private mutating func loaded() async throws -> EventLog {
    if let log { return log }
    let read = try await readCSV()
    log = read
    return read
  }

  /// The log of the file of purchases, read when a query first needs it.
  private mutating func loadedPurchases() async throws -> EventLog {
    if let purchaseLog { return purchaseLog }
    guard let purchases else { throw PeersCommand.usage }
    let read = try await EventReader(format: .csv(.skinny)).read(path: purchases, workers: threads)
    purchaseLog = read.log
    return read.log
  }

  // MARK: Answers

  /// Customers, orders and revenue of each score.
  private func scores(_ report: RFMReport) -> [[TaskResult.Cell]] {
    var sums: [String: (customers: Int, orders: Int, revenue: Double)] = [:]
    for customer in report.customers {
      sums[customer.score.description, default: (0, 0, 0)].customers += 1
      sums[customer.score.description]!.orders += customer.orders
      sums[customer.score.description]!.revenue += customer.revenue
    }
    return sums.map { score, sum in
      [.text(score), .integer(sum.customers), .integer(sum.orders), .number(sum.revenue)]
    }
  }

  private func seconds(_ event: Event) -> Int {
    Int(event.time.microseconds / 1_000_000)
  }

  private func csvChecks(_ log: EventLog) -> [TaskResult.Cell] {
    var seconds = 0
    var orders = 0
    var revenue = 0.0
    var countries: Set<String> = []
    for event in log {
      seconds += self.seconds(event)
      if event.fields[.transactionID] != nil { orders += 1 }
      revenue += event.fields[.purchaseRevenueInUSD]?.number ?? 0
      if let country = event.fields[.country]?.text { countries.insert(country) }
    }
    return [
      .integer(log.count), .integer(log.users.count), .integer(seconds), .integer(orders),
      .number(revenue), .integer(countries.count),
    ]
  }

  private func ndjsonChecks(_ log: EventLog) -> [TaskResult.Cell] {
    var seconds = 0
    var parameters = 0
    var sessionNumbers = 0
    var items = 0
    var quantity = 0
    var revenue = 0.0
    for event in log {
      seconds += self.seconds(event)
      parameters += event.parameters.count
      if case .int(let number)? = event.parameters[.sessionNumber] { sessionNumbers += Int(number) }
      items += event.items.count
      for item in event.items { quantity += Int(item.quantity ?? 0) }
      revenue += event.fields[.purchaseRevenueInUSD]?.number ?? 0
    }
    return [
      .integer(log.count), .integer(log.users.count), .integer(seconds), .integer(parameters),
      .integer(sessionNumbers), .integer(items), .integer(quantity), .number(revenue),
    ]
  }

  private func cells(_ matrix: RetentionMatrix) -> [[TaskResult.Cell]] {
    matrix.rows.flatMap { row in
      row.cells.enumerated().compactMap { column, cell in
        guard let cell, cell.units > 0 else { return nil }
        return [.text(row.label), .integer(column), .integer(cell.units)]
      }
    }
  }

  private func facts(_ schema: StarSchema) -> [[TaskResult.Cell]] {
    let channels = Dictionary(uniqueKeysWithValues: schema.dimChannel.map { ($0.key, $0) })
    return schema.factFunnel.map { row in
      let channel = channels[row.channelKey]!
      return [
        .text("\(row.date)"), .text(channel.group.rawValue), .text(channel.source ?? ""),
        .text(channel.medium ?? ""), .integer(row.figures.sessions),
        .integer(row.figures.addToCarts), .integer(row.figures.purchases),
        .number(row.figures.revenue),
      ]
    }
  }
}
