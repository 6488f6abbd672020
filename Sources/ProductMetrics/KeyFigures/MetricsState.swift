public import GA4Model
import StatisticsCore

/// The running summary of a ``MetricsQuery``.
///
/// It grows with the number of groups and of purchases, not of events.
public struct MetricsState: MergeableState {
  public let query: MetricsQuery

  /// What is added up in one group.
  struct Tally: Sendable, Hashable {
    var events = 0
    var users = 0
    var newUsers = 0
    var sessions = 0
    var engagedSessions = 0
    var convertingSessions = 0
    var purchaseEvents = 0
    /// Orders that need no comparison with others.
    var plainOrders = 0
    var plainRevenue = ExactSum()
    var purchasers = 0
    var refunds = ExactSum()
    var counts: [Int]
  }

  /// What an order adds to its group.
  struct OrderFigures: OrderContent {
    var group: GroupKey
    var revenue: Double?

    static func precedes(_ left: Self, _ right: Self) -> Bool {
      for (a, b) in zip(left.group, right.group) where a != b { return Bytewise?.precedes(a, b) }
      guard let right = right.revenue else { return false }
      guard let left = left.revenue else { return true }
      return left.isTotallyOrdered(belowOrEqualTo: right)
        && !right.isTotallyOrdered(belowOrEqualTo: left)
    }
  }

  /// A session of which other parts may hold events too.
  struct SharedSession: Sendable, Hashable {
    /// The id within which session ids tell sessions apart.
    var owner: UserKey
    var id: Int64
  }

  var groups: [GroupKey: Tally] = [:]
  /// The purchases with a transaction id that other events may repeat.
  var orders = OrderBook<OrderFigures>()
  /// For each shared session the groups it has been seen in, with whether it is engaged.
  var shared: [SharedSession: [GroupKey: SharedFlags]] = [:]
  var eventsWithoutUser = 0
  var eventsWithoutSession = 0

  /// What is known of a shared session in one group.
  struct SharedFlags: OptionSet, Sendable, Hashable {
    var rawValue: UInt8
    static let engaged = SharedFlags(rawValue: 1)
    static let converting = SharedFlags(rawValue: 2)
  }

  /// The key of the total.
  private static let whole: GroupKey = []

  init(_ query: MetricsQuery) {
    self.query = query
    emptyTally = Tally(counts: Array(repeating: 0, count: query.counting.count))
  }

  private let emptyTally: Tally

  // MARK: Update

  public mutating func update(_ slice: EventLog.UserSlice) {
    update(slice, dimensions: [])
    if !query.dimensions.isEmpty { update(slice, dimensions: query.dimensions) }
  }

