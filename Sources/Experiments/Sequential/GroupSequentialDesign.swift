import GA4Model
import StatisticsCore

/// When an experiment may be stopped early: bounds of the z statistic for planned looks.
///
/// ```swift
/// let design = GroupSequentialDesign(looks: 5)        // O'Brien–Fleming spending, 5 %, two-sided
/// design.efficacy                     // 4.877, 3.357, 2.680, 2.290, 2.031
/// design.inflation                    // 1.025: so many times the users of a fixed test, at most
/// design.expectedInformation(drift: design.drift)     // 0.80 of them on average, if the effect is real
/// ```
///
/// At each look the z statistic of all data so far is compared with the bound of that look; the chance
/// of ever crossing one under the null hypothesis is ``level``. The *drift* is the expected z statistic
/// of all data; the share `t` of the information has √t of it. With ``futility`` a one-sided
/// design also stops where success has become unlikely.
///
/// Bounds of a spending function for a look do not depend on later looks: for an unplanned look make
/// the design again with the information that it had.
///
/// Source: C. Jennison and B. W. Turnbull, *Group Sequential Methods*, 2000.
public struct GroupSequentialDesign: Sendable, Hashable, CustomStringConvertible {
  /// Bounds below which an experiment stops as unlikely to succeed.
  public struct Futility: Sendable, Hashable, Codable {
    /// How the probability to miss the effect is spent.
    public let spending: ErrorSpending
    /// Whether stopping there is obligatory.
    ///
    /// Only then may the bounds for success be lower for it; else the error level holds even when the
    /// futility bounds are disregarded.
    public let isBinding: Bool

    /// Makes a rule of stopping for futility.
    public init(spending: ErrorSpending = .hwangShihDeCani(-2), isBinding: Bool = false) {
      self.spending = spending
      self.isBinding = isBinding
    }
  }

  /// The share of the information at each look, ascending, the last 1.
  public let information: [Double]
  /// The error probability of the first kind in all.
  public let level: Double
  /// The probability to find an effect of ``drift``.
  public let power: Double
  /// `twoSided`, or `greater` for a test of a positive effect.
  public let alternative: Alternative
  /// How the bounds come about.
  public let boundary: StoppingBoundary
  /// Stopping for futility, `nil` for none.
  public let futility: Futility?

  /// The bound of each look: where z, or its absolute value in a two-sided test, reaches it, the null
  /// hypothesis is rejected; ∞ where nothing may be spent.
  public let efficacy: [Double]
  /// The bound below which each look stops for futility; empty without ``futility``.
  public let futilityBounds: [Double]
  /// The error probability spent up to each look.
  public let spent: [Double]
  /// The expected z statistic of all data that is found with the probability ``power``.
  public let drift: Double

  /// Makes a design with looks at the given shares of the information.
  ///
  /// - Parameters:
  ///   - information: Ascending shares above 0; the last must be 1.
  ///   - level: The error probability in all, above 0 and below 0.5 for each side.
  ///   - power: The probability to find the effect, above `level` and below 1.
  ///   - alternative: `twoSided`, or `greater`.
  ///   - boundary: How the bounds come about.
  ///   - futility: Stopping for futility; one-sided designs only.
  public init(
    information: [Double], level: Double = 0.05, power: Double = 0.8,
    alternative: Alternative = .twoSided,
    boundary: StoppingBoundary = .spending(.obrienFleming), futility: Futility? = nil
  ) {
    precondition(
      information.last == 1 && information.first! > 0
        && zip(information, information.dropFirst()).allSatisfy { $0 < $1 },
      "The shares of information must ascend from above 0 to 1.")
    precondition(level > 0 && level < 0.5, "The level must lie between 0 and 0.5.")
    precondition(power > level && power < 1, "The power must lie between the level and 1.")
    precondition(alternative != .less, "A one-sided design tests a positive effect.")
    precondition(
      futility == nil || alternative == .greater,
      "A design that stops for futility must be one-sided.")
    if case .spending(let function) = boundary, let problem = function.problem {
      preconditionFailure(problem)
    }
    if let problem = futility?.spending.problem { preconditionFailure(problem) }
    self.information = information
    self.level = level
    self.power = power
    self.alternative = alternative
    self.boundary = boundary
    self.futility = futility
    let bounds = SequentialBounds(
      information: information, level: level, sides: alternative == .twoSided ? 2 : 1,
      boundary: boundary, futility: futility, power: power)
    efficacy = bounds.efficacy
    futilityBounds = bounds.futility
    spent = bounds.spent
    drift = bounds.drift
  }

