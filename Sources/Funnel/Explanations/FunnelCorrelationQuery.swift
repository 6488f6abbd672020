public import GA4Model

/// Which events or properties go along with conversion in a funnel.
///
/// ```swift
/// let report = FunnelCorrelationQuery(funnel, openWindows: .leftOut).evaluate(log)
/// report.rows[0].value                      // "add_payment_info"
/// report.rows[0].oddsRatio                  // 1677.0
/// report.rows[0].adjustedP                  // 3.2…e-23
/// FunnelCorrelationQuery(funnel, of: .dimensions([.country, .deviceCategory])).evaluate(log)
/// ```
///
/// It looks at the units that entered: those that did the last step converted, the others dropped. By
/// the path of each unit, for each candidate it counts the four cells of
///
/// | | converted | dropped |
/// |---|---|---|
/// | with the candidate | a | b |
/// | without | c | d |
///
/// and gives the odds ratio a d / (b c), its interval, and the probability of Fisher's exact test, both
/// sides, adjusted for the number of candidates.
///
/// An **event** is a candidate by its name. A unit has it if it did it after the first event of its
/// path and, if it converted, before the last one, at times strictly between; if it dropped, until its
/// path could go no further: until the window of its entry closes, its end included, or the time for the
/// next step runs out, or the data end. Events that fulfil a step of the funnel are left out.
///
/// A **dimension** makes a candidate of each value; a unit has that of the first event of its path, and
/// a missing value is one too.
///
/// A correlation is not a cause: see <doc:ExplainingDropOff>.
public struct FunnelCorrelationQuery: EventQuery {
  /// What is correlated with conversion.
  public enum Subject: Sendable, Hashable, Codable {
    /// Events by their name.
    case events
    /// The values of some dimensions.
    case dimensions([EventDimension])
  }

  /// How the odds ratio is estimated, and its interval.
  public enum Estimate: Sendable, Hashable, Codable {
    /// The ratio under which the table is most probable given its margins, and the exact interval of
    /// the same distribution (Cornfield 1956), as R's `fisher.test` gives them; 0 or ∞ where a cell is
    /// empty.
    case conditional
    /// The ratio of the cells with `prior` added to each, and the interval of Woolf (1955).
    ///
    /// A half (Haldane 1956, Anscombe 1956) keeps it finite and nearly unbiased, 1 is what PostHog
    /// adds, and with 0 it is 0 or ∞ where a cell is empty, with the interval 0…∞.
    case sample(prior: Double)
  }

  /// How probabilities are adjusted for the number of candidates.
  public enum Adjustment: String, Sendable, Hashable, Codable, CaseIterable {
    /// By Benjamini and Hochberg (1995): of the candidates below a level, on average at most that
    /// share is there by chance.
    case benjaminiHochberg
    /// By Holm (1979): the chance that any candidate is below a level by chance is at most the level.
    case holm
    /// Not at all.
    case none
  }

  /// What a unit is that has not converted and whose window is still open when the data end.
  public enum OpenWindows: String, Sendable, Hashable, Codable, CaseIterable {
    /// One that dropped, as in the counts of the funnel.
    case dropped
    /// None: it does not count.
    case leftOut
  }

  /// The funnel: closed, of two steps or more, counting units, without breakdown.
  public var funnel: FunnelQuery { didSet { check() } }
  /// What is correlated with conversion.
  public var subject: Subject { didSet { check() } }
  /// Events that are no candidates.
  public var ignored: EventPredicate
  /// How the odds ratio is estimated, and its interval.
  public var estimate: Estimate { didSet { check() } }
  /// The level of the intervals.
  public var level: Double { didSet { check() } }
  /// How probabilities are adjusted for the number of candidates.
  public var adjustment: Adjustment
  /// How many units must have a candidate for it to be tested.
  public var minimumUnits: Int { didSet { check() } }
  /// What a unit is whose window is still open when the data end.
  public var openWindows: OpenWindows
  /// How many candidates are listed, the strongest first.
  public var limit: Int { didSet { check() } }

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - funnel: The funnel: closed, of two steps or more, counting units, without breakdown.
  ///   - subject: What is correlated with conversion.
  ///   - ignored: Events that are no candidates, such as `user_engagement`; of no meaning for
  ///     dimensions.
  ///   - estimate: How the odds ratio is estimated, and its interval; a prior is 0, or from 0.001 to
  ///     1,000,000.
  ///   - level: The level of the intervals, between 0 and 1.
  ///   - adjustment: How probabilities are adjusted for the number of candidates.
  ///   - minimumUnits: How many units must have a candidate for it to be tested, at least 1; rare ones
  ///     say nothing and cost the others power.
  ///   - openWindows: What a unit is whose window is still open when the data end.
  ///   - limit: How many candidates are listed, at least 1.
  public init(
    _ funnel: FunnelQuery, of subject: Subject = .events, ignoring ignored: EventPredicate = .never,
    estimate: Estimate = .sample(prior: 0.5), level: Double = 0.95,
    adjustment: Adjustment = .benjaminiHochberg, minimumUnits: Int = 10,
    openWindows: OpenWindows = .dropped, limit: Int = 20
  ) {
    self.funnel = funnel
    self.subject = subject
    self.ignored = ignored
    self.estimate = estimate
    self.level = level
    self.adjustment = adjustment
    self.minimumUnits = minimumUnits
    self.openWindows = openWindows
    self.limit = limit
    check()
  }

