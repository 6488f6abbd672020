/// What keeps the coefficients of a logistic regression small.
///
/// The convention is that of scikit-learn and LIBLINEAR: what is made as small as possible is
///
///     c × Σ weight × log loss  +  penalty(coefficients)
///
/// so that a **smaller** `c` means **smaller** coefficients, and the penalty counts less the more rows
/// there are. In the words of glmnet, lambda = 1 ÷ (c × Σ weights). The intercept is never penalised.
///
/// Penalties compare coefficients, which depend on the units of their columns: bring columns to one
/// scale first.
public enum LogisticPenalty: Sendable, Hashable, Codable {
  /// Nothing: the maximum of the likelihood, with standard errors.
  case none
  /// Half the sum of squares: all coefficients become smaller, those of similar columns alike.
  case l2(c: Double)
  /// The sum of absolute values: some coefficients become exactly 0.
  case l1(c: Double)
  /// `l1Share` times the sum of absolute values, and 1 − `l1Share` times half the sum of squares.
  case elasticNet(c: Double, l1Share: Double)

  /// The factors of the absolute values and of half the squares, for a sum of losses.
  var factors: (l1: Double, l2: Double) {
    switch self {
    case .none: (0, 0)
    case .l2(let c): (0, 1 / c)
    case .l1(let c): (1 / c, 0)
    case .elasticNet(let c, let share): (share / c, (1 - share) / c)
    }
  }

  func check() throws(LearningError) {
    let c: Double
    switch self {
    case .none: return
    case .l2(let value), .l1(let value): c = value
    case .elasticNet(let value, let share):
      c = value
      guard share >= 0, share <= 1 else {
        throw LinearInput.parameter(
          "The share of L1 in a penalty is \(share), and must lie from 0 to 1. Change it.")
      }
    }
    guard c >= 1e-100, c <= 1e100 else {
      throw LinearInput.parameter(
        "The c of a penalty is \(c), and must lie above 0 and below 1e100. Change it, or ask for no "
          + "penalty.")
    }
  }
}

extension LogisticPenalty: CustomStringConvertible {
  /// The penalty in words.
  public var description: String {
    switch self {
    case .none: "no penalty"
    case .l2(let c): "L2 penalty, c \(c)"
    case .l1(let c): "L1 penalty, c \(c)"
    case .elasticNet(let c, let share): "elastic net penalty, c \(c), L1 share \(share)"
    }
  }
}
