public import GA4Model

/// What was planted in a sample shop, and what came of it.
///
/// ```swift
/// let truth = SampleShop.small.truth
/// truth.clean.purchases                     // what the customers did
/// truth.exported.purchases                  // what the export says they did
/// truth.defects[.doubleFired]               // one reason why these differ
/// print(truth)                              // all of it as text
/// ```
///
/// *Planted* figures are probabilities: what comes of them scatters around them. *Counted* figures
/// are exact. Except for ``exported`` and ``defects``, everything is about the clean shop, whatever
/// the dirt.
public struct SampleTruth: Sendable, Hashable, Codable {
  /// A step of the way to a purchase.
  public struct Step: Sendable, Hashable, Codable {
    /// The event that marks the step.
    public let event: EventName
    /// The expected number of sessions that get here: the sum of their planted probabilities.
    public let expectedSessions: Double
    /// The sessions that got here.
    public let sessions: Int
    /// The people who got here in any session.
    public let people: Int
  }

  /// A day after the first visit.
  public struct Day: Sendable, Hashable, Codable {
    /// Days since the first visit.
    public let day: Int
    /// The planted probability of a visit on the day, averaged over the people observed.
    public let probability: Double
    /// The people whose day lies in the range of the shop.
    public let people: Int
    /// Those of them who visited on it.
    public let returned: Int
  }

  /// A source of visits.
  public struct Channel: Sendable, Hashable, Codable {
    /// The name of GA4's default channel group.
    public let group: String
    /// The source.
    public let source: String
    /// The medium.
    public let medium: String
    /// The campaign.
    public let campaign: String
    /// The planted share of first visits.
    public let firstShare: Double
    /// The planted share of later visits.
    public let returnShare: Double
    /// What the probability to view an item is multiplied by.
    public let viewFactor: Double
    /// The people whose first visit came this way.
    public internal(set) var people = 0
    /// The sessions that came this way.
    public internal(set) var sessions = 0
    /// The purchases in these sessions.
    public internal(set) var purchases = 0
    /// Their revenue in US dollars.
    public internal(set) var revenue = 0.0
  }

  /// A kind of customer.
  public struct Segment: Sendable, Hashable, Codable {
    /// What the segment is called.
    public let name: String
    /// The planted share of people.
    public let share: Double
    /// The planted probability of each next step of a session in a neutral channel, on a tablet and
    /// in the control of the experiment; see ``SampleTruth/Step``.
    public let stepRates: [Double]
    /// The people of the segment.
    public internal(set) var people = 0
    /// Those who bought.
    public internal(set) var buyers = 0
    /// Their sessions.
    public internal(set) var sessions = 0
    /// Their purchases.
    public internal(set) var purchases = 0
    /// Their revenue in US dollars.
    public internal(set) var revenue = 0.0
  }

  /// An arm of the experiment.
  public struct Variant: Sendable, Hashable, Codable {
    /// The value of the parameter `variant`.
    public let name: String
    /// The people assigned, all of whom are exposed.
    public internal(set) var people = 0
    /// Those who bought.
    public internal(set) var buyers = 0
    /// How many were expected to, given their visits.
    public internal(set) var expectedBuyers = 0.0
    /// Their purchases.
    public internal(set) var purchases = 0
    /// Their revenue in US dollars.
    public internal(set) var revenue = 0.0
  }

  /// The people who visited; see ``SampleCounts/users`` for what a log can know of them.
  public let people: Int
  /// The way from `session_start` to `purchase`.
  public let funnel: [Step]
  /// The days after the first visit, from 1.
  public let retention: [Day]
  /// The sources of visits.
  public let channels: [Channel]
  /// The kinds of customers.
  public let segments: [Segment]
  /// The planted lift of the experiment, `nil` without one.
  public let lift: Double?
  /// The arms of the experiment, the control first; empty without one.
  public let variants: [Variant]
  /// What an analysis finds in the events as they happened.
  public let clean: SampleCounts
  /// What an analysis finds in the events as they are exported, with their defects.
  public let exported: SampleCounts
  /// How often each defect was made.
  public let defects: DefectCounts

  /// What the probability to put an item into the cart is multiplied by on a kind of device:
  /// 1.1 on a desktop, 0.85 on a mobile and 1 on a tablet.
  public static func cartFactor(ofDevice category: String) -> Double {
    switch category {
    case "desktop": 1.1
    case "mobile": 0.85
    default: 1
    }
  }
}

extension SampleShop {
  /// What was planted in the shop and what came of it.
  ///
  /// It is computed anew each time, without writing the events.
  ///
  /// - Complexity: O(*n* + *u* × *d*), where *n* is the number of events, *u* of visitors and *d* of
  ///   days.
  public var truth: SampleTruth {
    var tally = TruthTally(shop: self)
    for user in 0..<users { tally.add(Visitor(seed: seed, number: user)) }
    return tally.result()
  }
}

