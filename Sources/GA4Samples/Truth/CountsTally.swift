import GA4Model

/// Counts the events of one visitor after another.
struct CountsTally: Sendable {
  private let plan: VisitPlan
  private let strippedKey: ParameterKey?
  private var counts = SampleCounts()
  private var eventsByAction = [Int](repeating: 0, count: Action.allCases.count)
  private var usersByAction = [Int](repeating: 0, count: Action.allCases.count)
  /// In quarters of a dollar.
  private var revenue: Int64 = 0
  private var transactionRevenue: Int64 = 0
  private var refundValue: Int64 = 0
  private var devices = [false, false]
  private var rows: [Row] = []

  private static let steps: [Action] = [
    .sessionStart, .viewItem, .addToCart, .beginCheckout, .purchase,
  ]

  /// An event of the visitor: 0 and 1 are the devices, 2 is the account.
  private struct Row {
    let time: Int64
    let place: Int
    let key: Int
    let action: Action
  }

  /// An identity of the visitor.
  private struct User {
    var actions: UInt32 = 0
    var level = 0
    var days: [Int] = []
  }

  init(plan: VisitPlan, trackingBreak: TrackingBreak?) {
    self.plan = plan
    strippedKey = if case .stripped(let key, of: _)? = trackingBreak?.fault { key } else { nil }
    counts.usersByDay = Array(repeating: 0, count: plan.dayCount)
    counts.newUsersByDay = counts.usersByDay
    counts.returningUsers = counts.usersByDay
    counts.funnelUsers = Array(repeating: 0, count: Self.steps.count)
  }

  /// Counts what happens in `script`, a visit of the same visitor as the one before.
  mutating func add(_ script: Script) {
    let device = Int(script.visit.device)
    var seen = false
    var isEngaged = false
    var hasTransaction = false
    for draft in script.drafts {
      add(draft, of: script)
      seen = true
      isEngaged = isEngaged || draft.isEngaged
      if draft.action == .purchase { addPurchase(draft, of: script, &hasTransaction) }
    }
    if seen, !script.isDenied {
      counts.sessions += 1
      if isEngaged { counts.engagedSessions += 1 }
      devices[device] = true
    }
    if let refund = script.refund, refund.time < plan.end {
      add(refund, of: script)
      if !script.isDenied { devices[device] = true }
      counts.refunds += 1
      if !(refund.has(.trackingBreak) && strippedKey == .value) { refundValue += script.revenue }
    }
  }

  private mutating func add(_ draft: Draft, of script: Script) {
    counts.events += 1
    eventsByAction[Int(draft.action.rawValue)] += 1
    if script.isDenied {
      counts.eventsWithoutUser += 1
    } else {
      rows.append(
        Row(
          time: draft.time, place: rows.count,
          key: draft.isSignedIn ? 2 : Int(script.visit.device), action: draft.action))
    }
  }

  private mutating func addPurchase(
    _ draft: Draft, of script: Script, _ hasTransaction: inout Bool
  ) {
    let isStripped = draft.has(.trackingBreak)
    let revenue = isStripped && strippedKey == .value ? 0 : script.revenue
    let hasRealID =
      !draft.has(.unsetTransaction) && !(isStripped && strippedKey == .transactionID)
    counts.purchases += 1
    self.revenue += revenue
    if !hasRealID || !hasTransaction {
      counts.transactions += 1
      transactionRevenue += revenue
    }
    if hasRealID { hasTransaction = true }
  }

  /// Ends the visitor.
  mutating func endVisitor() {
    defer {
      rows.removeAll(keepingCapacity: true)
      devices = [false, false]
    }
    counts.pseudoIDs += devices.count { $0 }
    if rows.isEmpty { return }
    rows.sort { ($0.time, $0.place) < ($1.time, $1.place) }
    var users = [User(), User(), User()]
    for row in rows {
      users[row.key].actions |= 1 << UInt32(row.action.rawValue)
      let level = users[row.key].level
      if level < Self.steps.count, Self.steps[level] == row.action { users[row.key].level += 1 }
      let day = plan.day(of: row.time)
      if users[row.key].days.last != day { users[row.key].days.append(day) }
    }
    for (key, user) in users.enumerated() {
      guard let first = user.days.first else { continue }
      counts.users += 1
      if key == 2 { counts.userIDs += 1 }
      for action in usersByAction.indices where user.actions >> UInt32(action) & 1 == 1 {
        usersByAction[action] += 1
      }
      for step in 0..<user.level { counts.funnelUsers[step] += 1 }
      counts.newUsersByDay[first] += 1
      for day in user.days {
        counts.usersByDay[day] += 1
        counts.returningUsers[day - first] += 1
      }
    }
  }

  /// The counts of all visitors so far.
  func result() -> SampleCounts {
    var counts = counts
    counts.revenue = Double(revenue) / 4
    counts.transactionRevenue = Double(transactionRevenue) / 4
    counts.refundValue = Double(refundValue) / 4
    counts.names = Action.allCases.compactMap { action in
      let index = Int(action.rawValue)
      guard eventsByAction[index] > 0 else { return nil }
      return SampleCounts.Name(
        name: action.name, events: eventsByAction[index], users: usersByAction[index])
    }.sorted { $0.name < $1.name }
    return counts
  }
}
