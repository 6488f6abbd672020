import RealModule
import StatisticsCore

/// How much of the error probability may have been spent when a share of the information is in.
///
/// ```swift
/// ErrorSpending.pocock.spent(at: 0.5, of: 0.05)             // 0.0310
/// ErrorSpending.obrienFleming.spent(at: 0.5, of: 0.05)      // 0.0056
/// ```
///
/// The looks need not be planned: only what has been spent counts, as long as their times do not depend
/// on the results.
///
/// Source: K. K. G. Lan and D. L. DeMets, *Discrete Sequential Boundaries for Clinical Trials*,
/// Biometrika 70 (1983), 659–663; for the family with a parameter I. K. Hwang, W. J. Shih and
/// J. S. De Cani, Statistics in Medicine 9 (1990), 1439–1445.
public enum ErrorSpending: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Little at first, so that the last look is almost that of a fixed test; 2 − 2Φ(z_{α/2}/√t) for
  /// each side of a test, as ldbounds and gsDesign have it.
  case obrienFleming
  /// The same as one function for both sides together, as Lan and DeMets first gave it.
  case obrienFlemingBothSides
  /// Evenly in terms of the bounds: α ln(1 + (e − 1)t).
  case pocock
  /// α(1 − e^(−γt)) / (1 − e^(−γ)): −4 is near O'Brien and Fleming, 1 near Pocock, 0 is α t.
  case hwangShihDeCani(Double)
  /// α t^ρ: 3 is near O'Brien and Fleming, 1 near Pocock; ρ above 0.
  case power(Double)

  /// Returns the error probability spent when the share `information` is in.
  ///
  /// - Parameters:
  ///   - information: From 0 to 1; nothing is spent at 0 and everything at 1.
  ///   - level: The error probability in all.
  ///   - sides: 1, or 2 if `level` is that of both sides of a symmetric test.
  public func spent(at information: Double, of level: Double, sides: Int = 1) -> Double {
    precondition(
      information >= 0 && information <= 1, "The share of information must lie between 0 and 1.")
    precondition(sides == 1 || sides == 2, "A test has one side or two.")
    if information == 0 { return 0 }
    if information == 1 { return level }
    switch self {
    case .obrienFleming:
      return Double(sides) * Self.obrienFleming(information, level / Double(sides))
    case .obrienFlemingBothSides: return Self.obrienFleming(information, level)
    case .pocock: return level * .log(onePlus: (Double.exp(1) - 1) * information)
    case .hwangShihDeCani(let gamma):
      if gamma == 0 { return level * information }
      return level * Double.expMinusOne(-gamma * information) / Double.expMinusOne(-gamma)
    case .power(let exponent): return level * Double.pow(information, exponent)
    }
  }

  private static func obrienFleming(_ information: Double, _ level: Double) -> Double {
    2
      * NormalDistribution.upper(-NormalDistribution.quantile(level / 2) / information.squareRoot())
      .value
  }

  /// What is wrong with the parameter, `nil` if nothing is.
  var problem: String? {
    switch self {
    case .hwangShihDeCani(let gamma) where !(abs(gamma) <= 40):
      "The parameter of Hwang, Shih and De Cani must lie between -40 and 40."
    case .power(let exponent) where !(exponent > 0 && exponent < .infinity):
      "The exponent of a spending function must be finite and above zero."
    default: nil
    }
  }

  public var description: String {
    switch self {
    case .obrienFleming: "O'Brien–Fleming spending"
    case .obrienFlemingBothSides: "O'Brien–Fleming spending of both sides"
    case .pocock: "Pocock spending"
    case .hwangShihDeCani(let gamma): "Hwang–Shih–De Cani spending with \(gamma)"
    case .power(let exponent): "spending with the power \(exponent)"
    }
  }
}

/// How the bounds of a group sequential design come about.
public enum StoppingBoundary: Sendable, Hashable, Codable, CustomStringConvertible {
  /// From a function of the information, which need not be known beforehand.
  case spending(ErrorSpending)
  /// One constant times t^(Δ − ½), for looks that are all planned: Δ = 0 is O'Brien and Fleming, ½
  /// Pocock.
  ///
  /// Source: S. K. Wang and A. A. Tsiatis, Biometrics 43 (1987), 193–199.
  case wangTsiatis(shape: Double)

  /// The bounds of O'Brien and Fleming, Biometrics 35 (1979), 549–556.
  public static let obrienFleming = StoppingBoundary.wangTsiatis(shape: 0)
  /// The bounds of Pocock, Biometrika 64 (1977), 191–199: the same at every look.
  public static let pocock = StoppingBoundary.wangTsiatis(shape: 0.5)

  public var description: String {
    switch self {
    case .spending(let function): "\(function)"
    case .obrienFleming: "O'Brien–Fleming bounds"
    case .pocock: "Pocock bounds"
    case .wangTsiatis(let shape): "Wang–Tsiatis bounds with \(shape)"
    }
  }
}
