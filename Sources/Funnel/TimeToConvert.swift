import StatisticsCore

/// How long a number of units took from one step to another.
///
/// ```swift
/// let time = report.timeToConvert(from: 0, to: 2)!
/// time.count                                // 19
/// time.median                               // 92.817966
/// time.quantile(0.9)                        // in seconds too
/// time.histogram(bins: 4).map(\.count)      // [6, 5, 5, 3]
/// ```
public struct TimeToConvert: Sendable, Hashable, Codable {
  /// How many units there are.
  public var count: Int { microseconds.count }
  /// The durations in microseconds, ascending.
  private var microseconds: [Int64]

  /// Makes the answer for durations in any order, `nil` without any.
  init?(_ durations: [Int64]) {
    if durations.isEmpty { return nil }
    microseconds = durations.sorted()
  }

  /// The mean in seconds, rounded once.
  public var mean: Double {
    var sum = ExactSum()
    for duration in microseconds { sum.add(Int(duration)) }
    return sum.rounded / Double(count) / 1e6
  }

  /// The median in seconds.
  public var median: Double { quantile(0.5) }

  /// The quantile of type 7 (that of R and NumPy) in seconds for a probability from 0 to 1.
  public func quantile(_ probability: Double) -> Double {
    Quantiles.quantile(probability, ofSorted: microseconds.lazy.map { Double($0) })! / 1e6
  }

  /// A bar of a histogram.
  public struct Bin: Sendable, Hashable, Codable {
    /// The least duration in seconds.
    public var lower: Double
    /// The end, which belongs to the next bin, or to this one if it is the last.
    public var upper: Double
    /// How many units.
    public var count: Int
  }

  /// The durations in bins of `width` seconds from the least on, the last of which holds the greatest.
  public func histogram(width: Double) -> [Bin] {
    precondition(width > 0 && width.isFinite, "The bins of a histogram need a positive width")
    let least = Double(microseconds[0]) / 1e6
    let last = Int((Double(microseconds.last!) / 1e6 - least) / width)
    precondition(last < 1 << 20, "A histogram can have at most 1,048,576 bins; make them wider")
    return bins(last + 1, least, width)
  }

  /// The durations in `count` bins of equal width from the least to the greatest; in one bin if all
  /// are the same.
  public func histogram(bins count: Int) -> [Bin] {
    precondition(count >= 1, "A histogram needs at least one bin")
    let least = Double(microseconds[0]) / 1e6
    let width = (Double(microseconds.last!) / 1e6 - least) / Double(count)
    guard width > 0 else { return [Bin(lower: least, upper: least, count: self.count)] }
    return bins(count, least, width)
  }

  private func bins(_ count: Int, _ least: Double, _ width: Double) -> [Bin] {
    var bins = (0..<count).map {
      Bin(lower: least + width * Double($0), upper: least + width * Double($0 + 1), count: 0)
    }
    for duration in microseconds {
      let place = Int((Double(duration) / 1e6 - least) / width)
      bins[min(place, count - 1)].count += 1
    }
    return bins
  }
}