/// Gathers the truth of a shop visitor by visitor.
private struct TruthTally {
  private let shop: SampleShop
  private let plan: VisitPlan
  private let soiling: Soiling
  private let isDirty: Bool
  private var clean: CountsTally
  private var exported: CountsTally
  private var defects = DefectCounts()
  private var expected = [Double](repeating: 0, count: Script.steps.count)
  private var sessions = [Int](repeating: 0, count: Script.steps.count)
  private var people = [Int](repeating: 0, count: Script.steps.count)
  /// By segment and day of the first visit.
  private var arrivals: [[Int]]
  private var returned: [Int]
  private var channels: [SampleTruth.Channel]
  private var segments: [SampleTruth.Segment]
  private var variants: [SampleTruth.Variant]

  init(shop: SampleShop) {
    self.shop = shop
    plan = shop.plan
    soiling = shop.soiling
    isDirty = !shop.dirt.isNone || shop.trackingBreak != nil
    clean = CountsTally(plan: plan, trackingBreak: nil)
    exported = CountsTally(plan: plan, trackingBreak: shop.trackingBreak)
    let noDays = [Int](repeating: 0, count: plan.dayCount)
    arrivals = Array(repeating: noDays, count: Behaviour.all.count)
    returned = noDays
    channels = Channel.all.map {
      SampleTruth.Channel(
        group: $0.group, source: $0.source, medium: $0.medium, campaign: $0.campaign,
        firstShare: $0.firstShare, returnShare: $0.returnShare, viewFactor: $0.viewFactor)
    }
    segments = Behaviour.all.map {
      SampleTruth.Segment(
        name: $0.name, share: $0.share,
        stepRates: [1, $0.view, $0.cart, $0.checkout, $0.shipping, $0.payment, $0.purchase])
    }
    variants = SampleExperiment.variants.map { SampleTruth.Variant(name: $0) }
  }

  mutating func add(_ visitor: Visitor) {
    var visits: [Visit] = []
    plan.visits(of: visitor) { visits.append($0) }
    let segment = visitor.segment
    var reached = 0
    var staysAway = 1.0
    var lastOffset = -1
    for visit in visits {
      let script = Script(visit, of: visitor, experiment: shop.experiment)
      for step in expected.indices { expected[step] += script.reach[step] }
      for step in 0..<script.reached { sessions[step] += 1 }
      reached = max(reached, script.reached)
      staysAway *= 1 - script.reach[Script.steps.count - 1]
      let offset = Int(visit.slot) / 2
      if offset != lastOffset { returned[offset] += 1 }
      lastOffset = offset

      let channel = Int(visit.channel)
      channels[channel].sessions += 1
      segments[segment].sessions += 1
      if script.hasPurchase {
        let revenue = Double(script.revenue) / 4
        channels[channel].purchases += 1
        channels[channel].revenue += revenue
        segments[segment].purchases += 1
        segments[segment].revenue += revenue
        variants[visitor.variant].purchases += 1
        variants[visitor.variant].revenue += revenue
      }
      clean.add(script)
      if isDirty {
        var soiled = script
        soiling.soil(&soiled, &defects)
        exported.add(soiled)
      }
    }
    clean.endVisitor()
    exported.endVisitor()

    arrivals[segment][Int(visits[0].day)] += 1
    channels[visitor.firstChannel].people += 1
    segments[segment].people += 1
    variants[visitor.variant].people += 1
    variants[visitor.variant].expectedBuyers += 1 - staysAway
    for step in 0..<reached { people[step] += 1 }
    if reached == Script.steps.count {
      segments[segment].buyers += 1
      variants[visitor.variant].buyers += 1
    }
  }

  func result() -> SampleTruth {
    let clean = clean.result()
    return SampleTruth(
      people: shop.users,
      funnel: Script.steps.enumerated().map { index, step in
        SampleTruth.Step(
          event: step.name, expectedSessions: expected[index], sessions: sessions[index],
          people: people[index])
      },
      retention: (1..<max(1, plan.dayCount)).map(retention), channels: channels,
      segments: segments, lift: shop.experiment?.lift,
      variants: shop.experiment == nil ? [] : variants, clean: clean,
      exported: isDirty ? exported.result() : clean, defects: defects)
  }

  private func retention(onDay day: Int) -> SampleTruth.Day {
    var people = 0
    var sum = 0.0
    for segment in arrivals.indices {
      let observed = arrivals[segment][..<(plan.dayCount - day)].reduce(0, +)
      people += observed
      sum += Double(observed) * plan.returnProbability(segment: segment, onDay: day)
    }
    return SampleTruth.Day(
      day: day, probability: people == 0 ? 0 : sum / Double(people), people: people,
      returned: returned[day])
  }
}
