import StatisticsCore

/// A sum over rows with its first and second derivatives.
struct LossDerivatives: Sendable {
  var value = 0.0
  var gradient: [Double]
  /// The second derivatives, row after row; only those up to the diagonal count.
  var curvature: [Double]

  init(count: Int) {
    gradient = [Double](repeating: 0, count: count)
    curvature = [Double](repeating: 0, count: count * count)
  }

  /// The sum of those of parts, added in their order.
  init(joining parts: [LossDerivatives]) {
    self = parts[0]
    for part in parts.dropFirst() {
      value += part.value
      for index in gradient.indices { gradient[index] += part.gradient[index] }
      for index in curvature.indices { curvature[index] += part.curvature[index] }
    }
  }

  var isFinite: Bool {
    value.isFinite && gradient.allSatisfy(\.isFinite) && curvature.allSatisfy(\.isFinite)
  }

  /// The second derivatives as rows of a symmetric matrix.
  var matrix: [[Double]] {
    let count = gradient.count
    return (0..<count).map { i in
      (0..<count).map { j in curvature[max(i, j) * count + min(i, j)] }
    }
  }
}

/// Finds the minimum of a convex sum over rows, plus penalties, by Newton's method.
///
/// Each step goes to the minimum of the second-order approximation, with the absolute values of an L1
/// penalty kept as they are: for that one coefficient after another is moved to its best value until
/// nothing moves. A step that does not lower the whole enough is halved. Nothing is random, so that
/// the same derivatives give the same bits.
///
/// The search asks for derivatives instead of computing them, so that the rows can be shared among
/// workers: `while let point = search.trial { search.take(derivatives(point)) }`.
///
/// Sources: J. Nocedal and S. Wright, *Numerical Optimization*, 2nd edition, 2006, chapter 3;
/// J. Lee, Y. Sun and M. Saunders, *Proximal Newton-type Methods*, SIAM Journal on Optimization 24
/// (2014), 1420–1443; J. Friedman, T. Hastie and R. Tibshirani, *Regularization Paths for Generalized
/// Linear Models*, Journal of Statistical Software 33 (2010).
struct NewtonSearch: Sendable {
  /// For each variable the factors of its square ÷ 2 and of its absolute value.
  var l2: [Double]
  var l1: [Double]
  /// Groups of variables whose sum's square ÷ 2 is added: directions in which the sum is flat.
  var tied: [[Int]] = []
  let tolerance: Double
  let maximumSteps: Int
  /// What counts as one: the sum of the weights of the rows where that is smaller, so that small
  /// weights end the search no sooner.
  let unit: Double

  /// Where the derivatives are wanted next; `nil` at the end.
  private(set) var trial: [Double]?
  /// The best point so far, and the derivatives of the sum over rows there, without penalties.
  private(set) var point: [Double]
  private(set) var here: LossDerivatives
  /// How many steps were taken, and whether the search came to its end.
  private(set) var steps = 0
  private(set) var converged = false
  /// Where the last step would have led at full length.
  private(set) var direction: [Double] = []
  private var target: [Double] = []
  private var total = 0.0
  private var decrement = 0.0
  private var smallest = Double.infinity
  private var scale = 1.0

  init(
    from start: [Double], l2: [Double], l1: [Double], tolerance: Double, maximumSteps: Int,
    weight: Double
  ) {
    unit = min(1, weight)
    self.l2 = l2
    self.l1 = l1
    self.tolerance = tolerance
    self.maximumSteps = maximumSteps
    point = start
    trial = start
    here = LossDerivatives(count: start.count)
  }

  /// A short search over a share of the rows.
  func sampled(share: Double) -> NewtonSearch {
    var sample = NewtonSearch(
      from: point, l2: l2.map { $0 * share }, l1: l1.map { $0 * share }, tolerance: 0.1,
      maximumSteps: 8, weight: unit * share)
    sample.tied = tied
    return sample
  }

  /// Begins at another point.
  mutating func begin(at start: [Double]) { (point, trial) = (start, start) }

  /// Takes the derivatives at `trial`, and says whether it became the best point.
  @discardableResult
  mutating func take(_ found: LossDerivatives) -> Bool {
    guard let tried = trial else { return false }
    let value = found.value + penalty(tried)
    let isFirst = direction.isEmpty
    if !isFirst {
      // Differences of the value below its rounding error say nothing; the derivatives still do.
      let isFine = decrement <= 1e-13 * max(unit, abs(total))
      let isLower = value <= total - 1e-4 * scale * decrement
      guard found.isFinite, isFine || isLower else {
        scale /= 2
        if scale < 0x1p-50 {
          converged = decrement <= 1e-12 * unit
          trial = nil
        } else {
          trial = zip(point, direction).map { $0 + scale * $1 }
        }
        return false
      }
      if isFine {
        // Where steps no longer get shorter only rounding errors are left.
        if decrement >= smallest {
          converged = true
          trial = nil
          return false
        }
        smallest = decrement
      }
      steps += 1
    }
    (point, here, total) = (tried, found, value)
    aim()
    if decrement <= tolerance * tolerance * unit {
      converged = true
      trial = nil
    } else if steps == maximumSteps {
      trial = nil
    } else {
      scale = 1
      trial = target
    }
    return true
  }

  private func penalty(_ point: [Double]) -> Double {
    var sum = 0.0
    for index in point.indices {
      sum += l2[index] / 2 * point[index] * point[index] + l1[index] * abs(point[index])
    }
    for group in tied {
      let whole = group.reduce(0) { $0 + point[$1] }
      sum += whole * whole / 2
    }
    return sum
  }

