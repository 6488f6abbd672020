import GA4Model
import StatisticsCore

extension RFMReport {
  /// The customers in tiers by their revenue.
  ///
  /// ```swift
  /// let tiers = report.tiers()
  /// tiers.rows.map(\.customers)               // [217, 1215, 1474, 1432]
  /// tiers.customers(in: "VIP").map(\.user)
  /// ```
  ///
  /// - Parameter rule: What the tiers begin at.
  /// - Complexity: O(*n*), where *n* is the number of customers.
  public func tiers(_ rule: TierRule = .byQuantiles) -> CustomerTiers {
    CustomerTiers(customers, rule)
  }
}

/// Customers in tiers by their revenue.
public struct CustomerTiers: Sendable, Hashable, Codable {
  /// One tier.
  public struct Tier: Sendable, Hashable, Codable {
    /// What it is called.
    public var name: String
    /// The least revenue of its customers; `nil` for the lowest tier, and without customers where
    /// it is a quantile.
    public var from: Double?
    /// How many customers it has.
    public var customers: Int
    /// What they brought.
    public var revenue: Double
    /// Its share of all revenue, `nil` when that is 0.
    public var revenueShare: Double?
  }

  /// What the tiers begin at.
  public var rule: TierRule
  /// The tiers, the highest first.
  public var rows: [Tier]
  private var members: RFMCustomers
  /// The tier of each customer, the lowest being 0.
  private var tiers: [UInt8]

  init(_ customers: RFMCustomers, _ rule: TierRule) {
    self.rule = rule
    members = customers
    let borders: [Double]
    switch rule.borders {
    case .thresholds(let sums): borders = sums
    case .quantiles(let probabilities):
      borders =
        Quantiles.quantiles(probabilities, ofSorted: RankedValues(customers.revenue)) ?? []
    }
    tiers = customers.revenue.map { revenue in UInt8(borders.count { $0 <= revenue }) }
    var counts = [Int](repeating: 0, count: rule.names.count)
    var sums = [ExactSum](repeating: ExactSum(), count: rule.names.count)
    for (tier, revenue) in zip(tiers, customers.revenue) {
      counts[Int(tier)] += 1
      sums[Int(tier)].add(revenue)
    }
    var whole = ExactSum()
    for sum in sums { whole.merge(sum) }
    let total = whole.rounded
    rows = rule.names.indices.reversed().map { tier in
      Tier(
        name: rule.names[tier], from: tier > 0 && tier <= borders.count ? borders[tier - 1] : nil,
        customers: counts[tier], revenue: sums[tier].rounded,
        revenueShare: total == 0 ? nil : sums[tier].rounded / total)
    }
  }

  /// The customers of the tier called `name`, in the order of their keys.
  public func customers(in name: String) -> [RFMCustomer] {
    guard let tier = rule.names.firstIndex(of: name) else { return [] }
    return members.indices.filter { Int(tiers[$0]) == tier }.map { members[$0] }
  }
}

extension CustomerTiers: CustomStringConvertible {
  /// The tiers as a text table.
  public var description: String {
    var table = TextTable(
      ["tier", "from", "customers", "revenue", "share"], numbers: [1, 2, 3, 4])
    for row in rows {
      table.append([
        row.name, row.from.map { NumberFormat.fixed($0, 2) } ?? "",
        NumberFormat.grouped(row.customers), NumberFormat.fixed(row.revenue, 2),
        NumberFormat.percent(row.revenueShare),
      ])
    }
    return "\(table)\ntiers: \(rule)"
  }
}
