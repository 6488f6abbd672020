import StatisticsCore

/// Finds the parameters inside of a box for which a sum of squares is least.
///
/// The method of Levenberg and Marquardt: steps solve the normal equations with a share of their
/// diagonal added, which grows when a step leads up. Parameters at a limit towards which the sum
/// falls are held there. Nothing is random: the same function gives the same steps.
///
/// Source: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, chapter 10, with
/// the projection of chapter 16.7.
struct LeastSquaresSearch {
  /// The sum of squares, half its gradient, and the normal equations, of which only the lower
  /// triangle is read.
  struct Point {
    var sum: Double
    var gradient: [Double]
    var normal: [Double]

    init(count: Int) {
      sum = 0
      gradient = Array(repeating: 0, count: count)
      normal = Array(repeating: 0, count: count * count)
    }

    var isFinite: Bool { sum.isFinite && gradient.allSatisfy(\.isFinite) }

    /// Adds a residual with its derivatives.
    mutating func add(_ residual: Double, _ derivatives: [Double]) {
      sum += residual * residual
      let count = derivatives.count
      for row in 0..<count {
        let factor = derivatives[row]
        if factor == 0 { continue }
        gradient[row] += residual * factor
        let start = row &* count
        for column in 0...row { normal[start &+ column] += factor * derivatives[column] }
      }
    }
  }

  var lower: [Double]
  var upper: [Double]
  var stepLimit = 300

  /// Searches from `start`; `nil` where the function has no value there.
  func minimize(
    from start: [Double], _ function: ([Double]) -> Point?
  ) -> (parameters: [Double], sum: Double)? {
    var place = clamped(start)
    guard var here = function(place), here.isFinite else { return nil }
    var damping = 1e-3
    var quiet = 0
    let count = place.count
    for _ in 0..<stepLimit {
      if here.sum == 0 { break }
      let free = (0..<count).filter { index in
        let slope = here.gradient[index]
        return here.normal[index * count + index] > 0
          && !(place[index] <= lower[index] && slope >= 0)
          && !(place[index] >= upper[index] && slope <= 0)
      }
      if free.isEmpty { break }
      var moved = false
      while damping < 1e16 {
        let matrix = free.indices.map { row in
          (0...row).map { column -> Double in
            let value = here.normal[free[row] * count + free[column]]
            return row == column ? value * (1 + damping) : value
          } + Array(repeating: 0.0, count: free.count - row - 1)
        }
        guard let factor = CholeskyFactor(matrix) else {
          damping = max(damping * 8, 1e-12)
          continue
        }
        let step = factor.solve(free.map { -here.gradient[$0] })
        var next = place
        for (index, change) in zip(free, step) { next[index] += change }
        next = clamped(next)
        if next == place { break }
        if let there = function(next), there.isFinite, there.sum < here.sum {
          let gain = (here.sum - there.sum) / here.sum
          quiet = gain < 1e-11 ? quiet + 1 : 0
          place = next
          here = there
          damping = max(damping / 8, 1e-14)
          moved = true
          break
        }
        damping *= 8
      }
      if !moved || quiet >= 2 { break }
      damping = min(damping, 1e8)
    }
    return (place, here.sum)
  }

  private func clamped(_ place: [Double]) -> [Double] {
    place.indices.map { min(max(place[$0], lower[$0]), upper[$0]) }
  }
}