  /// Finds the step from the best point, and by how much it would lower the whole at most.
  private mutating func aim() {
    var gradient = here.gradient
    var matrix = here.matrix
    for index in point.indices {
      gradient[index] += l2[index] * point[index]
      matrix[index][index] += l2[index]
    }
    for group in tied {
      let whole = group.reduce(0) { $0 + point[$1] }
      for i in group {
        gradient[i] += whole
        for j in group { matrix[i][j] += 1 }
      }
    }
    if l1.allSatisfy({ $0 == 0 }) {
      direction = Self.newtonStep(matrix, gradient)
      target = zip(point, direction).map { $0 + $1 }
    } else {
      target = descend(matrix, gradient)
      direction = zip(target, point).map { $0 - $1 }
    }
    decrement = 0
    for index in point.indices {
      decrement -= gradient[index] * direction[index]
      decrement -= l1[index] * (abs(target[index]) - abs(point[index]))
    }
    decrement = max(decrement, 0)
  }

  private static func newtonStep(_ matrix: [[Double]], _ gradient: [Double]) -> [Double] {
    let down = gradient.map { -$0 }
    if let factor = CholeskyFactor(matrix) { return factor.solve(down) }
    // A flat direction, such as of a column that others add up to: a little curvature everywhere
    // leads to the shortest of the points that are equally good.
    let size = matrix.indices.reduce(0) { max($0, matrix[$1][$1]) }
    var shift = max(1e-10 * size, 1e-300)
    while shift < .infinity {
      var shifted = matrix
      for index in shifted.indices { shifted[index][index] += shift }
      if let factor = CholeskyFactor(shifted) { return factor.solve(down) }
      shift *= 16
    }
    return down
  }

  /// Moves one variable after another to the minimum of the approximation, until nothing moves.
  private func descend(_ matrix: [[Double]], _ gradient: [Double]) -> [Double] {
    var target = point
    // The slope of the approximation without the L1 penalty.
    var slope = gradient
    var first = 0.0
    for sweep in 0..<100_000 {
      var largest = 0.0
      for index in target.indices {
        let own = matrix[index][index]
        guard own > 0 else { continue }
        let free = target[index] - slope[index] / own
        let new = Self.shrunk(free, by: l1[index] / own)
        let step = new - target[index]
        if step == 0 { continue }
        target[index] = new
        for other in slope.indices { slope[other] += step * matrix[index][other] }
        largest = max(largest, own * step * step)
      }
      if sweep == 0 { first = largest }
      // Near enough for a step that is an approximation itself.
      if largest <= max(1e-8 * first, 1e-4 * tolerance * tolerance * unit) { break }
    }
    return target
  }

  /// A number moved towards 0 by an amount, and not beyond.
  static func shrunk(_ value: Double, by amount: Double) -> Double {
    value > amount ? value - amount : value < -amount ? value + amount : 0
  }
}

/// A sum over the rows of a matrix that is made as small as possible.
protocol RowLoss: Sendable {
  var matrix: DesignMatrix { get }
  /// The sum over a range of blocks, with its derivatives.
  func derivatives(at point: [Double], blocks: Range<Int>) -> LossDerivatives
  /// Whether the sum falls without end in a direction, so that there is no minimum.
  func fallsForever(from point: [Double], towards direction: [Double]) -> Bool
}

extension RowLoss {
  /// Runs a search in the calling thread.
  ///
  /// - Parameter watchesForever: whether to look for directions without an end.
  /// - Returns: such a direction, where there is one.
  func run(_ search: inout NewtonSearch, watchesForever: Bool) -> [Double]? {
    approach(&search)
    let parts = matrix.parts
    while let trial = search.trial {
      let isBetter = search.take(
        LossDerivatives(joining: parts.map { derivatives(at: trial, blocks: $0) }))
      if watchesForever, isBetter, let direction = endless(search) { return direction }
    }
    return nil
  }

  /// Runs a search with several workers, which share the rows: the same bits as with one.
  func run(
    _ search: inout NewtonSearch, watchesForever: Bool, workers: Int
  ) async -> [Double]? {
    approach(&search)
    let parts = matrix.parts
    while let trial = search.trial {
      let found = await concurrentMap(parts, workers: workers) {
        derivatives(at: trial, blocks: $0)
      }
      let isBetter = search.take(LossDerivatives(joining: found))
      if watchesForever, isBetter, let direction = endless(search) { return direction }
    }
    return nil
  }

  /// Goes near the end by a sample of a large table: every eighth block.
  private func approach(_ search: inout NewtonSearch) {
    let every = 8
    guard matrix.blockCount >= 16 * every else { return }
    let blocks = Array(stride(from: 0, to: matrix.blockCount, by: every))
    var sample = search.sampled(share: Double(blocks.count) / Double(matrix.blockCount))
    while let trial = sample.trial {
      sample.take(
        LossDerivatives(joining: blocks.map { derivatives(at: trial, blocks: $0..<($0 + 1)) }))
    }
    if sample.point.allSatisfy(\.isFinite) { search.begin(at: sample.point) }
  }

  private func endless(_ search: NewtonSearch) -> [Double]? {
    // A search that ends does so after a few steps, each far shorter than the one before.
    guard search.steps >= 4 else { return nil }
    if fallsForever(from: search.point, towards: search.direction) { return search.direction }
    return nil
  }
}
