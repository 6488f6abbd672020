import StatisticsCore

/// Rows to be put into clusters, one after the other, scaled: the small door of this file.
///
/// Work is cut into chunks of a fixed number of rows, whose sums are put together in their order, so
/// that results do not depend on who did which chunk.
final class ClusterPoints: Sendable {
  static let chunk = 4_096

  let count: Int
  let width: Int
  let values: [Double]
  let weights: [Double]?
  let scales: [Double]
  let means: [Double]
  let deviations: [Double]

  var chunkCount: Int { (count + Self.chunk - 1) / Self.chunk }

  static func check(_ columns: [FeatureColumn]) throws(LearningError) {
    for column in columns {
      if case .categorical = column.kind {
        throw LearningError(
          .wrongKind,
          "The column \(column.name) is categorical, and distances need numbers. Leave it out, or "
            + "give a column of 0 and 1 for each category.")
      }
      if let row = column.codes.firstIndex(where: { !$0.isFinite }) {
        throw LearningError(
          .notFinite,
          "The value of \(column.name) at row \(row) is missing or infinite, and has no distance to "
            + "others. Leave the row out, or put a number there.")
      }
    }
  }

  init(
    _ columns: [FeatureColumn], _ weights: [Double]?, scales: [Double], means: [Double],
    deviations: [Double]
  ) {
    count = columns.first?.count ?? 0
    width = columns.count
    self.weights = weights
    self.scales = scales
    self.means = means
    self.deviations = deviations
    let (count, width) = (count, width)
    values = unsafe [Double](unsafeUninitializedCapacity: count * width) { values, filled in
      for (position, column) in columns.enumerated() {
        let scale = scales[position]
        unsafe column.codes.withUnsafeBufferPointer { codes in
          for row in 0..<count { unsafe values[row &* width &+ position] = codes[row] / scale }
        }
      }
      filled = count * width
    }
  }

  func row(_ row: Int) -> [Double] { Array(values[(row * width)..<((row + 1) * width)]) }

  /// Returns rows far from each other: the first at random, each further one the best of a few drawn
  /// in proportion to the squared distance to those before it.
  func plusPlus(_ clusters: Int, _ stream: SeededGenerator) -> [Double] {
    var generator = stream
    let trials = 2 + (0..<64).last { 1 << $0 <= clusters }!
    var distances = weights ?? [Double](repeating: 1, count: count)
    var chosen = [pick(distances, generator.uniform()) ?? 0]
    distances = squares(to: chosen[0], atMost: nil)
    while chosen.count < clusters {
      var best: (row: Int, distances: [Double], sum: Double)?
      for _ in 0..<trials {
        // Where all rows lie on centres any row will do.
        guard let row = pick(weighted(distances), generator.uniform()) else {
          best = best ?? (generator.integer(below: count), distances, 0)
          break
        }
        let own = squares(to: row, atMost: distances)
        let sum = weighted(own).reduce(0, +)
        if sum < best?.sum ?? .infinity { best = (row, own, sum) }
      }
      chosen.append(best!.row)
      distances = best!.distances
    }
    return chosen.flatMap { row($0) }
  }

  private func weighted(_ values: [Double]) -> [Double] {
    weights.map { zip($0, values).map { $0 * $1 } } ?? values
  }

  private func pick(_ weights: [Double], _ share: Double) -> Int? {
    var sum = 0.0
    for weight in weights { sum += weight }
    guard sum > 0, sum < .infinity else { return nil }
    let target = share * sum
    var reached = 0.0
    var last: Int?
    for (row, weight) in weights.enumerated() where weight > 0 {
      reached += weight
      last = row
      if reached > target { return row }
    }
    return last
  }

  private func squares(to row: Int, atMost limits: [Double]?) -> [Double] {
    let center = self.row(row)
    return unsafe [Double](unsafeUninitializedCapacity: count) { squares, filled in
      unsafe values.withUnsafeBufferPointer { values in
        for row in 0..<count {
          var sum = 0.0
          for column in 0..<width {
            let gap = unsafe values[row &* width &+ column] - center[column]
            sum += gap * gap
          }
          unsafe squares[row] = min(sum, limits?[row] ?? .infinity)
        }
      }
      filled = count
    }
  }
}

