import StatisticsCore

/// A curve 1 ÷ (1 + exp(*a* *s* + *b*)) that turns scores into probabilities.
///
/// ```swift
/// let sigmoid = try PlattCalibration(heldBack, scores: scores)
/// sigmoid.probability(0.5)           // 0.56
/// ```
///
/// Fit it to rows that the model has not learnt from. The targets are drawn in a little from 0 and 1,
/// so that scores which separate the classes do not make the curve a step.
///
/// Source: J. Platt, *Probabilistic Outputs for Support Vector Machines*, 1999, with Newton's method
/// as H.-T. Lin, C.-J. Lin and R. Weng, Machine Learning 68 (2007), 267–276.
public struct PlattCalibration: Sendable, Hashable, Codable {
  /// What a score is multiplied by; below 0 where higher scores are more likely yes.
  public let a: Double
  /// What is added.
  public let b: Double

  /// Fits the curve.
  ///
  /// - Throws: ``LearningError`` when lengths differ, a score is not finite, there are no rows, or the
  ///   search does not end.
  public init(
    _ labels: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    try Scores.check(labels.count, scores.count, weights)
    try Scores.checkFinite(scores, "score")
    let rows = labels.indices.filter { weights?[$0] ?? 1 > 0 }
    if rows.isEmpty { throw .empty }
    let positives = rows.reduce(0.0) { $0 + (labels[$1] ? weights?[$1] ?? 1 : 0) }
    let negatives = rows.reduce(0.0) { $0 + (labels[$1] ? 0 : weights?[$1] ?? 1) }
    let high = (positives + 1) / (positives + 2)
    let low = 1 / (negatives + 2)
    // In units of their spread scores of any size are searched alike.
    let moments = Moments(rows.map { scores[$0] })
    let center = moments.mean ?? 0
    let scale = max(moments.standardDeviation ?? 0, .leastNormalMagnitude)
    let unit = moments.standardDeviation ?? 0 > 0 ? scale : 1
    let search = NewtonMinimizer(stepLimit: 200, tolerance: 1e-10)
    let range = -1e6...1e6
    let result = search.minimize(
      from: [0, PortableMath.log((negatives + 1) / (positives + 1))], within: [range, range]
    ) { point in
      var sums = NewtonMinimizer.Derivatives(count: 2)
      for row in rows {
        let x = (scores[row] - center) / unit
        let target = labels[row] ? high : low
        let weight = weights?[row] ?? 1
        let f = point[0] * x + point[1]
        // −[t ln p + (1 − t) ln(1 − p)] without overflow, where p = 1/(1 + e^f).
        let small = PortableMath.exp(-abs(f))
        let p = f >= 0 ? small / (1 + small) : 1 / (1 + small)
        sums.value += weight * (target * f + max(-f, 0) + PortableMath.log1p(small))
        let slope = weight * (target - p)
        let curve = weight * p * (1 - p)
        sums.gradient[0] += slope * x
        sums.gradient[1] += slope
        sums.hessian[0][0] += curve * x * x
        sums.hessian[0][1] += curve * x
        sums.hessian[1][1] += curve
      }
      sums.hessian[1][0] = sums.hessian[0][1]
      // Scores that are all the same leave the slope open: it stays 0.
      if sums.hessian[0][0] == 0 { sums.hessian[0][0] = 1 }
      return sums
    }
    guard result.outcome == .converged else {
      throw LearningError(
        .notConverged,
        "The search for the curve did not end. Check that the scores are not extremely far apart.")
    }
    a = result.point[0] / unit
    b = result.point[1] - a * center
  }

  /// The probability of yes for a score.
  public func probability(_ score: Double) -> Double {
    let f = a * score + b
    let small = PortableMath.exp(-abs(f))
    return f >= 0 ? small / (1 + small) : 1 / (1 + small)
  }
}

/// A rising line of steps that turns scores into probabilities: the least squares fit that never
/// falls.
///
/// ```swift
/// let steps = try IsotonicCalibration(heldBack.map { $0 ? 1 : 0 }, scores: scores)
/// steps.value(0.5)                   // 0.571
/// ```
///
/// Between two scores that it was fitted to the line is straight, beyond the first and the last it is
/// level. It needs more rows than ``PlattCalibration``, and follows any shape.
///
/// Source: the pool-adjacent-violators method of M. Ayer and others, Annals of Mathematical
/// Statistics 26 (1955), 641–647.
public struct IsotonicCalibration: Sendable, Hashable, Codable {
  /// The scores at which the line bends, ascending.
  public let scores: [Double]
  /// The value at each of them, never falling.
  public let values: [Double]

  /// Fits the line to numbers, such as 0 and 1.
  ///
  /// - Throws: ``LearningError`` when lengths differ, a number is not finite, or all weights are 0.
  /// - Complexity: O(*n*), where *n* is the number of rows.
  public init(
    _ targets: [Double], scores: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    try Scores.check(targets.count, scores.count, weights)
    try Scores.checkFinite(targets, "target")
    try Scores.checkFinite(scores, "score")
    // Blocks of neighbouring scores with the same value.
    var blocks: [(first: Double, last: Double, sum: Double, weight: Double)] = []
    var points: [(score: Double, sum: Double, weight: Double)] = []
    for place in SortedOrder.places(scores) {
      let row = Int(place)
      let weight = weights?[row] ?? 1
      if weight == 0 { continue }
      if points.last?.score == scores[row] {
        points[points.count - 1].sum += weight * targets[row]
        points[points.count - 1].weight += weight
      } else {
        points.append((scores[row], weight * targets[row], weight))
      }
    }
    if points.isEmpty { throw .empty }
    for point in points {
      blocks.append((point.score, point.score, point.sum, point.weight))
      while blocks.count > 1 {
        let (a, b) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
        guard a.sum / a.weight >= b.sum / b.weight else { break }
        blocks.removeLast()
        blocks[blocks.count - 1] = (a.first, b.last, a.sum + b.sum, a.weight + b.weight)
      }
    }
    var (xs, ys): ([Double], [Double]) = ([], [])
    for block in blocks {
      for x in block.first == block.last ? [block.first] : [block.first, block.last] {
        xs.append(x)
        ys.append(block.sum / block.weight)
      }
    }
    self.scores = xs
    values = ys
  }

  /// The value of the line at a score.
  public func value(_ score: Double) -> Double {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    if low == scores.count { return values[low - 1] }
    if low == 0 || scores[low] == score { return values[low] }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    return values[low - 1] + share * (values[low] - values[low - 1])
  }
}
