import GA4Model
import GA4Samples
import Testing

struct SampleShopTests {
  /// Shops that differ in everything that can be chosen.
  static let shops = [
    SampleShop(150, days: 20),
    SampleShop(150, days: 20, schema: .current),
    SampleShop(150, days: 1, seed: 6, experiment: nil),
    SampleShop(150, days: 20, dirt: .realistic),
    SampleShop(150, days: 20, schema: .current, dirt: .filthy),
    SampleShop(
      150, days: 20, dirt: .realistic,
      trackingBreak: TrackingBreak(
        .stripped(.transactionID, of: .purchase), on: .newYear ... .newYear.advanced(by: 9))),
  ]

  @Test(arguments: shops)
  func `a recount of the events finds the truth`(shop: SampleShop) {
    let count = NaiveCount(shop.events, days: shop.days)
    let truth = shop.truth.exported
    #expect(count.events == truth.events)
    #expect(count.eventsWithoutUser == truth.eventsWithoutUser)
    #expect(count.eventsByName.keys.sorted() == truth.names.map(\.name))
    for name in truth.names {
      #expect(count.eventsByName[name.name] == name.events, "\(name.name)")
      #expect(count.usersByName[name.name]?.count ?? 0 == name.users, "\(name.name)")
    }
    #expect(count.users.count == truth.users)
    #expect(count.pseudoIDs.count == truth.pseudoIDs)
    #expect(count.userIDs.count == truth.userIDs)
    #expect(count.sessions.count == truth.sessions)
    #expect(count.engagedSessions.count == truth.engagedSessions)
    #expect(count.purchases == truth.purchases)
    #expect(count.transactions == truth.transactions)
    #expect(count.revenue == truth.revenue)
    #expect(count.transactionRevenue == truth.transactionRevenue)
    #expect(count.refunds == truth.refunds)
    #expect(count.refundValue == truth.refundValue)
    #expect(count.usersByDay == truth.usersByDay)
    #expect(count.newUsersByDay == truth.newUsersByDay)
    #expect(count.returningUsers == truth.returningUsers)
    #expect(count.funnelUsers == truth.funnelUsers)
  }

  @Test(arguments: shops)
  func `a log finds the truth`(shop: SampleShop) throws {
    let log = try shop.log()
    let truth = shop.truth.exported
    #expect(log.count == truth.events)
    #expect(log.users.count == truth.users)
    #expect(log.eventsWithoutUser == truth.eventsWithoutUser)
    #expect(log.sessions.count == truth.sessions)
    #expect(log.sessions.count { $0.isEngaged } == truth.engagedSessions)
    #expect(log.days == shop.days)
  }

  /// Fails when a change moves a single byte of a sample.
  ///
  /// New bytes need new checksums here and a word in the release notes, as they change the figures
  /// of those who use samples.
  @Test(
    arguments: zip(
      shops,
      [
        0x4992_9a81_8898_cc6e,
        0x18ee_88cc_e7cf_239a,
        0xfa18_83e3_a1bd_49f9,
        0x6692_283c_031c_1dda,
        0x4466_03a4_badc_8a38,
        0x1f45_e3be_9e3f_9d6c,
      ] as [UInt64]))
  func `the same seed gives the same bytes everywhere`(shop: SampleShop, checksum: UInt64) {
    #expect(EventChecksum.of(shop.events) == checksum)
  }

  @Test func `different seeds give different shops`() {
    let checksums = (0..<8).map { EventChecksum.of(SampleShop(5, days: 5, seed: $0).events) }
    #expect(Set(checksums).count == 8)
  }

  @Test func `events can be walked twice`() {
    let events = SampleShop(20, days: 5, dirt: .filthy).events
    #expect(Array(events) == Array(events))
  }

  @Test(arguments: [DirtyData.none, .filthy])
  func `a visitor is the same in a shop of any size`(dirt: DirtyData) {
    let small = SampleShop(40, days: 20, dirt: dirt)
    let large = SampleShop(1_000_000, days: 20, dirt: dirt)
    for user in 0..<40 {
      let events = Array(small.events(ofUsers: user..<(user + 1)))
      #expect(!events.isEmpty)
      #expect(events == Array(large.events(ofUsers: user..<(user + 1))))
    }
  }

