import StatisticsCore

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

    /// All numbers of a unit: numerator, denominator, covariates.
    var variables: [[Double]] { [values] + (denominators.map { [$0] } ?? []) + covariates }

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

  /// The names of the arms.
  public let names: [String]
  /// The metrics.
  public let columns: [Column]
  /// The place of each unit's arm in the names.
  let arms: [Int32]

  /// The variant of each unit.
  public var variants: [String] { arms.map { names[Int($0)] } }

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - variants: The variant of each unit.
  ///   - columns: The metrics, each with a number for every unit.
  public init(variants: [String], columns: [Column]) {
    let names = Array(Set(variants)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: zip(names, Int32(0)...))
    self.init(names, variants.map { places[$0]! }, columns)
  }

  /// Makes a table of units whose variants are coded, as columns of other tools are.
  ///
  /// ```swift
  /// let units = ExperimentUnits(
  ///   names: ["control", "treatment"], codes: [0, 1, 1, …],
  ///   columns: [.init("Retention", values: [1, 0, 1, …], role: .primary)])
  /// print(ExperimentReadout(units.summary()))
  /// ```
  ///
  /// Of millions of units a string for each would take longer than all that follows.
  ///
  /// - Parameters:
  ///   - names: The names of the arms, each once, the control first. Arms without units stay, as planned
  ///     arms that nobody was assigned to.
  ///   - codes: For each unit the place of its arm in the names, from 0.
  ///   - columns: The metrics, each with a number for every unit.
  public init(names: [String], codes: [UInt8], columns: [Column]) {
    precondition(Set(names).count == names.count, "The names of the arms must differ.")
    precondition(
      codes.allSatisfy { $0 < names.count }, "The code of each unit must be the place of a name.")
    self.init(names, codes.map { Int32($0) }, columns)
  }

  private init(_ names: [String], _ arms: [Int32], _ columns: [Column]) {
    precondition(
      columns.allSatisfy { column in column.variables.allSatisfy { $0.count == arms.count } },
      "Every column needs a number for each unit.")
    (self.names, self.arms, self.columns) = (names, arms, columns)
  }

  /// Returns the moments of the arms.
  ///
  /// - Parameters:
  ///   - control: The name of the control; when `nil` the first in the order of bytes, or of the
  ///     names of coded arms.
  ///   - weights: The planned share of each variant; equal by default. A variant that is not named has
  ///     the share 1.
  /// - Complexity: O(*n m*) for *n* units and *m* columns, about two nanoseconds for each value, and
  ///   O(*n* log *n*) for each column that is winsorised.
  public func summary(
    control: String? = nil, weights: [String: Double] = [:]
  ) -> ExperimentSummary {
    let limits = columns.map(Self.limit)
    return summary(control, weights, moments(of: 0..<arms.count, limits: limits))
  }

  /// Returns the moments of the arms, the same bits, with the work of several threads.
  ///
  /// - Parameters:
  ///   - control: The name of the control; when `nil` the first in the order of bytes, or of the
  ///     names of coded arms.
  ///   - weights: The planned share of each variant; equal by default. A variant that is not named has
  ///     the share 1.
  ///   - workers: How many parts of the units are worked on side by side, at least 1.
  public func summary(
    control: String? = nil, weights: [String: Double] = [:], workers: Int
  ) async -> ExperimentSummary {
    let limits = await concurrentMap(columns, workers: workers) { Self.limit($0) }
    let ranges = splitRanges(count: arms.count, into: workers)
    let parts = await concurrentMap(ranges, workers: workers) { range in
      self.moments(of: range, limits: limits)
    }
    var all = moments(of: 0..<0, limits: limits)
    for part in parts {
      for column in all.indices {
        for arm in all[column].indices { all[column][arm].merge(part[column][arm]) }
      }
    }
    return summary(control, weights, all)
  }

  private func summary(
    _ control: String?, _ weights: [String: Double], _ moments: [[MetricMoments]]
  ) -> ExperimentSummary {
    var units = [Int](repeating: 0, count: names.count)
    for arm in arms { units[Int(arm)] += 1 }
    var order = Array(names.indices)
    if let control, let place = names.firstIndex(of: control) {
      order.remove(at: place)
      order.insert(place, at: 0)
    }
    var arms = order.map { arm in
      ExperimentSummary.Arm(
        names[arm], weight: weights[names[arm]] ?? 1, units: units[arm],
        metrics: moments.map { $0[arm] })
    }
    if let control, !names.contains(control) {
      arms.insert(
        ExperimentSummary.Arm(
          control, weight: weights[control] ?? 1, units: 0,
          metrics: columns.map { MetricMoments(variables: $0.variables.count) }), at: 0)
    }
    return ExperimentSummary(metrics: columns.map(Self.definition), arms: arms)
  }

  private static func definition(_ column: Column) -> MetricDefinition {
    let first = column.denominators == nil ? 1 : 2
    return MetricDefinition(
      column.name, column.denominators == nil ? .mean(0) : .ratio(0, over: 1),
      covariates: column.covariates.indices.map { .mean(first + $0) }, role: column.role,
      goal: column.goal)
  }

  /// The number above which values are lowered to it.
  private static func limit(_ column: Column) -> Double {
    column.winsorizing.flatMap { Winsorizing.threshold(column.values, at: $0) } ?? .infinity
  }
}