/// What all workers do with their chunks in one step.
struct ClusterStep: Sendable {
  /// The centres, column after column, in groups of eight.
  let transposed: [Double]
  let clusters: Int
  /// How far each centre moved since the step before; empty in the first.
  let drifts: [Double]
  /// The largest drift, that of which centre it is, and the largest of the others.
  let largest: (value: Double, cluster: Int, other: Double)
  /// Whether every row is compared with every centre, and distances are summed.
  let isLast: Bool
  let state: ClusterState
}

/// Labels and bounds of all rows: every worker touches those of its own chunks only.
@safe final class ClusterState: @unchecked Sendable {
  let labels: UnsafeMutablePointer<Int32>
  /// At least the distance to the own centre, and at most that to any other.
  let upper: UnsafeMutablePointer<Double>
  let lower: UnsafeMutablePointer<Double>
  let count: Int

  init(_ count: Int) {
    self.count = count
    unsafe labels = .allocate(capacity: count)
    unsafe labels.initialize(repeating: -1, count: count)
    unsafe upper = .allocate(capacity: count)
    unsafe upper.initialize(repeating: 0, count: count)
    unsafe lower = .allocate(capacity: count)
    unsafe lower.initialize(repeating: 0, count: count)
  }

  deinit {
    unsafe labels.deallocate()
    unsafe upper.deallocate()
    unsafe lower.deallocate()
  }

  var copy: [Int32] { (0..<count).map { unsafe labels[$0] } }
}

/// What came of a chunk.
struct ChunkResult: Sendable {
  /// By how much the sums of rows and of weights of each cluster changed.
  var sums: [Double]
  var weights: [Double]
  var changed = 0
  var inertia = 0.0
}

extension ClusterPoints {
  func run(_ step: ClusterStep, _ chunks: Range<Int>) -> [ChunkResult] {
    chunks.map { chunk in
      run(step, rows: (chunk * Self.chunk)..<min(count, (chunk + 1) * Self.chunk))
    }
  }

  private func run(_ step: ClusterStep, rows: Range<Int>) -> ChunkResult {
    var result = ChunkResult(
      sums: Array(repeating: 0, count: step.clusters * width),
      weights: Array(repeating: 0, count: step.clusters))
    let padded = (step.clusters + 7) / 8 * 8
    let width = width
    unsafe values.withUnsafeBufferPointer { values in
      unsafe step.transposed.withUnsafeBufferPointer { centers in
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: padded) { squares in
          unsafe squares.initialize(repeating: 0)
          let state = step.state
          let isFirst = step.drifts.isEmpty
          for row in rows {
            let point = unsafe values.baseAddress! + row &* width
            let old = unsafe Int(state.labels[row])
            if !isFirst, !step.isLast {
              let drift = step.drifts[old]
              let others =
                old == step.largest.cluster ? step.largest.other : step.largest.value
              var upper = unsafe state.upper[row] + drift
              let lower = unsafe state.lower[row] - others
              unsafe state.lower[row] = lower
              // With room for the rounding of all that was added to the bounds.
              if upper * (1 + 1e-9) < lower {
                unsafe state.upper[row] = upper
                continue
              }
              var square = 0.0
              for column in 0..<width {
                let gap = unsafe point[column] - centers[column &* padded &+ old]
                square += gap * gap
              }
              upper = square.squareRoot()
              unsafe state.upper[row] = upper
              if upper * (1 + 1e-9) < lower { continue }
            }
            unsafe Self.squares(point, width, centers.baseAddress!, padded, squares.baseAddress!)
            var best = 0
            var first = unsafe squares[0]
            var second = Double.infinity
            for cluster in 1..<max(1, step.clusters) {
              let square = unsafe squares[cluster]
              let isLess = square < first
              second = isLess ? first : (square < second ? square : second)
              best = isLess ? cluster : best
              first = isLess ? square : first
            }
            unsafe state.upper[row] = first.squareRoot()
            unsafe state.lower[row] = second.squareRoot()
            let weight = weights?[row] ?? 1
            if step.isLast { result.inertia += weight * first }
            if best == old { continue }
            unsafe state.labels[row] = Int32(best)
            result.changed += 1
            if weight == 0 { continue }
            result.weights[best] += weight
            if old >= 0 { result.weights[old] -= weight }
            for column in 0..<width {
              let term = unsafe weight * point[column]
              result.sums[best &* width &+ column] += term
              if old >= 0 { result.sums[old &* width &+ column] -= term }
            }
          }
        }
      }
    }
    return result
  }

  /// Writes the squared distances of a point to all centres, eight centres at a time.
  @inline(__always)
  private static func squares(
    _ point: UnsafePointer<Double>, _ width: Int, _ centers: UnsafePointer<Double>, _ padded: Int,
    _ squares: UnsafeMutablePointer<Double>
  ) {
    var block = 0
    while block < padded {
      var sums = SIMD8<Double>()
      for column in 0..<width {
        let own = unsafe UnsafeRawPointer(centers + (column &* padded &+ block))
          .loadUnaligned(as: SIMD8<Double>.self)
        let gaps = unsafe SIMD8(repeating: point[column]) - own
        sums += gaps * gaps
      }
      unsafe UnsafeMutableRawPointer(squares + block).storeBytes(
        of: sums, as: SIMD8<Double>.self)
      block &+= 8
    }
  }

  /// The sums of rows and weights by label, without the rounding of changes added up.
  func sums(_ labels: [Int32], clusters: Int) -> (sums: [Double], weights: [Double]) {
    var sums = [Double](repeating: 0, count: clusters * width)
    var totals = [Double](repeating: 0, count: clusters)
    for chunk in 0..<chunkCount {
      var own = [Double](repeating: 0, count: clusters * width)
      for row in (chunk * Self.chunk)..<min(count, (chunk + 1) * Self.chunk) {
        let cluster = Int(labels[row])
        let weight = weights?[row] ?? 1
        totals[cluster] += weight
        for column in 0..<width {
          own[cluster * width + column] += weight * values[row * width + column]
        }
      }
      for index in sums.indices { sums[index] += own[index] }
    }
    return (sums, totals)
  }
}

