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
    var customers = RFMCustomers(query, figures)
    let thresholds = query.scoring.thresholds { customers.quantiles($0, query.scoring.classes) }
    let ratings = customers.ratings(customers.indices, thresholds, query.segments)
    customers.take([ratings])
    self.init(query, customers, thresholds, [ratings], figures, later: book.later)
  }

  /// The same report, made by `workers` tasks over ranges of customers.
  static func make(
    _ query: RFMQuery, _ book: CustomerOrders, workers: Int
  ) async -> RFMReport {
    let shares = CustomerFigures.shares(of: book, count: workers)
    let figures = CustomerFigures(
      await concurrentMap(shares, workers: workers) { (share) throws(Never) in share.figures })
    var customers = RFMCustomers(query, figures)
    let unrated = customers
    let quantiles = await concurrentMap(RFMCustomers.Value.allCases, workers: workers) {
      (value) throws(Never) in unrated.quantiles(value, query.scoring.classes)
    }
    let thresholds = query.scoring.thresholds { quantiles[$0.rawValue] }
    let ranges = splitRanges(count: customers.count, into: workers)
    let ratings = await concurrentMap(ranges, workers: workers) { (range) throws(Never) in
      unrated.ratings(range, thresholds, query.segments)
    }
    customers.take(ratings)
    return RFMReport(query, customers, thresholds, ratings, figures, later: book.later)
  }

  private init(
    _ query: RFMQuery, _ customers: RFMCustomers, _ thresholds: RFMThresholds?,
    _ ratings: [RFMCustomers.Ratings], _ figures: CustomerFigures, later: Int
  ) {
    var sums = [SegmentSums](repeating: SegmentSums(), count: customers.names.count)
    for rating in ratings {
      for segment in sums.indices { sums[segment].merge(rating.sums[segment]) }
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
    laterPurchases = later
  }
}

/// What is added up for one segment.
private struct SegmentSums: Sendable {
  var customers = 0
  var orders = 0
  var recency = 0
  var revenue = ExactSum()

  mutating func merge(_ other: SegmentSums) {
    customers += other.customers
    orders += other.orders
    recency += other.recency
    revenue.merge(other.revenue)
  }
}

extension RFMScoring {
  /// The thresholds for customers of whose values `quantiles` tells those between the classes, `nil`
  /// when there are none.
  fileprivate func thresholds(
    _ quantiles: (RFMCustomers.Value) -> [Double]?
  ) -> RFMThresholds? {
    func thresholds(plus shift: Double, _ bounds: RFMThresholds.Bounds) -> RFMThresholds? {
      guard let recency = quantiles(.recency), let frequency = quantiles(.frequency),
        let monetary = quantiles(.monetary)
      else { return nil }
      return RFMThresholds(
        recency: recency.map { $0 + shift }, frequency: frequency.map { $0 + shift },
        monetary: monetary.map { $0 + shift }, bounds: bounds)
    }
    switch self {
    case .quantiles: return thresholds(plus: 0, .upper)
    case .rPackage: return thresholds(plus: 1, .lower)
    case .thresholds(let thresholds): return quantiles(.recency) == nil ? nil : thresholds
    }
  }
}

extension RFMCustomers {
  fileprivate init(_ query: RFMQuery, _ figures: CustomerFigures) {
    keys = figures.keys
    asOf = Int(query.asOf.daysSinceEpoch)
    lastDays = figures.lastDays
    orders = figures.orders
    revenue = figures.revenue
    names = query.segments.segments.map(\.name)
  }

  /// What customers are scored by.
  fileprivate enum Value: Int, CaseIterable, Sendable {
    case recency, frequency, monetary
  }

  /// The values between `classes` equal parts of the customers, `nil` when there are none.
  fileprivate func quantiles(_ value: Value, _ classes: Int) -> [Double]? {
    if isEmpty { return nil }
    func quantiles(_ ranked: some RandomAccessCollection<Double>) -> [Double] {
      (1..<classes).map { number in
        Quantiles.quantile(Double(number) / Double(classes), ofSorted: ranked)!
      }
    }
    func quantiles(_ values: some Collection<Int>) -> [Double] {
      RankedCounts(values).map { quantiles($0) } ?? quantiles(RankedValues(values.map(Double.init)))
    }
    switch value {
    case .recency: return quantiles(lastDays.lazy.map { asOf - Int($0) })
    case .frequency: return quantiles(orders.lazy.map(Int.init))
    case .monetary: return quantiles(RankedValues(revenue))
    }
  }

  /// The scores and segments of customers who follow each other.
  fileprivate struct Ratings: Sendable {
    var scores: [SIMD4<UInt8>] = []
    var segments: [UInt8] = []
    var sums: [SegmentSums]
  }

  /// Scores and segments of the customers of `range`.
  fileprivate func ratings(
    _ range: Range<Int>, _ thresholds: RFMThresholds?, _ map: RFMSegments
  ) -> Ratings {
    var ratings = Ratings(sums: Array(repeating: SegmentSums(), count: names.count))
    guard let thresholds else { return ratings }
    ratings.scores.reserveCapacity(range.count)
    ratings.segments.reserveCapacity(range.count)
    var recencies = KnownScores { thresholds.score(recency: $0, frequency: 0, monetary: 0).recency }
    var frequencies = KnownScores {
      thresholds.score(recency: 0, frequency: $0, monetary: 0).frequency
    }
    for index in range {
      let recency = recency(index)
      let orders = Int(orders[index])
      let score = RFMScore(
        recency: recencies[recency], frequency: frequencies[orders],
        monetary: thresholds.monetaryScore(revenue[index]))
      let segment = map.positions[RFMSegments.place(score, map.classes)]
      ratings.scores.append(
        SIMD4(UInt8(score.recency), UInt8(score.frequency), UInt8(score.monetary), 0))
      ratings.segments.append(segment)
      ratings.sums[Int(segment)].customers += 1
      ratings.sums[Int(segment)].orders += orders
      ratings.sums[Int(segment)].recency += recency
      ratings.sums[Int(segment)].revenue.add(revenue[index])
    }
    return ratings
  }

  /// Takes up the scores and segments of all customers.
  fileprivate mutating func take(_ ratings: [Ratings]) {
    scores.reserveCapacity(count)
    segments.reserveCapacity(count)
    for rating in ratings {
      scores += rating.scores
      segments += rating.segments
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
