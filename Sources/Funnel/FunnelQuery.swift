public import GA4Model

/// How many units go through a series of steps, and where the others stop.
///
/// ```swift
/// let query = FunnelQuery(
///   [Step(.viewItem), Step(.addToCart), Step(.beginCheckout), Step(.purchase)],
///   window: .fromFirstStep(.seconds(7 * 86_400)))
/// let report = query.evaluate(log)
/// report.steps.map(\.count)                 // [3818, 958, 329, 191]
/// ```
///
/// The level of a unit is the greatest *k* for which distinct events e1 … e*k* exist with e*i*
/// fulfilling step *i*, at times that do not fall, inside the window, over all entries. A wrong
/// event on the way never ends the search: later complete paths count.
public struct FunnelQuery: EventQuery {
  /// The most steps of a query.
  public static let mostSteps = 32
  /// The most exclusions of a query.
  public static let mostExclusions = 16

  /// The steps.
  public var steps: [Step] { didSet { check() } }
  /// How long a path may take.
  public var window: FunnelWindow { didSet { check() } }
  /// Whose paths are followed.
  public var unit: FunnelUnit
  /// What is counted.
  public var counting: FunnelCounting { didSet { check() } }
  /// In which order the steps must come.
  public var order: FunnelOrder { didSet { check() } }
  /// What order events of one time are in.
  public var ties: FunnelTies
  /// What happens when a step that an attempt has done happens again.
  public var repeats: FunnelRepeats { didSet { check() } }
  /// Where a path may begin.
  public var entry: FunnelEntry { didSet { check() } }
  /// Events that must not happen between two steps.
  public var exclusions: [FunnelExclusion] { didSet { check() } }
  /// What happens to a path with such an event.
  public var exclusionPolicy: FunnelExclusion.Policy { didSet { check() } }
  /// Properties that must have the same value, or be missing, in all events of a path.
  public var holdConstant: [EventDimension] { didSet { check() } }
  /// The division by the values of a dimension.
  public var breakdown: FunnelBreakdown? { didSet { check() } }
  /// From which entry the time of a path is measured, if at all.
  public var times: FunnelTimes
  /// Whether the report says for each day how many units entered and how many of those converted.
  public var hasTrend: Bool { didSet { check() } }
  /// Whether the report says why units stopped.
  public var explainsStops: Bool { didSet { check() } }
  /// The end of the data; `nil` for the end of the latest day of an event in the reporting zone.
  public var dataEnd: EventTime?

  /// Makes a query; see the properties for what it can ask.
  ///
  /// `steps`: The steps, 1 to ``mostSteps``; the first is never optional.
  public init(
    _ steps: [Step], window: FunnelWindow = .none, unit: FunnelUnit = .users,
    counting: FunnelCounting = .units, order: FunnelOrder = .inOrder,
    ties: FunnelTies = .together, repeats: FunnelRepeats = .allowed, entry: FunnelEntry = .any,
    exclusions: [FunnelExclusion] = [], exclusionPolicy: FunnelExclusion.Policy = .endAttempt,
    holdConstant: [EventDimension] = [], breakdown: FunnelBreakdown? = nil,
    times: FunnelTimes = .fromLatestEntry, hasTrend: Bool = false, explainsStops: Bool = false,
    dataEnd: EventTime? = nil
  ) {
    self.steps = steps
    self.window = window
    self.unit = unit
    self.counting = counting
    self.order = order
    self.ties = ties
    self.repeats = repeats
    self.entry = entry
    self.exclusions = exclusions
    self.exclusionPolicy = exclusionPolicy
    self.holdConstant = holdConstant
    self.breakdown = breakdown
    self.times = times
    self.hasTrend = hasTrend
    self.explainsStops = explainsStops
    self.dataEnd = dataEnd
    check()
  }

  public func makeState() -> FunnelState { FunnelState(self) }

  private func check() {
    if let problem { preconditionFailure(problem) }
  }

  /// What is wrong with the query, as a sentence that says what to do; `nil` if nothing is.
  var problem: String? { problem(with: window) }