/// A search for centres, step by step.
struct ClusterSearch: Sendable {
  private let points: ClusterPoints
  private let clusters: Int
  private let algorithm: KMeans.Algorithm
  private let maximumIterations: Int
  private let tolerance: Double
  private let state: ClusterState
  private var stream: SeededGenerator
  private var sums: [Double]
  private var weights: [Double]
  private var drifts: [Double] = []
  private var phase = Phase.searching
  private(set) var centers: [Double]
  private(set) var iterations = 0
  private(set) var inertia = Double.infinity
  private(set) var labels: [Int32] = []

  private enum Phase { case searching, last, done }

  init(
    _ points: ClusterPoints, centers: [Double], clusters: Int, algorithm: KMeans.Algorithm,
    maximumIterations: Int, tolerance: Double, stream: SeededGenerator
  ) {
    self.points = points
    self.centers = centers
    self.clusters = clusters
    self.algorithm = algorithm
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.stream = stream
    state = ClusterState(points.count)
    sums = Array(repeating: 0, count: centers.count)
    weights = Array(repeating: 0, count: clusters)
  }

  /// What is to be done next, `nil` at the end.
  mutating func nextStep() -> ClusterStep? {
    if phase == .done { return nil }
    if case .miniBatch(let rows) = algorithm, phase == .searching {
      searchByBatches(max(1, rows))
      phase = .last
    }
    let width = points.width
    let padded = (clusters + 7) / 8 * 8
    var transposed = [Double](repeating: .infinity, count: width * padded)
    for cluster in 0..<clusters {
      for column in 0..<width {
        transposed[column * padded + cluster] = centers[cluster * width + column]
      }
    }
    var largest = (value: 0.0, cluster: -1, other: 0.0)
    for (cluster, drift) in drifts.enumerated() {
      if drift > largest.value {
        largest = (drift, cluster, largest.value)
      } else if drift > largest.other {
        largest.other = drift
      }
    }
    return ClusterStep(
      transposed: transposed, clusters: clusters, drifts: drifts, largest: largest,
      isLast: phase == .last, state: state)
  }