  public func makeState() -> FunnelCorrelationState { FunnelCorrelationState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? {
    if funnel.steps.count < 2 {
      return "A correlation with conversion needs a funnel of at least two steps"
    }
    if funnel.entry == .open {
      return "An open funnel has no entry that all units share; correlate with a closed one"
    }
    if funnel.counting == .totals {
      return "Attempts of one unit depend on each other and cannot be tested; count units"
    }
    if funnel.breakdown != nil {
      return "A correlation is that of a funnel without breakdown; filter the log for one value"
    }
    if case .dimensions(let dimensions) = subject {
      if dimensions.isEmpty { return "A correlation of properties needs at least one dimension" }
      if Set(dimensions).count < dimensions.count {
        return "A correlation of properties takes each dimension once"
      }
    }
    if case .sample(let prior) = estimate, prior != 0, !(prior >= 0.001 && prior <= 1e6) {
      return "The prior of an odds ratio must be 0, or lie between 0.001 and 1,000,000"
    }
    if !(level > 0 && level < 1) { return "The level of an interval must lie between 0 and 1" }
    if minimumUnits < 1 { return "A candidate is one that at least one unit has" }
    if limit < 1 { return "A list of correlations must have room for at least one" }
    return nil
  }

  /// The dimensions whose values are candidates.
  var dimensions: [EventDimension] {
    switch subject {
    case .events: [.name]
    case .dimensions(let dimensions): dimensions
    }
  }

  /// The query in words.
  public var description: String {
    let what =
      subject == .events
      ? "events" : dimensions.map(\.description).joined(separator: ", ")
    var text = "correlation of \(what) with conversion"
    if ignored != .never, subject == .events { text += ", ignoring \(ignored)" }
    text += ": odds ratios \(estimate) at \(NumberText.shortest(level * 100)) %"
    text += ", two-sided exact tests \(adjustment)"
    text += ", candidates of at least \(NumberFormat.grouped(minimumUnits)) \(funnel.unit.rawValue)"
    if openWindows == .leftOut { text += ", without those whose window is still open" }
    return text + ", in the \(funnel)"
  }
}

extension FunnelCorrelationQuery.Estimate: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    switch self {
    case .conditional: "of greatest conditional likelihood with exact intervals"
    case .sample(prior: 0): "of the sample with Woolf's intervals"
    case .sample(let prior):
      "with \(NumberText.shortest(prior)) added to each cell and Woolf's intervals"
    }
  }
}

extension FunnelCorrelationQuery.Adjustment: CustomStringConvertible {
  /// The method in words.
  public var description: String {
    switch self {
    case .benjaminiHochberg: "adjusted by Benjamini and Hochberg"
    case .holm: "adjusted by Holm"
    case .none: "without adjustment"
    }
  }
}

extension FunnelCorrelationQuery {
  private enum CodingKeys: CodingKey {
    case funnel, subject, ignored, estimate, level, adjustment, minimumUnits, openWindows, limit
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    funnel = try container.decode(FunnelQuery.self, forKey: .funnel)
    subject = try container.decode(Subject.self, forKey: .subject)
    ignored = try container.decode(EventPredicate.self, forKey: .ignored)
    estimate = try container.decode(Estimate.self, forKey: .estimate)
    level = try container.decode(Double.self, forKey: .level)
    adjustment = try container.decode(Adjustment.self, forKey: .adjustment)
    minimumUnits = try container.decode(Int.self, forKey: .minimumUnits)
    openWindows = try container.decode(OpenWindows.self, forKey: .openWindows)
    limit = try container.decode(Int.self, forKey: .limit)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