  @Test func `ranges of users make up the shop`() {
    let shop = SampleShop(90, days: 15, dirt: .filthy)
    let parts = [0..<13, 13..<13, 13..<60, 60..<90].map { Array(shop.events(ofUsers: $0)) }
    func inOrder(_ events: [Event]) -> [UInt64] {
      events.map { EventChecksum.of(CollectionOfOne($0)) }.sorted()
    }
    #expect(inOrder(parts.flatMap(\.self)) == inOrder(Array(shop.events)))
    // Within a part the order is that of the whole.
    let ids = Set(parts[2].compactMap(\.userPseudoID))
    #expect(
      shop.events.filter { $0.userPseudoID.map(ids.contains) ?? false }
        == parts[2].filter { $0.userPseudoID != nil })
  }

  @Test func `more days move few visitors and only add to the others`() {
    let short = SampleShop(200, days: 20)
    let long = SampleShop(200, days: 22)
    var moved = 0
    for user in 0..<200 {
      let events = Array(short.events(ofUsers: user..<(user + 1)))
      let more = Array(long.events(ofUsers: user..<(user + 1)))
      if more[0].date! > short.days.upperBound {
        moved += 1
      } else {
        #expect(Array(more.prefix(events.count)) == events)
        #expect(more.dropFirst(events.count).allSatisfy { $0.date! > short.days.upperBound })
      }
    }
    // Two days of 22 take about 18 of 200 visitors.
    #expect((5...35).contains(moved))
  }

  @Test func `events come in the order of day and time`() {
    var last = (CalendarDay.min, EventTime.min)
    for event in SampleShop(200, days: 20).events {
      #expect((event.date!, event.time) >= last)
      last = (event.date!, event.time)
    }
  }

  @Test func `a gap of 30 minutes tells the same sessions apart as the ids do`() throws {
    let shop = SampleShop(400, days: 20)
    let events = shop.events.filter { $0.name != .refund }
    let log = try EventLog(
      events, options: EventLogOptions(users: .pseudoID, sessions: SessionRule(.gap)))
    #expect(log.sessions.count == shop.truth.clean.sessions)
  }

  @Test func `clean sessions lie within a day and begin with their start`() {
    var sessions: [String: [Event]] = [:]
    for event in SampleShop(300, days: 20).events where event.name != .refund {
      sessions["\(event.userPseudoID!) \(event.sessionID!)", default: []].append(event)
    }
    for events in sessions.values {
      #expect(Set(events.map(\.date)).count == 1)
      #expect(events.count { $0.name == .sessionStart } == 1)
      #expect(events.prefix(2).contains { $0.name == .sessionStart })
      let isFirst = events[0].name == .firstVisit
      #expect(isFirst == (events[0][.sessionNumber] == 1))
      #expect(events[isFirst ? 2 : 1][.entrances] == 1)
    }
  }

  @Test func `a login in the middle of a session adds the user id from then on`() {
    var kinds: [String: Int] = [:]
    var sessions: [String: [Event]] = [:]
    for event in SampleShop(700, days: 10).events where event.name != .refund {
      sessions["\(event.userPseudoID!) \(event.sessionID!)", default: []].append(event)
    }
    for events in sessions.values {
      let login = events.firstIndex { $0.name == .login || $0.name == .signUp }
      for (index, event) in events.enumerated() where login != nil {
        #expect((event.userID != nil) == (index >= login!))
      }
      let ids = Set(events.map(\.userID))
      #expect(ids.count <= 2)
      if login == nil { #expect(ids.count == 1) }
      kinds[
        login.map { events[$0].name.rawValue } ?? (ids == [nil] ? "none" : "all"), default: 0] += 1
    }
    #expect(kinds.keys.sorted() == ["all", "login", "none", "sign_up"])
    let devices = Dictionary(grouping: sessions.values.flatMap(\.self).filter { $0.userID != nil })
    {
      $0.userID!
    }
    #expect(devices.values.contains { Set($0.map(\.userPseudoID)).count == 2 })
  }

  @Test func `the current schema has the fields that the classic one lacks`() {
    let paths: (ExportSchema) -> Set<String> = { schema in
      var paths: Set<String> = []
      for event in SampleShop(100, days: 5, schema: schema).events {
        paths.formUnion(event.fields.map(\.path.rawValue))
      }
      return paths
    }
    let added = paths(.current).subtracting(paths(.classic))
    #expect(paths(.classic).isSubset(of: paths(.current)))
    #expect(
      Set(added.map { $0.prefix { $0 != "." } }) == [
        "batch_event_index", "batch_ordering_id", "batch_page_id", "collected_traffic_source",
        "device", "event_dimensions", "is_active_user", "privacy_info",
        "session_traffic_source_last_click",
      ])
  }

  @Test func `batch ids order the events as they happened`() throws {
    for event in try SampleShop(60, days: 5, schema: .current).log() {
      #expect(event.batchPageID! <= event.time.microseconds / 1000)
    }
    let events = SampleShop(60, days: 5, schema: .current).events.filter { $0.name != .refund }
    for events in Dictionary(grouping: events, by: { "\($0.userPseudoID!) \($0.sessionID!)" })
      .values
    {
      let places = events.map { ($0.batchPageID!, $0.batchEventIndex!) }
      #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func `items of a purchase add up to its revenue`() {
    var purchases = 0
    for event in SampleShop(1_000, days: 5).events where event.name == .purchase {
      purchases += 1
      #expect(event.items.reduce(0) { $0 + $1.revenue! } == event.ecommerce.purchaseRevenue)
      #expect(event.items.allSatisfy { $0.price! * Double($0.quantity!) == $0.revenue })
      #expect(event[.value]?.number == event.ecommerce.purchaseRevenue)
      #expect(event.eventValueInUSD == event.ecommerce.purchaseRevenue)
      #expect(event.ecommerce.totalItemQuantity == event.items.reduce(0) { $0 + $1.quantity! })
      #expect(Set(event.items.map(\.id)).count == event.items.count)
      let amounts = [event.ecommerce.purchaseRevenue!, event.ecommerce.taxValue!]
      #expect(amounts.allSatisfy { ($0 * 4).rounded() == $0 * 4 })
    }
    #expect(purchases > 30)
  }

  @Test func `a refund gives back an earlier purchase`() {
    let events = SampleShop(3_500, days: 15).events.filter {
      $0.name == .purchase || $0.name == .refund
    }
    var purchases: [String: Event] = [:]
    var refunds = 0
    for event in events {
      let id = event.ecommerce.transactionID!
      if event.name == .purchase {
        #expect(purchases.updateValue(event, forKey: id) == nil)
      } else {
        refunds += 1
        #expect(event.ecommerce.refundValue == purchases[id]?.ecommerce.purchaseRevenue)
        #expect(event.userPseudoID == purchases[id]?.userPseudoID)
        #expect(event.date! > purchases[id]!.date!)
        #expect(event.sessionID == nil)
      }
    }
    #expect(refunds > 3)
  }

  @Test func `every field is documented and has the type that it should`() {
    func isFitting(_ value: FieldValue, _ kind: FieldKind?) -> Bool {
      switch (value, kind) {
      case (.string, .string), (.int, .int), (.double, .double), (.bool, .bool): true
      default: false
      }
    }
    for event in SampleShop(300, days: 10, schema: .current, dirt: .filthy).events {
      for field in event.fields {
        #expect(isFitting(field.value, FieldSchema.kind(of: field.path.rawValue)), "\(field.path)")
      }
      for field in event.items.flatMap(\.fields) {
        #expect(
          isFitting(field.value, FieldSchema.itemKind(of: field.path.rawValue)), "\(field.path)")
      }
    }
  }

  @Test func `an empty shop has no events`() {
    let shop = SampleShop(0, days: 3)
    #expect(Array(shop.events).isEmpty)
    #expect(shop.truth.clean.events == 0)
    #expect(shop.truth.retention.map(\.people) == [0, 0])
  }

  @Test func `the catalogue has sixty products at prices that add up exactly`() {
    let products = SampleProduct.catalogue
    #expect(products.count == 60)
    #expect(Set(products.map(\.id)).count == 60)
    #expect(Set(products.map(\.name)).count == 60)
    #expect(products.allSatisfy { $0.price > 0 && ($0.price * 4).rounded() == $0.price * 4 })
    #expect(Set(products.map(\.category)).count == 6)
  }
}
