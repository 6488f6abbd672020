import GA4Model
import GA4Samples
import Testing

struct DirtyDataTests {
  static let dialled = Defect.allCases.filter { $0 != .afterLastDay && $0 != .trackingBreak }

  @Test(arguments: [DirtyData.realistic, .filthy])
  func `dirt changes nothing that happened`(dirt: DirtyData) {
    let clean = SampleShop(500, days: 15).truth
    let dirty = SampleShop(500, days: 15, dirt: dirt).truth
    #expect(dirty.clean == clean.clean)
    #expect(dirty.funnel == clean.funnel)
    #expect(dirty.channels == clean.channels)
    #expect(dirty.variants == clean.variants)
    #expect(dirty.exported != clean.exported)
    #expect(clean.exported == clean.clean)
    if dirt == .filthy { #expect(Self.dialled.allSatisfy { dirty.defects[$0] > 0 }) }
  }

  @Test(arguments: dialled)
  func `a dial turns one defect and at its rate`(defect: Defect) {
    let shop = SampleShop(2_000, days: 5, dirt: [defect: 0.3])
    let truth = shop.truth
    for other in Self.dialled where other != defect { #expect(truth.defects[other] == 0) }
    let trials =
      switch defect {
      case .consentDenied, .missingSessionStart, .acrossMidnight: truth.clean.sessions
      case .unsetTransaction, .doubleFired: truth.clean.purchases
      default: truth.clean.events
      }
    let rate = Double(truth.defects[defect]) / Double(trials)
    switch defect {
    // Where the event before has the same time already there is no tie to make; and visits of one
    // moment, or before another one on their day, cannot be moved.
    case .tie, .acrossMidnight: #expect(rate > 0.15 && rate <= 0.31)
    default:
      #expect(abs(rate - 0.3) < 5 * (0.21 / Double(trials)).squareRoot())
    }
  }

  @Test(arguments: dialled)
  func `no dial means no defect`(defect: Defect) {
    #expect(SampleShop(100, days: 5, dirt: [defect: 0]).truth.defects == DefectCounts())
    #expect(DirtyData.none[defect] == 0)
    #expect(DirtyData.realistic[defect] < DirtyData.filthy[defect])
  }

  @Test func `duplicates repeat an event in full, right behind it`() {
    let shop = SampleShop(150, days: 10, dirt: [.duplicate: 0.1])
    let events = Array(shop.events)
    let repeated = zip(events, events.dropFirst()).count { $0 == $1 }
    #expect(repeated == shop.truth.defects[.duplicate])
    #expect(events.count == shop.truth.clean.events + repeated)
    let clean = Array(SampleShop(150, days: 10).events)
    var kept: [Event] = []
    for event in events where event != kept.last { kept.append(event) }
    #expect(kept == clean)
  }

  @Test func `late events stand behind later ones of the same day`() {
    let shop = SampleShop(300, days: 10, dirt: [.late: 0.05])
    var last = (CalendarDay.min, EventTime.min)
    var late = 0
    for event in shop.events {
      #expect(event.date! >= last.0)
      if (event.date!, event.time) < last { late += 1 } else { last = (event.date!, event.time) }
    }
    // One that no other event followed in between is late without a trace.
    #expect(late > 0 && late <= shop.truth.defects[.late])
    #expect(late > shop.truth.defects[.late] / 2)
    let clean = Set(SampleShop(300, days: 10).events)
    #expect(Set(shop.events) == clean)
  }

  @Test func `events without consent have no ids and no session`() {
    let shop = SampleShop(300, days: 10, schema: .current, dirt: [.consentDenied: 0.2])
    var denied = 0
    for event in shop.events where event.privacyInfo.allowsAnalytics == false {
      denied += 1
      #expect(event.userPseudoID == nil && event.userID == nil && event.sessionID == nil)
      #expect(event.firstTouchTime == nil)
    }
    #expect(denied == shop.truth.exported.eventsWithoutUser)
    #expect(denied > 100)
  }

  @Test func `wrong types keep their values`() {
    let clean = Array(SampleShop(100, days: 5).events)
    let wrong = Array(SampleShop(100, days: 5, dirt: [.wrongType: 1]).events)
    #expect(clean.count == wrong.count)
    for (clean, wrong) in zip(clean, wrong) {
      #expect(clean.parameters.map(\.key) == wrong.parameters.map(\.key))
      #expect(clean.sessionID == wrong.sessionID)
      #expect(clean[.value]?.number == wrong[.value]?.number)
      #expect(clean[.sessionEngaged]?.int == wrong[.sessionEngaged]?.int)
      if wrong.name != .refund { #expect(clean.parameters != wrong.parameters) }
    }
    #expect(wrong.contains { if case .string? = $0[.value] { true } else { false } })
    #expect(wrong.contains { $0[.sessionEngaged] == .int(1) })
  }

  @Test func `missing and placeholder fields show`() {
    let shop = SampleShop(100, days: 5, dirt: [.missingField: 0.4, .placeholder: 0.4])
    var missing = 0
    var placeholders = 0
    for event in shop.events {
      if event.device.language == nil || event.geo.city == nil
        || event[.pageTitle] == .some(.empty)
      {
        missing += 1
      }
      let source = event.firstUserTrafficSource.source
      if source == "<Other>" || source == "(data deleted)" || event.geo.city == "(not set)" {
        placeholders += 1
      }
    }
    #expect(missing == shop.truth.defects[.missingField])
    #expect(placeholders == shop.truth.defects[.placeholder])
  }

  @Test func `of two titles the first one counts`() {
    let shop = SampleShop(50, days: 5, dirt: [.repeatedParameter: 0.5])
    var repeated = 0
    for event in shop.events where event.parameters.count(where: { $0.key == .pageTitle }) == 2 {
      repeated += 1
      #expect(event[.pageTitle] != "Untitled")
    }
    #expect(repeated == shop.truth.defects[.repeatedParameter])
  }

  @Test func `visits across midnight belong to two days, and the end cuts them`() {
    let shop = SampleShop(400, days: 6, dirt: [.acrossMidnight: 0.3])
    var days: [String: Set<CalendarDay>] = [:]
    for event in shop.events where event.name != .refund {
      #expect(shop.days.contains(event.date!))
      #expect(event.date == CalendarDay("\(event.time)".prefix(10).description))
      days["\(event.userPseudoID!) \(event.sessionID!)", default: []].insert(event.date!)
    }
    let crossing = days.values.count { $0.count == 2 }
    let truth = shop.truth
    #expect(crossing > 50 && crossing < truth.defects[.acrossMidnight])
    #expect(truth.defects[.afterLastDay] > 0)
    #expect(truth.exported.events == truth.clean.events - truth.defects[.afterLastDay])
    #expect(truth.exported.sessions == truth.clean.sessions)
  }

  @Test func `deduplication by transaction id undoes double firing`() {
    let truth = SampleShop(2_000, days: 5, dirt: [.doubleFired: 0.2]).truth
    #expect(
      truth.exported.purchases == truth.clean.purchases + truth.defects[.doubleFired])
    #expect(truth.exported.transactions == truth.clean.purchases)
    #expect(truth.exported.transactionRevenue == truth.clean.revenue)
    #expect(truth.exported.revenue > truth.clean.revenue)
  }

  /// Days 4 to 7 of the shop below.
  static let window = CalendarDay.newYear.advanced(by: 3)...CalendarDay.newYear.advanced(by: 6)
  static let unbroken = SampleShop(800, days: 8)
  static let unbrokenEvents = Array(unbroken.events)

  @Test func `add to cart vanishes in one browser for some days`() {
    let shop = SampleShop(
      800, days: 8,
      trackingBreak: TrackingBreak(.lost(.addToCart, browser: "Safari"), on: Self.window))
    let expected = Self.unbrokenEvents.filter {
      !($0.name == .addToCart && $0.device.browser == "Safari" && Self.window.contains($0.date!))
    }
    #expect(Array(shop.events) == expected)
    #expect(shop.truth.defects[.trackingBreak] == Self.unbrokenEvents.count - expected.count)
    #expect(Self.unbrokenEvents.count > expected.count)
    #expect(shop.truth.clean == Self.unbroken.truth.clean)
  }

  @Test(arguments: [ParameterKey.value, .transactionID, .currency])
  func `purchases lose a parameter for some days`(key: ParameterKey) {
    let shop = SampleShop(
      800, days: 8, trackingBreak: TrackingBreak(.stripped(key, of: .purchase), on: Self.window))
    let events = Array(shop.events)
    var broken = 0
    #expect(events.count == Self.unbrokenEvents.count)
    for (event, unbroken) in zip(events, Self.unbrokenEvents) {
      guard event.name == .purchase, Self.window.contains(event.date!) else {
        #expect(event == unbroken)
        continue
      }
      broken += 1
      #expect(event[key] == nil && unbroken[key] != nil)
      #expect((event.ecommerce.transactionID == nil) == (key == .transactionID))
      #expect((event.ecommerce.purchaseRevenue == nil) == (key == .value))
      #expect((event.eventValueInUSD == nil) == (key == .value))
    }
    let truth = shop.truth
    #expect(broken > 0 && truth.defects[.trackingBreak] == broken)
    #expect((truth.exported.revenue < truth.clean.revenue) == (key == .value))
  }
}
