public import Funnel
public import GA4Model
public import ProductMetrics
public import PropensityKit

/// The key figures of a web shop's events, ready to be printed.
public struct ShopReport: Sendable {
  /// A group's figures under its label.
  public struct Row: Sendable, Hashable {
    public var label: String
    public var metrics: Metrics
  }

  /// What was sold of an item, in all purchase events and under the purchase rule.
  ///
  /// Exports hold some orders twice, and shops compare these tables with plain sums over the
  /// export, so both are shown.
  public struct Item: Sendable, Hashable {
    public var name: String
    public var quantity: Int
    public var revenue: Double
    /// The units in events that count under the purchase rule.
    public var countedQuantity: Int
    /// The revenue of events that count under the purchase rule.
    public var countedRevenue: Double
  }

  public var settings: ReportSettings
  public var options: EventLogOptions
  /// The days with events.
  public var days: ClosedRange<CalendarDay>?
  public var total: Metrics
  public var eventsWithoutUser: Int
  public var eventsWithoutSession: Int
  /// How many sessions there are if silences of more than 30 minutes alone divide them.
  public var gapSessions: Int
  /// Events after ``ReportSettings/asOf``, which are in no other figure.
  public var eventsLeftOut: Int
  /// The most frequent first.
  public var eventCounts: [(name: String, count: Int)]
  public var dailyActiveUsers: DailyActiveUsers
  /// The active users of the last day and of the week and month up to it, `nil` without events.
  public var activeUsers: ActiveUsers.Row?
  public var byDay: [Row]
  public var byWeek: [Row]
  public var byMonth: [Row]
  public var byWeekday: [Row]
  public var byHour: [Row]
  public var funnel: FunnelReport
  public var cohorts: CohortReports
  /// The counted events are ``channelEvents``.
  public var channels: [Row]
  public var devices: [Row]
  public var countries: [Row]
  /// All items that were sold, by revenue, then name.
  public var topItems: [Item]
  public var read: ReadReport?
  /// Models of purchases, where they were trained.
  public var models: [TrainedPropensity] = []
  /// Models of purchases that could not be trained, with the reason.
  public var refusedModels: [PropensityError] = []

  /// The events that are counted by channel.
  public static let channelEvents: [EventName] = [.sessionStart, .addToCart, .purchase]

  /// Computes the report of `log`; it does not depend on the number of workers.
  ///
  /// - Parameters:
  ///   - read: what became of the input, `nil` for a log that was not read.
  public init(
    of log: EventLog, read: ReadReport?, settings: ReportSettings, workers: Int
  ) async {
    let whole = log
    let log = settings.log(whole)
    func rows(
      _ dimension: EventDimension, counting: [EventName] = [], purchases: PurchaseRule? = nil,
      missing: String = "(missing)"
    ) async -> [Row] {
      let query = MetricsQuery(
        by: [dimension], counting: counting, purchases: purchases ?? settings.purchases)
      return await query.evaluate(log, workers: workers).rows.map { row in
        Row(label: row.key[0] ?? missing, metrics: row.metrics)
      }
    }

    self.settings = settings
    self.read = read
    options = log.options
    days = log.days
    let summary = await MetricsQuery(purchases: settings.purchases).evaluate(log, workers: workers)
    total = summary.total
    eventsWithoutUser = summary.eventsWithoutUser
    eventsWithoutSession = summary.eventsWithoutSession
    eventsLeftOut = whole.count - log.count
    eventCounts = Self.sorted(await rows(.name)) { $0.metrics.events }
      .map { ($0.label, $0.metrics.events) }
    byDay = await rows(.day)
    byWeek = await rows(.week)
    byMonth = await rows(.month)
    byWeekday = await rows(.weekday)
    byHour = await rows(.hour)
    funnel = await settings.funnel.evaluate(log, workers: workers)
    cohorts = await CohortReports(of: log, settings: settings, workers: workers)
    channels = Self.sorted(
      await rows(
        settings.channelDimension, counting: Self.channelEvents,
        purchases: settings.channelPurchases, missing: "(no session)")
    ) { $0.metrics.sessions }
    devices = Self.sorted(await rows(.deviceCategory)) { $0.metrics.users }
    countries = Self.sorted(await rows(.country)) { $0.metrics.users }
    dailyActiveUsers = await DailyActiveUsersQuery().evaluate(log, workers: workers)
    activeUsers = await settings.activeUsers(log, workers: workers)
    gapSessions = await GapSessionsQuery().evaluate(log, workers: workers).count
    topItems = await settings.items(log, workers: workers)
  }

  /// The greatest first; equal ones by name.
  private static func sorted(_ rows: [Row], by value: (Row) -> Int) -> [Row] {
    rows.sorted { left, right in
      let (a, b) = (value(left), value(right))
      return a == b ? left.label < right.label : a > b
    }
  }
}

extension ReportSettings {
  /// The events of `log` up to and including ``asOf``.
  public func log(_ log: EventLog) -> EventLog {
    guard let asOf, let days = log.days, days.upperBound > asOf else { return log }
    return log.filter(days: min(days.lowerBound, asOf)...asOf)
  }
}

extension ReportSettings {
  /// The active users of the last day with events.
  func activeUsers(_ log: EventLog, workers: Int) async -> ActiveUsers.Row? {
    await ActiveUsersQuery().evaluate(log, workers: workers).rows.last
  }

  /// The items that were sold.
  func items(_ log: EventLog, workers: Int) async -> [ShopReport.Item] {
    let all = await TopItemsQuery(limit: nil, purchases: .none).evaluate(log, workers: workers)
    let counted = await TopItemsQuery(limit: nil, purchases: purchases)
      .evaluate(log, workers: workers)
    let byName = Dictionary(counted.items.map { ($0.name, $0) }) { first, _ in first }
    return all.items.map { item in
      let once = byName[item.name]
      return ShopReport.Item(
        name: item.name ?? "(missing)", quantity: item.units, revenue: item.revenue,
        countedQuantity: once?.units ?? 0, countedRevenue: once?.revenue ?? 0)
    }
  }
}

extension ShopReport {
  /// The rows of `period` for every period between the first and the last day, also for those
  /// without events, so that figures show gaps as what they are.
  func filled(_ rows: [Row], _ period: CalendarPeriod) -> [Row] {
    // A stray date centuries away must not make the report endless.
    guard let days, period.count(from: days.lowerBound, to: days.upperBound) < 4_000 else {
      return rows
    }
    let known = Dictionary(rows.map { ($0.label, $0) }) { first, _ in first }
    var result: [Row] = []
    var day = period.start(of: days.lowerBound)
    while day <= days.upperBound {
      let label = period.label(for: day)
      result.append(known[label] ?? Row(label: label, metrics: Metrics()))
      day = period.next(after: day)
    }
    return result
  }

  /// The rows of `labels`, also for those without events.
  func filled(_ rows: [Row], _ labels: [String]) -> [Row] {
    let known = Dictionary(rows.map { ($0.label, $0) }) { first, _ in first }
    return labels.map { known[$0] ?? Row(label: $0, metrics: Metrics()) }
  }

  /// The hours of a day as labels.
  static let hours = (0..<24).map { $0 < 10 ? "0\($0)" : "\($0)" }
}
