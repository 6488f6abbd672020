package import GA4Model

/// The obvious slow version of an event log: grouping, order, days and sessions by their definition.
package struct NaiveLog {
  /// An event with what the options make of it.
  package struct Row {
    package var event: Event
    package var user: UserKey?
    package var day: CalendarDay
    /// The number of its session.
    package var session: Int?
    fileprivate var input: Int
  }

  /// The rows in the order of the log.
  package var rows: [Row]
  /// The sessions in the order of the log.
  package var sessions: [NaiveSession] = []
  /// The users in the order of the log.
  package var users: [UserKey]

  package init(_ events: [Event], _ options: EventLogOptions) {
    rows = events.enumerated().map { index, event in
      Row(
        event: event, user: Self.user(of: event, among: events, options.users),
        day: event.date ?? options.timeZone.day(of: event.time), input: index)
    }
    rows.sort { left, right in
      if left.user != right.user {
        guard let a = left.user else { return false }
        guard let b = right.user else { return true }
        return a < b
      }
      if left.event.time != right.event.time { return left.event.time < right.event.time }
      for path: FieldPath in [.batchPageID, .batchOrderingID, .batchEventIndex] {
        let a = Self.number(left.event[field: path])
        let b = Self.number(right.event[field: path])
        if a != b { return a < b }
      }
      return left.input < right.input
    }
    users = []
    for row in rows {
      if let user = row.user, user != users.last { users.append(user) }
    }
    findSessions(options.sessions)
  }

  /// A batch id; rows without one come first.
  private static func number(_ value: FieldValue?) -> Int64 {
    if case .int(let number) = value { number } else { .min }
  }

  private static func user(
    of event: Event, among events: [Event], _ identity: UserIdentity
  ) -> UserKey? {
    let pseudo = event.userPseudoID.map(UserKey.pseudoID)
    let user = event.userID.map(UserKey.userID)
    switch identity {
    case .userIDOrPseudoID: return user ?? pseudo
    case .pseudoID: return pseudo
    case .userID: return user
    case .stitched:
      if let user { return user }
      guard let device = event.userPseudoID else { return nil }
      let logins = events.filter { $0.userID != nil && same($0.userPseudoID, device) }
      func isEarlier(_ a: Event, _ b: Event) -> Bool {
        a.time != b.time
          ? a.time < b.time : a.userID!.utf8.lexicographicallyPrecedes(b.userID!.utf8)
      }
      let earlier = logins.filter { $0.time <= event.time }.max(by: isEarlier)
      let login = earlier ?? logins.min(by: isEarlier)
      return login?.userID.map(UserKey.userID) ?? pseudo
    }
  }

  private static func same(_ a: String?, _ b: String) -> Bool {
    a.map { $0.utf8.elementsEqual(b.utf8) } ?? false
  }

  // MARK: Sessions

  private struct Key: Hashable {
    var owner: [UInt8]
    var isUserID: Bool
    var id: Int64
  }

  private mutating func findSessions(_ rule: SessionRule) {
    var members: [[Int]] = []
    var ids: [Int64?] = []
    var known: [Key: Int] = [:]
    var start = 0
    while start < rows.count {
      var end = start
      while end < rows.count, rows[end].user == rows[start].user { end += 1 }
      let run = start..<end
      start = end
      let anyID = run.contains { rows[$0].event.sessionID != nil }
      if rule.boundary == .gap || (!anyID && rows[run.lowerBound].user != nil) {
        if rows[run.lowerBound].user == nil { continue }
        for place in run {
          let isNew =
            place == run.lowerBound
            || rows[place].event.time - rows[place - 1].event.time > rule.gap
          if isNew {
            members.append([])
            ids.append(nil)
          }
          members[members.count - 1].append(place)
        }
        continue
      }
      for place in run {
        let event = rows[place].event
        guard let id = event.sessionID, let owner = event.userPseudoID ?? event.userID else {
          continue
        }
        let key = Key(owner: Array(owner.utf8), isUserID: event.userPseudoID == nil, id: id)
        if known[key] == nil {
          known[key] = members.count
          members.append([])
          ids.append(id)
        }
        members[known[key]!].append(place)
      }
    }
    var found = zip(members, ids).map { places, id in
      (session: session(of: places, id: id, rule), places: places)
    }
    found.sort { left, right in
      let a = (left.session.user.map { users.firstIndex(of: $0)! } ?? users.count)
      let b = (right.session.user.map { users.firstIndex(of: $0)! } ?? users.count)
      return (a, left.session.start, left.session.firstEvent)
        < (b, right.session.start, right.session.firstEvent)
    }
    sessions = found.map(\.session)
    for (number, session) in found.enumerated() {
      for place in session.places { rows[place].session = number }
    }
  }

  private func session(of places: [Int], id: Int64?, _ rule: SessionRule) -> NaiveSession {
    let first = places.min { (rows[$0].event.time, $0) < (rows[$1].event.time, $1) }!
    let times = places.map { rows[$0].event.time }
    // The last user known: signed-in users are better known than devices.
    let known = places.compactMap { place in rows[place].user.map { ($0, rows[place].event.time) } }
    let signedIn = known.filter { if case .userID = $0.0 { true } else { false } }
    let user = (signedIn.isEmpty ? known : signedIn).max { a, b in
      a.1 != b.1 ? a.1 < b.1 : a.0 < b.0
    }?.0
    let says = places.compactMap { place in
      rows[place].event.parameters.first { $0.key == "session_engaged" && $0.value != .empty }?
        .value
    }
    let names = places.map { Array(rows[$0].event.name.rawValue.utf8) }
    let keyEvents = rule.keyEvents.map { Array($0.rawValue.utf8) }
    let views = names.filter { $0 == Array("page_view".utf8) || $0 == Array("screen_view".utf8) }
    let isEngaged =
      says.isEmpty
      ? times.max()! - times.min()! > rule.engagedAfter || names.contains(where: keyEvents.contains)
        || views.count >= rule.engagedViews
      : says.contains { $0.int == 1 }
    return NaiveSession(
      user: user, id: id, start: times.min()!, end: times.max()!, day: rows[first].day,
      eventCount: places.count, isEngaged: isEngaged, firstEvent: first)
  }
}

/// What is known of a session, comparable with what a log says.
package struct NaiveSession: Hashable {
  package var user: UserKey?
  package var id: Int64?
  package var start: EventTime
  package var end: EventTime
  package var day: CalendarDay
  package var eventCount: Int
  package var isEngaged: Bool
  package var firstEvent: Int
}

extension NaiveSession {
  /// The session as a log has it.
  package init(_ session: Session) {
    user = session.user
    id = session.id
    start = session.start
    end = session.end
    day = session.day
    eventCount = session.eventCount
    isEngaged = session.isEngaged
    firstEvent = session.firstEvent
  }
}
