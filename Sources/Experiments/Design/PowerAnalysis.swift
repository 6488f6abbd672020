import GA4Model
import RealModule
import StatisticsCore

/// How many units an experiment needs, what it can find, and how surely.
///
/// ```swift
/// let checkout = PowerAnalysis(.proportion(baseline: 0.05))
/// checkout.sampleSize(detecting: .relative(0.1))       // 31,234 in each arm
/// checkout.power(toDetect: .relative(0.1), control: 20_000)         // 0.6110
/// checkout.detectableEffect(control: 20_000)           // 0.0063, that is 12.6 % of the baseline
/// ```
///
/// The effect is treatment minus control. Power counts rejections in the right direction only, as R
/// does; ``countsWrongDirection`` adds the others of a two-sided test, as statsmodels does.
public struct PowerAnalysis: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What is measured.
  public enum Metric: Sendable, Hashable, Codable {
    /// A share of users, tested by the z-test with a method for its variance.
    case proportion(baseline: Double, variance: ProportionVariance = .pooledNull)
    /// A mean, tested by Student's t-test.
    ///
    /// For a ratio the standard deviation is that of the delta method, `MetricEstimate.variance`'s
    /// root. A covariate known before the exposure with the correlation ρ takes ρ² of the variance.
    case mean(baseline: Double, standardDeviation: Double, covariateCorrelation: Double = 0)
    /// Events per unit, tested as a rate of a Poisson process.
    case rate(baseline: Double)

    /// A mean or ratio with the variance of an estimate, after adjustment if it was adjusted.
    ///
    /// - Parameter estimate: One with a value and a variance, such as that of the last weeks.
    public static func estimated(_ estimate: MetricEstimate) -> Metric {
      guard let value = estimate.value, let variance = estimate.variance else {
        preconditionFailure("The power of a metric needs an estimate of its value and variance.")
      }
      return .mean(baseline: value, standardDeviation: variance.squareRoot())
    }

    var baseline: Double {
      switch self {
      case .proportion(let baseline, _), .mean(let baseline, _, _), .rate(let baseline): baseline
      }
    }
  }

  /// Which variances the formula for proportions takes.
  public enum ProportionVariance: String, Sendable, Hashable, Codable, CaseIterable {
    /// That of the pooled share under the null hypothesis, and both under the effect: the pooled
    /// z-test, R's `power.prop.test` and Fleiss.
    case pooledNull
    /// That of the baseline for both arms under the null hypothesis: Evan Miller's calculator.
    case baselineNull
    /// One for any share, on the scale of arc sines: Cohen's *h*, G*Power.
    case arcsine
  }

  /// What the experiment is to show.
  public enum Claim: Sendable, Hashable, Codable {
    /// That the arms differ.
    case difference
    /// That the treatment is not worse by the margin, above 0, in units of the metric.
    case nonInferiority(margin: Double)
    /// That the arms differ by less than the margin, above 0, in units of the metric.
    case equivalence(margin: Double)
  }

  /// A difference between arms.
  public enum Effect: Sendable, Hashable, Codable {
    /// In units of the metric.
    case absolute(Double)
    /// As a share of the baseline.
    case relative(Double)

    func difference(_ baseline: Double) -> Double {
      switch self {
      case .absolute(let difference): difference
      case .relative(let share): share * baseline
      }
    }
  }

  /// The units of each arm.
  public struct SampleSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The units of the control.
    public let control: Int
    /// The units of the treatment.
    public let treatment: Int
    /// The units of both.
    public var total: Int { control + treatment }

    public var description: String {
      "\(NumberFormat.grouped(control)) + \(NumberFormat.grouped(treatment)) units"
    }
  }

  /// What is measured.
  public let metric: Metric
  /// What is to be shown.
  public let claim: Claim
  /// The error probability of the first kind, of one comparison.
  public let level: Double
  /// Which direction counts, or both; of non-inferiority `less` means that low is good.
  public let alternative: Alternative
  /// Units of the treatment for each unit of the control.
  public let allocation: Double
  /// Whether a rejection in the wrong direction counts as power.
  public let countsWrongDirection: Bool

  /// Makes an analysis.
  ///
  /// - Parameters:
  ///   - metric: What is measured. A proportion's baseline lies between 0 and 1, a rate's above 0.
  ///   - claim: What is to be shown.
  ///   - level: The error probability, above 0 and below 1. For k comparisons with a control take the
  ///     k-th part.
  ///   - alternative: `twoSided`, or the direction that counts.
  ///   - allocation: Units of the treatment for each unit of the control, above 0.
  ///   - countsWrongDirection: Whether a rejection in the wrong direction counts as power.
  public init(
    _ metric: Metric, claim: Claim = .difference, level: Double = 0.05,
    alternative: Alternative = .twoSided, allocation: Double = 1,
    countsWrongDirection: Bool = false
  ) {
    self.metric = metric
    self.claim = claim
    self.level = level
    self.alternative = alternative
    self.allocation = allocation
    self.countsWrongDirection = countsWrongDirection
    if let problem { preconditionFailure(problem) }
  }

  private var problem: String? {
    switch metric {
    case .proportion(let baseline, _) where !(baseline > 0 && baseline < 1):
      return "The baseline of a proportion must lie between 0 and 1."
    case .mean(let baseline, let deviation, let correlation)
    where !(baseline.isFinite && deviation > 0 && deviation < .infinity && abs(correlation) < 1):
      return "A mean needs a finite standard deviation above zero and a correlation within -1...1."
    case .rate(let baseline) where !(baseline > 0 && baseline < .infinity):
      return "The baseline of a rate must be finite and above zero."
    default: break
    }
    switch claim {
    case .nonInferiority(let margin) where !(margin > 0 && margin < .infinity),
      .equivalence(let margin) where !(margin > 0 && margin < .infinity):
      return "A margin must be finite and above zero."
    default: break
    }
    if !(level > 0 && level < 1) { return "The level must lie between 0 and 1." }
    return allocation > 0 && allocation < .infinity
      ? nil : "The allocation must be finite and above zero."
  }

  // MARK: Answers

  /// Returns the probability to show the claim with so many units of the control.
  ///
  /// - Parameters:
  ///   - effect: The true effect.
  ///   - control: The units of the control, above 1; those of the treatment follow from
  ///     ``allocation``.
  public func power(toDetect effect: Effect, control: Double) -> Double {
    precondition(control > 1, "An arm needs more than one unit.")
    return power(difference: effect.difference(metric.baseline), control)
  }

  /// Returns the units of the control that show the claim with the probability `power`, as a real
  /// number; ∞ where no number does.
  public func controlUnits(detecting effect: Effect, power: Double = 0.8) -> Double {
    precondition(power > 0 && power < 1, "The power must lie between 0 and 1.")
    let difference = effect.difference(metric.baseline)
    let (low, high) = (Double.log(1.5), Double.log(1e15))
    if self.power(difference: difference, .exp(high)) < power { return .infinity }
    return .exp(
      RootFinder.root(in: low...high) { self.power(difference: difference, .exp($0)) - power })
  }

  /// Returns whole numbers of units that show the claim with at least the probability `power`, `nil`
  /// where none does.
  public func sampleSize(detecting effect: Effect, power: Double = 0.8) -> SampleSize? {
    let units = controlUnits(detecting: effect, power: power)
    // Rounding may put an exact whole number a little above itself.
    guard units < 1e14 else { return nil }
    let control = (units - 1e-9 * units).rounded(.up)
    return SampleSize(
      control: Int(control), treatment: Int((control * allocation - 1e-9 * control).rounded(.up)))
  }

  /// Returns the smallest effect, in units of the metric, that is found with the probability `power`:
  /// upwards, or downwards where ``alternative`` is `less`; `nil` where there is none, or for a claim
  /// of equivalence.
  ///
  /// For a claim of non-inferiority it is the true difference, possibly below zero, that suffices.
  public func detectableEffect(control: Double, power: Double = 0.8) -> Double? {
    precondition(power > 0 && power < 1, "The power must lie between 0 and 1.")
    precondition(control > 1, "An arm needs more than one unit.")
    if case .equivalence = claim { return nil }
    let sign: Double = alternative == .less ? -1 : 1
    let (least, most) = range(sign)
    func gain(_ size: Double) -> Double { self.power(difference: sign * size, control) - power }
    guard gain(most) >= 0 else { return nil }
    return sign * RootFinder.root(in: least...most, of: gain)
  }

  /// The sizes of effects that a search may try.
  private func range(_ sign: Double) -> (Double, Double) {
    let margin = if case .nonInferiority(let margin) = claim { margin } else { 0.0 }
    switch metric {
    case .proportion(let baseline, _):
      let room = sign > 0 ? 1 - baseline : baseline
      return (-min(margin, sign > 0 ? baseline : 1 - baseline) * 0.999999999, room * 0.999999999)
    case .mean(_, let deviation, _): return (-margin, 100 * deviation)
    case .rate(let baseline):
      return (
        -min(margin, baseline * 0.999999), sign > 0 ? 1e6 * (baseline + 1) : baseline * 0.999999
      )
    }
  }

  // MARK: Power

  private func power(difference: Double, _ control: Double) -> Double {
    let sides: Double = alternative == .twoSided ? 2 : 1
    switch claim {
    case .difference:
      let deviations = deviations(difference)
      let way: Double =
        switch alternative {
        case .twoSided: abs(deviations.effect)
        case .greater: deviations.effect
        case .less: -deviations.effect
        }
      let tail = level / sides
      let right = rejection(way, deviations, tail, control)
      guard alternative == .twoSided, countsWrongDirection else { return right }
      return right + rejection(-way, deviations, tail, control)
    case .nonInferiority(let margin):
      let deviations = deviations(difference)
      let worse = alternative == .less ? margin - difference : difference + margin
      return rejection(worse, (worse, deviations.effectSide, deviations.effectSide), level, control)
    case .equivalence(let margin):
      let deviations = deviations(difference)
      let error = deviations.effectSide
      let low = rejection(margin + difference, (0, error, error), level, control)
      let high = rejection(margin - difference, (0, error, error), level, control)
      return max(0, low + high - 1)
    }
  }

  /// The probability that a statistic with the expected `shift` exceeds its bound.
  private func rejection(
    _ shift: Double, _ deviations: (effect: Double, nullSide: Double, effectSide: Double),
    _ tail: Double, _ control: Double
  ) -> Double {
    let root = control.squareRoot()
    if case .mean = metric {
      let freedom = control * (1 + allocation) - 2
      guard freedom > 0 else { return 0 }
      let bound = StudentDistribution(degreesOfFreedom: freedom).upperQuantile(tail)
      return NoncentralStudent(
        degreesOfFreedom: freedom, noncentrality: shift * root / deviations.effectSide
      ).upper(bound)
    }
    let bound = -NormalDistribution.quantile(tail)
    return NormalDistribution.lower(
      (shift * root - bound * deviations.nullSide) / deviations.effectSide
    ).value
  }

  /// The effect on the scale of the test, and what its standard error is with one unit of the control,
  /// under the null hypothesis and under the effect.
  private func deviations(
    _ difference: Double
  ) -> (effect: Double, nullSide: Double, effectSide: Double) {
    let ratio = 1 / allocation
    func both(_ first: Double, _ second: Double) -> Double {
      (first + second * ratio).squareRoot()
    }
    switch metric {
    case .proportion(let baseline, let variance):
      let other = min(1, max(0, baseline + difference))
      func spread(_ share: Double) -> Double { share * (1 - share) }
      let effectSide = both(spread(baseline), spread(other))
      switch variance {
      case .pooledNull:
        let pooled = (baseline + allocation * other) / (1 + allocation)
        return (other - baseline, both(spread(pooled), spread(pooled)), effectSide)
      case .baselineNull:
        return (other - baseline, both(spread(baseline), spread(baseline)), effectSide)
      case .arcsine:
        let effect = 2 * (Double.asin(other.squareRoot()) - Double.asin(baseline.squareRoot()))
        return (effect, both(1, 1), both(1, 1))
      }
    case .mean(_, let deviation, let correlation):
      let rest = deviation * deviation * (1 - correlation * correlation)
      return (difference, both(rest, rest), both(rest, rest))
    case .rate(let baseline):
      let other = max(0, baseline + difference)
      let pooled = (baseline + allocation * other) / (1 + allocation)
      return (difference, both(pooled, pooled), both(baseline, other))
    }
  }

  /// The analysis in words.
  public var description: String {
    let what =
      switch metric {
      case .proportion(let baseline, _): "proportion of \(NumberFormat.percent(baseline, 2))"
      case .mean(let baseline, let deviation, let correlation):
        "mean of \(NumberFormat.fixed(baseline, 4)) ± \(NumberFormat.fixed(deviation, 4))"
          + (correlation == 0 ? "" : ", covariate with correlation \(correlation)")
      case .rate(let baseline): "rate of \(NumberFormat.fixed(baseline, 4))"
      }
    let claim =
      switch claim {
      case .difference: "difference"
      case .nonInferiority(let margin): "non-inferiority by \(margin)"
      case .equivalence(let margin): "equivalence within \(margin)"
      }
    return "power of a \(claim) test of a \(what), \(alternative), level \(level)"
      + (allocation == 1 ? "" : ", \(allocation) units of treatment per unit of control")
  }

  private enum CodingKeys: CodingKey {
    case metric, claim, level, alternative, allocation, countsWrongDirection
  }

  /// Decodes an analysis.
  ///
  /// - Throws: `DecodingError` with a sentence when it makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    metric = try container.decode(Metric.self, forKey: .metric)
    claim = try container.decode(Claim.self, forKey: .claim)
    level = try container.decode(Double.self, forKey: .level)
    alternative = try container.decode(Alternative.self, forKey: .alternative)
    allocation = try container.decode(Double.self, forKey: .allocation)
    countsWrongDirection = try container.decode(Bool.self, forKey: .countsWrongDirection)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
