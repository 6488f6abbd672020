import StatisticsCore

/// Whether probabilities mean what they say: that of the rows with 0.3 three in ten are yes.
///
/// ```swift
/// let curve = try CalibrationCurve(bought, probabilities: scores, bins: 10)
/// curve.expectedError                // 0.04
/// for bin in curve.bins { print(bin.meanProbability, bin.share) }
/// ```
public struct CalibrationCurve: Sendable, Hashable, Codable {
  /// How rows are put together.
  public enum Strategy: Sendable, Hashable, Codable {
    /// By equal parts of the range from 0 to 1, each with its upper end.
    case uniform
    /// By equal numbers of rows; equal probabilities are never torn apart.
    case quantile
  }

  /// Rows with similar probabilities.
  public struct Bin: Sendable, Hashable, Codable {
    /// The mean of the probabilities.
    public let meanProbability: Double
    /// The share of yes.
    public let share: Double
    /// The number of rows.
    public let rows: Int
    /// Wilson's interval of level 0.95 for the share.
    public let interval: ClosedRange<Double>
  }

  /// The bins that have rows, ascending.
  public let bins: [Bin]

  /// Puts rows into bins.
  ///
  /// - Throws: ``LearningError`` when lengths differ or a probability is out of its range.
  public init(
    _ labels: [Bool], probabilities: [Double], bins: Int = 10, strategy: Strategy = .uniform
  ) throws(LearningError) {
    precondition(bins >= 1, "A calibration curve needs at least one bin.")
    try Scores.check(labels.count, probabilities.count, nil)
    try Scores.checkProbabilities(probabilities)
    var groups = [[Int]](repeating: [], count: bins)
    switch strategy {
    case .uniform:
      for (row, probability) in probabilities.enumerated() {
        let bin = (1..<bins).first { probability <= Double($0) / Double(bins) } ?? bins
        groups[bin - 1].append(row)
      }
    case .quantile:
      let order = SortedOrder.places(probabilities).map { Int($0) }
      var start = 0
      for (bin, range) in splitRanges(count: order.count, into: bins).enumerated() {
        var end = max(start, range.upperBound)
        while end > start, end < order.count,
          probabilities[order[end]] == probabilities[order[end - 1]]
        { end += 1 }
        groups[bin] = Array(order[start..<end])
        start = end
      }
    }
    self.bins = groups.compactMap { rows in
      guard !rows.isEmpty else { return nil }
      let yes = rows.count { labels[$0] }
      return Bin(
        meanProbability: ExactSum(rows.map { probabilities[$0] }).rounded(dividedBy: rows.count),
        share: Double(yes) / Double(rows.count), rows: rows.count,
        interval: BinomialInterval.wilson(yes, of: rows.count, level: 0.95)!)
    }
  }

  /// The mean over rows of how far the share of their bin is from the mean probability; `nil` without
  /// rows.
  public var expectedError: Double? {
    let rows = bins.reduce(0) { $0 + $1.rows }
    guard rows > 0 else { return nil }
    return bins.reduce(0) { $0 + Double($1.rows) * abs($1.share - $1.meanProbability) }
      / Double(rows)
  }

  /// The largest such distance, `nil` without rows.
  public var maximumError: Double? { bins.map { abs($0.share - $0.meanProbability) }.max() }
}
