import StatisticsCore

/// Finds the parameters inside of a box for which a sum of squares is least.
///
/// The method of Levenberg and Marquardt: steps solve the normal equations with a share of their
/// diagonal added, which grows when a step leads up. Parameters at a limit towards which the sum
/// falls are held there. Nothing is random: the same function gives the same steps.
///
/// Source: J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, chapters 6.1 and
/// 10, with the projection of chapter 16.7.
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
    var slow = 0
    var isSlow = false
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
        guard let next = step(from: place, here, free, damping) else {
          damping = max(damping * 8, 1e-12)
          continue
        }
        if next == place { break }
        if let there = function(next), there.isFinite, there.sum < here.sum {
          let gain = (here.sum - there.sum) / here.sum
          if !isSlow { slow = gain < 1e-3 ? slow + 1 : 0 }
          quiet = gain < 1e-12 ? quiet + 1 : 0
          let old = here
          let move = zip(next, place).map { $0 - $1 }
          (place, here) = (next, there)
          if isSlow { here.normal = Self.updated(old.normal, move, old.gradient, there.gradient) }
          damping = max(damping / 8, 1e-14)
          moved = true
          break
        }
        damping *= 8
      }
      if !moved, isSlow { break }
      if quiet >= 3 { break }
      // Gauss' and Newton's matrix leaves out second derivatives of the residuals, which count where
      // residuals are large: near the end it is corrected by how the gradient changes.
      if !moved || slow >= 2 { (isSlow, slow) = (true, 0) }
      damping = min(damping, 1)
    }
    return (place, here.sum)
  }

  /// The next place; `nil` where the normal equations have no solution.
  ///
  /// What a step would take beyond its limit is put there, and the others are found anew for it.
  private func step(
    from place: [Double], _ here: Point, _ free: [Int], _ damping: Double
  ) -> [Double]? {
    let count = place.count
    var next = place
    var open = free
    while !open.isEmpty {
      let matrix = open.indices.map { row in
        (0...row).map { column -> Double in
          let value = here.normal[open[row] * count + open[column]]
          return row == column ? value * (1 + damping) : value
        } + Array(repeating: 0.0, count: open.count - row - 1)
      }
      guard let factor = CholeskyFactor(matrix) else { return nil }
      let right = open.map { row in
        free.reduce(-here.gradient[row]) { sum, column in
          let move = next[column] - place[column]
          if move == 0 || open.contains(column) { return sum }
          return sum - here.normal[max(row, column) * count + min(row, column)] * move
        }
      }
      let moves = factor.solve(right)
      var kept: [Int] = []
      for (index, move) in zip(open, moves) {
        let target = place[index] + move
        next[index] = min(max(target, lower[index]), upper[index])
        if next[index] == target { kept.append(index) }
      }
      if kept.count == open.count { break }
      open = kept
    }
    return next
  }

  /// The update of Broyden, Fletcher, Goldfarb and Shanno; only where the gradient rises on the way.
  private static func updated(
    _ matrix: [Double], _ move: [Double], _ before: [Double], _ after: [Double]
  ) -> [Double] {
    let count = move.count
    let change = zip(after, before).map { $0 - $1 }
    var image = Array(repeating: 0.0, count: count)
    for row in 0..<count {
      for column in 0..<count {
        image[row] += matrix[max(row, column) &* count &+ min(row, column)] * move[column]
      }
    }
    let rise = zip(change, move).reduce(0) { $0 + $1.0 * $1.1 }
    let bend = zip(image, move).reduce(0) { $0 + $1.0 * $1.1 }
    guard rise > 1e-8 * bend, bend > 0 else { return matrix }
    var result = matrix
    for row in 0..<count {
      for column in 0...row {
        result[row &* count &+ column] +=
          change[row] * change[column] / rise - image[row] * image[column] / bend
      }
    }
    return result
  }

  private func clamped(_ place: [Double]) -> [Double] {
    place.indices.map { min(max(place[$0], lower[$0]), upper[$0]) }
  }
}
