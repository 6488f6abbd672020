import GA4Model
import Testing

@Suite struct `Session attribution` {
  /// One event that begins session `id` of user "a" on day `day`.
  private func visit(_ id: Int64, day: Int64, _ edit: (inout Event) -> Void = { _ in }) -> Event {
    var event = Event(.sessionStart, at: EventTime(seconds: day * 86_400), by: "a")
    event.sessionID = id
    edit(&event)
    return event
  }

  private func sources(
    _ events: [Event], fallback: SessionAttribution.Fallback = .direct
  ) throws -> [String] {
    let log = try EventLog(events)
    let attribution = SessionAttribution(log, fallback: fallback)
    return log.sessions.indices.map { session in
      let source = attribution.source(ofSession: session)
      return "\(source.source ?? "-") / \(source.medium ?? "-")"
    }
  }

  private func search(_ event: inout Event) {
    event["source"] = "google"
    event["medium"] = "organic"
  }

  @Test func `a direct session takes the last source within 30 days that was not direct`() throws {
    #expect(
      try sources([
        visit(1, day: 0), visit(2, day: 1, search), visit(3, day: 31), visit(4, day: 32),
        visit(5, day: 33) { $0["source"] = "(direct)" },
      ])
        == [
          "(direct) / (none)", "google / organic", "google / organic", "(direct) / (none)",
          "(direct) / -",
        ].map { $0 == "(direct) / -" ? "(direct) / -" : $0 })
  }

  @Test func `the export's own attribution wins over what was collected and over parameters`()
    throws
  {
    #expect(
      try sources([
        visit(1, day: 0) { event in
          search(&event)
          event.collectedTrafficSource = CollectedTrafficSource(
            source: "newsletter", medium: "email")
        },
        visit(2, day: 1) { event in
          event.collectedTrafficSource = CollectedTrafficSource(
            source: "newsletter", medium: "email")
          event[field: "session_traffic_source_last_click.manual_campaign.source"] = "partner"
          event[field: "session_traffic_source_last_click.manual_campaign.medium"] = "referral"
        },
      ]) == ["newsletter / email", "partner / referral"])
  }

  @Test func `the user's first source is used only as a named fallback`() throws {
    let events = [
      visit(1, day: 0) {
        $0.firstUserTrafficSource = FirstUserTrafficSource(source: "bing", medium: "cpc")
      }
    ]
    #expect(try sources(events) == ["(direct) / (none)"])
    #expect(try sources(events, fallback: .firstUser) == ["bing / cpc"])
  }

  @Test func `sources of another user are not taken`() throws {
    var other = visit(1, day: 0, search)
    other.userPseudoID = "0"
    #expect(try sources([other, visit(1, day: 1)]) == ["google / organic", "(direct) / (none)"])
  }

  @Test func `the first event with a source decides`() throws {
    var later = visit(1, day: 0) { $0["source"] = "bing" }
    later.time += .seconds(5)
    #expect(
      try sources([visit(1, day: 0), visit(1, day: 0, search), later]) == ["google / organic"])
  }
}
