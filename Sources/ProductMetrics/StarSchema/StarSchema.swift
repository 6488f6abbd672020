public import GA4Model
import StatisticsCore

/// The answer of a ``StarSchemaQuery``: two dimension tables and a fact table whose keys hold.
public struct StarSchema: Sendable, Hashable, Codable {
  /// What was counted in a row.
  public struct Figures: Sendable, Hashable, Codable {
    /// Sessions as ``StarSchemaQuery/Counting`` defines them.
    public var sessions: Int
    /// `add_to_cart` events.
    public var addToCarts: Int
    /// Orders under the query's purchase rule.
    public var purchases: Int
    /// The revenue of the orders, in the currency of the events.
    public var revenue: Double

    /// Makes figures.
    public init(sessions: Int = 0, addToCarts: Int = 0, purchases: Int = 0, revenue: Double = 0) {
      self.sessions = sessions
      self.addToCarts = addToCarts
      self.purchases = purchases
      self.revenue = revenue
    }

    /// Purchases by sessions, `nil` without sessions.
    public var conversionRate: Double? {
      sessions == 0 ? nil : Double(purchases) / Double(sessions)
    }
    /// Revenue by purchases, `nil` without purchases.
    public var averageOrderValue: Double? {
      purchases == 0 ? nil : revenue / Double(purchases)
    }
  }

  /// A day.
  public struct DateRow: Sendable, Hashable, Codable {
    /// The primary key.
    public var date: CalendarDay
    /// The number of the week by ISO 8601, from Monday.
    public var week: Int { date.isoWeek.number }

    /// Makes the row of `date`.
    public init(date: CalendarDay) { self.date = date }
  }

  /// A channel with the source and medium that it was told from.
  public struct ChannelRow: Sendable, Hashable, Codable {
    /// The primary key, from 1 in the order of group, source and medium.
    public var key: Int
    /// The channel group.
    public var group: ChannelGroup
    /// The source, `nil` where the events name none.
    public var source: String?
    /// The medium, `nil` where the events name none.
    public var medium: String?
  }

  /// What happened on one day through one channel.
  public struct FactRow: Sendable, Hashable, Codable {
    /// The day, a key of ``StarSchema/dimDate``.
    public var date: CalendarDay
    /// The channel, a key of ``StarSchema/dimChannel``.
    public var channelKey: Int
    /// The group of the channel, repeated for readers of the table alone.
    public var channelGroup: ChannelGroup
    /// What was counted.
    public var figures: Figures
  }

  /// The query that was asked.
  public var query: StarSchemaQuery
  /// Every day from the first fact to the last; where these are more than 65,536 days apart, as by
  /// a mistaken date, the days with facts alone.
  public var dimDate: [DateRow]
  /// The channels in the order of their keys.
  public var dimChannel: [ChannelRow]
  /// The facts by day and channel.
  ///
  /// With ``StarSchemaQuery/Counting/events`` there is a row wherever there was any event, with
  /// ``StarSchemaQuery/Counting/sessions`` wherever there was a session, a cart or an order.
  public var factFunnel: [FactRow]
  /// How many orders count without naming a revenue.
  public var purchasesWithoutRevenue: Int

  /// The sums over all facts.
  public var total: Figures { Figures(sumOf: factFunnel.map(\.figures)) }
}

extension StarSchema.Figures {
  /// The sums of `parts`; the revenue is rounded once.
  init(sumOf parts: [StarSchema.Figures]) {
    var revenue = ExactSum()
    for part in parts { revenue.add(part.revenue) }
    self.init(
      sessions: parts.reduce(0) { $0 + $1.sessions },
      addToCarts: parts.reduce(0) { $0 + $1.addToCarts },
      purchases: parts.reduce(0) { $0 + $1.purchases }, revenue: revenue.rounded)
  }
}

extension StarSchema: CustomStringConvertible {
  /// The channels as a text table, under which it says what was counted.
  public var description: String {
    var table = TextTable(
      ["channel", "sessions", "add to cart", "purchases", "revenue", "conversion"],
      numbers: [1, 2, 3, 4, 5])
    func append(_ name: String, _ figures: Figures) {
      table.append([
        name, NumberFormat.grouped(figures.sessions), NumberFormat.grouped(figures.addToCarts),
        NumberFormat.grouped(figures.purchases), NumberFormat.fixed(figures.revenue, 2),
        NumberFormat.percent(figures.conversionRate, 2),
      ])
    }
    for row in channelSummary { append(row.group.rawValue, row.figures) }
    append("total", total)
    return "\(table)\n\(query)"
  }
}
