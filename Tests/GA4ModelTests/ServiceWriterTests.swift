import Foundation
import Testing

@testable import GA4Model

struct ServiceWriterTests {
  private static let purchase: Event = {
    var event = Event(
      .purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "1003697.9625",
      userID: "customer-7", date: CalendarDay("2020-12-20"))
    event.parameters = ["currency": "EUR", "value": 54.0, "debug": true, "page_referrer": .empty]
    event.parameters.append("currency", "USD")
    event.userProperties = [UserProperty("tier", "gold")]
    event.geo.country = "Canada"
    event[field: .deviceCategory] = "mobile"
    event[field: .operatingSystem] = "iOS"
    event[field: .firstUserSource] = "google"
    event[field: .firstUserMedium] = "organic"
    event.ecommerce.transactionID = "T-1"
    event.ecommerce.purchaseRevenueInUSD = 60.5
    event.items = [Item(name: "Hoodie")]
    return event
  }()

  private func lines(_ writer: some EventWriter, _ events: [Event]) -> [String] {
    WriterSamples.lines(writer.bytes(of: events))
  }

  @Test func `Amplitude is told event and user in their own objects`() {
    #expect(
      lines(AmplitudeWriter(properties: .skinny, hasInsertIDs: false), [Self.purchase]) == [
        """
        {"user_id":"customer-7","device_id":"1003697.9625","event_type":"purchase",\
        "time":1608484805027,"event_properties":{"country":"Canada","device_category":"mobile",\
        "source":"google","medium":"organic","transaction_id":"T-1","purchase_revenue_usd":60.5},\
        "user_properties":{"country":"Canada","device_category":"mobile"}}
        """
      ])
    #expect(
      lines(AmplitudeWriter(hasInsertIDs: false), [Self.purchase]) == [
        """
        {"user_id":"customer-7","device_id":"1003697.9625","event_type":"purchase",\
        "time":1608484805027,"os_name":"iOS","country":"Canada",\
        "event_properties":{"device.category":"mobile","device.operating_system":"iOS",\
        "geo.country":"Canada","traffic_source.source":"google","traffic_source.medium":"organic",\
        "ecommerce.transaction_id":"T-1","ecommerce.purchase_revenue_in_usd":60.5,"item_count":1,\
        "currency":"EUR","value":54,"debug":true},"user_properties":{"tier":"gold"}}
        """
      ])
  }

  @Test func `Heap is told one identity, and texts and numbers only`() {
    #expect(
      lines(HeapWriter(properties: .skinny, hasInsertIDs: false), [Self.purchase]) == [
        """
        {"identity":"customer-7","event":"purchase","timestamp":"2020-12-20T17:20:05.027497Z",\
        "properties":{"country":"Canada","device_category":"mobile","source":"google",\
        "medium":"organic","transaction_id":"T-1","purchase_revenue_usd":60.5}}
        """
      ])
    let properties = ExportProperties(includesParameters: true, includesUserProperties: true)
    #expect(
      lines(HeapWriter(properties: properties), [Self.purchase]) == [
        """
        {"identity":"customer-7","event":"purchase","timestamp":"2020-12-20T17:20:05.027497Z",\
        "properties":{"currency":"EUR","value":54,"debug":"true","user.tier":"gold"},\
        "idempotency_key":"\(InsertID(Self.purchase))"}
        """
      ])
  }

  @Test func `Mixpanel is told ids that its id merge understands`() {
    var event = Self.purchase
    event.parameters = ["time": "noon", "a": 1]
    let properties = ExportProperties(
      event: [.field(.country, as: "a")], includesParameters: true, includesServiceFields: true)
    let writer = MixpanelWriter(properties: properties, hasInsertIDs: false)
    #expect(
      lines(writer, [event]) == [
        """
        {"event":"purchase","properties":{"time":1608484805027,"distinct_id":"customer-7",\
        "$device_id":"1003697.9625","$user_id":"customer-7","$os":"iOS","a":"Canada",\
        "event.time":"noon"}}
        """
      ])
    event = Event("a", at: EventTime(microseconds: -1), by: "1003697.9625")
    #expect(
      lines(writer, [event]) == [
        """
        {"event":"a","properties":{"time":-1,"distinct_id":"$device:1003697.9625",\
        "$device_id":"1003697.9625"}}
        """
      ])
  }

  @Test func `events that cannot be told are counted`() throws {
    let events = [
      Event("a", at: .unixEpoch), Event("b", at: .unixEpoch, by: "Anonymous"),
      Event("c", at: .unixEpoch, by: "1003697.9625", userID: "null"),
      Event("d", at: .unixEpoch, by: "abcd"), Event("e", at: .unixEpoch, by: "abcde"),
      Event("f", at: .unixEpoch, by: String(repeating: "x", count: 256)),
    ]
    func names(_ writer: some EventWriter, key: String) throws -> (ExportReport, [String]) {
      var bytes: [UInt8] = []
      let report = writer.write(events) { bytes += $0 }
      var logBytes: [UInt8] = []
      let logReport = writer.write(try EventLog(events)) { logBytes += $0 }
      #expect(logReport == report)
      #expect(WriterSamples.lines(logBytes).sorted() == WriterSamples.lines(bytes).sorted())
      return (
        report,
        try WriterSamples.lines(bytes).map { try WriterSamples.object($0)[key] as? String ?? "" }
      )
    }
    let (amplitude, amplitudeNames) = try names(AmplitudeWriter(), key: "event_type")
    #expect(amplitudeNames == ["c", "e", "f"])
    #expect(amplitude.written == 3)
    #expect(amplitude.skippedWithoutUser == 1)
    #expect(amplitude.skippedWithRefusedID == 2)
    #expect(amplitude.refusedIDs == 1)
    let (mixpanel, mixpanelNames) = try names(MixpanelWriter(), key: "event")
    #expect(mixpanelNames == ["c", "d", "e"])
    #expect(mixpanel.skipped == 3)
    #expect(mixpanel.refusedIDs == 1)
    let (everyone, everyoneNames) = try names(
      MixpanelWriter(includesEventsWithoutUser: true), key: "event")
    #expect(everyoneNames == ["a", "c", "d", "e"])
    #expect(everyone.skippedWithoutUser == 0)
    let (heap, heapNames) = try names(HeapWriter(), key: "event")
    #expect(heapNames == ["b", "c", "d", "e"])
    #expect(heap.skippedWithoutUser == 1)
    #expect(heap.skippedWithRefusedID == 1)
    #expect(heap.written + heap.skipped == events.count)
  }

  @Test(arguments: 0..<20)
  func `the columns give the bytes of the events`(seed: UInt64) throws {
    let log = try EventLog(WriterSamples.events(60, seed: seed))
    let shapes: [ExportProperties] = [
      .all, .skinny, ExportProperties(),
      ExportProperties(
        event: [.parameter("k")], user: [.userProperty("tier")],
        includesParameters: true, includesUserProperties: true),
    ]
    for properties in shapes {
      func check(_ writer: some EventWriter) throws {
        var fromEvents: [UInt8] = []
        // An array, since a log would take the way of its columns.
        let expected = writer.write(Array(log)) { fromEvents += $0 }
        var fromLog: [UInt8] = []
        #expect(writer.write(log) { fromLog += $0 } == expected)
        let lines = WriterSamples.lines(fromLog)
        #expect(lines == WriterSamples.lines(fromEvents))
        #expect(lines.count == expected.written)
        for line in lines { _ = try WriterSamples.object(line) }
      }
      try check(AmplitudeWriter(properties: properties, minimumIDLength: 1))
      try check(HeapWriter(properties: properties))
      try check(MixpanelWriter(properties: properties, includesEventsWithoutUser: true))
    }
  }
}

