public import GA4Model

/// What an experiment did, from the events: who was exposed to which variant, and what they did then.
///
/// ```swift
/// let query = ExperimentQuery(
///   exposure: EventPredicate { $0.name == "experiment_impression" },
///   variants: ["control", "treatment"],
///   metrics: [.conversion("Buyers", role: .primary) { $0.name == .purchase }])
/// print(ExperimentReadout(query.evaluate(log)))
/// ```
///
/// A user belongs to the variant of its first exposure, and its events from that moment on count, for
/// as long as ``windowDays`` says. What other tools get wrong most often is done once here: users
/// without any event after the exposure count as zeros, purchases before it do not count, and who
/// was exposed to several variants is left out and counted.
public struct ExperimentQuery: EventQuery {
  /// What becomes of users exposed to several variants.
  public enum MixedExposure: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are left out and counted.
    case exclude
    /// They stay in the variant of their first exposure, as an analysis by intention to treat has it.
    case first
  }

  /// Which events are exposures.
  public let exposure: EventPredicate
  /// Where an exposure says its variant.
  public let variant: EventDimension
  /// The planned variants, the control first.
  public let variants: [ExperimentAssignment.Variant]
  /// What is measured.
  public let metrics: [ExperimentMetric]
  /// How many days of 24 hours after its first exposure a user's events count; `nil` for all.
  public let windowDays: Int?
  /// The first exposures that count; users first exposed at other times are left out and counted.
  ///
  /// With a window, let it end so many days before the data do, so that every user had the whole
  /// window.
  public let exposedFrom: EventTime?
  /// Before when a first exposure counts.
  public let exposedBefore: EventTime?
  /// What becomes of users exposed to several variants.
  public let mixedExposure: MixedExposure

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - exposure: Which events are exposures.
  ///   - variant: Where an exposure says its variant; by default the parameter `variant`.
  ///   - variants: The planned variants with their shares, the control first.
  ///   - metrics: What is measured, each with a name of its own.
  ///   - windowDays: How many days after its first exposure a user's events count.
  ///   - exposedFrom: From when on a first exposure counts.
  ///   - exposedBefore: Before when a first exposure counts.
  ///   - mixedExposure: What becomes of users exposed to several variants.
  public init(
    exposure: EventPredicate, variant: EventDimension = .parameter("variant"),
    variants: [ExperimentAssignment.Variant], metrics: [ExperimentMetric],
    windowDays: Int? = nil, exposedFrom: EventTime? = nil, exposedBefore: EventTime? = nil,
    mixedExposure: MixedExposure = .exclude
  ) {
    self.exposure = exposure
    self.variant = variant
    self.variants = variants
    self.metrics = metrics
    self.windowDays = windowDays
    self.exposedFrom = exposedFrom
    self.exposedBefore = exposedBefore
    self.mixedExposure = mixedExposure
    if let problem { preconditionFailure(problem) }
  }

  /// Makes a query for variants of equal shares.
  public init(
    exposure: EventPredicate, variant: EventDimension = .parameter("variant"),
    variants: [String], metrics: [ExperimentMetric], windowDays: Int? = nil,
    exposedFrom: EventTime? = nil, exposedBefore: EventTime? = nil,
    mixedExposure: MixedExposure = .exclude
  ) {
    self.init(
      exposure: exposure, variant: variant,
      variants: variants.map { ExperimentAssignment.Variant($0) }, metrics: metrics,
      windowDays: windowDays, exposedFrom: exposedFrom, exposedBefore: exposedBefore,
      mixedExposure: mixedExposure)
  }

  public func makeState() -> ExperimentState { ExperimentState(self) }

  /// What is wrong with the query, `nil` if nothing is.
  private var problem: String? {
    if variants.count < 2 { return "An experiment needs two variants or more, the control first." }
    if Set(variants.map { Bytewise($0.name) }).count < variants.count {
      return "The variants of an experiment must have different names."
    }
    if variants.contains(where: { !($0.weight > 0) || $0.weight == .infinity }) {
      return "The weights of variants must be finite and above zero."
    }
    if Set(metrics.map { Bytewise($0.name) }).count < metrics.count {
      return "The metrics of an experiment must have different names."
    }
    if let windowDays, !(1...36_500).contains(windowDays) {
      return "The window after the exposure must have 1 to 36,500 days."
    }
    return metrics.lazy.compactMap(\.problem).first
  }

  /// The query in words.
  public var description: String {
    "experiment of \(variants.map(\.name).joined(separator: ", ")) by \(variant), exposed where"
      + " \(exposure)" + (windowDays.map { ", \($0) days from the first exposure" } ?? "")
      + (exposedFrom.map { ", exposed from \($0)" } ?? "")
      + (exposedBefore.map { ", exposed before \($0)" } ?? "")
      + (mixedExposure == .first ? ", users of several variants in the first" : "")
      + metrics.map { "; \($0)" }.joined()
  }

  private enum CodingKeys: CodingKey {
    case exposure, variant, variants, metrics, windowDays, exposedFrom, exposedBefore, mixedExposure
  }

  /// Decodes a query.
  ///
  /// - Throws: `DecodingError` with a sentence when the query makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    exposure = try container.decode(EventPredicate.self, forKey: .exposure)
    variant = try container.decode(EventDimension.self, forKey: .variant)
    variants = try container.decode([ExperimentAssignment.Variant].self, forKey: .variants)
    metrics = try container.decode([ExperimentMetric].self, forKey: .metrics)
    windowDays = try container.decodeIfPresent(Int.self, forKey: .windowDays)
    exposedFrom = try container.decodeIfPresent(EventTime.self, forKey: .exposedFrom)
    exposedBefore = try container.decodeIfPresent(EventTime.self, forKey: .exposedBefore)
    mixedExposure = try container.decode(MixedExposure.self, forKey: .mixedExposure)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