  /// Makes a design with looks at equal steps of the information.
  public init(
    looks: Int, level: Double = 0.05, power: Double = 0.8, alternative: Alternative = .twoSided,
    boundary: StoppingBoundary = .spending(.obrienFleming), futility: Futility? = nil
  ) {
    precondition(looks >= 1, "A design needs at least one look.")
    self.init(
      information: (1...looks).map { Double($0) / Double(looks) }, level: level, power: power,
      alternative: alternative, boundary: boundary, futility: futility)
  }

  /// The two-sided p-value, or one-sided for `greater`, that each bound corresponds to at its look.
  public var nominalLevels: [Double] {
    let sides: Double = alternative == .twoSided ? 2 : 1
    return efficacy.map { sides * NormalDistribution.upper($0).value }
  }

  /// How many times the users of a fixed test of the same level and power the design needs at most.
  public var inflation: Double {
    let sides: Double = alternative == .twoSided ? 2 : 1
    let fixed = -NormalDistribution.quantile(level / sides) + NormalDistribution.quantile(power)
    return (drift / fixed) * (drift / fixed)
  }

  /// What an experiment with this design does.
  public struct Outlook: Sendable, Hashable, Codable {
    /// The probability to reject the null hypothesis at each look.
    public let rejection: [Double]
    /// The probability to stop for futility, or to end without rejection, at each look.
    public let acceptance: [Double]
    /// The probability to reject at any look.
    public var power: Double { rejection.reduce(0, +) }
  }

  /// Returns how likely each outcome is if the expected z statistic of all data is `drift`.
  public func outlook(drift: Double) -> Outlook {
    var integration = SequentialIntegration(information: information, drift: drift)
    var (rejection, acceptance) = ([Double](), [Double]())
    for look in information.indices {
      let upper = efficacy[look]
      let isLast = look == information.count - 1
      let lower =
        alternative == .twoSided
        ? -upper : isLast ? upper : futilityBounds.isEmpty ? -.infinity : futilityBounds[look]
      let exit = integration.advance(lower: lower, upper: upper)
      let rejects = alternative == .twoSided ? exit.above + exit.below : exit.above
      rejection.append(rejects)
      acceptance.append(
        alternative == .twoSided ? isLast ? integration.inside : 0 : exit.below)
    }
    return Outlook(rejection: rejection, acceptance: acceptance)
  }

  /// Returns the share of the information that is used on average if the expected z statistic of all
  /// data is `drift`.
  public func expectedInformation(drift: Double) -> Double {
    let outlook = outlook(drift: drift)
    var sum = 0.0
    for look in information.indices {
      sum += information[look] * (outlook.rejection[look] + outlook.acceptance[look])
    }
    return sum
  }

  /// The design as a table.
  public var description: String {
    let head =
      "group sequential design: \(boundary), level \(level), \(alternative)"
      + (futility.map { ", futility by \($0.spending)\($0.isBinding ? ", binding" : "")" } ?? "")
    let hasFutility = !futilityBounds.isEmpty
    var table = TextTable(
      ["look", "information", "z"] + (hasFutility ? ["futility"] : []) + ["p", "spent"],
      numbers: Set(0..<6))
    let levels = nominalLevels
    for look in information.indices {
      table.append(
        [
          "\(look + 1)", NumberFormat.percent(information[look]),
          NumberFormat.fixed(efficacy[look], 3),
        ] + (hasFutility ? [NumberFormat.fixed(futilityBounds[look], 3)] : [])
          + [ProbabilityText.short(levels[look]), ProbabilityText.short(spent[look])])
    }
    return "\(head)\n\(table)"
  }
}
