import StatisticsCore

/// How precision falls as more is found, for every threshold: the curve to look at when yes is rare.
///
/// ```swift
/// let curve = try PrecisionRecallCurve(bought, scores: scores)
/// curve.averagePrecision                               // 0.79
/// curve.interval(level: 0.95, seed: 42)                // 0.61...0.93
/// ```
public struct PrecisionRecallCurve: Sendable, Hashable, Codable {
  /// What is predicted yes from a threshold on.
  public struct Point: Sendable, Hashable, Codable {
    /// The least score that is predicted yes.
    public let threshold: Double
    /// The share of it that is yes.
    public let precision: Double
    /// The share of yes that is found.
    public let recall: Double
  }

  /// From the lowest score, where all is found, to the highest; empty where there is no yes.
  public let points: [Point]
  /// The sum of the precisions at each score, weighted by how much recall grows there; `nil` where
  /// there is no yes.
  public let averagePrecision: Double?
  private let labels: [Bool]
  private let scores: [Double]
  private let weights: [Double]?

  /// Orders rows by their score.
  ///
  /// - Throws: ``LearningError`` when lengths differ, a score is NaN or a weight out of its range.
  public init(
    _ labels: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(LearningError) {
    let ranked = try RankedScores(labels, scores, weights)
    averagePrecision = ranked.averagePrecision
    points =
      averagePrecision == nil
      ? []
      : ranked.scores.indices.reversed().compactMap {
        let all = ranked.positives[$0] + ranked.negatives[$0]
        guard all > 0 else { return nil }
        return Point(
          threshold: ranked.scores[$0], precision: ranked.positives[$0] / all,
          recall: ranked.positives[$0] / ranked.allPositives)
      }
    self.labels = labels
    self.scores = scores
    self.weights = weights
  }

  /// Returns an interval for the average precision from samples drawn with replacement, from yes and
  /// no apart, so that their numbers stay; `nil` where there is no yes.
  ///
  /// - Parameters:
  ///   - level: The level, between 0 and 1.
  ///   - samples: How many samples are drawn.
  ///   - seed: Decides on the samples.
  /// - Complexity: O(*b* *n*), where *b* is the number of samples and *n* of rows.
  public func interval(
    level: Double = 0.95, samples: Int = 1_000, seed: UInt64
  ) -> ClosedRange<Double>? {
    precondition(level > 0 && level < 1, "The level of an interval must lie between 0 and 1.")
    precondition(samples >= 1, "An interval needs at least one sample.")
    guard averagePrecision != nil else { return nil }
    let groups = [true, false].map { label in labels.indices.filter { labels[$0] == label } }
    var found: [Double] = []
    for sample in 0..<samples {
      var generator = SeededGenerator(seed: seed, path: "average precision", UInt64(sample))
      var drawn = labels.map { _ in 0.0 }
      for group in groups where !group.isEmpty {
        for _ in group { drawn[group[generator.integer(below: group.count)]] += 1 }
      }
      if let weights { drawn = zip(drawn, weights).map { $0 * $1 } }
      if let ranked = try? RankedScores(labels, scores, drawn),
        let value = ranked.averagePrecision
      {
        found.append(value)
      }
    }
    found.sort()
    guard let low = Quantiles.quantile((1 - level) / 2, ofSorted: found),
      let high = Quantiles.quantile((1 + level) / 2, ofSorted: found)
    else { return nil }
    return low...high
  }
}
