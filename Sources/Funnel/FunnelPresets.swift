public import GA4Model

/// An option of ClickHouse's `windowFunnel`, as its documentation describes it.
public enum ClickHouseFunnelOption: String, Sendable, Hashable, Codable, CaseIterable {
  /// No other event between two steps.
  case strictOrder = "strict_order"
  /// A step that happens again ends the attempt.
  case strictDeduplication = "strict_deduplication"
  /// Each step is later than the one before.
  case strictIncrease = "strict_increase"
  /// No event fulfils two steps, which is always so here.
  case strictOnce = "strict_once"
}

extension FunnelQuery {
  /// The funnel of ClickHouse's `windowFunnel(window, options…)(time, steps…)`.
  ///
  /// ```swift
  /// FunnelQuery.clickHouse(steps, window: .seconds(3_600), options: [.strictIncrease])
  /// ```
  ///
  /// The options mean what the documentation says. ClickHouse follows one chain for each level and
  /// gives up at the first violation, so it misses users who come through later; here these count.
  public static func clickHouse(
    _ steps: [Step], window: Duration, options: Set<ClickHouseFunnelOption> = []
  ) -> FunnelQuery {
    var steps = steps
    if options.contains(.strictOrder) {
      for index in steps.indices.dropFirst() { steps[index].adjacency = .directly }
    }
    var query = FunnelQuery(steps, window: .fromFirstStep(window))
    if options.contains(.strictDeduplication) { query.repeats = .endAttempt }
    if options.contains(.strictIncrease) { query.ties = .strictlyLater }
    return query
  }

  /// How PostHog orders the steps of a funnel.
  public enum PostHogOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// "Sequential": in order, with anything between.
    case ordered
    /// "Strict order": in order, with nothing but repeats of the step before between.
    case strict
    /// "Any order".
    case unordered
  }

  /// The funnel of PostHog: from any entry, with the order of its steps by its name there.
  ///
  /// ```swift
  /// FunnelQuery.postHog(steps, window: .seconds(3_600), order: .strict)
  /// ```
  ///
  /// Exclusions drop the user from the whole funnel, save in any order, where they start anew.
  ///
  /// `window`: The conversion window, from the first step; PostHog's own is 14 days.
  public static func postHog(
    _ steps: [Step], window: Duration = .seconds(14 * 86_400), order: PostHogOrder = .ordered,
    exclusions: [FunnelExclusion] = [], breakdown: FunnelBreakdown? = nil
  ) -> FunnelQuery {
    var steps = steps
    if order == .strict {
      for index in steps.indices.dropFirst() {
        steps[index].adjacency = .directlyAllowingRepeats
      }
    }
    return FunnelQuery(
      steps, window: .fromFirstStep(window), order: order == .unordered ? .anyOrder : .inOrder,
      exclusions: exclusions,
      exclusionPolicy: order == .unordered ? .endAttempt : .dropUnit, breakdown: breakdown)
  }

  /// The funnel exploration of GA4: closed or open, each step within an own time of the one before if
  /// ``Step/within`` says so, "directly followed by" by ``Step/Adjacency/directly``.
  ///
  /// ```swift
  /// FunnelQuery.ga4([Step(.viewItem), Step(.purchase, within: .seconds(3_600))], isOpen: true)
  /// ```
  public static func ga4(
    _ steps: [Step], isOpen: Bool = false, breakdown: FunnelBreakdown? = nil
  ) -> FunnelQuery {
    FunnelQuery(steps, entry: isOpen ? .open : .any, breakdown: breakdown)
  }

  /// The funnel of Mixpanel: from the first entry of each user, whose exclusions end the attempt.
  ///
  /// ```swift
  /// FunnelQuery.mixpanel(steps, counting: .totals)                // attempts within 7 days
  /// ```
  ///
  /// `window`: The conversion window, from the first step; Mixpanel's own is 7 days.
  public static func mixpanel(
    _ steps: [Step], window: Duration = .seconds(7 * 86_400), counting: FunnelCounting = .units,
    exclusions: [FunnelExclusion] = [], holdConstant: [EventDimension] = []
  ) -> FunnelQuery {
    FunnelQuery(
      steps, window: .fromFirstStep(window), counting: counting,
      entry: counting == .units ? .first : .any, exclusions: exclusions,
      holdConstant: holdConstant)
  }
}
