/// Finds the minimum of a smooth function of a few variables by Newton's method.
///
/// The function gives its value, gradient and matrix of second derivatives. Where that matrix is not
/// positive definite a multiple of the identity is added; steps are limited in length and halved
/// until the function falls enough. Near the minimum the number of correct digits doubles with each
/// step. The same function values give the same steps: there is nothing random.
///
/// Source: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, algorithms 3.1,
/// 3.2 and 3.3.
package struct NewtonMinimizer: Sendable {
  /// A value with its derivatives.
  package struct Derivatives: Sendable {
    /// The value.
    package var value: Double
    /// The first derivatives.
    package var gradient: [Double]
    /// The second derivatives, as rows.
    package var hessian: [[Double]]

    /// Creates zeros for `count` variables.
    package init(count: Int) {
      value = 0
      gradient = Array(repeating: 0, count: count)
      hessian = Array(repeating: gradient, count: count)
    }

    var isFinite: Bool {
      value.isFinite && gradient.allSatisfy(\.isFinite)
        && hessian.allSatisfy { $0.allSatisfy(\.isFinite) }
    }
  }

  /// How a search ended.
  package enum Outcome: Sendable, Hashable {
    /// At a point from which the next step would be shorter than the tolerance.
    case converged
    /// A variable left its range: there is no minimum inside.
    case leftRange(variable: Int)
    /// After the largest number of steps.
    case stepLimit
    /// At a point from which no step leads down, short of the tolerance.
    case stuck
  }

  /// What a search found.
  package struct Result: Sendable {
    /// The last point.
    package var point: [Double]
    /// The function there.
    package var derivatives: Derivatives
    /// How many steps were taken.
    package var steps: Int
    /// How the search ended.
    package var outcome: Outcome
  }

  /// After how many steps the search ends at the latest.
  package var stepLimit: Int
  /// The search has converged when gradientᵀ hessian⁻¹ gradient is at most the square of this.
  ///
  /// For a negative log-likelihood that is the length of a step in standard errors.
  package var tolerance: Double
  /// How far a variable may move in a step.
  package var longestStep = 2.0

  package init(stepLimit: Int, tolerance: Double) {
    self.stepLimit = stepLimit
    self.tolerance = tolerance
  }

  /// Searches from `start`, at which `function` must be finite, within `ranges`.
  package func minimize(
    from start: [Double], within ranges: [ClosedRange<Double>],
    _ function: ([Double]) -> Derivatives
  ) -> Result {
    var point = start
    var here = function(point)
    precondition(here.isFinite, "A minimum is searched from where the function is finite.")
    var smallest = Double.infinity
    for steps in 0...stepLimit {
      func result(_ outcome: Outcome) -> Result {
        Result(point: point, derivatives: here, steps: steps, outcome: outcome)
      }
      if let out = point.indices.first(where: { !ranges[$0].contains(point[$0]) }) {
        return result(.leftRange(variable: out))
      }
      let (direction, isNewton) = direction(here)
      let slope = zip(direction, here.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      let decrement = -slope
      if isNewton, decrement <= tolerance * tolerance { return result(.converged) }
      if steps == stepLimit { return result(.stepLimit) }

      let length = direction.reduce(0) { max($0, abs($1)) }
      var scale = min(1, longestStep / length)
      // Differences of the value below its rounding error say nothing; the gradient still does.
      if isNewton, decrement <= 1e-13 * max(1, abs(here.value)) {
        // Where the step no longer gets shorter only rounding errors are left.
        if decrement >= smallest { return result(decrement <= 1e-12 ? .converged : .stuck) }
        smallest = decrement
        let next = Self.moved(point, direction, 1)
        let there = function(next)
        if !there.isFinite { return result(.stuck) }
        (point, here) = (next, there)
        continue
      }
      var accepted = false
      for _ in 0..<60 {
        let next = Self.moved(point, direction, scale)
        let there = function(next)
        if there.isFinite, there.value <= here.value + 1e-4 * scale * slope {
          (point, here) = (next, there)
          accepted = true
          break
        }
        scale /= 2
      }
      if !accepted { return result(.stuck) }
    }
    preconditionFailure("The last step returns.")
  }

  private static func moved(
    _ point: [Double], _ direction: [Double], _ scale: Double
  ) -> [Double] {
    zip(point, direction).map { $0 + scale * $1 }
  }

  /// Returns where to go, and whether the second derivatives were good as they are.
  private func direction(_ here: Derivatives) -> (step: [Double], isNewton: Bool) {
    let down = here.gradient.map { -$0 }
    if let factor = CholeskyFactor(here.hessian) { return (factor.solve(down), true) }
    let size = here.hessian.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
    var shift = max(1e-3 * size, 1e-8)
    while shift < .infinity {
      var shifted = here.hessian
      for index in shifted.indices { shifted[index][index] += shift }
      if let factor = CholeskyFactor(shifted) { return (factor.solve(down), false) }
      shift *= 4
    }
    return (down, false)
  }
}
