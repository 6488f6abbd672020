import StatisticsCore

/// How well scores order yes above no, for every threshold.
///
/// ```swift
/// let curve = try ROCCurve(bought, scores: model.probabilities(for: test).ofClass(1))
/// curve.area                         // 0.967
/// curve.interval(level: 0.95)        // 0.941...0.982
/// ```
public struct ROCCurve: Sendable, Hashable, Codable {
  /// The shares that are predicted yes from a threshold on.
  public struct Point: Sendable, Hashable, Codable {
    /// The least score that is predicted yes; ∞ for none.
    public let threshold: Double
    /// The share of no that is predicted yes.
    public let falsePositiveRate: Double
    /// The share of yes that is predicted yes.
    public let truePositiveRate: Double
  }

  /// From no row to all, a point for each different score; empty where only one class occurs.
  public let points: [Point]
  /// The probability that a yes has a higher score than a no, ties counting half; `nil` where only
  /// one class occurs.
  public let area: Double?
  /// The variance of the area by DeLong, `nil` with weights or fewer than two of a class.
  public let variance: Double?

  /// Orders rows by their score.
  ///
  /// - Parameters:
  ///   - labels: Whether it is yes.
  ///   - scores: The higher, the more likely; infinite ones are fine, NaN is not.
  ///   - weights: For each row how much it counts; `nil` is 1 for all.
  /// - Throws: ``LearningError`` when lengths differ, a score is NaN or a weight out of its range.
  /// - Complexity: O(*n*), where *n* is the number of rows.
  public init(
    _ labels: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    let ranked = try RankedScores(labels, scores, weights)
    area = ranked.area
    guard area != nil else {
      points = []
      variance = nil
      return
    }
    points =
      [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)]
      + ranked.scores.indices.map {
        Point(
          threshold: ranked.scores[$0],
          falsePositiveRate: ranked.negatives[$0] / ranked.allNegatives,
          truePositiveRate: ranked.positives[$0] / ranked.allPositives)
      }
    variance = weights == nil ? Self.deLong(ranked) : nil
  }

  /// Returns an interval for the area, computed for its logit, so that it stays between 0 and 1.
  ///
  /// `nil` where the variance is unknown, or all rows are in the right or the wrong order: there the
  /// variance is 0, and says nothing.
  ///
  /// Sources: E. DeLong, D. DeLong and D. Clarke-Pearson, Biometrics 44 (1988), 837–845; on the
  /// logit: M. Pepe, *The Statistical Evaluation of Medical Tests*, 2003, 5.2.
  public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    guard let area, let variance, variance > 0, area > 0, area < 1 else { return nil }
    let logit = PortableMath.log(area / (1 - area))
    let half =
      -NormalDistribution.quantile((1 - level) / 2) * variance.squareRoot() / (area * (1 - area))
    func back(_ value: Double) -> Double { 1 / (1 + PortableMath.exp(-value)) }
    return back(logit - half)...back(logit + half)
  }

  // For a yes the share of no below it, for a no the share of yes above it; ties count half. The
  // same at one score, so that a weighted sum over scores does.
  private static func deLong(_ ranked: RankedScores) -> Double? {
    let (m, n) = (ranked.allPositives, ranked.allNegatives)
    guard m >= 2, n >= 2 else { return nil }
    var ofPositives = WeightedMoments()
    var ofNegatives = WeightedMoments()
    var (lastPositive, lastNegative) = (0.0, 0.0)
    for index in ranked.scores.indices {
      let positives = ranked.positives[index] - lastPositive
      let negatives = ranked.negatives[index] - lastNegative
      ofPositives.add((n - ranked.negatives[index] + negatives / 2) / n, positives)
      ofNegatives.add((lastPositive + positives / 2) / m, negatives)
      (lastPositive, lastNegative) = (ranked.positives[index], ranked.negatives[index])
    }
    return ofPositives.variance / m + ofNegatives.variance / n
  }

  private struct WeightedMoments {
    var entries: [(value: Double, count: Double)] = []
    mutating func add(_ value: Double, _ count: Double) {
      if count > 0 { entries.append((value, count)) }
    }
    var variance: Double {
      let all = entries.reduce(0) { $0 + $1.count }
      let mean = entries.reduce(0) { $0 + $1.count * $1.value } / all
      let squares = entries.reduce(0) { $0 + $1.count * ($1.value - mean) * ($1.value - mean) }
      return squares / (all - 1)
    }
  }

  /// The mean over classes of the area of each class against all others; `nil` where a class does not
  /// occur or is the only one.
  ///
  /// - Throws: ``LearningError`` when lengths differ.
  public static func oneVersusRestArea(
    _ target: ClassTarget, probabilities: ClassProbabilities
  ) throws(LearningError) -> Double? {
    var sum = 0.0
    for code in target.classes.indices {
      guard
        let area = try RankedScores(target.isClass(code), probabilities.ofClass(code), nil).area
      else { return nil }
      sum += area
    }
    return sum / Double(target.classes.count)
  }

  /// The mean over pairs of classes of the area among their rows, each pair seen from both sides
  /// (Hand and Till, Machine Learning 45 (2001), 171–186); `nil` where a class does not occur.
  ///
  /// - Throws: ``LearningError`` when lengths differ.
  public static func oneVersusOneArea(
    _ target: ClassTarget, probabilities: ClassProbabilities
  ) throws(LearningError) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for a in target.classes.indices {
      let scores = probabilities.ofClass(a)
      for b in target.classes.indices where b != a {
        let rows = target.codes.indices.filter { target.codes[$0] == a || target.codes[$0] == b }
        guard
          let area = try RankedScores(
            rows.map { target.codes[$0] == a }, rows.map { scores[$0] }, nil
          ).area
        else { return nil }
        sum += area
        count += 1
      }
    }
    return count > 0 ? sum / count : nil
  }
}
