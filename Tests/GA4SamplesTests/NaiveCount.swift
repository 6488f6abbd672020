import GA4Model
import GA4Samples

/// The counts of ``SampleCounts`` from nothing but the events, in the most obvious way.
struct NaiveCount {
  var events = 0
  var eventsWithoutUser = 0
  var eventsByName: [EventName: Int] = [:]
  var usersByName: [EventName: Set<String>] = [:]
  var users: Set<String> = []
  var pseudoIDs: Set<String> = []
  var userIDs: Set<String> = []
  var sessions: Set<String> = []
  var engagedSessions: Set<String> = []
  var purchases = 0
  var transactions = 0
  var revenue = 0.0
  var transactionRevenue = 0.0
  var refunds = 0
  var refundValue = 0.0
  var usersByDay: [Int]
  var newUsersByDay: [Int]
  var returningUsers: [Int]
  var funnelUsers: [Int]

  init(_ events: some Sequence<Event>, days: ClosedRange<CalendarDay>) {
    let none = [Int](repeating: 0, count: days.count)
    usersByDay = none
    newUsersByDay = none
    returningUsers = none
    funnelUsers = SampleCounts.funnelSteps.map { _ in 0 }
    var transactionIDs: Set<String> = []
    var eventsOfUser: [String: [Event]] = [:]
    for event in events {
      self.events += 1
      eventsByName[event.name, default: 0] += 1
      if let id = event.userPseudoID { pseudoIDs.insert(id) }
      if let id = event.userID { userIDs.insert(id) }
      if let pseudoID = event.userPseudoID, let session = event.sessionID {
        sessions.insert("\(pseudoID)/\(session)")
        if event[.sessionEngaged]?.int == 1 {
          engagedSessions.insert("\(pseudoID)/\(session)")
        }
      }
      if event.name == .purchase {
        let revenue = event.ecommerce.purchaseRevenue ?? 0
        purchases += 1
        self.revenue += revenue
        let id = event.ecommerce.realTransactionID
        if id == nil || transactionIDs.insert(id!).inserted {
          transactions += 1
          transactionRevenue += revenue
        }
      }
      if event.name == .refund {
        refunds += 1
        refundValue += event.ecommerce.refundValue ?? 0
      }
      guard let user = event.userID.map({ "u" + $0 }) ?? event.userPseudoID.map({ "p" + $0 })
      else {
        eventsWithoutUser += 1
        continue
      }
      users.insert(user)
      usersByName[event.name, default: []].insert(user)
      eventsOfUser[user, default: []].append(event)
    }
    for events in eventsOfUser.values {
      let active = Set(events.map { days.lowerBound.distance(to: $0.date!) })
      newUsersByDay[active.min()!] += 1
      for day in active {
        usersByDay[day] += 1
        returningUsers[day - active.min()!] += 1
      }
      // The furthest step by dynamic programming: the earliest time of each level.
      var reached: [Int64] = []
      for name in SampleCounts.funnelSteps {
        let after = reached.last ?? .min
        let times = events.filter { $0.name == name && $0.time.microseconds >= after }
        guard let first = times.map(\.time.microseconds).min() else { break }
        reached.append(first)
      }
      for step in reached.indices { funnelUsers[step] += 1 }
    }
  }
}
