import GA4Model
import ProductMetrics
import StatisticsCore
import TestSupport
import Testing

@Suite struct `Star schema` {
  private func log() throws -> EventLog {
    func event(
      _ name: EventName, _ hours: Int64, by user: String, _ source: String, _ medium: String
    ) -> Event {
      let start = Int64(CalendarDay("2020-12-31")!.daysSinceEpoch) * 86_400
      var event = Event(name, at: EventTime(seconds: start + hours * 3600), by: user)
      event[field: .firstUserSource] = .string(source)
      event[field: .firstUserMedium] = .string(medium)
      event.sessionID = 1
      return event
    }
    var purchase = event(.purchase, 25, by: "a", "google", "cpc")
    purchase.ecommerce = Ecommerce(transactionID: "T1", purchaseRevenue: 10)
    return try EventLog([
      event(.sessionStart, 23, by: "a", "google", "cpc"),
      event(.addToCart, 23, by: "a", "google", "cpc"), purchase, purchase,
      event(.sessionStart, 1, by: "b", "(direct)", "(none)"),
      event(.sessionStart, 2, by: "b", "(direct)", "(none)"),
      event("page_view", 50, by: "c", "say \"hi\", all", "referral"),
    ])
  }

  @Test func `the tables of events count names on their own day`() throws {
    let schema = StarSchemaQuery(channels: .simple, counting: .events).evaluate(try log())
    #expect(
      schema.csv(.dimDate) == """
        date_pk,year,month,month_name,week,day_name
        2020-12-31,2020,12,December,53,Thursday
        2021-01-01,2021,1,January,53,Friday
        2021-01-02,2021,1,January,53,Saturday

        """)
    #expect(
      schema.csv(.dimChannel) == """
        channel_key,channel_group,source,medium
        1,Direct,(direct),(none)
        2,Paid Search,google,cpc
        3,Referral,"say ""hi"", all",referral

        """)
    #expect(
      schema.csv(.factFunnel) == """
        date_pk,channel_key,channel_group,sessions,add_to_cart,purchases,revenue,conversion_rate,aov
        2020-12-31,1,Direct,2,0,0,0.0,0.0,
        2020-12-31,2,Paid Search,1,1,0,0.0,0.0,
        2021-01-01,2,Paid Search,0,0,2,20.0,,10.0
        2021-01-02,3,Referral,0,0,0,0.0,,

        """)
    #expect(
      schema.csv(.channelSummary) == """
        channel_group,sessions,purchases,revenue,conversion_rate
        Direct,2,0,0.0,0.0
        Paid Search,1,2,20.0,2.0
        Referral,0,0,0.0,

        """)
    #expect(
      schema.csv(.timeSummary) == """
        day_name,month,sessions,purchases,revenue,conversion_rate
        Friday,1,0,2,20.0,
        Saturday,1,0,0,0.0,
        Thursday,12,3,0,0.0,0.0

        """)
    #expect(
      schema.csv(.funnelSummary) == """
        Metric,Value
        Sessions,3
        Add to Cart,1
        Purchases,2

        """)
    #expect(
      schema.csv(.weeklyTrend) == """
        week,start,sessions,add_to_cart,purchases,revenue,conversion_rate,aov
        2020-W53,2020-12-28,3,1,2,20.0,0.6666666666666666,10.0

        """)
    #expect(
      schema.csv(.monthlyTrend) == """
        month,start,sessions,add_to_cart,purchases,revenue,conversion_rate,aov
        2020-12,2020-12-01,3,1,0,0.0,0.0,
        2021-01,2021-01-01,0,0,2,20.0,,10.0

        """)
    #expect(
      schema.csv(.dropOffs) == """
        step,count,lost,drop_off_rate
        Sessions,3,,
        Add to Cart,1,2,0.6666666666666666
        Purchases,2,-1,-1.0

        """)
    #expect(
      schema.total
        == StarSchema.Figures(
          sessions: 3, addToCarts: 1, purchases: 2, revenue: 20))
  }

  @Test func `distinct sessions stand with their orders on the day they start`() throws {
    let schema = StarSchemaQuery(channels: .simple, fallback: .firstUser).evaluate(try log())
    #expect(
      schema.csv(.factFunnel) == """
        date_pk,channel_key,channel_group,sessions,add_to_cart,purchases,revenue,conversion_rate,aov
        2020-12-31,1,Direct,1,0,0,0.0,0.0,
        2020-12-31,2,Paid Search,1,1,1,10.0,1.0,10.0
        2021-01-02,3,Referral,1,0,0,0.0,0.0,

        """)
    #expect(
      "\(schema)" == """
        channel      sessions  add to cart  purchases  revenue  conversion
        ───────────  ────────  ───────────  ─────────  ───────  ──────────
        Direct              1            0          0     0.00       0.00%
        Paid Search         1            1          1    10.00     100.00%
        Referral            1            0          0     0.00       0.00%
        total               3            1          1    10.00      33.33%
        star schema of distinct sessions by session channel (Simple channels); orders: once per \
        transaction id, events without id always
        """)
  }

  @Test func `orders outside any session stand under a channel without source`() throws {
    let first = Event("page_view", at: EventTime(seconds: 0), by: "a")
    var inside = first
    inside.sessionID = 1
    var purchase = Event(.purchase, at: EventTime(seconds: 90_000), by: "a")
    purchase.ecommerce = Ecommerce(purchaseRevenue: 5)
    let schema = StarSchemaQuery().evaluate(try EventLog([inside, purchase]))
    #expect(schema.dimChannel.map(\.group) == ["Direct", "Unassigned"])
    #expect(schema.dimChannel[1].source == nil)
    #expect(schema.factFunnel[1].figures.purchases == 1)
    #expect(schema.factFunnel[1].figures.sessions == 0)
    #expect(schema.factFunnel[1].figures.conversionRate == nil)
    #expect(schema.factFunnel[1].date == CalendarDay("1970-01-02"))
    #expect(schema.dimDate.count == 2)
  }

  @Test func `an empty log gives empty tables with headers`() throws {
    let schema = StarSchemaQuery().evaluate(try EventLog([]))
    #expect(schema.csv(.dimChannel) == "channel_key,channel_group,source,medium\n")
    #expect(schema.csv(.funnelSummary).hasSuffix("Purchases,0\n"))
    #expect(schema.funnelSummary[1].dropOffRate == nil)
  }

  // MARK: Oracle

  /// The facts the obvious way: by day, group, source and medium in one text.
  private func facts(_ query: StarSchemaQuery, _ log: EventLog) -> [String: [Double]] {
    let attribution = SessionAttribution(log, fallback: query.fallback)
    func place(_ position: Int) -> (day: CalendarDay, channel: ChannelInput) {
      if query.counting == .sessions {
        guard let session = log.session(ofEvent: position) else {
          return (log.day(of: position), ChannelInput())
        }
        return (log.sessions[session].day, attribution.source(ofSession: session))
      }
      let event = log[position]
      return (
        log.day(of: position),
        ChannelInput(
          source: event[field: .firstUserSource]?.text,
          medium: event[field: .firstUserMedium]?.text)
      )
    }
    func key(_ place: (day: CalendarDay, channel: ChannelInput)) -> String {
      let (day, input) = place
      return
        "\(day) \(query.channels.group(for: input)) \(input.source as Any) \(input.medium as Any)"
    }
    func revenue(_ position: Int) -> Double? {
      log[position].ecommerce.purchaseRevenue ?? log[position].ecommerce.purchaseRevenueInUSD
    }
    // Texts that look alike must stay apart, so keys are bytes.
    var facts: [[UInt8]: [Double]] = [:]
    func add(_ key: String, _ place: Int, _ amount: Double) {
      facts[Array(key.utf8), default: [0, 0, 0, 0]][place] += amount
    }
    for position in log.indices {
      if query.counting == .events {
        add(key(place(position)), 0, log[position].name == .sessionStart ? 1 : 0)
      }
      if log[position].name == .addToCart { add(key(place(position)), 1, 1) }
    }
    if query.counting == .sessions {
      for (index, session) in log.sessions.enumerated() {
        add(key((session.day, attribution.source(ofSession: index))), 0, 1)
      }
    }
    // Repeats of nobody at one time have no order but that of what they say; what is missing is
    // first.
    func rank(_ position: Int) -> [[UInt8]] {
      let (day, channel) = place(position)
      let texts = [query.channels.group(for: channel).rawValue, channel.source, channel.medium]
      let amount = revenue(position).map { String($0.bitPattern) }
      let digits = amount.map { String(repeating: "0", count: 20 - $0.count) + $0 }
      return [Array(day.description.utf8)]
        + (texts + [digits]).map { text in text.map { [1] + Array($0.utf8) } ?? [] }
    }
    let orders = log.orders(query.purchases) { left, right in
      rank(left).lexicographicallyPrecedes(rank(right)) { $0.lexicographicallyPrecedes($1) }
    }
    for position in orders {
      add(key(place(position)), 2, 1)
      add(key(place(position)), 3, revenue(position) ?? 0)
    }
    return Dictionary(
      uniqueKeysWithValues: facts.map {
        ($0.key.map { String($0) }.joined(separator: " "), $0.value)
      })
  }

  @Test func `facts are those of the obvious way, and their keys hold`() throws {
    for var shop in ShopEvents.rounds("star schema") {
      let log = try shop.log()
      let query = StarSchemaQuery(
        channels: shop.generator.bernoulli(0.5) ? .ga4 : .simple,
        counting: shop.generator.choose(from: StarSchemaQuery.Counting.allCases),
        purchases: shop.generator.choose(from: PurchaseRule.allCases),
        fallback: shop.generator.choose(from: [.direct, .firstUser]))
      let schema = query.evaluate(log)
      let channels = Dictionary(uniqueKeysWithValues: schema.dimChannel.map { ($0.key, $0) })
      var found: [String: [Double]] = [:]
      for row in schema.factFunnel {
        let channel = try #require(channels[row.channelKey])
        #expect(channel.group == row.channelGroup)
        #expect(schema.dimDate.contains { $0.date == row.date })
        let key =
          "\(row.date) \(channel.group) \(channel.source as Any) \(channel.medium as Any)"
        found[key.utf8.map { String($0) }.joined(separator: " ")] = [
          Double(row.figures.sessions), Double(row.figures.addToCarts),
          Double(row.figures.purchases), row.figures.revenue,
        ]
      }
      #expect(found.count == schema.factFunnel.count)
      #expect(found == facts(query, log))
      #expect(schema.dimChannel.map(\.key) == Array(1..<(schema.dimChannel.count + 1)))
      #expect(Set(schema.factFunnel.map(\.channelKey)).count == schema.dimChannel.count)
      for trend in [schema.weeklyTrend, schema.monthlyTrend] {
        #expect(StarSchema.Figures(adding: trend.map(\.figures)) == schema.total)
      }
      #expect(
        StarSchema.Figures(adding: schema.channelSummary.map(\.figures)) == schema.total)
      #expect(StarSchema.Figures(adding: schema.timeSummary.map(\.figures)) == schema.total)
    }
  }

  @Test func `the state obeys the laws of merging`() async throws {
    for var shop in ShopEvents.rounds("star schema laws", 30) {
      shop.hasAwkwardMoney = true
      let log = try shop.log()
      let rule = shop.generator.choose(from: PurchaseRule.allCases)
      let seed = shop.generator.next()
      for counting in StarSchemaQuery.Counting.allCases {
        try await checkMergeLaws(
          StarSchemaQuery(channels: .simple, counting: counting, purchases: rule), log,
          other: StarSchemaQuery(counting: counting, purchases: rule), seed: seed)
      }
    }
  }
}

extension StarSchema.Figures {
  /// The sums, added one by one.
  fileprivate init(adding parts: [StarSchema.Figures]) {
    self = parts.reduce(Self(sessions: 0, addToCarts: 0, purchases: 0, revenue: 0)) {
      Self(
        sessions: $0.sessions + $1.sessions, addToCarts: $0.addToCarts + $1.addToCarts,
        purchases: $0.purchases + $1.purchases, revenue: $0.revenue + $1.revenue)
    }
  }
}
