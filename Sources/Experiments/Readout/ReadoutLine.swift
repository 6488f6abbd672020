import RealModule

/// One metric of one treatment against the control.
public struct ReadoutLine: Sendable, Hashable, Codable {
  /// What a line says.
  public enum Verdict: String, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The metric got better.
    case better
    /// The metric got worse.
    case worse
    /// Neither is shown; which does not show that nothing changed.
    case open = "no difference shown"
    /// The guardrail is not broken, or the loss is shown to be within its margin.
    case holds
    /// The guardrail is broken.
    case broken
    /// The loss is not shown to be within the margin of the guardrail.
    case unproven

    public var description: String { rawValue }
  }

  /// The name of the metric.
  public let metric: String
  /// What it decides.
  public let role: MetricRole
  /// Which way is good.
  public let goal: MetricGoal
  /// The name of the treatment.
  public let arm: String
  /// The estimate of the control, adjusted where the metric is.
  public let control: MetricEstimate
  /// The estimate of the treatment.
  public let treatment: MetricEstimate
  /// Treatment minus control.
  public let difference: Double
  /// The differences that the data do not contradict; `nil` where nothing is known.
  public let interval: ClosedRange<Double>?
  /// The difference over the control.
  public let lift: Double?
  /// The lifts that the data do not contradict.
  public let liftInterval: ClosedRange<Double>?
  /// The test in words.
  public let method: String
  /// The statistic of the test.
  public let statistic: Double
  /// The p-value of the test.
  public let pValue: Double
  /// Its natural logarithm, −745 or less where the p-value itself is 0.
  public let logP: Double
  /// The p-value adjusted for the number of questions of the same role.
  public internal(set) var adjustedP: Double
  /// For shares of units: the p-value of the pooled z-test, whether or not it decides.
  public let pooledP: Double?
  /// For shares of units with small counts: Fisher's exact p-value, which then decides.
  public let fisherP: Double?
  /// What the line says.
  public internal(set) var verdict: Verdict

  init(
    _ metric: MetricDefinition, _ name: String, control: MetricMoments, treatment: MetricMoments,
    estimates: (control: MetricEstimate, treatment: MetricEstimate), _ options: ReadoutOptions
  ) {
    self.metric = metric.name
    role = metric.role
    goal = metric.goal
    arm = name
    self.control = estimates.control
    self.treatment = estimates.treatment
    let shares =
      metric.covariates.isEmpty ? ShareComparison(metric.form, control, treatment) : nil
    let comparison = MetricComparison(
      control: estimates.control, treatment: estimates.treatment,
      reference: shares == nil ? .welch : .normal, confidence: options.confidence,
      relativeInterval: options.relativeInterval)
    difference = comparison.difference
    lift = comparison.lift
    guard case .always(let mixing) = options.looks else {
      interval = comparison.interval.lowerBound.isFinite ? comparison.interval : nil
      liftInterval = comparison.liftInterval.flatMap { range in
        range.lowerBound.isFinite && range.upperBound.isFinite ? range : nil
      }
      method = shares?.method ?? comparison.method
      statistic = Self.finite(shares?.statistic ?? comparison.statistic)
      pValue = shares?.pValue ?? comparison.pValue
      logP = Self.finite(shares?.logP ?? comparison.logP)
      pooledP = shares?.pooled.pValue
      fisherP = shares?.fisher?.pValue
      adjustedP = pValue
      verdict = .open
      return
    }
    let test = AlwaysValidTest(comparison, mixing: mixing)
    interval = test.interval.lowerBound.isFinite ? test.interval : nil
    liftInterval = Self.alwaysLift(comparison, mixing)
    method = test.method
    statistic = Self.finite(test.statistic)
    pValue = test.pValue
    logP = Self.finite(test.logP)
    pooledP = nil
    fisherP = nil
    adjustedP = pValue
    verdict = .open
  }

  /// The nearest finite number, which JSON can hold.
  private static func finite(_ value: Double) -> Double {
    max(-.greatestFiniteMagnitude, min(.greatestFiniteMagnitude, value))
  }

  private static func alwaysLift(
    _ comparison: MetricComparison, _ mixing: AlwaysValidTest.Mixing
  ) -> ClosedRange<Double>? {
    guard let lift = comparison.lift, let error = comparison.liftStandardError,
      let control = comparison.control.value, let treatment = comparison.treatment.value
    else { return nil }
    let isLog = comparison.relativeInterval == .logarithmic && control > 0 && treatment > 0
    // Effects of a given variance are those of the difference; of the lift they are in its unit.
    var scaled = mixing
    if case .variance(let variance) = mixing { scaled = .variance(variance / (control * control)) }
    let range = AlwaysValidTest(
      difference: isLog ? Double.log(onePlus: lift) : lift, standardError: error,
      units: comparison.control.units + comparison.treatment.units, mixing: scaled,
      confidence: comparison.confidence
    ).interval
    guard range.lowerBound.isFinite else { return nil }
    return isLog
      ? Double.expMinusOne(range.lowerBound)...Double.expMinusOne(range.upperBound) : range
  }

  /// Whether the difference goes the good way.
  var isGood: Bool { goal == .increase ? difference > 0 : difference < 0 }

  /// The smallest gain that the data do not contradict as a share of the control, `nil` if unknown.
  var smallestGain: Double? {
    liftInterval.map { goal == .increase ? $0.lowerBound : -$0.upperBound }
  }
}

/// Two shares of units: the pooled z-test, and Fisher's exact one where counts are small.
private struct ShareComparison {
  let pooled: TwoProportionZTest
  /// Where a cell of the table is expected to have fewer than five units.
  let fisher: FisherExactTest?

  /// `nil` for a metric that is no share.
  init?(_ form: MetricForm, _ control: MetricMoments, _ treatment: MetricMoments) {
    guard case .mean(let variable) = form, control.isBinary(variable), treatment.isBinary(variable)
    else { return nil }
    func share(_ arm: MetricMoments) -> Proportion {
      Proportion(Int(arm.sum(variable)), of: arm.count)
    }
    let (first, second) = (share(treatment), share(control))
    pooled = TwoProportionZTest(first, second)
    let trials = first.trials + second.trials
    let successes = first.successes + second.successes
    let smaller = min(first.trials, second.trials)
    let least = Double(smaller) * Double(min(successes, trials - successes)) / Double(trials)
    fisher = smaller > 0 && least < 5 ? FisherExactTest(first, second) : nil
  }

  var statistic: Double { pooled.statistic }
  var pValue: Double { fisher?.pValue ?? pooled.pValue }
  var logP: Double { fisher?.logP ?? pooled.logP }
  var method: String { fisher == nil ? "pooled z-test" : "Fisher's exact test" }
}
