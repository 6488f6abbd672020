import StatisticsCore

/// How p-values of several questions to one experiment are made comparable with one level.
///
/// ```swift
/// MultiplicityAdjustment.holm.adjusted([0.01, 0.04, 0.03])               // [0.03, 0.06, 0.06]
/// MultiplicityAdjustment.benjaminiHochberg.adjusted([0.01, 0.04, 0.03])  // [0.03, 0.04, 0.04]
/// ```
///
/// An adjusted p-value is the smallest level at which the procedure would reject its test: compare it
/// with the level as if there were one test only. The first six keep the chance of *any* false
/// discovery below the level; the last three keep the expected *share* of false discoveries below it,
/// which finds more and promises less. None of the results exceeds 1, equal p-values have equal
/// results, and the order of the arguments does not matter.
public enum MultiplicityAdjustment: Sendable, Hashable, Codable, CustomStringConvertible {
  /// p-values as they are.
  case none
  /// Every p-value times their number; valid however the tests depend on each other.
  case bonferroni
  /// The chance of any p-value as small among independent ones; a little below Bonferroni's.
  case sidak
  /// Bonferroni's bound on those not yet rejected; valid always and never above Bonferroni's.
  case holm
  /// Šidák's bound on those not yet rejected.
  case holmSidak
  /// Holm's factors from the largest p-value down; for independent or positively dependent tests.
  case hochberg
  /// Simes' test of every set of hypotheses; for the same, and never above Hochberg's.
  case hommel
  /// False discovery rate for independent or positively dependent tests.
  case benjaminiHochberg
  /// False discovery rate however the tests depend on each other.
  case benjaminiYekutieli
  /// False discovery rate with an estimate of the number of true null hypotheses by a first stage.
  ///
  /// The estimate depends on the level, so that the results may be compared with this level only.
  case twoStage(level: Double)

  /// The adjustments without parameter.
  public static var allWithoutParameter: [MultiplicityAdjustment] {
    [
      .none, .bonferroni, .sidak, .holm, .holmSidak, .hochberg, .hommel, .benjaminiHochberg,
      .benjaminiYekutieli,
    ]
  }

  /// Returns the adjusted p-values, in the order of the arguments.
  ///
  /// - Parameter pValues: Probabilities from 0 to 1, not NaN; none gives none.
  /// - Complexity: O(*n* log *n*) for *n* p-values; Hommel's O(*n*²).
  public func adjusted(_ pValues: [Double]) -> [Double] {
    adjusted(pValues, scale: .probability)
  }

  /// Returns the natural logarithms of the adjusted p-values, for those too small for a double.
  ///
  /// ```swift
  /// MultiplicityAdjustment.bonferroni.adjusted(logP: [-2000, -3])   // [-1999.31, -2.31]
  /// ```
  ///
  /// - Parameter logP: Natural logarithms, at most 0 and not NaN; −∞ stands for 0.
  public func adjusted(logP: [Double]) -> [Double] {
    adjusted(logP, scale: .logarithm)
  }

  private func adjusted(_ values: [Double], scale: MultipleTesting.Scale) -> [Double] {
    switch self {
    case .none: values
    case .bonferroni: MultipleTesting.bonferroni(values, scale: scale)
    case .sidak: MultipleTesting.sidak(values, scale: scale)
    case .holm: MultipleTesting.holm(values, scale: scale)
    case .holmSidak: MultipleTesting.holmSidak(values, scale: scale)
    case .hochberg: MultipleTesting.hochberg(values, scale: scale)
    case .hommel: MultipleTesting.hommel(values, scale: scale)
    case .benjaminiHochberg: MultipleTesting.benjaminiHochberg(values, scale: scale)
    case .benjaminiYekutieli: MultipleTesting.benjaminiYekutieli(values, scale: scale)
    case .twoStage(let level): MultipleTesting.twoStage(values, level: level, scale: scale)
    }
  }

  public var description: String {
    switch self {
    case .none: "no adjustment"
    case .bonferroni: "Bonferroni"
    case .sidak: "Šidák"
    case .holm: "Holm"
    case .holmSidak: "Holm–Šidák"
    case .hochberg: "Hochberg"
    case .hommel: "Hommel"
    case .benjaminiHochberg: "Benjamini–Hochberg"
    case .benjaminiYekutieli: "Benjamini–Yekutieli"
    case .twoStage(let level): "two-stage Benjamini–Hochberg at \(level)"
    }
  }
}
