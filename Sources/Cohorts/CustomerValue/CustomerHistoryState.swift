public import GA4Model
import StatisticsCore

/// The running summary of a ``CustomerHistoryQuery``; it grows with the number of purchases.
public struct CustomerHistoryState: MergeableState {
  public let query: CustomerHistoryQuery

  private var orders = CustomerOrders()
  private var lastDay: CalendarDay?

  init(_ query: CustomerHistoryQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    if let last = slice.rows.lazy.map({ storage.day[$0] }).max() {
      extend(to: CalendarDay(daysSinceEpoch: last))
    }
    orders.merge(
      CustomerOrders(
        slice,
        PurchaseTerms(
          events: query.purchaseEvents, rule: query.purchases, revenue: query.revenue)))
  }

  private mutating func extend(to day: CalendarDay) {
    lastDay = lastDay.map { max($0, day) } ?? day
  }

  public mutating func merge(_ other: CustomerHistoryState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    orders.merge(other.orders)
    if let day = other.lastDay { extend(to: day) }
  }

  // MARK: Report

  public func report() -> CustomerHistories {
    let end = query.observationEnd ?? lastDay
    var rows: [CustomerHistories.Row] = []
    var withoutRevenue = 0
    let (withoutUser, _) = orders.forEachCustomer { part, customer, places in
      guard let end else { return }
      let purchases = places.compactMap { place -> Purchase? in
        let day = CalendarDay(daysSinceEpoch: part.days[place])
        if day > end { return nil }
        let revenue = part.revenue[place]
        if revenue.isNaN { withoutRevenue += 1 }
        return Purchase(day: day, revenue: revenue.isNaN ? 0 : revenue)
      }
      if let row = row(part.keys[customer], purchases, end: end) { rows.append(row) }
    }
    return CustomerHistories(
      query: query, observationEnd: end, rows: rows, purchasesWithoutUser: withoutUser,
      purchasesWithoutRevenue: withoutRevenue)
  }

  /// A purchase that counts.
  private struct Purchase {
    var day: CalendarDay
    var revenue: Double
  }

  /// A period with purchases.
  private struct PurchasePeriod {
    /// How many periods after the first.
    var index: Int
    var revenue: Double
  }

  /// The row of a user; `nil` without purchases before the end of the histories.
  private func row(
    _ user: UserKey, _ purchases: [Purchase], end: CalendarDay
  ) -> CustomerHistories.Row? {
    let lastOfHistory = query.calibrationEnd.map { min($0, end) } ?? end
    let unit = Double(query.periodsPerUnit)
    guard let first = purchases.lazy.map(\.day).min(), first <= lastOfHistory else { return nil }
    func periods(_ isIncluded: (CalendarDay) -> Bool) -> [PurchasePeriod] {
      var sums: [Int: ExactSum] = [:]
      for purchase in purchases where isIncluded(purchase.day) {
        let index = query.period.count(from: first, to: purchase.day)
        sums[index, default: ExactSum()].add(purchase.revenue)
      }
      return sums.keys.sorted().map { PurchasePeriod(index: $0, revenue: sums[$0]!.rounded) }
    }
    func meanRevenue(_ periods: some Collection<PurchasePeriod>) -> Double {
      periods.isEmpty
        ? 0 : ExactSum(periods.lazy.map(\.revenue)).rounded / Double(periods.count)
    }
    let history = periods { $0 <= lastOfHistory }
    let age = query.period.count(from: first, to: lastOfHistory)
    var row = CustomerHistories.Row(
      user: user,
      history: CustomerHistory(
        counted: history.count - 1, recency: Double(history.last!.index) / unit,
        age: Double(age) / unit, monetaryValue: meanRevenue(history.dropFirst())))
    if query.calibrationEnd != nil {
      let later = periods { $0 > lastOfHistory }
      row.holdout = CustomerHistories.Holdout(
        frequency: later.count,
        duration: Double(query.period.count(from: lastOfHistory, to: end)) / unit,
        monetaryValue: meanRevenue(later))
    }
    return row
  }

  // MARK: Saving

  private static let format = BinaryFormat(kind: "CustomerHistoryState", version: 1)

  public func encoded() -> [UInt8] {
    StateDocument.encode(Self.format, query: query) { writer in
      writer.optional(lastDay) { $0.int32($1.daysSinceEpoch) }
      orders.write(to: &writer)
    }
  }

  public init(decoding bytes: [UInt8], query: CustomerHistoryQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = CustomerHistoryState(query)
      state.lastDay = try reader.optional { reader throws(BinaryDecodingError) in
        CalendarDay(daysSinceEpoch: try reader.int32())
      }
      state.orders = try CustomerOrders(from: &reader)
      return state
    }
  }
}
