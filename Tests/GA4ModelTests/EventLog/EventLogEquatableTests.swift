import GA4Model
import Testing

struct EventLogEquatableTests {
  @Test func `logs are equal when their options and events are`() throws {
    var random = RandomLogs(seed: 21)
    var equal = 0
    for _ in 0..<RandomLogs.budget(400) {
      let options = random.options()
      var events = random.events(Int.random(in: 0..<12, using: &random.random))
      let log = try EventLog(events, options: options)
      #expect(log == log)

      // The same events by another way: other codes, other order of fields.
      let cut = Int.random(in: 0...events.count, using: &random.random)
      let merged = try EventLog(events[..<cut], options: options)
        .merging([try EventLog(events[cut...], options: options)])
      let rebuilt = try EventLog(Array(log), options: options)
      for other in [merged, rebuilt] {
        #expect((log == other) == areEqualEventByEvent(log, other))
        #expect((other == log) == areEqualEventByEvent(other, log))
        if log == other { equal += 1 }
      }

      // One event in another spelling, or another event.
      guard let index = events.indices.randomElement(using: &random.random) else { continue }
      change(&events[index], &random)
      let changed = try EventLog(events, options: options)
      #expect((log == changed) == areEqualEventByEvent(log, changed))
      #expect((changed == log) == areEqualEventByEvent(changed, log))
      if log == changed { equal += 1 }
    }
    #expect(equal > 400)
  }

  private func change(_ event: inout Event, _ random: inout RandomLogs) {
    switch Int.random(in: 0..<12, using: &random.random) {
    case 0: event.name = EventName(random.pick(["caf\u{e9}", "cafe\u{301}", "purchase"]))
    case 1: event.userPseudoID = random.pick(["\u{e9}", "e\u{301}", nil])
    case 2: event.userID = random.pick(["anna", nil])
    case 3: event.date = random.pick([nil, CalendarDay(daysSinceEpoch: 18_601)])
    case 4: event.time = EventTime(microseconds: event.time.microseconds &+ 1)
    case 5: event.parameters.append("value", random.value())
    case 6: event.parameters = Parameters(event.parameters.reversed())
    case 7: event.fields[.country] = random.value()
    case 8: event.userProperties.append(UserProperty("tier", random.value()))
    case 9: event.items.reverse()
    case 10: if !event.items.isEmpty { event.items[0].fields["price"] = .double(-0.0) }
    default: event = random.event()
    }
  }

  @Test(arguments: [
    (FieldValue.double(0), FieldValue.double(-0.0), true), (.double(.nan), .double(-.nan), true),
    (.float(.nan), .float(.signalingNaN), true), (.double(1), .float(1), false),
    (.double(1), .int(1), false), (.string("\u{e9}"), .string("e\u{301}"), false),
    (.string(""), .empty, false), (.bool(true), .int(1), false),
  ])
  func `values are equal in a log as they are alone`(
    left: FieldValue, right: FieldValue, areEqual: Bool
  ) throws {
    func logs(_ value: FieldValue) throws -> [EventLog] {
      var events = [Event](
        repeating: Event(.pageView, at: EventTime(microseconds: 0), by: "a"), count: 4)
      events[0].parameters = ["key": value]
      events[1].fields = ["geo.country": value]
      events[2].items = [Item(fields: ["price": value], parameters: ["colour": value])]
      events[3].userProperties = [UserProperty("tier", value)]
      return try events.map { try EventLog([$0]) }
    }
    #expect((left == right) == areEqual)
    for (a, b) in zip(try logs(left), try logs(right)) { #expect((a == b) == areEqual) }
  }

  @Test func `the order of fields does not matter, that of parameters does`() throws {
    func log(_ line: String) throws -> EventLog {
      try EventReader().read(bytes: Array(line.utf8)).log
    }
    let first = try log(
      """
      {"event_name":"a","event_timestamp":"1","event_value_in_usd":2,"event_bundle_sequence_id":"3",\
      "geo":{"country":"C","city":"D"},"event_params":[{"key":"x","value":{"int_value":"1"}},\
      {"key":"y","value":{"int_value":"2"}}]}
      """)
    let fields = try log(
      """
      {"event_bundle_sequence_id":"3","event_params":[{"key":"x","value":{"int_value":"1"}},\
      {"key":"y","value":{"int_value":"2"}}],"geo":{"city":"D","country":"C"},\
      "event_value_in_usd":2,"event_timestamp":"1","event_name":"a"}
      """)
    let parameters = try log(
      """
      {"event_name":"a","event_timestamp":"1","event_value_in_usd":2,"event_bundle_sequence_id":"3",\
      "geo":{"country":"C","city":"D"},"event_params":[{"key":"y","value":{"int_value":"2"}},\
      {"key":"x","value":{"int_value":"1"}}]}
      """)
    #expect(first == fields)
    #expect(first == (try EventLog(Array(first))))
    #expect(first != parameters)
  }

  @Test func `options and counts count`() throws {
    let events = [Event(.pageView, at: EventTime(microseconds: 0), by: "a")]
    let log = try EventLog(events)
    #expect(log != (try EventLog(events, options: EventLogOptions(users: .pseudoID))))
    #expect(log != (try EventLog(events + events)))
    #expect(log != (try EventLog([])))
    #expect((try EventLog([])) == (try EventLog([])))
  }
}

struct EventLogDescriptionTests {
  @Test func `a log says how much there is`() throws {
    func event(_ seconds: Int64, _ id: String?) -> Event {
      Event(.pageView, at: EventTime(seconds: seconds), by: id)
    }
    #expect(try EventLog([]).description == "no events")
    #expect(
      try EventLog([event(0, "a")]).description == "1 event of 1 user in 1 session, 1970-01-01")
    let many = try EventLog(
      (0..<1_234).map { event(Int64($0) * 100, "\($0 % 1_100)") } + [event(9, nil)])
    #expect(
      many.description
        == "1,235 events of 1,100 users in 1,234 sessions, 1970-01-01 to 1970-01-02,"
        + " 1 event without a user")
  }

  @Test func `memory is told by part`() throws {
    var event = Event(.pageView, at: EventTime(microseconds: 0), by: "a")
    event.parameters = ["x": 1, "y": 2]
    event.items = [Item(id: "i")]
    let memory = try EventLog([event, event]).memory
    #expect(memory.events == 2)
    // Time 8, day 4, name 2, session 4, pseudo id 4 an event; key 4 and two offsets of 4 the user;
    // day 4 and two offsets of 4 the run of a day.
    #expect(memory.coreColumns == 2 * 22 + 12 + 12)
    #expect(memory.coreBytesPerEvent == 34)
    // Three offsets of 4; slot 2 and value 8 a parameter.
    #expect(memory.attributes == 12 + 4 * 10)
    #expect(memory.items == 12 + 8)
    #expect(memory.sessions == 37)
    #expect(
      memory.total == memory.coreColumns + memory.attributes + memory.items + memory.sessions
        + memory.dictionaries + memory.indexes)
    let lines = memory.description.split(separator: "\n")
    #expect(lines[0] == "part          bytes  bytes an event")
    #expect(lines[1] == "core columns     68            34.0")
    #expect(lines.count == 8)
    #expect(try EventLog([]).memory.coreBytesPerEvent == 0)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `whole numbers are grouped by three`(value: Int, text: String) {
    #expect(NumberText.grouped(value) == text)
  }
}
