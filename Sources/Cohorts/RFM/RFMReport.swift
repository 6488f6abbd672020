import GA4Model
import StatisticsCore

/// The answer of an ``RFMQuery``.
public struct RFMReport: Sendable, Hashable, Codable {
  /// What the customers of one segment have in common.
  public struct Segment: Sendable, Hashable, Codable {
    /// The segment.
    public var name: String
    /// How many customers it has.
    public var customers: Int
    /// Their share of all customers, `nil` when there are none.
    public var customerShare: Double?
    /// How many orders they placed.
    public var orders: Int
    /// What these brought.
    public var revenue: Double
    /// Its share of all revenue, `nil` when that is 0.
    public var revenueShare: Double?
    /// The mean number of days since their last orders, `nil` without customers.
    public var meanRecency: Double?
  }

  /// The query that was asked.
  public var query: RFMQuery
  /// Everyone with an order, in the order of their keys.
  public var customers: RFMCustomers
  /// The borders between the classes, `nil` without customers.
  ///
  /// As ``RFMScoring/thresholds(_:)`` they score another day alike.
  public var thresholds: RFMThresholds?
  /// The segments in the order of the query, also those without customers.
  public var segments: [Segment]
  /// How many orders of customers counted.
  public var orders: Int
  /// What they brought.
  public var revenue: Double
  /// How many orders belong to no user, and so to no customer.
  public var ordersWithoutCustomer: Int
  /// How many orders of customers name no revenue; they count as orders of nothing.
  public var ordersWithoutRevenue: Int
  /// How many purchase events lie after the day of the report.
  public var laterPurchases: Int

  /// The customers of the segment called `name`.
  public func customers(in name: String) -> [RFMCustomer] {
    guard let number = customers.names.firstIndex(of: name) else { return [] }
    return customers.indices.filter { customers.segments[$0] == number }.map { customers[$0] }
  }
}

extension RFMReport {
  init(_ query: RFMQuery, _ book: CustomerOrders) {
    let figures = CustomerFigures(book)
    let asOf = Int(query.asOf.daysSinceEpoch)
    var customers = RFMCustomers()
    customers.keys = figures.keys
    customers.recency = figures.lastDays.map { asOf - Int($0) }
    customers.orders = figures.orders
    customers.revenue = figures.revenue
    customers.names = query.segments.segments.map(\.name)
    let thresholds = query.scoring.thresholds(customers)
    if let thresholds { customers.rate(thresholds, query.segments) }

    var sums = [Sums](repeating: Sums(), count: customers.names.count)
    for index in customers.indices {
      let segment = Int(customers.segments[index])
      sums[segment].customers += 1
      sums[segment].orders += customers.orders[index]
      sums[segment].recency += customers.recency[index]
      sums[segment].revenue.add(customers.revenue[index])
    }
    var revenue = ExactSum()
    for sum in sums { revenue.merge(sum.revenue) }
    let whole = revenue.rounded
    let count = customers.count
    self.query = query
    self.customers = customers
    self.thresholds = thresholds
    segments = zip(customers.names, sums).map { name, sum in
      let revenue = sum.revenue.rounded
      return Segment(
        name: name, customers: sum.customers,
        customerShare: count > 0 ? Double(sum.customers) / Double(count) : nil,
        orders: sum.orders, revenue: revenue, revenueShare: whole == 0 ? nil : revenue / whole,
        meanRecency: sum.customers > 0 ? Double(sum.recency) / Double(sum.customers) : nil)
    }
    orders = sums.reduce(0) { $0 + $1.orders }
    self.revenue = whole
    ordersWithoutCustomer = figures.ordersWithoutCustomer
    ordersWithoutRevenue = figures.ordersWithoutRevenue
    laterPurchases = book.later
  }

  /// What is added up for one segment.
  private struct Sums {
    var customers = 0
    var orders = 0
    var recency = 0
    var revenue = ExactSum()
  }
}

