import Experiments
import Foundation
import GA4Model
import GA4Samples
import StatisticsCore
import TestSupport
import Testing

struct ExperimentQueryTests {
  private static func events(_ generator: inout SeededGenerator) -> [Event] {
    var time: Int64 = 1_700_000_000_000_000
    return (0..<generator.integer(in: 0...60)).map { _ in
      if generator.bernoulli(0.6) {
        time += generator.choose(from: [1, 40_000_000_000, 86_400_000_000])
      }
      let user = generator.bernoulli(0.95) ? "u\(generator.integer(below: 12))" : nil
      let name = generator.choose(from: ["exposure", "page_view", "purchase", "page_view"])
      var event = Event(EventName(name), at: EventTime(microseconds: time), by: user)
      if name == "exposure", generator.bernoulli(0.9) {
        let variant = generator.choose(from: ["A", "A", "B", "B", "C"])
        event.parameters["variant"] = .string(generator.bernoulli(0.8) ? variant : "A")
      }
      if generator.bernoulli(0.7) {
        event.parameters["value"] = .double(Double(generator.integer(below: 400)) / 8)
      }
      if name == "purchase", generator.bernoulli(0.8) {
        let id = generator.choose(from: ["t1", "t2", "t3", "", "(not set)"])
        event.parameters["transaction_id"] = .string(id)
      }
      return event
    }
  }

  private static func query(_ generator: inout SeededGenerator) -> ExperimentQuery {
    let view = EventPredicate { $0.name == "page_view" }
    var metrics: [ExperimentMetric] = [
      .conversion("buyers", role: .primary) { $0.name == .purchase },
      ExperimentMetric("views", .count(view)),
      ExperimentMetric("value", .sum(.parameter("value"), where: view)),
      .revenue("revenue", .value),
      .ratio("per purchase", .revenue(.value), over: .purchases()),
      .mean("mean value", of: .parameter("value")) { $0.name == "page_view" },
      ExperimentMetric("every purchase", .revenue(.value, rule: .none)),
    ]
    for index in metrics.indices {
      if generator.bernoulli(0.5) { metrics[index].daysBefore = generator.integer(in: 1...3) }
      if index > 0, generator.bernoulli(0.5) { metrics[index].winsorizing = 0.9 }
    }
    let start = EventTime(microseconds: 1_700_000_000_000_000)
    return ExperimentQuery(
      exposure: EventPredicate { $0.name == "exposure" }, variants: ["A", "B"], metrics: metrics,
      windowDays: generator.bernoulli(0.5) ? generator.integer(in: 1...4) : nil,
      exposedFrom: generator.bernoulli(0.3) ? start + .seconds(3 * 86_400) : nil,
      exposedBefore: generator.bernoulli(0.3) ? start + .seconds(9 * 86_400) : nil,
      mixedExposure: generator.bernoulli(0.5) ? .exclude : .first)
  }

  @Test(arguments: Rounds.parts)
  func `arms hold what each user did after the first exposure`(part: Int) throws {
    for var generator in Rounds.generators("exposure", part: part) {
      let query = Self.query(&generator)
      let log = try EventLog(Self.events(&generator))
      let report = query.evaluate(log)
      let oracle = ExposureOracle(query, log)
      #expect(report.leftOut == oracle.leftOut)
      for (index, arm) in report.summary.arms.enumerated() {
        #expect(arm.units == oracle.arms[index][0].count)
        for metric in query.metrics.indices {
          #expect(
            arm.metrics[metric] == oracle.moments(index, metric), "\(query.metrics[metric])")
        }
      }
    }
  }

  @Test(arguments: Rounds.parts)
  func `states merge in any order and are stored`(part: Int) async throws {
    for var generator in Rounds.generators("experiment laws", part: part, perPart: 3) {
      let log = try EventLog(Self.events(&generator))
      try await checkMergeLaws(
        Self.query(&generator), log, other: Self.query(&generator), seed: generator.next())
    }
  }

  private static let shopQuery = ExperimentQuery(
    exposure: EventPredicate { $0.name == "experiment_impression" },
    variants: SampleExperiment.variants,
    metrics: [
      .conversion("Buyers", role: .primary) { $0.name == .purchase },
      ExperimentMetric("Purchases", .purchases()),
      .revenue("Revenue"),
    ])

  @Test func `the planted experiment of the sample shop is found`() throws {
    let shop = SampleShop(seed: 1, users: 20_000, days: SampleShop.small.days)
    let truth = shop.truth
    // Who logs in after the exposure must stay the same user.
    let log = try shop.log(options: EventLogOptions(users: .stitched))
    let report = Self.shopQuery.evaluate(log)
    for (arm, variant) in zip(report.summary.arms, truth.variants) {
      #expect(arm.units == variant.people)
      // What people do on a second device without ever logging in belongs to nobody exposed.
      for (found, known) in [
        (arm.metrics[0].sum(0), Double(variant.buyers)),
        (arm.metrics[1].sum(0), Double(variant.purchases)),
        (arm.metrics[2].sum(0), variant.revenue),
      ] {
        #expect(found <= known + 1e-6 && found > 0.97 * known)
      }
    }
    let readout = ExperimentReadout(report)
    #expect(!readout.sampleRatio.isMismatch)
    #expect(readout.lines[0].liftInterval!.contains(truth.lift!))
  }

  @Test func `queries that make no sense are refused`() throws {
    let query = Self.shopQuery
    #expect(
      try StoredQuery.refusal(of: query, ["variants", "1", "name"], "control")
        == "The variants of an experiment must have different names.")
    #expect(
      try StoredQuery.refusal(of: query, ["metrics", "1", "name"], "Buyers")
        == "The metrics of an experiment must have different names.")
    #expect(
      try StoredQuery.refusal(of: query, ["windowDays"], 0)
        == "The window after the exposure must have 1 to 36,500 days.")
    #expect(
      try StoredQuery.refusal(of: query, ["metrics", "1", "winsorizing"], 1)
        == "Values are lowered to a quantile above 0 and below 1.")
    #expect(
      try StoredQuery.refusal(
        of: query, ["metrics", "1", "measure", "purchases", "rule"], "byTransactionID")
        == "An experiment adds up users one by one: count purchases once per transaction id and"
        + " user, or every purchase event.")
  }

  @Test func `the query says every rule that changes the figures`() {
    let query = ExperimentQuery(
      exposure: EventPredicate { $0.name == "seen" }, variants: ["A", "B"],
      metrics: [.revenue("Revenue").winsorized(at: 0.99).adjusted(byDaysBefore: 14)], windowDays: 7,
      mixedExposure: .first)
    #expect(
      query.description == """
        experiment of A, B by parameter variant, exposed where name = "seen", 7 days from the first \
        exposure, users of several variants in the first; Revenue: ecommerce.purchase_revenue, \
        once per transaction id and user, events without id always, lowered to the quantile 0.99, \
        adjusted by 14 days before
        """)
  }
}