  /// Adds the events of `slice` to the groups of `dimensions`; without dimensions to the total.
  private mutating func update(_ slice: EventLog.UserSlice, dimensions: [EventDimension]) {
    let isTotal = dimensions.isEmpty
    let log = slice.log
    let storage = log.storage
    let keys = GroupKeys(dimensions, in: log)
    let kept = query.predicate.map { log.rows(where: $0) }
    let purchases = PurchaseColumns(storage, events: query.purchaseEvents, field: query.revenue)
    let refunds = RefundColumns(storage)
    let countOf = storage.names.map { name in
      query.counting.firstIndex { $0.rawValue == storage.strings[name] } ?? -1
    }
    let isFirstVisit = storage.names.map {
      ["first_visit", "first_open"].contains(storage.strings[$0])
    }

    var tallies: [Tally] = []
    var codes = GroupCodes()
    // The last user counted in each group, which makes users distinct without a set.
    var lastUser: [Int] = []
    var lastNewUser: [Int] = []
    var lastPurchaser: [Int] = []
    var visits = SessionVisits()

    func group(_ row: Int, sessionRow: Int) -> Int {
      let code = codes.code(keys.word(row, sessionRow: sessionRow))
      if code == tallies.count {
        tallies.append(emptyTally)
        lastUser.append(-1)
        lastNewUser.append(-1)
        lastPurchaser.append(-1)
      }
      return code
    }

    func addRow(_ row: Int, user: Int?, isFirst: Bool) {
      let own = group(row, sessionRow: row)
      let name = Int(storage.name[row])
      tallies[own].events += 1
      if countOf[name] >= 0 { tallies[own].counts[countOf[name]] += 1 }
      if let user {
        if lastUser[own] != user {
          lastUser[own] = user
          tallies[own].users += 1
        }
        let isNew = query.newUsers == .firstVisit ? isFirstVisit[name] : isFirst
        if isNew, lastNewUser[own] != user {
          lastNewUser[own] = user
          tallies[own].newUsers += 1
        }
      }
      let isPurchase = purchases.isPurchase(storage.name[row])
      let session = storage.session[row]
      if session == SessionTable.none {
        if isTotal { eventsWithoutSession += 1 }
      } else {
        let sessionRow = Int(storage.sessions.firstRow[Int(session)])
        let place = keys.hasTime ? group(row, sessionRow: sessionRow) : own
        visits.add(session: session, group: place, converts: isPurchase)
      }
      if isPurchase {
        tallies[own].purchaseEvents += 1
        if let user, lastPurchaser[own] != user {
          lastPurchaser[own] = user
          tallies[own].purchasers += 1
        }
        let revenue = purchases.revenue(row)
        if query.purchases != .none, let id = purchases.transactionID(row) {
          // One entry serves total and groups: both count the same event.
          if !isTotal || query.dimensions.isEmpty {
            let key = user.map(storage.userKey)
            let group = keys.labels(ofWord: codes.words[own])
            orders.add(
              OrderBook.Order(
                time: storage.time[row], user: key,
                content: OrderFigures(group: group, revenue: revenue)),
              id: id, rule: query.purchases)
          }
        } else {
          tallies[own].plainOrders += 1
          if let revenue { tallies[own].plainRevenue.add(revenue) }
        }
      }
      if let refund = refunds.amount(row) { tallies[own].refunds.add(refund) }
    }

    func closeVisits() {
      visits.forEachDistinct { session, place, converts in
        let flags = storage.sessions.flags[Int(session)]
        let isEngaged = flags & SessionTable.engaged != 0
        if flags & SessionTable.spansUsers != 0 {
          var known: SharedFlags = isEngaged ? .engaged : []
          if converts { known.insert(.converting) }
          let key = SharedSession(
            owner: storage.sessionOwner(Int(storage.sessions.firstRow[Int(session)])),
            id: storage.sessions.id[Int(session)])
          let label = keys.labels(ofWord: codes.words[place])
          shared[key, default: [:]][label, default: []].formUnion(known)
        } else {
          tallies[place].sessions += 1
          if isEngaged { tallies[place].engagedSessions += 1 }
          if converts { tallies[place].convertingSessions += 1 }
        }
      }
    }

    for user in slice.users {
      var isFirst = true
      for row in storage.rows(ofUser: user) where kept?.contains(row) ?? true {
        addRow(row, user: user, isFirst: isFirst)
        isFirst = false
      }
      closeVisits()
    }
    if slice.includesEventsWithoutUser {
      for row in storage.userRowCount..<storage.rowCount where kept?.contains(row) ?? true {
        addRow(row, user: nil, isFirst: false)
        if isTotal { eventsWithoutUser += 1 }
      }
      closeVisits()
    }
    for (place, tally) in tallies.enumerated() {
      let label = keys.labels(ofWord: codes.words[place])
      groups[label, default: emptyTally].add(tally)
    }
    if isTotal && groups[Self.whole] == nil { groups[Self.whole] = emptyTally }
  }

  // MARK: Merge

  public mutating func merge(_ other: MetricsState) throws(StateError) {
    guard query == other.query else { throw .otherQuery }
    for (key, tally) in other.groups { groups[key, default: emptyTally].add(tally) }
    orders.merge(other.orders)
    for (session, places) in other.shared {
      for (place, flags) in places {
        shared[session, default: [:]][place, default: []].formUnion(flags)
      }
    }
    eventsWithoutUser += other.eventsWithoutUser
    eventsWithoutSession += other.eventsWithoutSession
  }

  // MARK: Report

