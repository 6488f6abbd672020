package import GA4Model
package import Testing

/// Expects that `log` is what the definitions make of `events`.
package func expect(
  _ log: EventLog, isLogOf events: [Event], _ options: EventLogOptions,
  _ location: SourceLocation = #_sourceLocation
) {
  let naive = NaiveLog(events, options)
  #expect(Array(log) == naive.rows.map(\.event), sourceLocation: location)
  // Strings that only look alike are equal to Swift, so names and ids are compared by bytes too.
  #expect(
    log.map { Array(($0.name.rawValue + ($0.userID ?? "?") + ($0.userPseudoID ?? "?")).utf8) }
      == naive.rows.map { row in
        let event = row.event
        return Array(
          (event.name.rawValue + (event.userID ?? "?") + (event.userPseudoID ?? "?")).utf8)
      }, sourceLocation: location)
  #expect(log.users.map(\.key) == naive.users, sourceLocation: location)
  #expect(
    log.indices.map { position in log.user(ofEvent: position).map { log.users[$0].key } }
      == naive.rows.map(\.user), sourceLocation: location)
  for (number, user) in log.users.enumerated() {
    #expect(
      user.events.allSatisfy { log.user(ofEvent: $0) == number }, sourceLocation: location)
  }
  #expect(
    log.eventsWithoutUser == naive.rows.count { $0.user == nil }, sourceLocation: location)
  #expect(log.sessions.map(NaiveSession.init) == naive.sessions, sourceLocation: location)
  #expect(
    log.indices.map { log.session(ofEvent: $0) } == naive.rows.map(\.session),
    sourceLocation: location)
  log.storage.day.withValues { days in
    let found = days.indices.map { CalendarDay(daysSinceEpoch: days[$0]) }
    #expect(found == naive.rows.map(\.day), sourceLocation: location)
  }
  let days = naive.rows.map(\.day)
  #expect(log.days?.lowerBound == days.min(), sourceLocation: location)
  #expect(log.days?.upperBound == days.max(), sourceLocation: location)
}

/// Expects that two logs are the same to everyone who asks.
package func expect(
  _ log: EventLog, isTheSameAs other: EventLog, _ location: SourceLocation = #_sourceLocation
) {
  #expect(Array(log) == Array(other), sourceLocation: location)
  #expect(Array(log.users) == Array(other.users), sourceLocation: location)
  #expect(Array(log.sessions) == Array(other.sessions), sourceLocation: location)
  #expect(
    log.indices.map { log.session(ofEvent: $0) }
      == other.indices.map { other.session(ofEvent: $0) },
    sourceLocation: location)
  #expect(log.storage.day.array == other.storage.day.array, sourceLocation: location)
  #expect(log.days == other.days, sourceLocation: location)
  #expect(log.options == other.options, sourceLocation: location)
}
