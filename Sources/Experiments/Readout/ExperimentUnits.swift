/// An experiment as a table with a row for each unit.
///
/// ```swift
/// let units = ExperimentUnits(variants: ["A", "B", "B", …], columns: [
///   .init("Retention", values: [1, 0, 1, …], role: .primary),
///   .init("Rounds", values: [38, 2, 190, …], covariates: [[20, 5, 60, …]], winsorizing: 0.999),
/// ])
/// print(ExperimentReadout(units.summary(control: "A")))
/// ```
public struct ExperimentUnits: Sendable, Hashable {
  /// A metric of every unit.
  public struct Column: Sendable, Hashable {
    /// The name of the metric.
    public var name: String
    /// The value of each unit, or the numerator of a ratio; finite.
    public var values: [Double]
    /// The denominator of each unit, `nil` for the mean of the values.
    public var denominators: [Double]?
    /// Numbers of each unit known before the exposure.
    public var covariates: [[Double]]
    /// What the metric decides.
    public var role: MetricRole
    /// Which way is good.
    public var goal: MetricGoal
    /// The share of units, over all arms, whose values are not lowered; `nil` for all.
    public var winsorizing: Double?

    /// Makes a column.
    ///
    /// - Parameters:
    ///   - name: The name of the metric.
    ///   - values: The value of each unit, or the numerator of a ratio.
    ///   - denominators: The denominator of each unit.
    ///   - covariates: Numbers of each unit known before the exposure.
    ///   - role: What the metric decides.
    ///   - goal: Which way is good.
    ///   - winsorizing: The share of units whose values are not lowered.
    public init(
      _ name: String, values: [Double], over denominators: [Double]? = nil,
      covariates: [[Double]] = [], role: MetricRole = .secondary, goal: MetricGoal = .increase,
      winsorizing: Double? = nil
    ) {
      self.name = name
      self.values = values
      self.denominators = denominators
      self.covariates = covariates
      self.role = role
      self.goal = goal
      self.winsorizing = winsorizing
    }
  }

  /// The variant of each unit.
  public let variants: [String]
  /// The metrics.
  public let columns: [Column]

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - variants: The variant of each unit.
  ///   - columns: The metrics, each with a number for every unit.
  public init(variants: [String], columns: [Column]) {
    precondition(
      columns.allSatisfy { column in
        ([column.values] + (column.denominators.map { [$0] } ?? []) + column.covariates)
          .allSatisfy { $0.count == variants.count }
      }, "Every column needs a number for each unit.")
    self.variants = variants
    self.columns = columns
  }

  /// Returns the moments of the arms.
  ///
  /// - Parameters:
  ///   - control: The name of the control; the first in the order of bytes when `nil`.
  ///   - weights: The planned share of each variant; equal by default. A variant that is not named has
  ///     the share 1.
  /// - Complexity: O(*n m*) for *n* units and *m* columns, and O(*n* log *n*) for each that is
  ///   winsorised.
  public func summary(
    control: String? = nil, weights: [String: Double] = [:]
  ) -> ExperimentSummary {
    var places: [String: Int] = [:]
    var names = Array(Set(variants)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if let control {
      names.removeAll { $0 == control }
      names.insert(control, at: 0)
    }
    for (place, name) in names.enumerated() { places[name] = place }
    let arms = variants.map { places[$0]! }
    var units = [Int](repeating: 0, count: names.count)
    for arm in arms { units[arm] += 1 }
    let moments = columns.map { Self.moments($0, arms, names.count) }
    return ExperimentSummary(
      metrics: columns.map(Self.definition),
      arms: names.indices.map { arm in
        ExperimentSummary.Arm(
          names[arm], weight: weights[names[arm]] ?? 1, units: units[arm],
          metrics: moments.map { $0[arm] })
      })
  }

  private static func definition(_ column: Column) -> MetricDefinition {
    let first = column.denominators == nil ? 1 : 2
    return MetricDefinition(
      column.name, column.denominators == nil ? .mean(0) : .ratio(0, over: 1),
      covariates: column.covariates.indices.map { .mean(first + $0) }, role: column.role,
      goal: column.goal)
  }

  private static func moments(_ column: Column, _ arms: [Int], _ count: Int) -> [MetricMoments] {
    let variables =
      [column.values] + (column.denominators.map { [$0] } ?? []) + column.covariates
    let limit =
      column.winsorizing.flatMap { Winsorizing.threshold(column.values, at: $0) } ?? .infinity
    var moments = [MetricMoments](
      repeating: MetricMoments(variables: variables.count), count: count)
    var row = [Double](repeating: 0, count: variables.count)
    for (unit, arm) in arms.enumerated() {
      for index in variables.indices { row[index] = variables[index][unit] }
      row[0] = min(row[0], limit)
      moments[arm].add(row)
    }
    return moments
  }
}