  public func report() -> MetricsReport {
    var groups = self.groups
    if groups[Self.whole] == nil { groups[Self.whole] = emptyTally }
    var orderCounts: [GroupKey: (orders: Int, revenue: ExactSum)] = [:]
    for order in orders.contents {
      for key in Set([Self.whole, order.group]) {
        orderCounts[key, default: (0, ExactSum())].orders += 1
        if let revenue = order.revenue { orderCounts[key]!.revenue.add(revenue) }
      }
    }
    for places in shared.values {
      for (key, flags) in places {
        groups[key, default: emptyTally].sessions += 1
        if flags.contains(.engaged) { groups[key]!.engagedSessions += 1 }
        if flags.contains(.converting) { groups[key]!.convertingSessions += 1 }
      }
    }
    func metrics(_ key: GroupKey) -> Metrics {
      let tally = groups[key] ?? emptyTally
      var revenue = tally.plainRevenue
      if let counted = orderCounts[key] { revenue.merge(counted.revenue) }
      var metrics = Metrics()
      metrics.events = tally.events
      metrics.users = tally.users
      metrics.newUsers = tally.newUsers
      metrics.sessions = tally.sessions
      metrics.engagedSessions = tally.engagedSessions
      metrics.convertingSessions = tally.convertingSessions
      metrics.purchaseEvents = tally.purchaseEvents
      metrics.orders = tally.plainOrders + (orderCounts[key]?.orders ?? 0)
      metrics.purchasers = tally.purchasers
      metrics.revenue = revenue.rounded
      metrics.refunds = tally.refunds.rounded
      metrics.counts = tally.counts
      return metrics
    }
    let dimensions = query.dimensions
    let rows = groups.keys.filter { !$0.isEmpty }
      .sorted { GroupKeys.precedes($0, $1, dimensions) }
      .map { MetricsReport.Row(key: $0.map { $0?.text }, metrics: metrics($0)) }
    return MetricsReport(
      query: query, total: metrics(Self.whole), rows: rows,
      eventsWithoutUser: eventsWithoutUser, eventsWithoutSession: eventsWithoutSession)
  }
}

extension MetricsState.Tally {
  fileprivate mutating func add(_ other: Self) {
    events += other.events
    users += other.users
    newUsers += other.newUsers
    sessions += other.sessions
    engagedSessions += other.engagedSessions
    convertingSessions += other.convertingSessions
    purchaseEvents += other.purchaseEvents
    plainOrders += other.plainOrders
    plainRevenue.merge(other.plainRevenue)
    purchasers += other.purchasers
    refunds.merge(other.refunds)
    for index in counts.indices { counts[index] += other.counts[index] }
  }
}

/// The sessions that the events of one user touch, with their groups.
private struct SessionVisits {
  private struct Visit {
    var session: UInt32
    var group: Int
    var converts: Bool
  }
  private var visits: [Visit] = []

  mutating func add(session: UInt32, group: Int, converts: Bool) {
    // Events of a session follow each other, so most visits repeat the latest one.
    if let last = visits.indices.last, visits[last].session == session, visits[last].group == group
    {
      if converts { visits[last].converts = true }
    } else {
      visits.append(Visit(session: session, group: group, converts: converts))
    }
  }

  /// Calls `body` once for every pair of session and group, and forgets them.
  mutating func forEachDistinct(_ body: (UInt32, Int, Bool) -> Void) {
    if visits.count > 1 { visits.sort { ($0.session, $0.group) < ($1.session, $1.group) } }
    var index = 0
    while index < visits.count {
      let first = visits[index]
      var converts = first.converts
      index += 1
      while index < visits.count, visits[index].session == first.session,
        visits[index].group == first.group
      {
        converts = converts || visits[index].converts
        index += 1
      }
      body(first.session, first.group, converts)
    }
    visits.removeAll(keepingCapacity: true)
  }
}

/// The refunds of one log.
private struct RefundColumns {
  private let storage: EventLogStorage
  private let isRefund: [Bool]
  private let refund: RecordField
  private let refundInUSD: RecordField
  private let value: AttributeColumn

  init(_ storage: EventLogStorage) {
    self.storage = storage
    isRefund = storage.names.map { storage.strings[$0] == EventName.refund.rawValue }
    refund = RecordField(storage, .ecommerce, "ecommerce.refund_value")
    refundInUSD = RecordField(storage, .ecommerce, "ecommerce.refund_value_in_usd")
    value = AttributeColumn(storage, .parameter, "value")
  }

  /// What the event at `row` gave back; `nil` when it is no refund or names no amount.
  func amount(_ row: Int) -> Double? {
    guard isRefund[Int(storage.name[row])] else { return nil }
    return refund.value(row)?.number ?? refundInUSD.value(row)?.number
      ?? value.value(row)?.number
  }
}
