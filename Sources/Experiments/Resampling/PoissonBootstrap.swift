import StatisticsCore

/// A bootstrap of means and ratios in one pass over units that are seen once and not kept.
///
/// ```swift
/// var arm = PoissonBootstrap(variables: 1, replicates: 500, seed: 1)
/// for user in users { arm.add(user.id, [user.revenue]) }
/// arm.interval(.mean(0))                // of the mean
/// ```
///
/// Each unit takes part in each replicate as often as a Poisson number with the mean 1 says, which is a
/// fixed function of the seed and the unit's id. So parts may be computed anywhere and merged.
///
/// Source: N. Chamandy, O. Muralidharan, A. Najmi and S. Naidu, *Estimating Uncertainty for Massive Data
/// Streams*, Google Technical Report, 2012.
public struct PoissonBootstrap: Sendable, Hashable {
  /// The number of variables of a unit.
  public let variables: Int
  /// The number of replicates.
  public let replicates: Int
  /// Decides on all numbers.
  public let seed: UInt64
  // For each replicate the number of units and the sum of each variable; the last is the sample itself.
  private var counts: [Int]
  private var sums: [ExactSum]

  /// Creates a bootstrap of no units.
  ///
  /// - Parameters:
  ///   - variables: The number of variables of a unit.
  ///   - replicates: How often the sample is drawn again, 10 or more.
  ///   - seed: Decides on all numbers.
  public init(variables: Int, replicates: Int = 1_000, seed: UInt64 = 0) {
    precondition(variables >= 1, "A unit has at least one variable.")
    precondition(replicates >= 10, "A bootstrap needs at least 10 replicates.")
    self.variables = variables
    self.replicates = replicates
    self.seed = seed
    counts = Array(repeating: 0, count: replicates + 1)
    sums = Array(repeating: ExactSum(), count: (replicates + 1) * variables)
  }

  /// Adds a unit.
  ///
  /// - Parameters:
  ///   - id: The id of the unit.
  ///   - values: A number for each variable.
  /// - Complexity: O(*r m*) for *r* replicates and *m* variables.
  public mutating func add(_ id: String, _ values: [Double]) {
    precondition(values.count == variables, "A unit needs a number for each variable.")
    var generator = SeededGenerator(
      seed: seed, path: "Poisson bootstrap", StableHash.hash(id))
    for replicate in 0...replicates {
      let times = replicate == replicates ? 1 : generator.poisson(mean: 1)
      if times == 0 { continue }
      counts[replicate] += times
      for index in 0..<variables {
        sums[replicate * variables + index].addProduct(Double(times), values[index])
      }
    }
  }

  /// Adds the units of another with the same parameters.
  public mutating func merge(_ other: PoissonBootstrap) {
    precondition(
      variables == other.variables && replicates == other.replicates && seed == other.seed,
      "Bootstraps of the same variables, replicates and seed only can be merged.")
    for index in counts.indices { counts[index] += other.counts[index] }
    for index in sums.indices { sums[index].merge(other.sums[index]) }
  }

  /// The metric of the sample itself, `nil` without units or with a denominator of zero.
  public func estimate(_ form: MetricForm) -> Double? { value(form, replicates) }

  /// The metric of each replicate, ascending; those without value are left out.
  public func values(_ form: MetricForm) -> [Double] {
    (0..<replicates).compactMap { value(form, $0) }.sorted()
  }

  /// The interval between quantiles of the replicates, `nil` where fewer than half have a value.
  public func interval(_ form: MetricForm, confidence: Double = 0.95) -> ClosedRange<Double>? {
    Self.interval(values(form), of: replicates, confidence)
  }

  /// The interval of treatment minus control, `nil` where fewer than half of the replicates have a
  /// value.
  public static func difference(
    _ form: MetricForm, control: PoissonBootstrap, treatment: PoissonBootstrap,
    confidence: Double = 0.95
  ) -> ClosedRange<Double>? {
    precondition(
      control.replicates == treatment.replicates,
      "Two bootstraps are compared replicate by replicate, so they need as many.")
    let values = (0..<control.replicates).compactMap { replicate -> Double? in
      guard let a = control.value(form, replicate), let b = treatment.value(form, replicate) else {
        return nil
      }
      return b - a
    }
    return interval(values.sorted(), of: control.replicates, confidence)
  }

  private static func interval(
    _ sorted: [Double], of replicates: Int, _ confidence: Double
  ) -> ClosedRange<Double>? {
    precondition(confidence > 0 && confidence < 1, "The confidence must lie between 0 and 1.")
    guard sorted.count * 2 >= replicates else { return nil }
    let tail = (1 - confidence) / 2
    return Quantiles.quantile(
      tail, ofSorted: sorted)!...Quantiles.quantile(1 - tail, ofSorted: sorted)!
  }

  private func value(_ form: MetricForm, _ replicate: Int) -> Double? {
    form.value { variable in
      counts[replicate] > 0
        ? sums[replicate * variables + variable].rounded(dividedBy: counts[replicate]) : nil
    }
  }
}
