/// What a metric decides.
public enum MetricRole: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The experiment was made for it.
  case primary
  /// It is looked at and decides nothing.
  case secondary
  /// It must not get worse: by more than the margin, a share of the control, where one is given.
  ///
  /// With a margin the readout asks for proof that the loss is smaller (non-inferiority); without one it
  /// asks that no loss is shown.
  case guardrail(margin: Double? = nil)

  /// Whether it is a guardrail.
  public var isGuardrail: Bool { if case .guardrail = self { true } else { false } }

  var problem: String? {
    guard case .guardrail(let margin?) = self, !(margin > 0 && margin < 1) else { return nil }
    return "The margin of a guardrail must be a share above 0 and below 1."
  }

  public var description: String {
    switch self {
    case .primary: "primary"
    case .secondary: "secondary"
    case .guardrail: "guardrail"
    }
  }
}

/// Which way a metric is good.
public enum MetricGoal: String, Sendable, Hashable, Codable, CaseIterable {
  /// The more the better.
  case increase
  /// The less the better.
  case decrease
}

/// A metric as a readout sees it: how it is made from the variables of a unit.
public struct MetricDefinition: Sendable, Hashable, Codable {
  /// The name.
  public var name: String
  /// How it is made from the variables of a unit.
  public var form: MetricForm
  /// What it is adjusted for; known before the exposure.
  public var covariates: [MetricForm]
  /// What it decides.
  public var role: MetricRole
  /// Which way is good.
  public var goal: MetricGoal

  /// Makes a definition.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - form: How it is made from the variables of a unit.
  ///   - covariates: What it is adjusted for; known before the exposure.
  ///   - role: What it decides.
  ///   - goal: Which way is good.
  public init(
    _ name: String, _ form: MetricForm = .mean(0), covariates: [MetricForm] = [],
    role: MetricRole = .secondary, goal: MetricGoal = .increase
  ) {
    if let problem = role.problem { preconditionFailure(problem) }
    self.name = name
    self.form = form
    self.covariates = covariates
    self.role = role
    self.goal = goal
  }
}

/// All that a readout needs of an experiment: for each arm the moments of each metric.
///
/// ```swift
/// let summary = ExperimentSummary(
///   metrics: [MetricDefinition("Conversion", role: .primary)],
///   arms: [
///     .init("control", units: 13, metrics: [MetricMoments(successes: 2, of: 13)]),
///     .init("treatment", units: 25, metrics: [MetricMoments(successes: 5, of: 25)]),
///   ])
/// print(ExperimentReadout(summary))
/// ```
///
/// ``ExperimentQuery`` makes it from events, ``ExperimentUnits`` from a table with a row per unit.
public struct ExperimentSummary: Sendable, Hashable, Codable {
  /// An arm.
  public struct Arm: Sendable, Hashable, Codable {
    /// The name of the variant.
    public var name: String
    /// The share of units that the arm was meant to have, in proportion to the sum of all.
    public var weight: Double
    /// The units that were assigned.
    public var units: Int
    /// The moments of each metric, in the order of ``ExperimentSummary/metrics``.
    public var metrics: [MetricMoments]

    /// Makes an arm.
    ///
    /// - Parameters:
    ///   - name: The name of the variant.
    ///   - weight: The planned share in proportion to the sum of all.
    ///   - units: The units that were assigned.
    ///   - metrics: The moments of each metric.
    public init(_ name: String, weight: Double = 1, units: Int, metrics: [MetricMoments]) {
      precondition(units >= 0, "The number of units must not be negative.")
      precondition(
        weight >= 0 && weight < .infinity, "The weight of an arm must be finite and not negative.")
      self.name = name
      self.weight = weight
      self.units = units
      self.metrics = metrics
    }
  }

  /// The metrics.
  public var metrics: [MetricDefinition]
  /// The arms, the control first.
  public var arms: [Arm]

  /// Makes a summary.
  ///
  /// - Parameters:
  ///   - metrics: The metrics.
  ///   - arms: The arms, the control first, each with the moments of every metric.
  public init(metrics: [MetricDefinition], arms: [Arm]) {
    precondition(
      arms.allSatisfy { $0.metrics.count == metrics.count },
      "Each arm needs the moments of every metric.")
    self.metrics = metrics
    self.arms = arms
  }
}