  /// What would be wrong with the query under `window`.
  func problem(with window: FunnelWindow) -> String? {
    if steps.isEmpty { return "A funnel needs at least one step" }
    if steps.count > Self.mostSteps { return "A funnel can have at most \(Self.mostSteps) steps" }
    if steps[0].isOptional { return "The first step of a funnel cannot be optional; leave it out" }
    let durations = steps.compactMap(\.within) + [window.duration].compactMap { $0 }
    if durations.contains(where: { $0 <= .zero }) {
      return "A funnel's window must be positive; for events of one time use strictlyLater or ties"
    }
    if exclusions.count > Self.mostExclusions {
      return "A funnel can have at most \(Self.mostExclusions) exclusions; join some with ||"
    }
    for exclusion in exclusions
    where exclusion.from < 0 || exclusion.from >= exclusion.to || exclusion.to >= steps.count {
      return "An exclusion must lie between two steps of the funnel, the earlier one first"
    }
    if holdConstant.count > 3 { return "A funnel can hold at most three properties constant" }
    if !holdConstant.isEmpty, repeats == .endAttempt, !exclusions.isEmpty,
      exclusionPolicy == .dropUnit
    {
      // Whether another value's repeat ends the attempt whose exclusions count would be anyone's guess.
      return "A funnel that ends attempts at repeats and drops units holds no property constant"
    }
    if let breakdown {
      if breakdown.limit < 1 { return "A breakdown must list at least one value" }
      if case .step(let step) = breakdown.attribution, !steps.indices.contains(step) {
        return "A breakdown must take its value from a step of the funnel"
      }
    }
    if order == .anyOrder {
      if steps.contains(where: { $0.isOptional || $0.adjacency != .eventually || $0.within != nil })
      {
        return "Steps in any order have no step before: they cannot be optional, adjacent or timed"
      }
      if case .fromPreviousStep = window {
        return "Steps in any order have no step before: use a window from the first step"
      }
      if repeats == .endAttempt { return "Steps in any order can be repeated" }
      if entry == .open || counting == .totals || !holdConstant.isEmpty {
        return "Steps in any order take no totals, open entry or constant properties"
      }
      if exclusionPolicy == .dropUnit {
        return "Steps in any order take exclusions that end the attempt, not that drop the unit"
      }
      if let breakdown, ![.firstTouch, .lastTouch].contains(breakdown.attribution) {
        return "Steps in any order can be broken down by first or last touch"
      }
    }
    if entry == .open, counting == .totals || !exclusions.isEmpty {
      return "An open funnel counts units and takes no exclusions"
    }
    return nil
  }

  /// The query in words.
  public var description: String { description(under: [window]) }

  /// The query in words, under several windows.
  func description(under windows: [FunnelWindow]) -> String {
    var text = "funnel of \(unit.rawValue): "
    text += steps.map(\.description).joined(separator: order == .inOrder ? " → " : ", ")
    if order == .anyOrder { text += " in any order" }
    text += ", " + windows.map(\.description).joined(separator: " or ")
    if counting == .totals { text += ", counting attempts" }
    if ties == .strictlyLater { text += ", each at a later time" }
    if repeats == .endAttempt { text += ", until a step happens again" }
    switch entry {
    case .any: break
    case .first: text += ", from the first entry only"
    case .open: text += ", open to entry at any step"
    }
    for exclusion in exclusions {
      text +=
        ", without \(exclusion.predicate) between \(steps[exclusion.from].label) and"
        + " \(steps[exclusion.to].label)"
    }
    if !exclusions.isEmpty && exclusionPolicy == .dropUnit { text += " (else not counted at all)" }
    if !holdConstant.isEmpty {
      text += ", with the same " + holdConstant.map(\.description).joined(separator: " and ")
    }
    if let breakdown { text += ", by \(breakdown.dimension)" }
    if times == .fromFirstEntry { text += ", times from the first entry" }
    return text
  }
}

extension FunnelWindow {
  var duration: Duration? {
    switch self {
    case .none: nil
    case .fromFirstStep(let duration), .fromPreviousStep(let duration): duration
    }
  }
}

extension FunnelQuery {
  private enum CodingKeys: CodingKey {
    case steps, window, unit, counting, order, ties, repeats, entry, exclusions, exclusionPolicy
    case holdConstant, breakdown, times, hasTrend, explainsStops, dataEnd
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    steps = try container.decode([Step].self, forKey: .steps)
    window = try container.decode(FunnelWindow.self, forKey: .window)
    unit = try container.decode(FunnelUnit.self, forKey: .unit)
    counting = try container.decode(FunnelCounting.self, forKey: .counting)
    order = try container.decode(FunnelOrder.self, forKey: .order)
    ties = try container.decode(FunnelTies.self, forKey: .ties)
    repeats = try container.decode(FunnelRepeats.self, forKey: .repeats)
    entry = try container.decode(FunnelEntry.self, forKey: .entry)
    exclusions = try container.decode([FunnelExclusion].self, forKey: .exclusions)
    exclusionPolicy = try container.decode(FunnelExclusion.Policy.self, forKey: .exclusionPolicy)
    holdConstant = try container.decode([EventDimension].self, forKey: .holdConstant)
    breakdown = try container.decodeIfPresent(FunnelBreakdown.self, forKey: .breakdown)
    times = try container.decode(FunnelTimes.self, forKey: .times)
    hasTrend = try container.decode(Bool.self, forKey: .hasTrend)
    explainsStops = try container.decode(Bool.self, forKey: .explainsStops)
    dataEnd = try container.decodeIfPresent(EventTime.self, forKey: .dataEnd)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
