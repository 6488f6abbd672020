public import GA4Model
import StatisticsCore

/// A synthetic web shop whose visitors, visits and purchases are random but known.
///
/// ```swift
/// let january = CalendarDay("2024-01-01")!...CalendarDay("2024-01-31")!
/// let shop = SampleShop(seed: 7, users: 2_000, days: january)
/// let log = try shop.log()
/// log.sessions.count == shop.truth.clean.sessions    // true
/// print(shop.truth)                                  // what was planted and what came of it
/// ```
///
/// The events look like GA4's export to BigQuery of a web shop with the property's zone at UTC and
/// the currency USD. The purpose is to try and to test: every rate is planted, and ``truth`` counts
/// what a correct analysis must find.
///
/// The same arguments give the same bytes on every machine. Visitor *i* is a function of the seed
/// and *i*, so a larger shop has the same visitors and more; one more day moves a few visitors'
/// first visits to it and only adds to what all others do.
///
/// All amounts are multiples of 0.25, so sums of them are exact in any order.
public struct SampleShop: Sendable, Hashable {
  /// What decides everything that is random.
  public let seed: UInt64
  /// How many people visit.
  public let users: Int
  /// The days on which the shop is observed.
  public let days: ClosedRange<CalendarDay>
  /// Which generation of the export is imitated.
  public let schema: ExportSchema
  /// The rates of the defects.
  public let dirt: DirtyData
  /// The A/B experiment, `nil` for none.
  public let experiment: SampleExperiment?
  /// The fault in the tracking, `nil` for none.
  public let trackingBreak: TrackingBreak?

  /// Makes a shop; nothing is generated yet.
  ///
  /// - Parameters:
  ///   - seed: what decides everything that is random.
  ///   - users: how many people visit, at most 1,000,000,000.
  ///   - days: from the year 1970, at most 10,000; everybody's first visit falls on one of them.
  ///   - schema: which generation of the export is imitated.
  ///   - dirt: the rates of the defects.
  ///   - experiment: by default one with a lift of 10 %.
  ///   - trackingBreak: the fault in the tracking, `nil` for none.
  public init(
    seed: UInt64, users: Int, days: ClosedRange<CalendarDay>, schema: ExportSchema = .classic,
    dirt: DirtyData = .none, experiment: SampleExperiment? = SampleExperiment(),
    trackingBreak: TrackingBreak? = nil
  ) {
    precondition(
      users >= 0 && users <= 1_000_000_000, "A sample shop has from 0 to 1,000,000,000 users.")
    precondition(
      days.lowerBound >= .unixEpoch && days.lowerBound.distance(to: days.upperBound) < 10_000,
      "A sample shop is open for at most 10,000 days from 1970 on.")
    self.seed = seed
    self.users = users
    self.days = days
    self.schema = schema
    self.dirt = dirt
    self.experiment = experiment
    self.trackingBreak = trackingBreak
  }

  /// 500 users in the first 14 days of 2024, clean: for documentation and quick tests.
  public static let small = SampleShop(seed: 1, users: 500, days: january(14))

  /// 300,000 users in 30 days, about 4.3 million events: for comparing engines.
  public static let benchmark = SampleShop(seed: 1, users: 300_000, days: january(30))

  private static func january(_ count: Int) -> ClosedRange<CalendarDay> {
    let first = CalendarDay(year: 2024, month: 1, day: 1)!
    return first...first.advanced(by: count - 1)
  }

  /// The events in the order of the export.
  public var events: SampleEvents { SampleEvents(shop: self, users: 0..<users) }

  /// The events of some of the visitors, in the order of the export.
  ///
  /// Disjoint ranges can be generated in parallel.
  ///
  /// - Parameter users: numbers of visitors, from 0 to ``users``.
  public func events(ofUsers users: Range<Int>) -> SampleEvents {
    precondition(
      users.lowerBound >= 0 && users.upperBound <= self.users,
      "The range of users must lie in 0..<users of the shop.")
    return SampleEvents(shop: self, users: users)
  }

  /// The events as a log.
  ///
  /// - Throws: `EventLogError` when there is more than a log can hold.
  public func log(options: EventLogOptions = EventLogOptions()) throws(EventLogError) -> EventLog {
    try EventLog(events, options: options)
  }

  var plan: VisitPlan { VisitPlan(seed: seed, days: days) }

  var soiling: Soiling { Soiling(dirt: dirt, trackingBreak: trackingBreak, end: plan.end) }
}
