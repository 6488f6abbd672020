public import GA4Model
import StatisticsCore

/// The running summary of a ``CustomerHistoryQuery``; it grows with the number of purchases.
public struct CustomerHistoryState: MergeableState {
  public let query: CustomerHistoryQuery

  /// A purchase as it stands in the log.
  struct Purchase: Sendable, Hashable {
    var time: Int64
    var day: CalendarDay
    /// The transaction id where the rule looks at it.
    var id: String?
    var revenue: Double?
  }

  /// The purchases of every user that has any, in the order of the log.
  private var purchases: [UserKey: [Purchase]] = [:]
  private var lastDay: CalendarDay?
  private var purchasesWithoutUser = 0

  init(_ query: CustomerHistoryQuery) { self.query = query }

  /// Takes up the events of `slice`, whose users must be new to the state.
  ///
  /// - Complexity: O(*n*), where *n* is the number of events.
  public mutating func update(_ slice: EventLog.UserSlice) {
    let storage = slice.log.storage
    if let last = slice.rows.lazy.map({ storage.day[$0] }).max() {
      extend(to: CalendarDay(daysSinceEpoch: last))
    }
    let columns = PurchaseColumns(
      storage, events: query.purchaseEvents, field: query.revenue)
    guard columns.hasPurchases else { return }
    for user in slice.users {
      var found: [Purchase] = []
      for row in storage.rows(ofUser: user) where columns.isPurchase(storage.name[row]) {
        found.append(
          Purchase(
            time: storage.time[row], day: CalendarDay(daysSinceEpoch: storage.day[row]),
            id: query.purchases == .none ? nil : columns.transactionID(row),
            revenue: columns.revenue(row).flatMap { $0.isFinite ? $0 : nil }))
      }
      if !found.isEmpty { purchases[storage.userKey(user), default: []] += found }
    }
    for row in slice.userRows.upperBound..<slice.rows.upperBound
    where columns.isPurchase(storage.name[row]) {
      purchasesWithoutUser += 1
    }
  }

  private mutating func extend(to day: CalendarDay) {
    lastDay = lastDay.map { max($0, day) } ?? day
  }

  public mutating func merge(_ other: CustomerHistoryState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (user, found) in other.purchases { purchases[user, default: []] += found }
    if let day = other.lastDay { extend(to: day) }
    purchasesWithoutUser += other.purchasesWithoutUser
  }

  // MARK: Report

  public func report() -> CustomerHistories {
    let users = purchases.keys.sorted()
    let end = query.observationEnd ?? lastDay
    let repeats = repeatedPurchases(users)
    var rows: [CustomerHistories.Row] = []
    var withoutRevenue = 0
    if let end {
      for user in users {
        let counted = purchases[user]!.enumerated().lazy
          .filter { $0.element.day <= end && !(repeats[user]?.contains($0.offset) ?? false) }
          .map(\.element)
        withoutRevenue += counted.count { $0.revenue == nil }
        if let row = row(user, Array(counted), end: end) { rows.append(row) }
      }
    }
    return CustomerHistories(
      query: query, observationEnd: end, rows: rows,
      purchasesWithoutUser: purchasesWithoutUser, purchasesWithoutRevenue: withoutRevenue)
  }

  /// The positions of purchases that repeat the transaction id of an earlier one.
  ///
  /// Of purchases at one time that of the lesser user stands, of one user that of the earlier row.
  private func repeatedPurchases(_ users: [UserKey]) -> [UserKey: Set<Int>] {
    struct Key: Hashable {
      var id: Bytewise
      var user: UserKey?
    }
    struct Place {
      var user: UserKey
      var index: Int
      var time: Int64
    }
    var standing: [Key: Place] = [:]
    var repeats: [UserKey: Set<Int>] = [:]
    // Users come in order, so at one time the first met stands.
    for user in users {
      for (index, purchase) in purchases[user]!.enumerated() {
        guard let id = purchase.id else { continue }
        let key = Key(
          id: Bytewise(id), user: query.purchases == .byTransactionIDAndUser ? user : nil)
        let place = Place(user: user, index: index, time: purchase.time)
        if let known = standing[key], known.time <= place.time {
          repeats[place.user, default: []].insert(place.index)
        } else {
          if let known = standing[key] {
            repeats[known.user, default: []].insert(known.index)
          }
          standing[key] = place
        }
      }
    }
    return repeats
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
        sums[index, default: ExactSum()].add(purchase.revenue ?? 0)
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
      writer.count(purchasesWithoutUser)
      writer.array(purchases.keys.sorted()) { writer, user in
        writer.userKey(user)
        writer.array(purchases[user]!) { writer, purchase in
          writer.int64(purchase.time)
          writer.int32(purchase.day.daysSinceEpoch)
          writer.optional(purchase.id) { $0.string($1) }
          writer.optional(purchase.revenue) { $0.double($1) }
        }
      }
    }
  }

  public init(decoding bytes: [UInt8], query: CustomerHistoryQuery) throws(StateError) {
    self = try StateDocument.decode(bytes, Self.format, query: query) {
      reader throws(BinaryDecodingError) in
      var state = CustomerHistoryState(query)
      state.lastDay = try reader.optional { reader throws(BinaryDecodingError) in
        CalendarDay(daysSinceEpoch: try reader.int32())
      }
      state.purchasesWithoutUser = try reader.tally()
      let users = try reader.array { reader throws(BinaryDecodingError) in
        let user = try reader.userKey()
        let found = try reader.array { reader throws(BinaryDecodingError) in
          let time = try reader.int64()
          let day = CalendarDay(daysSinceEpoch: try reader.int32())
          let id = try reader.optional { reader throws(BinaryDecodingError) in try reader.string() }
          let start = reader.offset
          let revenue = try reader.optional { reader throws(BinaryDecodingError) in
            try reader.double()
          }
          guard revenue?.isFinite ?? true else {
            throw .valueOutOfRange(name: "revenue", offset: start)
          }
          return Purchase(time: time, day: day, id: id, revenue: revenue)
        }
        return (user, found)
      }
      for (user, found) in users { state.purchases[user, default: []] += found }
      return state
    }
  }
}