extension RFMScoring {
  /// The thresholds for these customers, `nil` when there are none.
  fileprivate func thresholds(_ customers: RFMCustomers) -> RFMThresholds? {
    if customers.isEmpty { return nil }
    func quantiles(
      _ ranked: some RandomAccessCollection<Double>, plus shift: Double
    ) -> [Double] {
      (1..<classes).map { number in
        Quantiles.quantile(Double(number) / Double(classes), ofSorted: ranked)! + shift
      }
    }
    func quantiles(_ values: [Int], plus shift: Double) -> [Double] {
      RankedCounts(values).map { quantiles($0, plus: shift) }
        ?? quantiles(RankedValues(values.map(Double.init)), plus: shift)
    }
    func thresholds(plus shift: Double, _ bounds: RFMThresholds.Bounds) -> RFMThresholds {
      RFMThresholds(
        recency: quantiles(customers.recency, plus: shift),
        frequency: quantiles(customers.orders, plus: shift),
        monetary: quantiles(RankedValues(customers.revenue), plus: shift), bounds: bounds)
    }
    switch self {
    case .quantiles: return thresholds(plus: 0, .upper)
    case .rPackage: return thresholds(plus: 1, .lower)
    case .thresholds(let thresholds): return thresholds
    }
  }
}

extension RFMCustomers {
  /// Gives every customer scores and a segment.
  fileprivate mutating func rate(_ thresholds: RFMThresholds, _ map: RFMSegments) {
    scores.reserveCapacity(count)
    segments.reserveCapacity(count)
    var recencies = KnownScores { thresholds.score(recency: $0, frequency: 0, monetary: 0).recency }
    var frequencies = KnownScores {
      thresholds.score(recency: 0, frequency: $0, monetary: 0).frequency
    }
    for index in indices {
      let score = RFMScore(
        recency: recencies[recency[index]], frequency: frequencies[orders[index]],
        monetary: thresholds.monetaryScore(revenue[index]))
      scores.append(
        SIMD4(UInt8(score.recency), UInt8(score.frequency), UInt8(score.monetary), 0))
      segments.append(map.positions[RFMSegments.place(score, map.classes)])
    }
  }
}

/// Scores of whole numbers, each of which is compared with the thresholds once.
private struct KnownScores {
  private let score: (Int) -> Int
  /// By number, 0 for one that was not asked for.
  private var known = [Int](repeating: 0, count: 4_096)

  init(_ score: @escaping (Int) -> Int) { self.score = score }

  subscript(number: Int) -> Int {
    mutating get {
      guard known.indices.contains(number) else { return score(number) }
      if known[number] == 0 { known[number] = score(number) }
      return known[number]
    }
  }
}

extension RFMReport: CustomStringConvertible {
  /// The segments as a text table.
  public var description: String {
    var table = TextTable(
      ["segment", "customers", "share", "orders", "revenue", "share", "days since"],
      numbers: [1, 2, 3, 4, 5, 6])
    for row in segments {
      table.append([
        row.name, NumberFormat.grouped(row.customers), NumberFormat.percent(row.customerShare),
        NumberFormat.grouped(row.orders), NumberFormat.fixed(row.revenue, 2),
        NumberFormat.percent(row.revenueShare),
        row.meanRecency.map { NumberFormat.fixed($0, 1) } ?? "—",
      ])
    }
    var text = "\(table)\n\(query)"
    text += "\n\(NumberFormat.grouped(customers.count)) customers with "
    text += "\(NumberFormat.grouped(orders)) orders of \(NumberFormat.fixed(revenue, 2))"
    let notes = [
      (ordersWithoutCustomer, "orders without user"),
      (ordersWithoutRevenue, "orders without revenue"),
      (laterPurchases, "purchases after that day left out"),
    ]
    for (count, words) in notes where count > 0 {
      text += "; \(NumberFormat.grouped(count)) \(words)"
    }
    return text
  }
}
