import GA4Model
import StatisticsCore
import TestSupport
import Testing

struct EventLogTests {
  @Test(arguments: Rounds.parts)
  func `a log is what the definitions make of its events`(part: Int) throws {
    for generator in Rounds.generators("definitions", part: part) {
      var random = RandomEvents(generator)
      let events = random.events()
      let options = random.options()
      expect(try EventLog(events, options: options), isLogOf: events, options)
    }
  }

  @Test(arguments: UserIdentity.allCases, Rounds.parts)
  func `every user rule groups as defined`(identity: UserIdentity, part: Int) throws {
    for generator in Rounds.generators("users", part: part) {
      var random = RandomEvents(generator)
      let events = random.events()
      let options = EventLogOptions(users: identity)
      expect(try EventLog(events, options: options), isLogOf: events, options)
    }
  }

  @Test(arguments: Rounds.parts)
  func `logs split by user merge into the whole`(part: Int) throws {
    for generator in Rounds.generators("merge by user", part: part) {
      var random = RandomEvents(generator)
      let events = random.events()
      let options = random.options()
      // Whoever shares an id goes together, and events of nobody keep their order in one part.
      var parts: [[Event]] = [[], [], []]
      for event in events {
        let owner = options.users == .userID ? event.userID : event.userPseudoID ?? event.userID
        parts[owner.map { Int(StableHash.hash($0) % 3) } ?? 0].append(event)
      }
      let whole = try EventLog(parts.flatMap(\.self), options: options)
      let logs = try parts.map { try EventLog($0, options: options) }
      if options.users != .stitched {
        expect(try logs[0].merging(logs.dropFirst()), isTheSameAs: whole)
      }
      if options.users == .pseudoID || options.users == .userID {
        // Then the order of the parts cannot matter, except for nobody's events of one time.
        let backwards = try logs[2].merging([logs[1], logs[0]])
        #expect(Array(backwards.users) == Array(whole.users))
        let owned = whole.count - whole.eventsWithoutUser
        #expect(Array(backwards.prefix(owned)) == Array(whole.prefix(owned)))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `logs split anywhere merge into the whole`(part: Int) throws {
    for generator in Rounds.generators("merge", part: part) {
      var random = RandomEvents(generator)
      let events = random.events(upTo: 40)
      let options = random.options()
      var logs: [EventLog] = []
      var rest = events[...]
      while !rest.isEmpty || logs.isEmpty {
        let count = min(rest.count, random.generator.integer(below: 12))
        // Each part may have been grouped otherwise, by a rule that keeps the order of a device.
        var other = random.options()
        other.users = options.users
        logs.append(try EventLog(rest.prefix(count), options: other))
        rest = rest.dropFirst(count)
      }
      let merged = try logs[0].regrouped(options).merging(logs.dropFirst())
      expect(
        merged, isTheSameAs: try EventLog(logs.flatMap { Array($0) }, options: options))
      // A part does not know the logins of others, so it may put equal times in its own order.
      if options.users != .stitched {
        expect(merged, isTheSameAs: try EventLog(events, options: options))
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `a log grouped anew is the log of its events in order`(part: Int) throws {
    for generator in Rounds.generators("regroup", part: part) {
      var random = RandomEvents(generator)
      let log = try EventLog(random.events(), options: random.options())
      let options = random.options()
      expect(log.regrouped(options), isTheSameAs: try EventLog(Array(log), options: options))
      expect(log.regrouped(log.options), isTheSameAs: log)
    }
  }

  @Test(arguments: Rounds.parts)
  func `a log grouped by a dimension has its values as users`(part: Int) throws {
    for generator in Rounds.generators("group", part: part) {
      var random = RandomEvents(generator)
      let log = try EventLog(random.events(), options: random.options())
      let dimension = random.generator.choose(
        from: [.country, .name, .userProperty("plan"), .parameter("page_location"), .weekday]
          as [EventDimension])
      let column = DimensionColumn(dimension, in: log)
      var options = log.options
      options.users = .userID
      let events = log.indices.map { row in
        var event = log[row]
        event.userID = column.labels[Int(column.code(row))]
        return event
      }
      expect(log.grouped(by: dimension), isTheSameAs: try EventLog(events, options: options))
    }
  }

  @Test(arguments: Rounds.parts)
  func `a selection is the log of the selected events`(part: Int) throws {
    for generator in Rounds.generators("select", part: part) {
      var random = RandomEvents(generator)
      let log = try EventLog(random.events(), options: random.options())
      let kept = log.indices.filter { _ in random.generator.bernoulli(0.5) }
      expect(
        log.selecting(kept.map(UInt32.init)),
        isTheSameAs: try EventLog(kept.map { log[$0] }, options: log.options))
    }
  }

  @Test(arguments: Rounds.parts)
  func `the number of workers changes nothing`(part: Int) async throws {
    for generator in Rounds.generators("workers", part: part, perPart: 10) {
      var random = RandomEvents(generator)
      let events = random.events(upTo: 60)
      let options = random.options()
      let text = NDJSONWriter().bytes(of: events)
      var reader = EventReader(format: .ndjson, options: options)
      // Values of other types than the export documents are written all the same.
      reader.malformed = .skip(limit: .max)
      reader.tuning.share = 200
      reader.tuning.block = 64
      let read = try reader.read(bytes: text).log
      for workers in [2, 7] {
        expect(try await reader.read(bytes: text, workers: workers).log, isTheSameAs: read)
      }
    }
  }

  @Test func `an empty log has nothing`() throws {
    let log = try EventLog([])
    expect(log, isLogOf: [], EventLogOptions())
    #expect(log.days == nil)
    expect(try log.merging([log, log]), isTheSameAs: log)
    expect(log.regrouped(EventLogOptions(users: .stitched)).selecting([]), isLogOf: [], .init())
  }

  @Test func `an id that stands for very many people costs no more than they`() throws {
    // Each of 20,000 sessions appears twice, far apart, under one user id.
    var events: [Event] = []
    for round in 0..<2 {
      for visitor in 0..<20_000 {
        var event = Event(
          "page_view", at: EventTime(microseconds: Int64(round * 20_000 + visitor)),
          by: "device \(visitor)", userID: "null")
        event.sessionID = 1
        events.append(event)
      }
    }
    let log = try EventLog(events)
    #expect(log.users.count == 1)
    #expect(log.sessions.count == 20_000)
    #expect(log.sessions.allSatisfy { $0.eventCount == 2 })
  }

  @Test func `a session lasts from the first instant to the last without trapping`() throws {
    let options = EventLogOptions(sessions: SessionRule(engagedAfter: .seconds(Int64.max)))
    let events = [EventTime.min, .max].map { time in
      var event = Event("scroll", at: time, by: "a")
      event.sessionID = 7
      return event
    }
    let log = try EventLog(events, options: options)
    #expect(log.sessions[0].duration == EventTime.max - EventTime.min)
    #expect(!log.sessions[0].isEngaged)
  }

  @Test func `more names than a log can hold are refused`() throws {
    var builder = EventLogBuilder()
    for number in 0..<65_535 {
      try builder.append(Event(EventName(rawValue: "e\(number)"), at: .unixEpoch, by: "a"))
    }
    let error = #expect(throws: EventLogError.self) {
      try builder.append(Event("one more", at: .unixEpoch, by: "a"))
    }
    #expect(error?.code == .tooManyNames)
    try builder.append(Event("e7", at: .unixEpoch, by: "a"))
    #expect(try builder.build().count == 65_536)
  }

  @Test func `more keys than a log can hold are refused and the event is left out`() throws {
    var builder = EventLogBuilder()
    for number in 0..<65_535 / 5 {
      var event = Event("a", at: .unixEpoch)
      for part in 0..<5 { event.parameters.append(ParameterKey(rawValue: "k\(number)-\(part)"), 1) }
      try builder.append(event)
    }
    let error = #expect(throws: EventLogError.self) {
      try builder.append(Event("a", at: .unixEpoch, parameters: ["k0-0": 1, "new": 1]))
    }
    #expect(error?.code == .tooManyKeys)
    try builder.append(Event("a", at: .unixEpoch, parameters: ["k0-0": 1]))
    let log = try builder.build()
    #expect(log.count == 65_535 / 5 + 1)
    #expect(log[log.count - 1].parameters.count == 1)
  }

  @Test func `names that look alike stay apart`() throws {
    let log = try EventLog([
      Event("e\u{301}", at: .unixEpoch, by: "a"), Event("\u{E9}", at: .unixEpoch, by: "a"),
    ])
    #expect(log.storage.names.count == 2)
    #expect(log.storage.nameCode("\u{E9}") == 1)
    #expect(log.storage.nameCode("e\u{301}") == 0)
  }
}
