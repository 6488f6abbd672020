import StatisticsCore

/// Intervals for any statistic, by drawing units again and again from the sample itself.
///
/// ```swift
/// let bootstrap = Bootstrap(rounds: 2_000, seed: 1)
/// let ratio = await bootstrap.interval(of: [control, treatment], workers: 4) { arms in
///   median(arms[1]) / median(arms[0])
/// }
/// ratio.interval                        // the same bits on any number of workers
/// ```
///
/// For statistics whose error no formula gives: medians, quantiles, quotients of them. Each sample is
/// drawn from with replacement on its own. Round *i* has a random stream of its own, so that the
/// result does not depend on the workers.
public struct Bootstrap: Sendable, Hashable, Codable {
  /// How the interval follows from the replicates.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their quantiles.
    case percentile
    /// Their quantiles after correction for bias and acceleration, which moves the ends to where they
    /// belong in skewed cases.
    ///
    /// Source: B. Efron, *Better Bootstrap Confidence Intervals*, Journal of the American Statistical
    /// Association 82 (1987), 171–185.
    case biasCorrected
  }

  /// An estimate with its interval.
  public struct Result: Sendable, Hashable {
    /// The statistic of the samples themselves.
    public let estimate: Double
    /// The statistic of each round, ascending, those that are NaN left out.
    public let replicates: [Double]
    /// The rounds whose statistic was NaN.
    public let undefinedRounds: Int
    /// The interval; from −∞ to ∞ where fewer than half of the rounds are defined.
    public let interval: ClosedRange<Double>

    /// The standard deviation of the replicates, `nil` for fewer than two.
    public var standardError: Double? { Moments(replicates).standardDeviation }
  }

  /// The number of rounds, 10 or more.
  public let rounds: Int
  /// Decides on all draws.
  public let seed: UInt64
  /// How the interval follows.
  public let method: Method
  /// The confidence of the interval.
  public let confidence: Double

  /// Makes a bootstrap.
  ///
  /// - Parameters:
  ///   - rounds: 10 or more; 2,000 and more for ends that are settled.
  ///   - seed: Decides on all draws.
  ///   - method: How the interval follows from the replicates.
  ///   - confidence: The confidence of the interval, above 0 and below 1.
  public init(
    rounds: Int = 2_000, seed: UInt64 = 0, method: Method = .biasCorrected,
    confidence: Double = 0.95
  ) {
    precondition(rounds >= 10, "A bootstrap needs at least 10 rounds.")
    precondition(confidence > 0 && confidence < 1, "The confidence must lie between 0 and 1.")
    self.rounds = rounds
    self.seed = seed
    self.method = method
    self.confidence = confidence
  }

  /// Returns the statistic of samples with its interval.
  ///
  /// - Parameters:
  ///   - samples: One sample or more, none empty.
  ///   - statistic: A number of samples of the same sizes, or NaN where there is none.
  /// - Complexity: O(*r* + *n*) values of the statistic for *r* rounds and *n* units; without the
  ///   correction O(*r*).
  public func interval(
    of samples: [[Double]], statistic: @Sendable ([[Double]]) -> Double
  ) -> Result {
    check(samples)
    let drawn = (0..<rounds).map { replicate($0, samples, statistic) }
    let left = leftOut(0..<units(samples), samples, statistic)
    return result(samples, drawn, left, statistic)
  }

  /// Returns the same with `workers` tasks.
  public func interval(
    of samples: [[Double]], workers: Int, statistic: @escaping @Sendable ([[Double]]) -> Double
  ) async -> Result {
    check(samples)
    let drawn = await concurrentMap(splitRanges(count: rounds, into: 8 * workers), workers: workers)
    {
      range in range.map { replicate($0, samples, statistic) }
    }
    let left = await concurrentMap(
      splitRanges(count: units(samples), into: 8 * workers), workers: workers
    ) { leftOut($0, samples, statistic) }
    return result(samples, drawn.flatMap { $0 }, left.flatMap { $0 }, statistic)
  }

  private func check(_ samples: [[Double]]) {
    precondition(
      !samples.isEmpty && samples.allSatisfy { !$0.isEmpty },
      "A bootstrap draws from samples that are not empty.")
  }

  /// How many units are left out in turn.
  private func units(_ samples: [[Double]]) -> Int {
    method == .percentile ? 0 : samples.reduce(0) { $0 + $1.count }
  }

  private func replicate(
    _ round: Int, _ samples: [[Double]], _ statistic: ([[Double]]) -> Double
  ) -> Double {
    var generator = SeededGenerator(seed: seed, path: "bootstrap", UInt64(round))
    return statistic(
      samples.map { sample in
        sample.indices.map { _ in sample[generator.integer(below: sample.count)] }
      })
  }

  /// The statistic without each of some units in turn.
  private func leftOut(
    _ units: Range<Int>, _ samples: [[Double]], _ statistic: ([[Double]]) -> Double
  ) -> [Double] {
    units.map { unit in
      var samples = samples
      var place = unit
      for index in samples.indices {
        if place < samples[index].count {
          // Of a sample of one nothing would be left.
          if samples[index].count > 1 { samples[index].remove(at: place) }
          break
        }
        place -= samples[index].count
      }
      return statistic(samples)
    }
  }

  private func result(
    _ samples: [[Double]], _ drawn: [Double], _ left: [Double],
    _ statistic: ([[Double]]) -> Double
  ) -> Result {
    let estimate = statistic(samples)
    let sorted = drawn.filter { !$0.isNaN }.sorted()
    let undefined = drawn.count - sorted.count
    guard sorted.count * 2 >= rounds, !estimate.isNaN else {
      return Result(
        estimate: estimate, replicates: sorted, undefinedRounds: undefined,
        interval: -Double.infinity...Double.infinity)
    }
    let tail = (1 - confidence) / 2
    let (low, high) =
      method == .percentile
      ? (tail, 1 - tail) : corrected(tail, estimate, sorted, left.filter(\.isFinite))
    return Result(
      estimate: estimate, replicates: sorted, undefinedRounds: undefined,
      interval: Quantiles.quantile(
        low, ofSorted: sorted)!...Quantiles.quantile(high, ofSorted: sorted)!)
  }

  /// The shares of replicates below the ends.
  private func corrected(
    _ tail: Double, _ estimate: Double, _ sorted: [Double], _ left: [Double]
  ) -> (Double, Double) {
    let count = Double(sorted.count)
    // Ties count by half, so that a statistic of few values is not taken for biased.
    let below = sorted.count { $0 < estimate }
    let equal = sorted.count { $0 == estimate }
    let rank = min(max(0.5, Double(below) + Double(equal) / 2), count - 0.5)
    let bias = NormalDistribution.quantile(rank / count)
    let mean = Moments(left).mean ?? 0
    var (squares, cubes) = (ExactSum(), ExactSum())
    for value in left {
      let deviation = mean - value
      squares.addProduct(deviation, deviation)
      cubes.addProduct(deviation * deviation, deviation)
    }
    let spread = squares.rounded
    let acceleration = spread > 0 ? cubes.rounded / (6 * spread * spread.squareRoot()) : 0
    func place(_ probability: Double) -> Double {
      let z = bias + NormalDistribution.quantile(probability)
      let rest = 1 - acceleration * z
      guard rest > 0 else { return z > 0 ? 1 : 0 }
      return NormalDistribution.lower(bias + z / rest).value
    }
    let (low, high) = (place(tail), place(1 - tail))
    return (min(low, high), max(low, high))
  }
}