  mutating func finish(_ step: ClusterStep, _ parts: [[ChunkResult]]) {
    var changed = 0
    var sum = 0.0
    for result in parts.joined() {
      changed += result.changed
      sum += result.inertia
      for index in sums.indices { sums[index] += result.sums[index] }
      for index in weights.indices { weights[index] += result.weights[index] }
    }
    if step.isLast {
      labels = state.copy
      inertia = sum
      phase = .done
      return
    }
    iterations += 1
    if changed == 0 || iterations == maximumIterations {
      // The centres of these labels, rounded once.
      (sums, weights) = points.sums(state.copy, clusters: clusters)
      moveCenters()
      phase = .last
      return
    }
    let shift = moveCenters()
    if tolerance > 0, shift <= tolerance { phase = .last }
  }

  /// Puts the centres where the sums say; returns the sum of the squared drifts.
  @discardableResult
  private mutating func moveCenters() -> Double {
    fillEmptyClusters()
    let width = points.width
    drifts = Array(repeating: 0, count: clusters)
    var shift = 0.0
    for cluster in 0..<clusters where weights[cluster] > 0 {
      var square = 0.0
      for column in 0..<width {
        let index = cluster * width + column
        let center = sums[index] / weights[cluster]
        square += (center - centers[index]) * (center - centers[index])
        centers[index] = center
      }
      drifts[cluster] = square.squareRoot()
      shift += square
    }
    return shift
  }

  /// Gives each cluster without rows the row that is furthest from its centre.
  private mutating func fillEmptyClusters() {
    let empty = weights.indices.filter { weights[$0] <= 0 || weights[$0] < 1e-300 }
    if empty.isEmpty { return }
    let width = points.width
    var distances: [(square: Double, row: Int)] = []
    for row in 0..<points.count where points.weights?[row] ?? 1 > 0 {
      let cluster = unsafe Int(state.labels[row])
      var square = 0.0
      for column in 0..<width {
        let gap = points.values[row * width + column] - centers[cluster * width + column]
        square += gap * gap
      }
      if square > 0 { distances.append((square, row)) }
    }
    distances.sort { $0.square != $1.square ? $0.square > $1.square : $0.row < $1.row }
    var next = 0
    for cluster in empty {
      // Not the last row of another cluster.
      while next < distances.count {
        let row = distances[next].row
        let old = unsafe Int(state.labels[row])
        let weight = points.weights?[row] ?? 1
        next += 1
        if weights[old] - weight <= 0 { continue }
        unsafe state.labels[row] = Int32(cluster)
        unsafe state.upper[row] = .infinity
        unsafe state.lower[row] = 0
        weights[old] -= weight
        weights[cluster] = weight
        for column in 0..<width {
          let term = weight * points.values[row * width + column]
          sums[old * width + column] -= term
          sums[cluster * width + column] = term
        }
        break
      }
    }
  }

  /// Moves centres towards the means of small samples, ever less, until samples stop getting better.
  private mutating func searchByBatches(_ size: Int) {
    let width = points.width
    var counts = [Double](repeating: 0, count: clusters)
    var smoothed: Double?
    var best = Double.infinity
    var withoutGain = 0
    // The weight of a sample in the running mean of what samples cost.
    let alpha = min(1, 2 * Double(size) / Double(points.count + 1))
    while iterations < maximumIterations, withoutGain < 10 {
      iterations += 1
      var own = [Double](repeating: 0, count: clusters * width)
      var totals = [Double](repeating: 0, count: clusters)
      var cost = 0.0
      for _ in 0..<size {
        let row = stream.integer(below: points.count)
        let weight = points.weights?[row] ?? 1
        var (nearest, least) = (0, Double.infinity)
        for cluster in 0..<clusters {
          var square = 0.0
          for column in 0..<width {
            let gap = points.values[row * width + column] - centers[cluster * width + column]
            square += gap * gap
          }
          if square < least { (nearest, least) = (cluster, square) }
        }
        cost += weight * least
        totals[nearest] += weight
        for column in 0..<width {
          own[nearest * width + column] += weight * points.values[row * width + column]
        }
      }
      for cluster in 0..<clusters where totals[cluster] > 0 {
        counts[cluster] += totals[cluster]
        for column in 0..<width {
          let index = cluster * width + column
          centers[index] += (own[index] - totals[cluster] * centers[index]) / counts[cluster]
        }
      }
      let mean = cost / Double(size)
      let now = smoothed.map { $0 * (1 - alpha) + mean * alpha } ?? mean
      smoothed = now
      if now < best {
        best = now
        withoutGain = 0
      } else {
        withoutGain += 1
      }
    }
  }
}