struct InsertIDWriterTests {
  @Test func `ids of these events are the same on every machine`() {
    var event = Event(.purchase, at: EventTime(microseconds: 1_608_484_805_027_497), by: "a.1")
    #expect(InsertID(event).description == "793e5e33-86c9-2529-850c-d6e839f0ea1e")
    event.ecommerce.purchaseRevenue = 54
    #expect(InsertID(event).description == "f89792b6-8c98-82b2-49f3-2c7e191cf563")
    var second = InsertID(event)
    second.occurrence = 1
    #expect(second.description == "788b1678-8335-858a-5c55-0c126ad9e5d4")
  }

  @Test func `an id has the 36 characters that every service takes`() throws {
    var random = RepeatableGenerator(seed: 5)
    for _ in 0..<200 {
      let id = InsertID(WriterSamples.event(&random)).description
      #expect(id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
    }
  }

  @Test func `exact duplicates get ids of their own, whatever stands around them`() throws {
    let writer = MixpanelWriter(includesEventsWithoutUser: true)
    func ids(_ events: [Event], asLog: Bool) throws -> [String] {
      let bytes = asLog ? writer.bytes(of: try EventLog(events)) : writer.bytes(of: events)
      return try WriterSamples.lines(bytes).map { line in
        let properties = try WriterSamples.object(line)["properties"] as? [String: Any]
        return try #require(properties?["$insert_id"] as? String)
      }
    }
    for seed in 0..<10 {
      var random = RepeatableGenerator(seed: UInt64(seed))
      var events = WriterSamples.events(50, seed: UInt64(seed))
      // Mixpanel refuses the empty id, which would take events away.
      for index in events.indices where events[index].userPseudoID == "" {
        events[index].userPseudoID = nil
      }
      let first = try ids(events, asLog: false)
      #expect(first.count == events.count)
      #expect(Set(first).count == first.count)
      events.shuffle(using: &random)
      #expect(try Set(ids(events, asLog: false)) == Set(first))
      #expect(try Set(ids(events, asLog: true)) == Set(first))
      // A part of the events has ids of the whole.
      #expect(try Set(ids(Array(events.prefix(20)), asLog: true)).isSubset(of: first))
    }
  }

  @Test func `users stitched together do not merge the ids of duplicates`() throws {
    let time = EventTime(seconds: 1)
    let events = [
      Event("a", at: time, by: "x"), Event("login", at: time, by: "x", userID: "u1"),
      Event("a", at: time, by: "x"), Event("login", at: time, by: "x", userID: "u2"),
      Event("a", at: time, by: "x"),
    ]
    let log = try EventLog(events, options: EventLogOptions(users: .stitched))
    let writer = HeapWriter()
    let keys = try WriterSamples.lines(writer.bytes(of: log)).map {
      try WriterSamples.object($0)["idempotency_key"] as? String
    }
    #expect(Set(keys).count == 5)
  }
}
